import type { Span } from '../assess/assessment.js';
import { sentence, type Sentence } from '../say.js';

/** One word: its text with quotes taken off and carets resolved; `%x%` and `!x!` still stand in it. */
export interface CmdWord extends Span {
  readonly text: string;
  readonly quoted: boolean;
}

export interface CmdRedirect {
  readonly operator: string;
  readonly descriptor: number | undefined;
  readonly target: CmdWord;
}

export type CmdNode = Span &
  (
    | { readonly kind: 'call'; readonly words: readonly CmdWord[]; readonly redirects: readonly CmdRedirect[] }
    | { readonly kind: 'block'; readonly body: readonly CmdItem[]; readonly redirects: readonly CmdRedirect[] }
    | { readonly kind: 'if'; readonly then: CmdNode | undefined; readonly otherwise: CmdNode | undefined }
    | { readonly kind: 'for'; readonly flags: string; readonly variable: string; readonly items: readonly CmdWord[]; readonly body: CmdNode | undefined }
  );

export interface CmdItem {
  readonly node: CmdNode;
  /** What stands in front of it. */
  readonly joint: '&' | '&&' | '||' | '|';
}

export interface CmdScript {
  readonly items: readonly CmdItem[];
  readonly error: { readonly reason: Sentence; readonly at: number } | undefined;
  readonly tooDeep: boolean;
}

const MOST_DEPTH = 64;
/** Names that end where their first argument begins, without a blank: `rd/s`, `cd..`, `echo.x`. */
const INTERNAL = /^(?:rd|rmdir|del|erase|echo|cd|chdir|md|mkdir|copy|move|type|ren|rename|set|call|start|pushd|if|for|exit|goto|title|dir)(?=[\/.\\(:=,;+[\]"])/i;

/**
 * Reads cmd.exe: commands between `&`, `|` and new lines, blocks, `if` and `for`, with carets and quotes. One pass; blocks
 * are read by recursion, to a fixed depth. Never throws.
 */
export function parseCmd(text: string): CmdScript {
  const parser = new CmdParser(text);
  const items = parser.list(false);
  return { items, error: parser.error, tooDeep: parser.tooDeep };
}

class CmdParser {
  error: CmdScript['error'];
  tooDeep = false;
  #pos = 0;
  #depth = 0;

  constructor(private readonly text: string) {}

  list(inside: boolean): readonly CmdItem[] {
    const items: CmdItem[] = [];
    let joint: CmdItem['joint'] = '&';
    for (;;) {
      this.skip(true);
      const char = this.char();
      if (char === '') {
        if (inside) this.fail(sentence('a bracket is not closed'));
        return items;
      }
      if (char === ')') {
        this.#pos += 1;
        if (inside) return items;
        continue;
      }
      const two = this.text.slice(this.#pos, this.#pos + 2);
      if (char === '&' || char === '|') {
        joint = two === '&&' || two === '||' ? two : char;
        this.#pos += joint.length;
        continue;
      }
      const before = this.#pos;
      const node = this.node(inside);
      if (node) items.push({ node, joint });
      joint = '&';
      if (this.#pos === before) this.#pos += 1;
      this.skip(false);
      if (this.char() === '&' || this.char() === '|') continue;
    }
  }

  private char(ahead = 0): string {
    return this.text.charAt(this.#pos + ahead);
  }

  private fail(reason: Sentence): void {
    this.error ??= { reason, at: Math.min(this.#pos, this.text.length) };
  }

  /** Blanks, which the characters `,`, `;` and `=` are as well between words; a caret in front of a new line. */
  private skip(lines: boolean): void {
    for (;;) {
      const char = this.char();
      if (char !== '' && ' \t\r\v\f\u00a0,;='.includes(char)) this.#pos += 1;
      else if (lines && (char === '\n' || char === '@')) this.#pos += 1;
      else if (char === '^' && (this.char(1) === '\n' || (this.char(1) === '\r' && this.char(2) === '\n'))) this.#pos += this.char(1) === '\n' ? 2 : 3;
      else return;
    }
  }

  private node(inside: boolean): CmdNode | undefined {
    this.skip(true);
    const start = this.#pos;
    if (this.char() === '(') {
      if (this.#depth >= MOST_DEPTH) {
        this.tooDeep = true;
        this.#pos = this.text.length;
        return undefined;
      }
      this.#pos += 1;
      this.#depth += 1;
      const body = this.list(true);
      this.#depth -= 1;
      const redirects: CmdRedirect[] = [];
      this.skip(false);
      while (this.redirect(redirects, inside)) this.skip(false);
      return { kind: 'block', body, redirects, start, end: this.#pos };
    }
    if (this.char() === ':') {
      this.line();
      return undefined;
    }
    const redirects: CmdRedirect[] = [];
    while (this.redirect(redirects, inside)) this.skip(false);
    const word = this.word(inside, true);
    const name = word.text.toLowerCase();
    if (name === 'rem') {
      this.line();
      return redirects.length === 0 ? undefined : { kind: 'call', words: [word], redirects, start, end: word.end };
    }
    if (name === 'if') return this.nested(() => this.ifNode(start, inside));
    if (name === 'for') return this.nested(() => this.forNode(start, inside));
    const words = word.end > word.start ? [word] : [];
    if (name === 'set' && words.length > 0) words.push(this.setting(inside));
    for (;;) {
      this.skip(false);
      if (this.redirect(redirects, inside)) continue;
      const char = this.char();
      if (char === '' || '\n&|'.includes(char) || (char === ')' && inside)) break;
      const before = this.#pos;
      words.push(this.word(inside, false));
      if (this.#pos === before) this.#pos += 1;
    }
    const end = words.at(-1)?.end ?? this.#pos;
    return words.length === 0 && redirects.length === 0 ? undefined : { kind: 'call', words, redirects, start: words[0]?.start ?? start, end: Math.max(end, redirects.at(-1)?.target.end ?? 0) };
  }

  private nested(read: () => CmdNode): CmdNode | undefined {
    if (this.#depth >= MOST_DEPTH) {
      this.tooDeep = true;
      this.#pos = this.text.length;
      return undefined;
    }
    this.#depth += 1;
    const node = read();
    this.#depth -= 1;
    return node;
  }

  private line(): void {
    const end = this.text.indexOf('\n', this.#pos);
    this.#pos = end < 0 ? this.text.length : end;
  }

  /** What `set` is given: the rest of the command, blanks and all. */
  private setting(inside: boolean): CmdWord {
    while (this.char() === ' ' || this.char() === '\t') this.#pos += 1;
    const start = this.#pos;
    let text = '';
    let quoted = false;
    for (; this.#pos < this.text.length; this.#pos += 1) {
      const char = this.char();
      if (char === '"') quoted = !quoted;
      if (char === '\n' || (!quoted && ('&|<>'.includes(char) || (char === ')' && inside)))) break;
      if (char === '^' && !quoted) this.#pos += 1;
      text += this.char();
    }
    const outer = /^"([^]*)"\s*$/.exec(text.trimEnd());
    return { text: outer?.[1] ?? text.replace(/[\r\n]+$/, ''), quoted: outer !== null, start, end: this.#pos };
  }

  private word(inside: boolean, name: boolean): CmdWord {
    const start = this.#pos;
    const internal = name ? INTERNAL.exec(this.text.slice(this.#pos, this.#pos + 12))?.[0] : undefined;
    if (internal !== undefined) {
      this.#pos += internal.length;
      if (/^echo$/i.test(internal)) this.#pos += 1;
      return { text: internal, quoted: false, start, end: start + internal.length };
    }
    let text = '';
    let quoted = false;
    let ever = false;
    for (; this.#pos < this.text.length; this.#pos += 1) {
      const char = this.char();
      if (char === '"') {
        quoted = !quoted;
        ever = true;
        continue;
      }
      if (char === '\n' || (!quoted && (' \t\r\v\f\u00a0&|<>'.includes(char) || (',;='.includes(char) && (name || text === '')) || (char === ')' && inside) || (char === '(' && name)))) break;
      if (char === '^' && !quoted) {
        this.#pos += this.char(1) === '\r' ? 2 : 1;
        if (this.char() === '\n') continue;
      }
      text += this.char();
    }
    if (quoted) this.fail(sentence('a quote is not closed'));
    return { text, quoted: ever, start, end: this.#pos };
  }

  private redirect(into: CmdRedirect[], inside: boolean): boolean {
    const found = /^(\d)?(>>|>|<)(?:&\d)?/.exec(this.text.slice(this.#pos, this.#pos + 6));
    if (!found) return false;
    const [all, descriptor, operator = '>'] = found;
    this.#pos += all.length;
    if (all.includes('&')) return true;
    this.skip(false);
    into.push({ operator, descriptor: descriptor === undefined ? undefined : Number(descriptor), target: this.word(inside, false) });
    return true;
  }

  private ifNode(start: number, inside: boolean): CmdNode {
    // As written: quotes tell `""==""` from `a==`.
    const next = (): string => {
      this.skip(false);
      const { start: from, end } = this.word(inside, false);
      return this.text.slice(from, end);
    };
    let word = next();
    while (/^(\/i|not)$/i.test(word)) word = next();
    if (/^(exist|defined|errorlevel|cmdextversion)$/i.test(word)) next();
    else {
      // `a==b` in one word, or `a == b` in three.
      const joined = /==./.test(word);
      if (!joined) {
        const operator = this.text.slice(this.#pos, this.#pos + 8);
        if (/^[ \t]*==/.test(operator) || word.endsWith('==')) next();
        else {
          next();
          next();
        }
      }
    }
    const then = this.node(inside);
    const at = this.#pos;
    this.skip(true);
    let otherwise: CmdNode | undefined;
    if (/^else(?=[\s(])/i.test(this.text.slice(this.#pos, this.#pos + 5))) {
      this.#pos += 4;
      otherwise = this.node(inside);
    } else this.#pos = at;
    return { kind: 'if', then, otherwise, start, end: this.#pos };
  }

  private forNode(start: number, inside: boolean): CmdNode {
    let flags = '';
    let variable = '';
    for (let round = 0; round < 8; round += 1) {
      this.skip(false);
      const word = this.word(inside, false);
      if (/^%%?[^%]$/.test(word.text)) {
        variable = word.text.slice(-1);
        break;
      }
      if (word.end === word.start) break;
      flags += `${word.text.toLowerCase()} `;
    }
    this.skip(false);
    const keyword = this.word(inside, true);
    if (keyword.text.toLowerCase() !== 'in') this.fail(sentence('a for has no in'));
    const items: CmdWord[] = [];
    this.skip(true);
    if (this.char() === '(') {
      this.#pos += 1;
      for (;;) {
        this.skip(true);
        if (this.char() === ')' || this.char() === '') break;
        const before = this.#pos;
        items.push(this.word(true, false));
        if (this.#pos === before) this.#pos += 1;
      }
      if (this.char() === ')') this.#pos += 1;
      else this.fail(sentence('a bracket is not closed'));
    }
    this.skip(true);
    if (/^do(?=[\s(@])/i.test(this.text.slice(this.#pos, this.#pos + 3))) this.#pos += 2;
    const body = this.node(inside);
    return { kind: 'for', flags, variable, items, body, start, end: this.#pos };
  }
}
