import { createRequire } from 'node:module';
import path from 'node:path';
import type { SqlParser, SqlParsers } from '../core/languages/sql-acts.js';

/**
 * The dialects that have a parser, each a file of its own that is read when a statement of it is first seen. T-SQL has none:
 * node-sql-parser takes `DELETE users` and `ALTER DATABASE …` for assignments to variables, and does not say so.
 */
const FILES: Readonly<Record<string, string>> = { postgres: 'sql-postgres.js', mysql: 'sql-mysql.js', sqlite: 'sql-sqlite.js' };

/** The parsers whose files lie in a directory. One that is missing or does not load is not asked for again. */
export function sqlParsersIn(directory: string): SqlParsers {
  const load = createRequire(path.join(directory, 'load.js'));
  const known = new Map<string, SqlParser | undefined>();
  return (dialect) => {
    if (!known.has(dialect)) known.set(dialect, loaded(load, directory, dialect));
    return known.get(dialect);
  };
}

function loaded(load: NodeJS.Require, directory: string, dialect: string): SqlParser | undefined {
  const file = Object.hasOwn(FILES, dialect) ? FILES[dialect] : undefined;
  if (file === undefined) return undefined;
  try {
    return (load(path.join(directory, file)) as { readonly parser: SqlParser }).parser;
  } catch {
    // Statements are then judged by their words, which misses nothing that it did not miss before.
    return undefined;
  }
}

/** The parsers beside the program that runs. */
export const sqlParsers: SqlParsers = sqlParsersIn(__dirname);
