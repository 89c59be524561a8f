import { splitSql } from '../languages/sql.js';
import type { SqlDialect, SqlStatement } from '../languages/sql.js';
import { defineRule } from './rule.js';
import type { Override, Rule } from './rule.js';

export interface SqlMatch {
  readonly rule: Rule;
  readonly override: Override;
}

type Kind = (statement: Shape) => Override | boolean;

/** A statement with what every rule asks of it. */
interface Shape {
  readonly tokens: readonly string[];
  readonly verb: string;
  /** Whether a word stands anywhere. */
  readonly has: (word: string) => boolean;
  /** The words after the first occurrence of a word. */
  readonly after: (word: string) => readonly string[];
}

const text = (tokens: readonly string[]): string => tokens.slice(0, 12).join(' ').replace(/ ([.,)(])/g, '$1').replace(/([.(]) /g, '$1');

const SQL: readonly { readonly rule: Rule; readonly kind: Kind }[] = [
  sql('sql/drop-database', 'Drops a database or schema', 'critical', 'no', 'Drops a whole database or schema.', 'pg_dump it first.',
    ({ verb, tokens }) => verb === 'DROP' && /^(DATABASE|SCHEMA|KEYSPACE|CATALOG|OWNED|TABLESPACE|CLUSTER|WAREHOUSE|SHARE|PLUGGABLE)$/.test(tokens[1] ?? ''),
    ['psql -c "DROP DATABASE shop"', 'mysql -e "drop schema shop"', `psql shop -c 'DROP SCHEMA public CASCADE'`],
    ['psql -c "SELECT 1"', 'psql -c "CREATE DATABASE shop"', `psql -c "SELECT 'DROP DATABASE shop'"`]),
  sql('sql/drop-table', 'Drops a table with its data', 'critical', 'no', 'Drops a table with everything in it.', 'Rename it first, drop it later.',
    ({ verb, tokens }) => verb === 'DROP' && tokens.slice(1, 4).some((word) => /^(TABLE|TABLES|COLLECTION|MATERIALIZED|STREAM|DICTIONARY)$/.test(word)) && tokens[1] !== 'TEMPORARY',
    ['psql -c "DROP TABLE users"', 'sqlite3 app.db "drop table if exists users"', `mysql shop -e 'DROP TABLE a, b'`, 'psql <<EOF\nDROP TABLE users;\nEOF'],
    ['psql -c "SELECT * FROM users"', `psql -c "-- DROP TABLE users"`, `echo "DROP TABLE users"`]),
  sql('sql/drop-object', 'Drops something of a database', 'medium', 'with-effort', 'Drops an object of the database.', 'Keep its definition first.',
    ({ verb, tokens }) => verb === 'DROP' && !/^(DATABASE|SCHEMA|KEYSPACE|CATALOG|OWNED|TABLESPACE|CLUSTER|WAREHOUSE|SHARE|PLUGGABLE|TABLE|TABLES|COLLECTION|MATERIALIZED|STREAM|DICTIONARY|TEMPORARY)$/.test(tokens[1] ?? '') && tokens.length > 1,
    ['psql -c "DROP INDEX idx"', 'psql -c "drop role bob"', 'mysql -e "DROP USER bob"', 'psql -c "DROP VIEW v"'],
    ['psql -c "CREATE INDEX idx ON t(a)"', 'psql -c "\\di"', 'mysql -e "SHOW INDEX FROM t"']),
  sql('sql/cut-off', 'Starts to drop or delete something', 'medium', 'no', 'A destructive statement that ends after its first word, as when quotes were lost on the way.', 'Quote the whole statement.',
    ({ verb, tokens }) => tokens.length === 1 && /^(DROP|DELETE|ALTER|UPDATE)$/.test(verb),
    ['psql -c DROP TABLE users', 'mysql -e delete from users', 'ssh db mysql -e DROP DATABASE shop'],
    ['psql -c SELECT', 'psql -c "SELECT 1"', 'psql -c "ALTER TABLE a ADD b int"']),
  sql('sql/truncate', 'Empties a table', 'critical', 'no', 'Deletes every row of a table.', 'DELETE with a WHERE inside a transaction.',
    ({ verb }) => verb === 'TRUNCATE',
    ['psql -c "TRUNCATE users"', 'mysql -e "truncate table logs"', 'psql -c "TRUNCATE TABLE a, b CASCADE"'],
    ['psql -c "SELECT truncate(1.5)"', 'psql -c "SELECT trunc(1)"', `psql -c "SELECT 'truncate x'"`]),
  sql('sql/delete-all', 'Deletes every row', 'high', 'no', 'Deletes every row of a table: there is no condition that narrows it.', 'Add a WHERE.',
    (shape) => deletes(shape) && !narrows(shape),
    ['psql -c "DELETE FROM users"', 'mysql -e "delete from users where 1=1"', `sqlite3 a.db 'DELETE FROM t WHERE true'`, 'psql -c "WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d"'],
    ['psql -c "DELETE FROM users WHERE id = 3"', 'psql -c "SELECT * FROM deleted"', 'psql -c "EXPLAIN DELETE FROM users"']),
  sql('sql/delete-rows', 'Deletes rows', 'low', 'no', 'Deletes the rows that match.', 'SELECT them first.',
    (shape) => deletes(shape) && narrows(shape) && { effect: 'write' },
    ['psql -c "DELETE FROM users WHERE id = 3"', 'mysql -e "delete from t where a > 1"', 'psql -c "MERGE INTO t USING s ON t.id=s.id WHEN MATCHED THEN DELETE"'],
    ['psql -c "SELECT 1"', 'psql -c "DELETE FROM users"', 'mysql -e "SELECT * FROM t WHERE a > 1"'], 'write'),
  sql('sql/update-all', 'Changes every row', 'high', 'no', 'Changes every row of a table: there is no condition that narrows it.', 'Add a WHERE.',
    (shape) => (shape.verb === 'UPDATE' || (shape.verb === 'WITH' && shape.has('UPDATE'))) && shape.has('SET') && !narrows(shape),
    ['psql -c "UPDATE users SET admin = true"', 'mysql -e "update t set a=1 where 1=1"', 'psql -c "UPDATE t SET a = 1 WHERE true"'],
    ['psql -c "UPDATE users SET a = 1 WHERE id = 2"', 'psql -c "SELECT 1"', 'psql -c "EXPLAIN UPDATE users SET a = 1"']),
  sql('sql/alter-drop', 'Drops a column, constraint or partition', 'high', 'no', 'Drops a part of a table with its data.', 'Rename it first.',
    ({ verb, tokens, has }) => verb === 'ALTER' && (has('DROP') || has('TRUNCATE') || has('DETACH')) ? (tokens.includes('COLUMN') || tokens.includes('PARTITION') || !/^(CONSTRAINT|DEFAULT|NOT|INDEX|KEY|FOREIGN|PRIMARY|CHECK|IDENTITY|EXPRESSION)$/.test(tokens[tokens.indexOf('DROP') + 1] ?? '') ? {} : { severity: 'medium', reversible: 'with-effort' }) : false,
    ['psql -c "ALTER TABLE users DROP COLUMN email"', 'mysql -e "alter table t drop partition p0"', 'psql -c "ALTER TABLE users DROP CONSTRAINT pk"'],
    ['psql -c "ALTER TABLE users ADD COLUMN x int"', 'psql -c "ALTER TABLE a RENAME TO b"', 'psql -c "\\d users"']),
  sql('sql/administer', 'Stops or resets the server, or ends other people’s sessions', 'high', 'with-effort', 'Stops or resets the server, or ends other people’s sessions.', 'Look at pg_stat_activity first.',
    ({ verb, tokens, has }) => /^(SHUTDOWN|KILL|PURGE|FLUSH)$/.test(verb) || (verb === 'RESET' && /^(MASTER|SLAVE|REPLICA|BINARY|PERSIST)$/.test(tokens[1] ?? '')) || has('PG_TERMINATE_BACKEND') || has('PG_CANCEL_BACKEND') || has('LO_UNLINK') || has('PG_DROP_REPLICATION_SLOT') || has('XP_CMDSHELL') || has('PG_RELOAD_CONF') || (verb === 'VACUUM' && has('FULL') && { severity: 'medium' as const }) || (verb === 'ALTER' && tokens[1] === 'SYSTEM'),
    ['psql -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"', 'mysql -e "SHUTDOWN"', 'mysql -e "PURGE BINARY LOGS BEFORE now()"', 'mysql -e "RESET MASTER"'],
    ['psql -c "SELECT * FROM pg_stat_activity"', 'mysql -e "SHOW PROCESSLIST"', 'psql -c "VACUUM"']),
  sql('sql/revoke', 'Takes or gives rights', 'medium', 'with-effort', 'Changes who may do what.', '\\dp',
    ({ verb, has }) => verb === 'REVOKE' || (verb === 'GRANT' && has('ALL')) || (verb === 'ALTER' && (has('SUPERUSER') || has('NOLOGIN'))),
    ['psql -c "REVOKE ALL ON t FROM bob"', 'mysql -e "GRANT ALL ON *.* TO bob"', 'psql -c "ALTER ROLE bob SUPERUSER"'],
    ['psql -c "\\dp"', 'psql -c "SELECT 1"', 'mysql -e "SHOW GRANTS"']),
  sql('sql/change', 'Changes data or structure', 'low', 'with-effort', 'Changes data or structure.', 'Run it inside a transaction.',
    (shape) => (/^(INSERT|CREATE|GRANT|COPY|REPLACE|LOAD|RENAME|CALL|EXEC|EXECUTE|UPSERT|IMPORT|REFRESH|REINDEX|CLUSTER|LOCK|COMMENT|ATTACH|OPTIMIZE|DO)$/.test(shape.verb)) || (shape.verb === 'UPDATE' && narrows(shape)) || (shape.verb === 'MERGE' && !deletes(shape)) || (shape.verb === 'ALTER' && !shape.has('DROP')),
    ['psql -c "INSERT INTO t VALUES (1)"', 'psql -c "CREATE TABLE t(a int)"', 'mysql -e "UPDATE t SET a=1 WHERE b=2"'],
    ['psql -c "SELECT 1"', 'psql -l', 'mysql -e "SHOW TABLES"'], 'write'),
];

/** Every rule over SQL statements. */
export const SQL_RULES: readonly Rule[] = SQL.map(({ rule }) => rule);

/** What the statements of a script would do, and what of it cannot be known. */
export function judgeSql(source: string, dialect: SqlDialect, depth = 0): readonly SqlMatch[] {
  const found: SqlMatch[] = [];
  for (const statement of splitSql(source, dialect).statements) {
    const shape = shapeOf(statement);
    if (!shape) continue;
    for (const { rule, kind } of SQL) {
      const answer = kind(shape);
      if (answer === false) continue;
      const override = answer === true ? {} : answer;
      found.push({ rule, override: { ...override, message: `${override.message ?? (typeof rule.message === 'string' ? rule.message : rule.title)} (${text(statement.tokens)})` } });
    }
    // Code in strings runs as well: `DO $$ … $$`, `EXECUTE '…'`, a function's body.
    if (depth < 3 && /^(DO|EXECUTE|EXEC|PREPARE|CREATE|CALL|SELECT)$/.test(shape.verb)) {
      const runs = shape.verb !== 'SELECT' || shape.has('DBLINK_EXEC') || shape.has('QUERY_TO_XML');
      if (runs && !(shape.verb === 'CREATE' && !shape.has('EVENT') && !shape.has('RULE'))) for (const code of statement.strings) found.push(...judgeSql(code, dialect, depth + 1));
    }
  }
  return found;
}

function shapeOf({ tokens }: SqlStatement): Shape | undefined {
  let start = 0;
  // What stands in front of the statement that acts: BEGIN, EXPLAIN ANALYZE, IF …, opening brackets.
  while (start < tokens.length) {
    const word = tokens[start] ?? '';
    if (word === 'EXPLAIN' || word === 'DESCRIBE' || word === 'DESC') {
      if (!tokens.slice(start, start + 6).some((token) => token === 'ANALYZE' || token === 'ANALYSE')) return undefined;
      start = Math.max(tokens.findIndex((token, at) => at > start && /^(SELECT|INSERT|UPDATE|DELETE|MERGE|WITH|CREATE)$/.test(token)), start + 1);
    } else if (/^(BEGIN|THEN|ELSE|LOOP|\(|DECLARE|START|ATOMIC)$/.test(word) && tokens.length > start + 1) start += 1;
    else if (word === 'PREPARE') start = Math.max(tokens.indexOf('AS', start) + 1, start + 1);
    else break;
  }
  const rest = start === 0 ? tokens : tokens.slice(start);
  const verb = rest[0];
  if (verb === undefined || !/^[A-Z_]+$/.test(verb)) return undefined;
  const last = verb === 'WITH' ? lastVerb(rest) : verb;
  return {
    tokens: rest,
    verb: last,
    has: (word) => rest.includes(word),
    after: (word) => rest.slice(rest.indexOf(word) + 1),
  };
}

/** `WITH … DELETE FROM t` deletes, whatever it begins with. */
function lastVerb(tokens: readonly string[]): string {
  let depth = 0;
  for (const token of tokens) {
    if (token === '(') depth += 1;
    else if (token === ')') depth -= 1;
    else if (depth === 0 && /^(DELETE|UPDATE|INSERT|MERGE)$/.test(token)) return token;
  }
  return 'WITH';
}

function deletes({ verb, tokens, has }: Shape): boolean {
  if (verb === 'DELETE') return true;
  if (verb === 'MERGE') return has('DELETE');
  return tokens.some((token, at) => token === 'DELETE' && tokens[at + 1] === 'FROM' && tokens[at - 1] !== 'FOR');
}

/** Whether a WHERE (or a LIMIT) really narrows the rows: `WHERE 1=1` and `WHERE true` do not. */
function narrows({ tokens, has, after }: Shape): boolean {
  if (has('LIMIT') || has('TOP')) return true;
  if (has('MATCHED')) return true;
  if (!has('WHERE')) return false;
  const condition = after('WHERE').filter((token) => token !== '(' && token !== ')');
  const [first, second, third, fourth] = condition;
  const ends = (token: string | undefined): boolean => token === undefined || token === 'RETURNING' || token === 'OR' || token === 'SELECT';
  if (first === 'TRUE' || first === 'NOT') return !(first === 'TRUE' && ends(second));
  if (first === second && /^\d$/.test(first ?? '')) return true;
  if (second === '=' && first === third && ends(fourth)) return false;
  if (/^\d$/.test(first ?? '') && ends(second)) return false;
  return !(tokens.length > 0 && first === "'" && second === '=' && third === "'" && ends(fourth));
}

function sql(id: string, title: string, severity: Rule['severity'], reversible: Rule['reversible'], message: string, safer: string, kind: Kind, flagged: readonly string[], clear: readonly string[], effect: 'destroy' | 'write' = 'destroy'): { rule: Rule; kind: Kind } {
  return { rule: defineRule({ id, title, severity, reversible, message, safer, effect, examples: { flagged, clear } }), kind };
}
