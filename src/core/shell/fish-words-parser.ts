import type { FishJob, FishPart, FishWord } from './fish-syntax.js';
import { sentence, type Sentence } from '../say.js';

const MOST_DEPTH = 64;

/** Where a word ends: at any separator, or at the closing bracket of what it stands in. */
type Mode = 'plain' | 'index' | 'brace';

/**
 * The lower half of the fish reader: words with fish's quotes, escapes, expansions and brackets. One pass, no look-back;
 * nested brackets are read by recursion, to a fixed depth.
 */
export abstract class FishWordParser {
  protected pos = 0;
  protected depth = 0;
  #error: { readonly reason: Sentence; readonly at: number } | undefined;
  #tooDeep = false;

  constructor(protected readonly text: string) {}

  get error(): { readonly reason: Sentence; readonly at: number } | undefined {
    return this.#error;
  }

  get tooDeep(): boolean {
    return this.#tooDeep;
  }

  /** Reads the jobs of a command substitution up to its closing bracket, which stays. */
  protected abstract substitution(): readonly FishJob[];

  protected fail(reason: Sentence): void {
    this.#error ??= { reason, at: Math.min(this.pos, this.text.length) };
  }

  /** Goes one level down; too deep ends the reading. */
  protected nested<T>(read: () => T, otherwise: T): T {
    if (this.depth >= MOST_DEPTH) {
      this.#tooDeep = true;
      this.pos = this.text.length;
      return otherwise;
    }
    this.depth += 1;
    const result = read();
    this.depth -= 1;
    return result;
  }

  protected char(ahead = 0): string {
    return this.text.charAt(this.pos + ahead);
  }

  /** Whether the character at an index belongs to a word, outside all brackets and quotes. */
  protected inWord(at = this.pos): boolean {
    const char = this.text.charAt(at);
    if (char === '' || ' \t\r\n;|<>'.includes(char)) return false;
    // `a&b` is one word; `a& b` is a job in the background.
    if (char === '&') return at + 1 < this.text.length && !' \t\r\n;|<>&'.includes(this.text.charAt(at + 1));
    return true;
  }

  protected word(): FishWord {
    const start = this.pos;
    const parts = this.parts('plain');
    return { parts, start, end: this.pos };
  }

  private parts(mode: Mode): FishPart[] {
    const parts: FishPart[] = [];
    const begin = this.pos;
    let literal = '';
    let brackets = 0;
    const flush = (): void => {
      if (literal !== '') parts.push({ kind: 'text', text: literal, quoted: false });
      literal = '';
    };
    while (this.pos < this.text.length) {
      const char = this.char();
      if (char === '\\') literal += this.escape();
      else if (char === "'" || char === '"') {
        flush();
        if (char === "'") parts.push(this.single());
        else this.double(parts);
      } else if (char === '$' || char === '(') {
        flush();
        parts.push(this.expansion(false));
      } else if (char === '{') {
        flush();
        this.braces(parts);
      } else if (mode === 'index' ? char === ']' : mode === 'brace' && (char === ',' || char === '}')) break;
      else if (mode === 'plain' && brackets === 0 && (!this.inWord() || char === ')')) break;
      else {
        // Between square brackets inside a word, blanks are part of it.
        if (char === '[' && this.pos > begin) brackets += 1;
        else if (char === ']' && brackets > 0) brackets -= 1;
        if (mode !== 'plain' && char === ')') break;
        if (char === '*' || char === '?') {
          flush();
          parts.push({ kind: 'wildcard', text: char });
        } else if (char === '}') this.fail(sentence('a brace is closed that was never opened'));
        if (char !== '*' && char !== '?') literal += char;
        this.pos += 1;
      }
    }
    if (brackets > 0) this.fail(sentence('a square bracket is not closed'));
    flush();
    return parts;
  }

  /** One backslash outside quotes, and what it stands for. */
  private escape(): string {
    const next = this.char(1);
    if (next === '') {
      this.fail(sentence('a backslash stands at the end'));
      this.pos += 1;
      return '';
    }
    if (next === '\n') {
      this.pos += 2;
      return '';
    }
    const coded = /^\\(?:[xX]([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3}))/.exec(this.text.slice(this.pos, this.pos + 10));
    if (coded) {
      const [all, byte, short, long, octal] = coded;
      const code = octal === undefined ? parseInt(byte ?? short ?? long ?? '', 16) : parseInt(octal, 8);
      this.pos += all.length;
      return code > 0x10ffff ? '' : String.fromCodePoint(code);
    }
    if (next === 'c') {
      const code = this.char(2).toLowerCase().charCodeAt(0) - 96;
      this.pos += 3;
      return code >= 0 && code < 32 ? String.fromCharCode(code) : '';
    }
    this.pos += 2;
    return CONTROLS[next] ?? next;
  }

  private single(): FishPart {
    let value = '';
    this.pos += 1;
    for (;;) {
      const char = this.char();
      if (char === '' || char === "'") break;
      const escaped = char === '\\' && (this.char(1) === "'" || this.char(1) === '\\');
      value += escaped ? this.char(1) : char;
      this.pos += escaped ? 2 : 1;
    }
    if (this.pos >= this.text.length) this.fail(sentence('a quote is not closed'));
    this.pos += 1;
    return { kind: 'text', text: value, quoted: true };
  }

  private double(parts: FishPart[]): void {
    let value = '';
    this.pos += 1;
    for (;;) {
      const char = this.char();
      if (char === '' || char === '"') break;
      if (char === '\\') {
        const next = this.char(1);
        if (next !== '\n') value += next === '"' || next === '\\' || next === '$' ? next : `\\${next}`;
        this.pos += 2;
      } else if (char === '$') {
        parts.push({ kind: 'text', text: value, quoted: true }, this.expansion(true));
        value = '';
      } else {
        value += char;
        this.pos += 1;
      }
    }
    if (this.pos >= this.text.length) this.fail(sentence('a quote is not closed'));
    this.pos += 1;
    parts.push({ kind: 'text', text: value, quoted: true });
  }

  private expansion(quoted: boolean): FishPart {
    const start = this.pos;
    while (this.char() === '$') this.pos += 1;
    const dollars = this.pos - start;
    if (this.char() === '(' && dollars < 2) {
      this.pos += 1;
      const body = this.nested(() => this.substitution(), []);
      if (this.char() === ')') this.pos += 1;
      else this.fail(sentence('a bracket is not closed'));
      return { kind: 'substitution', body, quoted, index: this.index(), span: { start, end: this.pos } };
    }
    const name = /^\w{1,256}/.exec(this.text.slice(this.pos, this.pos + 256))?.[0];
    if (name === undefined) {
      this.fail(sentence('a variable has no name'));
      return { kind: 'text', text: '$'.repeat(dollars), quoted };
    }
    this.pos += name.length;
    return { kind: 'variable', name, dollars, quoted, index: this.index() };
  }

  private index(): FishWord | undefined {
    if (this.char() !== '[') return undefined;
    const start = this.pos;
    this.pos += 1;
    const parts = this.nested(() => this.parts('index'), []);
    if (this.char() === ']') this.pos += 1;
    else this.fail(sentence('a square bracket is not closed'));
    return { parts, start, end: this.pos };
  }

  private braces(into: FishPart[]): void {
    this.pos += 1;
    const items: FishPart[][] = [];
    for (;;) {
      const before = this.pos;
      const item = this.nested(() => this.parts('brace'), []);
      items.push(trimmed(item));
      if (this.char() === ',') this.pos += 1;
      else if (this.char() === '}' || this.pos === before || this.pos >= this.text.length || this.char() === ')') break;
    }
    if (this.char() === '}') this.pos += 1;
    else this.fail(sentence('a brace is not closed'));
    const [only = []] = items;
    if (items.length === 1 && !only.some((part) => part.kind === 'variable')) {
      into.push({ kind: 'text', text: '{', quoted: false }, ...only, { kind: 'text', text: '}', quoted: false });
    } else into.push({ kind: 'braces', items });
  }
}

const CONTROLS: Readonly<Record<string, string>> = { a: '\x07', b: '\b', e: '\x1b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** Blanks around an item of a brace list do not count. */
function trimmed(parts: readonly FishPart[]): FishPart[] {
  return parts.map((part, index) => {
    if (part.kind !== 'text' || part.quoted) return part;
    const front = index === 0 ? part.text.trimStart() : part.text;
    return { ...part, text: index === parts.length - 1 ? front.trimEnd() : front };
  });
}
