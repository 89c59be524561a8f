import type { Span } from '../assess/assessment.js';

export type SqlDialect = 'postgres' | 'mysql' | 'sqlite' | 'other';

/** One statement, cut into upper-case words and punctuation; strings and quoted names are one token each. */
export interface SqlStatement {
  /** `DROP`, `TABLE`, `(`, `'`, `"name"` … A string is a single `'`, so that no word inside it counts. */
  readonly tokens: readonly string[];
  /** The texts of its strings, in order: they may be code (`DO $$ … $$`, `EXECUTE '…'`). */
  readonly strings: readonly string[];
  /** From its first token to its last one. */
  readonly at: Span;
}

/** What a script holds: statements, and a client's own commands (`\! rm`, `.shell rm`, `source x.sql`). */
export interface SqlScript {
  readonly statements: readonly SqlStatement[];
  readonly commands: readonly string[];
  /** Where each of the commands stands. */
  readonly commandsAt: readonly Span[];
}

const MOST_STATEMENTS = 2000;

/**
 * Cuts a script into statements in one pass. Understands line and block comments (nested ones too), MySQL's executable
 * comments, strings with doubled or escaped quotes, quoted names, and dollar quotes.
 */
export function splitSql(text: string, dialect: SqlDialect): SqlScript {
  const statements: SqlStatement[] = [];
  const commands: string[] = [];
  const commandsAt: Span[] = [];
  let from = 0;
  let to = 0;
  let tokens: string[] = [];
  let strings: string[] = [];
  const flush = (): void => {
    if (tokens.length > 0 && statements.length < MOST_STATEMENTS) statements.push({ tokens, strings, at: { start: from, end: to } });
    tokens = [];
    strings = [];
  };
  let index = 0;
  let lineStart = true;
  while (index < text.length) {
    const char = text.charAt(index);
    if (char === '\n') {
      lineStart = true;
      index += 1;
      // `GO` alone on a line ends a batch in SQL Server's tools.
      if (tokens.length > 1 && tokens.at(-1) === 'GO') {
        tokens.pop();
        flush();
      }
      continue;
    }
    if (/\s/.test(char)) {
      index += 1;
      continue;
    }
    if (lineStart && (char === '\\' || (char === '.' && tokens.length === 0))) {
      const end = lineEnd(text, index);
      commands.push(text.slice(index, end));
      commandsAt.push({ start: index, end });
      flush();
      index = end;
      continue;
    }
    if (char === '\\' && /[a-z!]/i.test(text.charAt(index + 1))) {
      const end = lineEnd(text, index);
      commands.push(text.slice(index, end));
      commandsAt.push({ start: index, end });
      flush();
      index = end;
      continue;
    }
    lineStart = false;
    const begin = index;
    const count = tokens.length;
    if ((char === '-' && text[index + 1] === '-') || (char === '#' && dialect === 'mysql')) {
      index = lineEnd(text, index);
    } else if (char === '/' && text[index + 1] === '*') {
      // MySQL runs what stands in `/*! … */`.
      if (text[index + 2] === '!') index = /^\/\*!\d*/.exec(text.slice(index, index + 12))?.[0].length === undefined ? index + 3 : index + (/^\/\*!\d*/.exec(text.slice(index, index + 12))?.[0].length ?? 3);
      else index = commentEnd(text, index);
    } else if (char === '*' && text[index + 1] === '/') {
      index += 2;
    } else if (char === "'") {
      const end = quoteEnd(text, index, "'", dialect === 'mysql' || /e/i.test(text.charAt(index - 1)));
      tokens.push("'");
      strings.push(text.slice(index + 1, end - 1).replaceAll("''", "'"));
      index = end;
    } else if (char === '"' || char === '`') {
      const end = quoteEnd(text, index, char, false);
      tokens.push(`"${text.slice(index + 1, end - 1)}"`);
      index = end;
    } else if (char === '$' && /^\$[A-Za-z_\d]*\$/.test(text.slice(index, index + 66))) {
      const tag = /^\$[A-Za-z_\d]*\$/.exec(text.slice(index, index + 66))?.[0] ?? '$$';
      const close = text.indexOf(tag, index + tag.length);
      tokens.push("'");
      strings.push(text.slice(index + tag.length, close < 0 ? undefined : close));
      index = close < 0 ? text.length : close + tag.length;
    } else if (char === ';') {
      flush();
      index += 1;
    } else if (/[A-Za-z_\u0080-\uffff]/.test(char)) {
      let end = index + 1;
      while (end < text.length && /[\w$\u0080-\uffff]/.test(text.charAt(end))) end += 1;
      tokens.push(text.slice(index, end).toUpperCase());
      index = end;
    } else {
      tokens.push(char);
      index += 1;
    }
    if (tokens.length > count) {
      if (count === 0) from = begin;
      to = Math.min(index, text.length);
    }
  }
  flush();
  return { statements, commands, commandsAt };
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/** The end of a block comment; PostgreSQL nests them. */
function commentEnd(text: string, from: number): number {
  let depth = 0;
  for (let index = from; index < text.length; index += 1) {
    if (text[index] === '/' && text[index + 1] === '*') {
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

function quoteEnd(text: string, from: number, quote: string, escapes: boolean): number {
  for (let index = from + 1; index < text.length; index += 1) {
    if (escapes && text[index] === '\\') index += 1;
    else if (text[index] === quote) {
      if (text[index + 1] === quote) index += 1;
      else return index + 1;
    }
  }
  return text.length + 1;
}
