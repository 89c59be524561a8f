import type { PsMember, PsPart, PsStatement, PsWord } from './powershell-syntax.js';
import { sentence, type Sentence } from '../say.js';

const MOST_DEPTH = 64;
const BLANK = /[ \t\r\f\v\u00a0\u0085\u2000-\u200a\u3000]/;
/** PowerShell takes typographic quotes and dashes for plain ones. */
export const DASH = /[-\u2013-\u2015]/;
const SINGLE = /['\u2018-\u201b]/;
const DOUBLE = /["\u201c-\u201e]/;
const NAME = /^\$(?:\{([^}]{1,256})\}|((?:\w{1,64}:)?\w{1,128}|[$^?]))/;
const ESCAPES: Readonly<Record<string, string>> = { 0: '\0', a: '\x07', b: '\b', e: '\x1b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/**
 * The lower half of the PowerShell reader: words, strings, variables, brackets and what hangs on them. One pass, no
 * look-back; nested brackets are read by recursion, to a fixed depth.
 */
export abstract class PsWordParser {
  protected pos = 0;
  #depth = 0;
  #error: { readonly reason: Sentence; readonly at: number } | undefined;
  #tooDeep = false;

  constructor(protected readonly text: string) {}

  get error(): { readonly reason: Sentence; readonly at: number } | undefined {
    return this.#error;
  }

  get tooDeep(): boolean {
    return this.#tooDeep;
  }

  /** Statements up to a closing bracket, which is taken. */
  protected abstract statements(close: ')' | '}' | ''): readonly PsStatement[];

  protected fail(reason: Sentence): void {
    this.#error ??= { reason, at: Math.min(this.pos, this.text.length) };
  }

  protected nested<T>(read: () => T, otherwise: T): T {
    if (this.#depth >= MOST_DEPTH) {
      this.#tooDeep = true;
      this.pos = this.text.length;
      return otherwise;
    }
    this.#depth += 1;
    const result = read();
    this.#depth -= 1;
    return result;
  }

  protected char(ahead = 0): string {
    return this.text.charAt(this.pos + ahead);
  }

  /** Blanks, continued lines and comments; with `lines`, new lines as well. */
  protected skip(lines: boolean): void {
    for (;;) {
      const char = this.char();
      if (char !== '' && (BLANK.test(char) || (lines && char === '\n'))) this.pos += 1;
      else if (char === '`' && (this.char(1) === '\n' || (this.char(1) === '\r' && this.char(2) === '\n'))) this.pos += this.char(1) === '\n' ? 2 : 3;
      else if (char === '<' && this.char(1) === '#') {
        const end = this.text.indexOf('#>', this.pos + 2);
        if (end < 0) this.fail(sentence('a comment is not closed'));
        this.pos = end < 0 ? this.text.length : end + 2;
      } else if (char === '#') {
        const end = this.text.indexOf('\n', this.pos);
        this.pos = end < 0 ? this.text.length : end;
      } else return;
    }
  }

  /** Whether a bare word ends here. */
  protected atEnd(at = this.pos): boolean {
    const char = this.text.charAt(at);
    return char === '' || BLANK.test(char) || '\n;|&(){},<>'.includes(char);
  }

  /** One argument of a command, or one operand of an expression. */
  protected word(expression: boolean): PsWord {
    const start = this.pos;
    const parts: PsPart[] = [];
    let bare = '';
    const flush = (): void => {
      if (bare !== '') parts.push({ kind: 'text', text: bare, quoted: false, chain: [] });
      bare = '';
    };
    for (;;) {
      const char = this.char();
      const first = this.pos === start;
      if (char === '$' && (this.char(1) === '(' || NAME.test(this.text.slice(this.pos, this.pos + 4)) || this.char(1) === '{')) {
        flush();
        parts.push(this.dollar(false));
      } else if (SINGLE.test(char) || DOUBLE.test(char)) {
        flush();
        for (const part of this.string(first)) parts.push(part);
      } else if (first && char === '@' && /[({'"\w\u2018-\u201e]/.test(this.char(1))) parts.push(...this.at());
      else if (first && char === '(') {
        this.pos += 1;
        parts.push({ kind: 'sub', body: this.nested(() => this.statements(')'), []), quoted: false, chain: this.chain() });
      } else if (first && char === '{') {
        this.pos += 1;
        parts.push(this.block());
      } else if (first && expression && char === '[') parts.push(this.type());
      else if (this.atEnd()) break;
      else if (char === '`') {
        bare += ESCAPES[this.char(1)] ?? this.char(1);
        this.pos += 2;
      } else if (expression && /[=+*/%!\]]/.test(char)) break;
      else {
        bare += char;
        this.pos += 1;
      }
      // A bracket ends the word that it begins, apart from what hangs on it.
      if (parts.length === 1 && /^(sub|block|table|type)$/.test(parts[0]?.kind ?? '')) break;
      if (expression && parts.length > 0 && bare === '') break;
    }
    flush();
    return { parts, start, end: this.pos, joined: false };
  }

  /** `{ param(…) … }`, after its opening bracket. */
  protected block(): PsPart {
    const start = this.pos;
    const body = this.nested(() => this.statements('}'), []);
    return { kind: 'block', body, parameters: parametersOf(this.text.slice(start, Math.min(start + 2048, this.pos))), chain: this.chain() };
  }

  /** `$x`, `${x}`, `$(…)`, with what hangs on it outside strings. */
  private dollar(quoted: boolean): PsPart {
    if (this.char(1) === '(') {
      this.pos += 2;
      const body = this.nested(() => this.statements(')'), []);
      return { kind: 'sub', body, quoted, chain: quoted ? [] : this.chain() };
    }
    const found = NAME.exec(this.text.slice(this.pos, this.pos + 260));
    if (!found) {
      this.pos += 1;
      return { kind: 'text', text: '$', quoted, chain: [] };
    }
    this.pos += found[0].length;
    return { kind: 'variable', name: (found[1] ?? found[2] ?? '').toLowerCase(), quoted, splat: false, chain: quoted ? [] : this.chain() };
  }

  /** `'…'` and `"…"`; a doubled quote stands for itself. */
  private string(first: boolean): PsPart[] {
    const double = DOUBLE.test(this.char());
    const quote = double ? DOUBLE : SINGLE;
    const parts: PsPart[] = [];
    let text = '';
    this.pos += 1;
    for (;;) {
      const char = this.char();
      if (char === '') {
        this.fail(sentence('a quote is not closed'));
        break;
      }
      if (quote.test(char)) {
        this.pos += 1;
        if (!quote.test(this.char())) break;
        text += char;
        this.pos += 1;
      } else if (double) text = this.inDouble(parts, text);
      else {
        text += char;
        this.pos += 1;
      }
    }
    return this.finish(parts, text, first);
  }

  private inDouble(parts: PsPart[], text: string): string {
    const char = this.char();
    if (char === '`') {
      this.pos += 2;
      const escaped = this.text.charAt(this.pos - 1);
      return text + (ESCAPES[escaped] ?? (escaped === '\n' ? '' : escaped));
    }
    if (char !== '$') {
      this.pos += 1;
      return text + char;
    }
    parts.push({ kind: 'text', text, quoted: true, chain: [] }, this.dollar(true));
    return '';
  }

  private finish(parts: readonly PsPart[], text: string, first: boolean): PsPart[] {
    return [...parts, { kind: 'text', text, quoted: true, chain: first ? this.chain() : [] }];
  }

  /** `@(…)`, `@{…}`, here-strings and `@splatting`. */
  private at(): PsPart[] {
    const next = this.char(1);
    if (next === '(') {
      this.pos += 2;
      return [{ kind: 'sub', body: this.nested(() => this.statements(')'), []), quoted: false, chain: this.chain() }];
    }
    if (next === '{') {
      this.pos += 2;
      return [{ kind: 'table', body: this.nested(() => this.statements('}'), []), chain: this.chain() }];
    }
    if (/\w/.test(next)) {
      const name = /^@(\w{1,128})/.exec(this.text.slice(this.pos, this.pos + 130))?.[1] ?? '';
      this.pos += name.length + 1;
      return [{ kind: 'variable', name: name.toLowerCase(), quoted: false, splat: true, chain: [] }];
    }
    return this.hereString(DOUBLE.test(next));
  }

  private hereString(double: boolean): PsPart[] {
    const line = this.text.indexOf('\n', this.pos);
    if (line < 0) {
      this.fail(sentence('a here-string has no second line'));
      this.pos = this.text.length;
      return [];
    }
    const close = double ? /^["\u201c-\u201e]@/ : /^['\u2018-\u201b]@/;
    const parts: PsPart[] = [];
    let text = '';
    this.pos = line + 1;
    for (let fresh = true; ; ) {
      if (this.pos >= this.text.length) {
        this.fail(sentence('a here-string is not closed'));
        break;
      }
      if (fresh && close.test(this.text.slice(this.pos, this.pos + 2))) {
        this.pos += 2;
        break;
      }
      fresh = this.char() === '\n';
      if (double && !fresh) text = this.inDouble(parts, text);
      else {
        text += this.char();
        this.pos += 1;
      }
    }
    return this.finish(parts, text.replace(/\r?\n$/, ''), true);
  }

  /** `[Namespace.Type]`, with generic arguments. */
  private type(): PsPart {
    const start = this.pos + 1;
    let open = 0;
    for (; this.pos < this.text.length; this.pos += 1) {
      const char = this.char();
      if (char === '[') open += 1;
      else if (char === ']' && (open -= 1) === 0) break;
      else if (char === '\n' || char === ';') break;
    }
    const name = this.text.slice(start, this.pos);
    if (this.char() === ']') this.pos += 1;
    else this.fail(sentence('a square bracket is not closed'));
    return { kind: 'type', name: name.trim().toLowerCase(), chain: this.chain() };
  }

  /** Members, calls and indexes behind a value. */
  private chain(): readonly PsMember[] {
    const members: PsMember[] = [];
    for (;;) {
      const found = /^(?:\?\.|\.|::)(?:([A-Za-z_]\w{0,127})|(?=['"$({]))/.exec(this.text.slice(this.pos, this.pos + 132));
      if (found) {
        this.pos += found[0].length;
        let name = found[1];
        // A member whose name is computed.
        if (name === undefined) name = this.memberName();
        const called = this.char() === '(';
        members.push({ name, called, args: called ? this.list(')') : [] });
      } else if (this.char() === '[' && members.length < 64) members.push({ name: undefined, called: false, args: this.list(']') });
      else return members;
    }
  }

  private memberName(): string {
    const word = this.nested(() => this.word(true), undefined);
    const [only] = word?.parts ?? [];
    return word?.parts.length === 1 && only?.kind === 'text' && only.chain.length === 0 ? only.text : '';
  }

  /** The arguments of a call or an index, with both brackets. */
  private list(close: ')' | ']'): readonly PsWord[] {
    const words: PsWord[] = [];
    this.pos += 1;
    for (;;) {
      this.skip(true);
      const char = this.char();
      if (char === close) {
        this.pos += 1;
        return words;
      }
      if (char === '' || ')]}'.includes(char)) {
        this.fail(sentence('a bracket is not closed'));
        return words;
      }
      const before = this.pos;
      const word = this.nested(() => this.word(true), undefined);
      if (word && this.pos > before) words.push(word);
      else this.pos += 1;
    }
  }
}

/** The names in `param(…)` or in the brackets of a function. */
export function parametersOf(text: string): readonly string[] {
  const inner = /^\s{0,64}(?:\[[^\]]{0,64}\]\s{0,8})?(?:param\s{0,8})?\(([^]*)/i.exec(text)?.[1];
  return inner === undefined ? [] : [...inner.slice(0, 1024).matchAll(/(?:^|,)\s{0,64}(?:\[[^\]]{0,64}\]\s{0,8}){0,4}\$(\w{1,64})/g)].map(([, name = '']) => name.toLowerCase());
}
