import { HOLE } from '../shell/program.js';
import { Brackets, splitTop } from './brackets.js';
import type { Language } from './inline.js';

const OPEN = '\uE000';
const CLOSE = '\uE001';

/** A string's token, and nothing else. */
const TOKEN = new RegExp(`^${OPEN}(\\d+)${CLOSE}$`);
const JOINED = new RegExp(`^${OPEN}(\\d+)${CLOSE}\\.join\\(\\[?([^\\[\\]]*)\\]?\\)$`, 's');

/** Where the parts of the masked code begin, in the code and, at the same index, in the source. */
interface Marks {
  readonly at: readonly number[];
  readonly from: readonly number[];
}

/**
 * Code without comments, in which every string is a numbered token, so that no pattern can match inside one. Most code
 * calls nothing that matters, so the rest is worked out when somebody asks for it.
 */
export class Masked {
  #brackets: Brackets | undefined;
  #constants: ReadonlyMap<string, string> | undefined;

  constructor(
    readonly code: string,
    readonly strings: readonly string[],
    private readonly marks: Marks,
    private readonly sourceLength: number,
  ) {}

  get brackets(): Brackets {
    return (this.#brackets ??= new Brackets(this.code));
  }

  /** Names that are given one literal value. */
  get constants(): ReadonlyMap<string, string> {
    return (this.#constants ??= constantsOf(this));
  }

  /** The place in the source of a place in the code; inside a string's token it is the string's beginning. */
  sourceAt(at: number): number {
    const { marks, sourceLength } = this;
    let low = 0;
    let high = marks.at.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((marks.at[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    const from = marks.from[low];
    return from === undefined ? 0 : Math.min(from + Math.max(0, at - (marks.at[low] ?? 0)), marks.from[low + 1] ?? sourceLength, sourceLength);
  }

  /** The value of an expression of string tokens, known names and concatenations; a hole for everything else. */
  value(expression: string): string {
    return evaluate(expression, this.strings, (name) => this.constants.get(name));
  }
}

const HASH_COMMENTS: ReadonlySet<Language> = new Set<Language>(['python', 'ruby', 'perl', 'php', 'awk']);
const SLASH_COMMENTS: ReadonlySet<Language> = new Set<Language>(['javascript', 'php']);

/** Languages whose short strings end with their line. */
const ONE_LINE: ReadonlySet<Language> = new Set<Language>(['javascript', 'python']);
const PERCENT = /^(?:%x|qx|%q|%Q|qq|q)\s?([({[|/!<])/;
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '{': '}', '[': ']', '<': '>' };

/** How comments, strings and patterns begin; what stands between needs no look. */
const BEGINNING = /[#/"'`%q-]/g;

/** Masks strings and drops comments in one pass. */
export function mask(source: string, language: Language): Masked {
  const strings: string[] = [];
  const parts: string[] = [];
  const marks = { at: [] as number[], from: [] as number[] };
  let length = 0;
  /** Where the code that is taken over as it is began. */
  let from = 0;
  let index = 0;
  const push = (text: string, at: number): void => {
    if (text === '') return;
    parts.push(text);
    marks.at.push(length);
    marks.from.push(at);
    length += text.length;
  };
  const flush = (to: number): void => push(source.slice(from, to), from);
  const add = (text: string, command: boolean, at: number, next: number): void => {
    flush(at);
    strings.push(text);
    // A back-quoted string of Ruby, Perl or PHP is a command.
    const token = `${OPEN}${strings.length - 1}${CLOSE}`;
    push(command ? `__command__(${token})` : token, at);
    index = next;
    from = next;
  };
  const drop = (next: number): void => {
    flush(index);
    index = next;
    from = next;
  };
  /** Whether a slash here begins a regular expression of JavaScript: it does where no value stands before it. */
  const beginsPattern = (): boolean => language === 'javascript' && /(?:[(,=:[!&|?{};+\n]|return)[ \t]{0,8}$/.test(source.slice(Math.max(from, index - 16), index));
  while (index < source.length) {
    BEGINNING.lastIndex = index;
    const beginning = BEGINNING.exec(source);
    if (!beginning) break;
    index = beginning.index;
    const char = source.charAt(index);
    const two = char + source.charAt(index + 1);
    if ((char === '#' && HASH_COMMENTS.has(language) && !(language === 'perl' && source[index - 1] === '$')) || (two === '//' && SLASH_COMMENTS.has(language)) || (two === '--' && language === 'lua')) {
      const end = source.indexOf('\n', index);
      drop(end < 0 ? source.length : end);
    } else if (two === '/*' && SLASH_COMMENTS.has(language)) {
      const end = source.indexOf('*/', index + 2);
      drop(end < 0 ? source.length : end + 2);
    } else if (char === '/' && beginsPattern()) {
      drop(patternEnd(source, index));
    } else if (char === '"' || char === "'" || char === '`') {
      const triple = language === 'python' && source.startsWith(char.repeat(3), index) ? char.repeat(3) : char;
      const short = ONE_LINE.has(language) && triple.length === 1 && char !== '`';
      const end = stringEnd(source, index + triple.length, triple, language === 'awk' && char === "'", short);
      const raw = source.slice(index + triple.length, end - triple.length);
      const prefix = language === 'python' ? (/(?<![\w.])(?:f|r|b|u|fr|rf|br|rb)$/i.exec(source.slice(Math.max(from, index - 3), index))?.[0].toLowerCase() ?? '') : '';
      const text = prefix.includes('r') ? raw : unescape(raw);
      const command = char === '`' && (language === 'ruby' || language === 'perl' || language === 'php');
      add(interpolate(text, char, language, prefix.includes('f')), command, index - prefix.length, short && source[end - 1] === '\n' ? end - 1 : end);
    } else {
      const percent = (char === '%' || char === 'q') && (language === 'ruby' || language === 'perl') ? PERCENT.exec(source.slice(index, index + 6)) : null;
      if (percent && !(index > from && /\w/.test(source.charAt(index - 1)))) {
        const open = percent[1] ?? '(';
        const start = index + percent[0].length;
        const end = source.indexOf(CLOSING[open] ?? open, start);
        add(interpolate(source.slice(start, end < 0 ? undefined : end), '"', language, false), percent[0].includes('x'), index, end < 0 ? source.length : end + 1);
      } else index += 1;
    }
  }
  flush(source.length);
  return new Masked(parts.join(''), strings, marks, source.length);
}

const BACKSLASH = 0x5c;
const NEW_LINE = 0x0a;

function stringEnd(source: string, from: number, quote: string, raw: boolean, short: boolean): number {
  const first = quote.charCodeAt(0);
  for (let index = from; index < source.length; index += 1) {
    const unit = source.charCodeAt(index);
    if (unit === BACKSLASH && !raw) index += 1;
    else if (unit === first && (quote.length === 1 || source.startsWith(quote, index))) return index + quote.length;
    else if (short && unit === NEW_LINE) return index + 1;
  }
  return source.length + quote.length;
}

/** The end of a regular expression that begins here; one that does not end on its line is a division after all. */
function patternEnd(source: string, from: number): number {
  let inClass = false;
  for (let index = from + 1; index < source.length && source[index] !== '\n' && index < from + 1024; index += 1) {
    const char = source[index];
    if (char === '\\') index += 1;
    else if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if (char === '/' && !inClass) return index + 1;
  }
  return from + 1;
}

function unescape(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(?:x([0-9a-fA-F]{2})|u\{?([0-9a-fA-F]{1,6})\}?|([0-7]{1,3})|(.))/gs, (_all, hex?: string, unicode?: string, octal?: string, char?: string) => {
    const number = hex ?? unicode;
    if (number !== undefined) return String.fromCodePoint(Math.min(parseInt(number, 16), 0x10ffff));
    if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8));
    return ({ n: '\n', t: '\t', r: '\r' } as Readonly<Record<string, string>>)[char ?? ''] ?? char ?? '';
  });
}

/** Replaces what the language would compute inside a string. */
function interpolate(text: string, quote: string, language: Language, formatted: boolean): string {
  if (formatted) return text.replace(/\{[^{}]*\}/g, HOLE);
  if (language === 'javascript') return quote === '`' ? text.replace(/\$\{[^{}]*\}/g, HOLE) : text;
  if (language === 'ruby') return quote === "'" ? text : text.replace(/#\{[^{}]*\}/g, HOLE);
  if (language === 'perl' || language === 'php') return quote === "'" ? text : text.replace(/\{?\$[A-Za-z_][\w>[\]'-]*\}?/g, HOLE);
  return text;
}

/** The value of an expression of string tokens, known names and concatenations; a hole for everything else. */
function evaluate(expression: string, strings: readonly string[], constant: (name: string) => string | undefined): string {
  if (expression.length > 4096) return HOLE;
  const trimmed = expression.trim().replace(/^\((.*)\)$/s, '$1').trim();
  const single = token(trimmed, strings);
  if (single !== undefined) return single;
  const joined = JOINED.exec(trimmed);
  if (joined) return splitTop(joined[2] ?? '').map((item) => evaluate(item, strings, constant)).join(strings[Number(joined[1])] ?? '');
  if (/^[A-Za-z_$@][\w.]*$/.test(trimmed)) return constant(trimmed.replace(/^[$@]/, '')) ?? HOLE;
  const path = /^(?:os\.path\.expanduser|Path|pathlib\.Path|File\.expand_path|os\.path\.join|path\.join|path\.resolve|str|String|File\.join|resolve|join)\(([^()]*)\)$/s.exec(trimmed);
  if (path) return splitTop(path[1] ?? '').map((item) => evaluate(item, strings, constant)).join('/');
  if (/^(os\.environ\[.*\]|os\.homedir\(\)|Path\.home\(\)|Dir\.home|process\.env\.HOME|homedir\(\))$/s.test(trimmed)) return /home/i.test(trimmed) ? '~' : HOLE;
  const terms = trimmed.split(/\s*(?:\+|\.(?=\s*[$"'\uE000])|(?<=\uE001)\s+(?=\uE000))\s*/);
  if (terms.length < 2 || terms.length > 64) return HOLE;
  return terms.map((term) => token(term.trim(), strings) ?? (/^[A-Za-z_$@]\w*$/.test(term.trim()) ? constant(term.trim().replace(/^[$@]/, '')) : undefined) ?? HOLE).join('');
}

function token(text: string, strings: readonly string[]): string | undefined {
  const match = TOKEN.exec(text);
  return match ? strings[Number(match[1])] : undefined;
}

/** Names that are given one literal value: `cmd = "rm -rf /"`. */
function constantsOf({ code, strings }: Masked): ReadonlyMap<string, string> {
  const constants = new Map<string, string>();
  for (const match of code.matchAll(/(?<![\w.$@])[$@]?([A-Za-z_]\w{0,63})[ \t]{0,8}=(?!=)/g)) {
    const [all, name = ''] = match;
    const after = code.slice(match.index + all.length, match.index + all.length + 512);
    const end = after.search(/[;\n,{}]/);
    const text = evaluate(end < 0 ? after : after.slice(0, end), strings, (known) => constants.get(known));
    // A name that is set twice to different things is not constant.
    constants.set(name, constants.has(name) && constants.get(name) !== text ? HOLE : text);
  }
  return constants;
}
