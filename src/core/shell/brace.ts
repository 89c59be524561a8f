const MOST = 64;

/**
 * Expands `{a,b}` and `{1..3}` in the raw text of one word, as bash does before every other expansion. Quotes and
 * backslashes protect. Returns undefined when there would be too many results to be worth knowing.
 */
export function expandBraces(text: string): readonly string[] | undefined {
  const done: string[] = [];
  const todo = [text];
  for (let next = todo.shift(); next !== undefined; next = todo.shift()) {
    if (done.length + todo.length > MOST) return undefined;
    const brace = firstBrace(next);
    if (!brace) {
      done.push(next);
      continue;
    }
    const before = next.slice(0, brace.start);
    const after = next.slice(brace.end);
    if (brace.items.length > MOST) return undefined;
    todo.unshift(...brace.items.map((item) => before + item + after));
  }
  return done;
}

interface Brace {
  readonly start: number;
  readonly end: number;
  readonly items: readonly string[];
}

function firstBrace(text: string): Brace | undefined {
  for (let start = 0; start < text.length; start = skip(text, start)) {
    if (text[start] !== '{' || text[start - 1] === '$') continue;
    const brace = braceAt(text, start);
    if (brace) return brace;
  }
  return undefined;
}

function braceAt(text: string, start: number): Brace | undefined {
  const commas: number[] = [];
  let depth = 0;
  for (let index = start; index < text.length; index = skip(text, index)) {
    const char = text[index];
    if (char === '{') depth += 1;
    else if (char === ',' && depth === 1) commas.push(index);
    else if (char === '}') {
      depth -= 1;
      if (depth > 0) continue;
      const end = index + 1;
      if (commas.length > 0) {
        const edges = [start, ...commas, index];
        return { start, end, items: edges.slice(1).map((edge, i) => text.slice((edges[i] ?? 0) + 1, edge)) };
      }
      const items = sequence(text.slice(start + 1, index));
      return items && { start, end, items };
    }
  }
  return undefined;
}

function sequence(body: string): readonly string[] | undefined {
  const match = /^(-?\d{1,9}|[A-Za-z])\.\.(-?\d{1,9}|[A-Za-z])(?:\.\.-?\d{1,9})?$/.exec(body);
  if (!match) return undefined;
  const [, from = '', to = ''] = match;
  const letters = /[A-Za-z]/.test(from);
  if (letters !== /[A-Za-z]/.test(to)) return undefined;
  const first = letters ? from.charCodeAt(0) : Number(from);
  const last = letters ? to.charCodeAt(0) : Number(to);
  const count = Math.min(Math.abs(last - first), MOST) + 1;
  const step = last < first ? -1 : 1;
  return Array.from({ length: count }, (_, i) => {
    const value = first + i * step;
    return letters ? String.fromCharCode(value) : String(value);
  });
}

/** The next index to look at: past a quoted stretch, an escaped character or an expansion. */
function skip(text: string, index: number): number {
  const char = text[index];
  if (char === '\\') return index + 2;
  if (char === "'") return after(text, "'", index + 1);
  if (char === '"') {
    for (let i = index + 1; i < text.length; i += 1) {
      if (text[i] === '\\') i += 1;
      else if (text[i] === '"') return i + 1;
    }
    return text.length;
  }
  if (char === '$' && text[index + 1] === '{') return after(text, '}', index + 2);
  return index + 1;
}

function after(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found < 0 ? text.length : found + 1;
}
