import type { SqlDialect } from './sql.js';

/** What a dialect reads differently, letter by letter. */
interface Lexis {
  /** `/* /* *\/ *\/` is one comment. */
  readonly nestedComments: boolean;
  /** A backslash escapes inside strings. */
  readonly escapes: boolean;
  /** `"text"` is a string. */
  readonly doubleQuoted: boolean;
  /** `[name]` is a name. */
  readonly brackets: boolean;
  /** `$$text$$` is a string. */
  readonly dollarQuotes: boolean;
  /** Whether `--` begins a comment before this character. */
  readonly lineComment: (next: string) => boolean;
}

const PLAIN: Lexis = { nestedComments: false, escapes: false, doubleQuoted: false, brackets: false, dollarQuotes: false, lineComment: () => true };
const LEXES: Readonly<Record<SqlDialect, Lexis>> = {
  postgres: { ...PLAIN, nestedComments: true, dollarQuotes: true },
  // MySQL takes `5--1` for a subtraction: https://dev.mysql.com/doc/refman/8.4/en/ansi-diff-comments.html
  mysql: { ...PLAIN, escapes: true, doubleQuoted: true, lineComment: (next) => next === '' || /[\s\p{Cc}]/u.test(next) },
  sqlite: { ...PLAIN, brackets: true },
  tsql: { ...PLAIN, nestedComments: true, brackets: true },
  other: { ...PLAIN, dollarQuotes: true },
};

export function dialectOf(dialect: SqlDialect): Lexis {
  return LEXES[dialect];
}

export function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/** The index after a block comment that begins at `from`. */
export function commentEnd(text: string, from: number, nested: boolean): number {
  let depth = 1;
  for (let index = from + 2; index < text.length; index += 1) {
    if (nested && text[index] === '/' && text[index + 1] === '*') {
      depth += 1;
      index += 1;
    } else if (text[index] === '*' && text[index + 1] === '/') {
      depth -= 1;
      index += 1;
      if (depth === 0) return index + 1;
    }
  }
  return text.length;
}

/** The index after a quoted text that begins at `from`; one more than the text is long when it never ends. */
export function quoteEnd(text: string, from: number, quote: string, escapes: boolean): number {
  for (let index = from + 1; index < text.length; index += 1) {
    if (escapes && text[index] === '\\') index += 1;
    else if (text[index] === quote) {
      if (text[index + 1] === quote) index += 1;
      else return index + 1;
    }
  }
  return text.length + 1;
}
