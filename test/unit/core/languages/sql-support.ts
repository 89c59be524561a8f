import path from 'node:path';
import type { SqlDialect } from '../../../../src/core/languages/sql.js';
import type { SqlParsers } from '../../../../src/core/languages/sql-acts.js';
import { judgeSql } from '../../../../src/core/rules/sql.js';
import { sqlParsersIn } from '../../../../src/world/sql-parsers.js';

/** The parsers as the build leaves them beside the extension. */
export const PARSERS: SqlParsers = sqlParsersIn(path.resolve('out'));

export const NO_PARSERS: SqlParsers = () => undefined;

/** With the real parsers, and as it is where none of them loads. */
export const READERS: readonly (readonly [string, SqlParsers])[] = [
  ['by its tree', PARSERS],
  ['by its words', NO_PARSERS],
];

/** What the statements of a text are found to do: the rules in order, without those that only change something. */
export function dangers(text: string, dialect: SqlDialect = 'postgres', parsers = PARSERS): readonly string[] {
  return judgeSql(text, dialect, parsers)
    .matches.map(({ rule }) => rule.id.slice('sql/'.length))
    .filter((id) => id !== 'change');
}
