import { shellName } from './assessing.js';

/**
 * The environment that a shell prints with `export -p`, or undefined when a part of it is not what shells print:
 * what was not understood is not guessed at.
 *
 * bash writes `declare -x NAME="value"` or `$'value'`, zsh `export NAME=value` with its own quotes and
 * `export -T NAME array=( a b )` for a tied list, dash `export NAME='value'`. fish has no such listing; its guard
 * writes `export NAME=value` in the quotes of `string escape`.
 *
 * @param shell the shell that printed it, by name or path
 */
export function readExports(text: string, shell: string): Record<string, string> | undefined {
  const environment = new Map<string, string>();
  const reader = new Reader(text, shellName(shell) === 'fish' ? FISH : POSIX);
  while (!reader.atEnd) {
    const entry = reader.line();
    if (!entry) return undefined;
    if (entry.value !== undefined) environment.set(entry.name, entry.value);
  }
  return Object.fromEntries(environment);
}

/** How one kind of shell writes a value. */
interface Quotes {
  /** Characters that stand for themselves outside quotes. */
  readonly bare: RegExp;
  /** What stands between single quotes. */
  readonly single: RegExp;
  readonly unescapeSingle: (text: string) => string;
  /** Backslash sequences outside quotes, and what they mean; undefined for one that is none. */
  readonly escape: RegExp;
  readonly unescape: (sequence: string) => number | string | undefined;
}

const POSIX: Quotes = {
  bare: /[^\s"'$\\`;&|<>()#]+/y,
  single: /'([^']*)'/y,
  unescapeSingle: (text) => text,
  escape: /\\[\s\S]/y,
  unescape: (sequence) => (sequence === '\\\n' ? '' : sequence.slice(1)),
};

const FISH_NAMED: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', e: '\u001b', a: '\u0007', f: '\f', v: '\v' };

const FISH: Quotes = {
  bare: /[^\s"'$\\;&|<>()]+/y,
  single: /'([^'\\]*(?:\\[\s\S][^'\\]*)*)'/y,
  unescapeSingle: (text) => text.replace(/\\([\\'])/g, '$1'),
  escape: /\\(?:[xX][0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|c[A-Za-z?@[\]^_]|[^xXuUc])/y,
  unescape: (sequence) => {
    const kind = sequence[1] ?? '';
    if (kind === 'x' || kind === 'X') return Number.parseInt(sequence.slice(2), 16);
    if (kind === 'u' || kind === 'U') return codePoint(sequence.slice(2));
    if (kind === 'c') return (sequence.charCodeAt(2) || 0) & 0x1f;
    return FISH_NAMED[kind] ?? kind;
  },
};

const HEAD = /(?:declare|typeset|export) ((?:-[A-Za-z]+\d* )*)([A-Za-z_][A-Za-z0-9_]*)/y;
const PLAIN = /="([^"\\$`]*)"\n/y;
const DOUBLE = /"([^"\\]*(?:\\[\s\S][^"\\]*)*)"/y;
const TIED = / [A-Za-z_][A-Za-z0-9_]*=\( +/y;
/** `$'…'` of bash and zsh. */
const ANSI = /\$'([^'\\]*(?:\\[\s\S][^'\\]*)*)'/y;
const ANSI_PART = /\\(?:[0-7]{1,3}|x[0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{1,4}|U[0-9A-Fa-f]{1,8}|M-\\C-[\s\S]|M-[\s\S]|C-[\s\S]|[\s\S])|[^\\]+/g;
const ANSI_NAMED: Readonly<Record<string, string>> = { ...FISH_NAMED, E: '\u001b', '\\': '\\', "'": "'", '"': '"', '?': '?' };

class Reader {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly quotes: Quotes,
  ) {}

  get atEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** One variable; its value is undefined when it is to be exported and not set. Undefined for anything else. */
  line(): { readonly name: string; readonly value: string | undefined } | undefined {
    const head = this.take(HEAD);
    const [, flags = '', name = ''] = head ?? [];
    // Without x, `declare` lists what is not exported, and an array never is.
    if (!head || /[aAfFn]/.test(flags) || (flags !== '' && head[0].startsWith('declare') && !flags.includes('x'))) return undefined;
    const plain = this.take(PLAIN);
    if (plain) return { name, value: plain[1] };
    if (flags.includes('T')) return this.tied(name);
    if (this.text[this.at] !== '=') return this.end() ? { name, value: undefined } : undefined;
    this.at += 1;
    const value = this.word();
    return value !== undefined && this.end() ? { name, value } : undefined;
  }

  private tied(name: string): { readonly name: string; readonly value: string } | undefined {
    if (!this.take(TIED)) return undefined;
    const words: string[] = [];
    while (this.text[this.at] !== ')') {
      const word = this.word();
      if (word === undefined || this.text[this.at] !== ' ') return undefined;
      words.push(word);
      this.at += 1;
    }
    this.at += 1;
    return this.end() ? { name, value: words.join(':') } : undefined;
  }

  private end(): boolean {
    if (this.atEnd) return true;
    this.at += 1;
    return this.text[this.at - 1] === '\n';
  }

  /** A word up to a blank or the end of the line; undefined when it holds what no shell prints there. */
  private word(): string | undefined {
    const parts: Buffer[] = [];
    for (;;) {
      const next = this.text[this.at];
      if (next === undefined || next === '\n' || next === ' ') return Buffer.concat(parts).toString('utf8');
      const part = this.part();
      if (part === undefined) return undefined;
      parts.push(part);
    }
  }

  private part(): Buffer | undefined {
    const bare = this.take(this.quotes.bare);
    if (bare) return Buffer.from(bare[0]);
    const single = this.take(this.quotes.single);
    // No shell prints two in a row, unless '' stands for a quote in it (zsh, RC_QUOTES).
    if (single && this.text[this.at] === "'") return undefined;
    if (single) return Buffer.from(this.quotes.unescapeSingle(single[1] ?? ''));
    const double = this.take(DOUBLE);
    // An unescaped $ or ` would be computed; no shell prints one.
    if (double) return /(?:^|[^\\])(?:\\\\)*[$`]/.test(double[1] ?? '') ? undefined : Buffer.from((double[1] ?? '').replace(/\\(?:\n|([\\"$`]))/g, '$1'));
    const ansi = this.quotes === POSIX ? this.take(ANSI) : undefined;
    if (ansi) return ansiBytes(ansi[1] ?? '');
    const escape = this.take(this.quotes.escape);
    return escape ? bytesOf(this.quotes.unescape(escape[0])) : undefined;
  }

  private take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match) this.at = pattern.lastIndex;
    return match;
  }
}

/** Bytes, for a value need not be text (bash(1), QUOTING; zshmisc(1), `print` escapes for `\C-` and `\M-`). */
function ansiBytes(text: string): Buffer | undefined {
  const parts = (text.match(ANSI_PART) ?? []).map((part) => (part.startsWith('\\') ? bytesOf(ansiEscape(part.slice(1))) : Buffer.from(part)));
  return parts.every((part) => part !== undefined) ? Buffer.concat(parts) : undefined;
}

function ansiEscape(body: string): number | string | undefined {
  if (/^[0-7]/.test(body)) return Number.parseInt(body, 8) & 0xff;
  if (/^x./.test(body)) return Number.parseInt(body.slice(1), 16);
  if (/^[uU]./.test(body)) return codePoint(body.slice(1));
  if (body.startsWith('M-') && body.length > 2) return charCode(body.slice(2)) | 0x80;
  if (body.startsWith('C-') && body.length > 2) return charCode(body);
  return ANSI_NAMED[body];
}

function charCode(text: string): number {
  const control = /^\\?C-([\s\S])$/.exec(text)?.[1];
  if (control === '?') return 0x7f;
  return control === undefined ? text.charCodeAt(0) : control.charCodeAt(0) & 0x1f;
}

function codePoint(hex: string): string | undefined {
  const point = Number.parseInt(hex, 16);
  return point <= 0x10ffff ? String.fromCodePoint(point) : undefined;
}

function bytesOf(value: number | string | undefined): Buffer | undefined {
  return typeof value === 'number' ? Buffer.from([value]) : value === undefined ? undefined : Buffer.from(value);
}
