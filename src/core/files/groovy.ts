import { HOLE } from '../shell/program.js';
import { PassageBuilder } from './passage.js';
import type { Passage } from './passage.js';

/** A word, a string with its quotes, a line end, or one sign. */
export interface GroovyToken {
  readonly kind: 'word' | 'string' | 'line' | 'mark';
  readonly start: number;
  readonly end: number;
}

const QUOTES = ['"""', "'''", '"', "'"] as const;
/** A name that is filled in: `$name.field`. */
const NAME = /\$[A-Za-z_]\w{0,64}(?:\.[A-Za-z_]\w{0,64}){0,8}/y;
/** So far is looked for the end of `${`. */
const MOST_FILLED = 512;

/** The tokens of Groovy (or Kotlin), as far as a reader of build files needs them; comments are left out. */
export function groovyTokens(text: string): readonly GroovyToken[] {
  const tokens: GroovyToken[] = [];
  let index = 0;
  while (index < text.length) {
    const start = index;
    const char = text.charAt(index);
    const quote = QUOTES.find((mark) => text.startsWith(mark, start));
    if (quote !== undefined) {
      index = stringEnd(text, start, quote);
      tokens.push({ kind: 'string', start, end: index });
    } else if (text.startsWith('//', index) || (char === '#' && index === 0)) {
      const line = text.indexOf('\n', index);
      index = line < 0 ? text.length : line;
    } else if (text.startsWith('/*', index)) {
      const close = text.indexOf('*/', index + 2);
      index = close < 0 ? text.length : close + 2;
    } else if (/\w/.test(char)) {
      while (index < text.length && /\w/.test(text.charAt(index))) index += 1;
      tokens.push({ kind: 'word', start, end: index });
    } else {
      index += 1;
      if (char === '\n') tokens.push({ kind: 'line', start, end: index });
      else if (!/\s/.test(char)) tokens.push({ kind: 'mark', start, end: index });
    }
  }
  return tokens;
}

function stringEnd(text: string, start: number, quote: string): number {
  for (let index = start + quote.length; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text.startsWith(quote, index)) return index + quote.length;
    else if (quote.length === 1 && text[index] === '\n') return index;
  }
  return text.length;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '\n': '' };

/** Adds what a string token says to a passage, with what is computed taken out. */
export function appendString(source: string, { start, end }: GroovyToken, builder: PassageBuilder): void {
  const quote = QUOTES.find((mark) => source.startsWith(mark, start)) ?? '"';
  const computes = quote.startsWith('"');
  const from = start + quote.length;
  const to = source.startsWith(quote, Math.max(from, end - quote.length)) ? end - quote.length : end;
  let copied = from;
  const put = (text: string, index: number, next: number): number => {
    builder.copy(copied, index).put(text, index, next);
    copied = next;
    return next;
  };
  for (let index = from; index < to; ) {
    if (source[index] === '\\' && index + 1 < to) {
      const next = source.charAt(index + 1);
      const code = next === 'u' ? /^[\da-f]{4}/i.exec(source.slice(index + 2, index + 6))?.[0] : undefined;
      index = code === undefined ? put(ESCAPES[next] ?? next, index, index + 2) : put(String.fromCharCode(Number.parseInt(code, 16)), index, index + 6);
      continue;
    }
    const end = computes && source[index] === '$' ? filledEnd(source, index, to) : undefined;
    index = end === undefined ? index + 1 : put(HOLE, index, end);
  }
  builder.copy(copied, to);
}

/** The end of what is filled in at a `$`: `${…}`, also with brackets inside, or a name. */
function filledEnd(source: string, index: number, to: number): number | undefined {
  if (source[index + 1] !== '{') {
    NAME.lastIndex = index;
    const end = index + (NAME.exec(source)?.[0].length ?? 0);
    return end > index && end <= to ? end : undefined;
  }
  let open = 0;
  for (let at = index + 1; at < Math.min(to, index + MOST_FILLED); at += 1) {
    if (source[at] === '{') open += 1;
    else if (source[at] === '}') open -= 1;
    if (open === 0) return at + 1;
  }
  return undefined;
}

/** What one string token says. */
export function stringPassage(source: string, token: GroovyToken): Passage {
  const builder = new PassageBuilder(source);
  appendString(source, token, builder);
  return builder.build();
}
