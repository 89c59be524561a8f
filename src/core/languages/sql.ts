import type { Span } from '../assess/assessment.js';
import { commentEnd, dialectOf, lineEnd, quoteEnd } from './sql-lexis.js';

/** `other` is every engine that has no grammar of its own here; its statements are cut at semicolons and judged by their words. */
export type SqlDialect = 'postgres' | 'mysql' | 'sqlite' | 'tsql' | 'other';

/** One statement, cut into upper-case words and punctuation; strings and quoted names are one token each. */
export interface SqlStatement {
  /** `DROP`, `TABLE`, `(`, `10`, `'`, `"name"` … A string is a single `'`, so that no word inside it counts. */
  readonly tokens: readonly string[];
  /** The same tokens as they are written; quoted names without their quotes, strings with their text. */
  readonly words: readonly string[];
  /** The texts of its strings, in order: they may be code (`DO $$ … $$`, `EXECUTE '…'`). */
  readonly strings: readonly string[];
  /** From its first token to its last one. */
  readonly at: Span;
  /** The client's own command that sends it, such as psql's `\gexec`. */
  readonly sentBy: string | undefined;
}

/** What a script holds: statements, and a client's own commands (`\! rm`, `.shell rm`, `source x.sql`). */
export interface SqlScript {
  readonly statements: readonly SqlStatement[];
  readonly commands: readonly string[];
  /** Where each of the commands stands. */
  readonly commandsAt: readonly Span[];
  /** What stands between statements for the client alone (its commands, rows of a COPY): no server sees it. */
  readonly asides: readonly Span[];
  /** Where psql puts a variable in, as `:name`, `:'name'` or `:"name"`. */
  readonly variables: readonly number[];
  /** MySQL's `/*! … *\/` runs, though it looks like a comment. */
  readonly executableComments: boolean;
  /** There are more statements than anybody reads. */
  readonly cut: boolean;
}

export const MOST_STATEMENTS = 2000;

/**
 * Cuts a script into statements in one pass. Understands line and block comments (nested ones where they nest), MySQL's
 * executable comments and DELIMITER, strings with doubled or escaped quotes, quoted names, dollar quotes, rows of a COPY.
 * @param escapes a backslash escapes in every string, as in a PostgreSQL without `standard_conforming_strings`
 */
export function splitSql(text: string, dialect: SqlDialect, escapes = false): SqlScript {
  return new Splitter(text, dialect, escapes).run();
}

/** Commands of clients that look like words of a statement, as they begin a line. */
const COMMANDS: Readonly<Partial<Record<SqlDialect, RegExp>>> = {
  mysql: /^(?:delimiter|source|system)\s/i,
  tsql: /^(?::r\s|!!)/i,
  other: /^(?:@{1,2}[\w./~-]|!|host\s|source\s)/i,
};

/** Rows that look like statements are not skipped: the COPY above them may fail, and then psql runs them. */
const LIKE_STATEMENTS = /^\s{0,8}(?:DROP|DELETE|TRUNCATE|UPDATE|ALTER|DO)\b[^\t\n]{0,2000};/im;

class Splitter {
  readonly #statements: SqlStatement[] = [];
  readonly #commandsAt: Span[] = [];
  readonly #asides: Span[] = [];
  readonly #variables: number[] = [];
  readonly #lexis;
  #tokens: string[] = [];
  #words: string[] = [];
  #strings: string[] = [];
  #from = 0;
  #to = 0;
  #index = 0;
  #terminator = ';';
  #executableComments = false;
  /** Once rows turn out to be none, nothing is taken for rows any more. */
  #skips = true;
  #cut = false;

  constructor(
    private readonly text: string,
    private readonly dialect: SqlDialect,
    private readonly escapes: boolean,
  ) {
    this.#lexis = dialectOf(dialect);
  }

  run(): SqlScript {
    let lineStart = true;
    while (this.#index < this.text.length) {
      const char = this.text.charAt(this.#index);
      if (char === '\n') {
        lineStart = true;
        this.#index += 1;
        // `GO` alone on a line ends a batch in SQL Server's tools.
        if (this.#tokens.length > 1 && this.#tokens.at(-1) === 'GO') this.dropLast();
      } else if (/\s/.test(char)) this.#index += 1;
      else if (this.isCommand(char, lineStart)) this.command();
      else {
        lineStart = false;
        this.token(char);
      }
    }
    this.flush();
    return {
      statements: this.#statements,
      commands: this.#commandsAt.map(({ start, end }) => this.text.slice(start, end)),
      commandsAt: this.#commandsAt,
      asides: this.#asides,
      variables: this.#variables,
      executableComments: this.#executableComments,
      cut: this.#cut,
    };
  }

  private isCommand(char: string, lineStart: boolean): boolean {
    if (char === '\\') return lineStart || /[a-z!]/i.test(this.text.charAt(this.#index + 1));
    if (!lineStart || this.#tokens.length > 0) return false;
    return char === '.' || (COMMANDS[this.dialect]?.test(this.text.slice(this.#index, this.#index + 10)) ?? false);
  }

  private command(): void {
    const start = this.#index;
    const end = lineEnd(this.text, start);
    const command = this.text.slice(start, end);
    const terminator = /^delimiter\s+(\S+)/i.exec(command)?.[1];
    if (terminator !== undefined) this.#terminator = terminator;
    else this.#commandsAt.push({ start, end });
    this.#asides.push({ start, end });
    this.flush(command);
    this.#index = end;
  }

  private token(char: string): void {
    const { text } = this;
    const begin = this.#index;
    const next = text.charAt(begin + 1);
    if (text.startsWith(this.#terminator, begin)) {
      this.#index += this.#terminator.length;
      const copies = this.copies();
      this.flush();
      if (copies) this.skipRows();
    } else if ((char === '-' && next === '-' && this.#lexis.lineComment(text.charAt(begin + 2))) || (char === '#' && this.dialect === 'mysql')) this.#index = lineEnd(text, begin);
    else if (char === '/' && next === '*') this.comment(begin);
    else if (char === '*' && next === '/' && this.#executableComments) this.#index += 2;
    else if (char === "'" || (char === '"' && this.#lexis.doubleQuoted)) this.string(begin, char);
    else if (char === '"' || char === '`' || (char === '[' && this.#lexis.brackets)) this.name(begin, char);
    else if (char === '$' && this.#lexis.dollarQuotes && this.dollar(begin)) return;
    else if (/[A-Za-z_@\u0080-\uffff]/.test(char) || (char === '#' && this.dialect === 'tsql')) this.word(begin, /[\w$@#\u0080-\uffff]/);
    else if (/\d/.test(char)) this.word(begin, /[\w.]/);
    else {
      if (char === ':' && this.dialect === 'postgres' && /[A-Za-z_'"]/.test(next) && text.charAt(begin - 1) !== ':') this.#variables.push(begin);
      this.#index += 1;
      this.push(begin, char, char);
    }
  }

  private comment(begin: number): void {
    // Nobody knows for certain that a text never meets MySQL.
    const executable = /^\/\*M?!\d*/.exec(this.text.slice(begin, begin + 12));
    if (executable) this.#executableComments = true;
    this.#index = executable ? begin + executable[0].length : commentEnd(this.text, begin, this.#lexis.nestedComments);
  }

  private string(begin: number, quote: string): void {
    // Only an E that stands directly before it makes a string with escapes; the end of another word does not.
    const marked = this.dialect === 'postgres' && this.#tokens.at(-1) === 'E' && this.#to === begin;
    const end = quoteEnd(this.text, begin, quote, this.escapes || this.#lexis.escapes || marked);
    const content = this.text.slice(begin + 1, end - 1).replaceAll(quote + quote, quote);
    this.#index = end;
    if (marked) this.dropToken();
    this.push(begin, "'", content);
    this.#strings.push(content);
  }

  private name(begin: number, open: string): void {
    const close = open === '[' ? ']' : open;
    const end = quoteEnd(this.text, begin, close, false);
    const name = this.text.slice(begin + 1, end - 1).replaceAll(close + close, close);
    this.#index = end;
    this.push(begin, `"${name}"`, name);
  }

  private dollar(begin: number): boolean {
    const tag = /^\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]{0,62})?\$/.exec(this.text.slice(begin, begin + 66))?.[0];
    if (tag === undefined) return false;
    const close = this.text.indexOf(tag, begin + tag.length);
    const content = this.text.slice(begin + tag.length, close < 0 ? undefined : close);
    this.#index = close < 0 ? this.text.length : close + tag.length;
    this.push(begin, "'", content);
    this.#strings.push(content);
    return true;
  }

  private word(begin: number, letters: RegExp): void {
    let end = begin + 1;
    while (end < this.text.length && letters.test(this.text.charAt(end)) && !(this.#terminator !== ';' && this.text.startsWith(this.#terminator, end))) end += 1;
    this.#index = end;
    const word = this.text.slice(begin, end);
    this.push(begin, word.toUpperCase(), word);
  }

  private push(begin: number, token: string, word: string): void {
    if (this.#tokens.length === 0) this.#from = begin;
    this.#tokens.push(token);
    this.#words.push(word);
    this.#to = Math.min(this.#index, this.text.length);
  }

  private dropToken(): void {
    this.#tokens.pop();
    this.#words.pop();
  }

  private dropLast(): void {
    this.dropToken();
    this.flush();
  }

  private flush(sentBy?: string): void {
    if (this.#tokens.length > 0) {
      if (this.#statements.length < MOST_STATEMENTS) this.#statements.push({ tokens: this.#tokens, words: this.#words, strings: this.#strings, at: { start: this.#from, end: this.#to }, sentBy });
      else this.#cut = true;
    }
    this.#tokens = [];
    this.#words = [];
    this.#strings = [];
  }

  private copies(): boolean {
    const from = this.#tokens.lastIndexOf('FROM');
    return this.dialect === 'postgres' && this.#tokens[0] === 'COPY' && from > 0 && this.#tokens[from + 1] === 'STDIN';
  }

  /** Rows follow a COPY up to a line `\.`; without that line there are none. */
  private skipRows(): void {
    const start = lineEnd(this.text, this.#index);
    const stop = this.#skips ? this.text.indexOf('\n\\.', start) : -1;
    if (stop < 0 || LIKE_STATEMENTS.test(this.text.slice(start, stop))) {
      this.#skips = false;
      return;
    }
    const end = lineEnd(this.text, stop + 1);
    this.#asides.push({ start, end });
    this.#index = end;
  }
}
