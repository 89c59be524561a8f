import { isScalar } from 'yaml';
import type { Scalar } from 'yaml';
import { linesOf, Passage, PassageBuilder } from './passage.js';

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0', b: '\b', f: '\f', a: '\x07', v: '\v', e: '\x1b', '"': '"', '/': '/', '\\': '\\', ' ': ' ', N: '\x85', _: '\xa0', L: '\u2028', P: '\u2029' };

/** The text of a YAML scalar, each letter with its place in the file: through block scalars, quotes and folded lines. */
export function scalarPassage(source: string, node: unknown): Passage | undefined {
  if (!isScalar(node) || !node.range) return undefined;
  const value = typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
  const [start, end] = node.range;
  const built = build(source, node, value);
  // What does not fit letter by letter still fits as a whole.
  return built?.text === value ? built : new PassageBuilder(source).put(value, start, end).build();
}

/** The text of a JSON string literal, quotes included in its range. */
export function jsonPassage(source: string, offset: number, length: number): Passage {
  const [start, end] = [offset + 1, Math.max(offset + 1, offset + length - 1)];
  if (start < end && !/[\\\r\n]/.test(source.slice(start, end))) return Passage.of(source, start, end);
  const builder = new PassageBuilder(source);
  quoted(source, start, end, builder);
  return builder.build();
}

function build(source: string, node: Scalar, value: string): Passage | undefined {
  const [start = 0, end = 0] = node.range ?? [];
  const builder = new PassageBuilder(source);
  if (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED') return block(source, start, end, value, builder);
  if (node.type === 'QUOTE_DOUBLE') quoted(source, start + 1, end - 1, builder);
  else if (node.type === 'QUOTE_SINGLE') flow(source, start + 1, end - 1, true, builder);
  else flow(source, start, end, false, builder);
  return builder.build();
}

function block(source: string, start: number, end: number, value: string, builder: PassageBuilder): Passage | undefined {
  const header = source.indexOf('\n', start);
  if (header < 0) return undefined;
  const indent = indentOf(source, header + 1, end, value);
  let index = 0;
  for (const line of linesOf(source, header + 1, end)) {
    const from = Math.min(line.start + indent, line.end);
    const length = line.end - from;
    if (index >= value.length) break;
    if (!value.startsWith(source.slice(from, line.end), index)) return undefined;
    builder.copy(from, line.end);
    index += length;
    const next = value[index];
    if (next !== '\n' && next !== ' ') continue;
    builder.put(next, line.end, Math.min(line.end + 1, end));
    index += 1;
  }
  return builder.build();
}

/** The indentation that a block scalar takes off: what its first line with text has more than the value says. */
function indentOf(source: string, from: number, to: number, value: string): number {
  const first = value.split('\n', 64).find((line) => line.trim() !== '') ?? '';
  const front = /^ */.exec(first)?.[0].length ?? 0;
  for (const { start, end } of linesOf(source, from, to)) {
    const line = source.slice(start, end);
    if (line.trim() !== '') return Math.max(0, (/^ */.exec(line)?.[0].length ?? 0) - front);
  }
  return 0;
}

/** A plain or single-quoted scalar: line breaks fold, and `''` is one quote. */
function flow(source: string, start: number, end: number, single: boolean, builder: PassageBuilder): void {
  let from = start;
  let index = start;
  while (index < end) {
    if (single && source[index] === "'" && source[index + 1] === "'") {
      builder.copy(from, index).put("'", index, index + 2);
      index += 2;
      from = index;
      continue;
    }
    const fold = foldEnd(source, index, end);
    if (fold === undefined) index += 1;
    else {
      builder.copy(from, index).put(fold.breaks === 1 ? ' ' : '\n'.repeat(fold.breaks - 1), index, fold.end);
      index = fold.end;
      from = index;
    }
  }
  builder.copy(from, end);
}

function quoted(source: string, start: number, end: number, builder: PassageBuilder): void {
  let from = start;
  let index = start;
  while (index < end) {
    const fold = foldEnd(source, index, end);
    if (fold !== undefined) {
      builder.copy(from, index).put(fold.breaks === 1 ? ' ' : '\n'.repeat(fold.breaks - 1), index, fold.end);
      index = fold.end;
      from = index;
      continue;
    }
    if (source[index] !== '\\') {
      index += 1;
      continue;
    }
    builder.copy(from, index);
    const { text, length } = escapeAt(source, index);
    builder.put(text, index, Math.min(index + length, end));
    index += length;
    from = index;
  }
  builder.copy(from, end);
}

function escapeAt(source: string, index: number): { readonly text: string; readonly length: number } {
  const next = source.charAt(index + 1);
  const digits = { x: 2, u: 4, U: 8 }[next];
  if (digits !== undefined) {
    const code = Number.parseInt(source.slice(index + 2, index + 2 + digits), 16);
    return { text: Number.isNaN(code) || code > 0x10ffff ? '' : String.fromCodePoint(code), length: 2 + digits };
  }
  if (next === '\n' || next === '\r') {
    // An escaped line end: the line goes on, without its indentation.
    let end = index + (next === '\r' ? 3 : 2);
    while (source[end] === ' ' || source[end] === '\t') end += 1;
    return { text: '', length: end - index };
  }
  return { text: ESCAPES[next] ?? next, length: 2 };
}

/** Where folded whitespace that begins here ends, if there is a line end in it. Spaces are looked at once: only from their first. */
function foldEnd(source: string, index: number, end: number): { readonly end: number; readonly breaks: number } | undefined {
  const char = source[index];
  if (char !== ' ' && char !== '\t' && char !== '\n' && char !== '\r') return undefined;
  const before = source[index - 1];
  if (char !== '\n' && (before === ' ' || before === '\t' || before === '\r')) return undefined;
  let at = index;
  let breaks = 0;
  for (; at < end; at += 1) {
    const next = source[at];
    if (next === '\n') breaks += 1;
    else if (next !== ' ' && next !== '\t' && next !== '\r') break;
  }
  return breaks === 0 ? undefined : { end: at, breaks };
}
