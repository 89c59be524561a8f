import type { Span } from '../assess/assessment.js';
import type { SqlAct, SqlKind, SqlParsers } from '../languages/sql-acts.js';
import { readSql } from '../languages/sql-reading.js';
import type { SqlDialect } from '../languages/sql.js';
import { sentence, type Sentence, type Value } from '../say.js';
import { defineRule } from './rule.js';
import type { Override, Rule } from './rule.js';

/** A rule about a statement: only what is different about one act is said in other words. */
interface StatementRule extends Rule {
  readonly message: string;
}

export interface SqlMatch {
  readonly rule: StatementRule;
  readonly override: Override;
  /** What the rule speaks about. */
  readonly act: SqlAct;
  /** The statement, in the text that was judged. */
  readonly at: Span;
}

/** What the statements of a text would do, and what of it cannot be known. */
export interface SqlJudgement {
  readonly matches: readonly SqlMatch[];
  /** Why not everything is known, each a clause without a full stop. */
  readonly unknown: readonly Sentence[];
  /** There are more statements than anybody reads. */
  readonly cut: boolean;
}

interface SqlRule {
  readonly kinds: readonly SqlKind[];
  readonly rule: StatementRule;
  /** What this act says differently from the rule. */
  readonly about?: (act: SqlAct) => Override;
}

const SQL: readonly SqlRule[] = [
  {
    kinds: ['drop-database'],
    rule: sql('sql/drop-database', 'Drops a database or schema', 'critical', 'no', 'Drops a whole database or schema.', 'pg_dump it first.', {
      flagged: ['psql -c "DROP DATABASE shop"', 'mysql -e "drop schema shop"', `psql shop -c 'DROP SCHEMA public CASCADE'`],
      clear: ['psql -c "SELECT 1"', 'psql -c "CREATE DATABASE shop"', `psql -c "SELECT 'DROP DATABASE shop'"`],
    }),
    about: (act) =>
      said(act, (names) => {
        if (act.what === 'owned') return sentence('Drops everything that {0} owns.', names);
        const what = act.what ?? 'database';
        return act.cascade ? sentence('Drops the whole {0} {1}, and what depends on it.', what, names) : sentence('Drops the whole {0} {1}.', what, names);
      }),
  },
  {
    kinds: ['drop-table'],
    rule: sql('sql/drop-table', 'Drops a table with its data', 'critical', 'no', 'Drops a table with everything in it.', 'Rename it first, drop it later.', {
      flagged: ['psql -c "DROP TABLE users"', 'sqlite3 app.db "drop table if exists users"', `mysql shop -e 'DROP TABLE a, b'`, 'psql <<EOF\nDROP TABLE users;\nEOF'],
      clear: ['psql -c "SELECT * FROM users"', `psql -c "-- DROP TABLE users"`, `echo "DROP TABLE users"`],
    }),
    about: (act) => said(act, (names) => (act.cascade ? sentence('Drops {0} with everything in it, and what depends on it.', names) : sentence('Drops {0} with everything in it.', names))),
  },
  {
    kinds: ['drop-object'],
    rule: sql('sql/drop-object', 'Drops something of a database', 'medium', 'with-effort', 'Drops an object of the database.', 'Keep its definition first.', {
      flagged: ['psql -c "DROP INDEX idx"', 'psql -c "drop role bob"', 'mysql -e "DROP USER bob"', 'psql -c "DROP VIEW v"'],
      clear: ['psql -c "CREATE INDEX idx ON t(a)"', 'psql -c "\\di"', 'mysql -e "SHOW INDEX FROM t"'],
    }),
    about: (act) =>
      said(act, (names) => {
        const what = act.what ?? sentence('object');
        return act.cascade ? sentence('Drops the {0} {1}, and what depends on it.', what, names) : sentence('Drops the {0} {1}.', what, names);
      }),
  },
  {
    kinds: ['cut-off'],
    rule: sql('sql/cut-off', 'Starts to drop or delete something', 'medium', 'no', 'A destructive statement that ends after its first word, as when quotes were lost on the way.', 'Quote the whole statement.', {
      flagged: ['psql -c DROP TABLE users', 'mysql -e delete from users', 'ssh db mysql -e DROP DATABASE shop'],
      clear: ['psql -c SELECT', 'psql -c "SELECT 1"', 'psql -c "ALTER TABLE a ADD b int"'],
    }),
  },
  {
    kinds: ['truncate'],
    rule: sql('sql/truncate', 'Empties a table', 'critical', 'no', 'Deletes every row of a table.', 'DELETE with a WHERE inside a transaction.', {
      flagged: ['psql -c "TRUNCATE users"', 'mysql -e "truncate table logs"', 'psql -c "TRUNCATE TABLE a, b CASCADE"'],
      clear: ['psql -c "SELECT truncate(1.5)"', 'psql -c "SELECT trunc(1)"', `psql -c "SELECT 'truncate x'"`],
    }),
    about: (act) => said(act, (names) => (act.cascade ? sentence('Deletes every row of {0}, and what depends on it.', names) : sentence('Deletes every row of {0}.', names))),
  },
  {
    kinds: ['delete-all'],
    rule: sql('sql/delete-all', 'Deletes every row', 'high', 'no', 'Deletes every row of a table: there is no condition that narrows it.', 'Add a WHERE.', {
      flagged: ['psql -c "DELETE FROM users"', 'mysql -e "delete from users where 1=1"', `sqlite3 a.db 'DELETE FROM t WHERE true'`, 'psql -c "WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d"', 'psql -c "DELETE FROM t WHERE id = 3 OR NOT false"'],
      clear: ['psql -c "DELETE FROM users WHERE id = 3"', 'psql -c "SELECT * FROM deleted"', 'psql -c "EXPLAIN DELETE FROM users"'],
    }),
    about: (act) => said(act, (names) => sentence('Deletes every row of {0}: there is no condition that narrows it.', names)),
  },
  {
    kinds: ['delete-rows'],
    rule: sql('sql/delete-rows', 'Deletes rows', 'low', 'no', 'Deletes the rows that match.', 'SELECT them first.', {
      effect: 'write',
      flagged: ['psql -c "DELETE FROM users WHERE id = 3"', 'mysql -e "delete from t where a > 1"', 'psql -c "MERGE INTO t USING s ON t.id=s.id WHEN MATCHED THEN DELETE"'],
      clear: ['psql -c "SELECT 1"', 'psql -c "DELETE FROM users"', 'mysql -e "SELECT * FROM t WHERE a > 1"'],
    }),
    about: (act) => said(act, (names) => sentence('Deletes the rows of {0} that match.', names)),
  },
  {
    kinds: ['update-all'],
    rule: sql('sql/update-all', 'Changes every row', 'high', 'no', 'Changes every row of a table: there is no condition that narrows it.', 'Add a WHERE.', {
      flagged: ['psql -c "UPDATE users SET admin = true"', 'mysql -e "update t set a=1 where 1=1"', 'psql -c "UPDATE t SET a = 1 WHERE true"'],
      clear: ['psql -c "UPDATE users SET a = 1 WHERE id = 2"', 'psql -c "SELECT 1"', 'psql -c "EXPLAIN UPDATE users SET a = 1"'],
    }),
    about: (act) => said(act, (names) => sentence('Changes every row of {0}: there is no condition that narrows it.', names)),
  },
  {
    kinds: ['alter-drop'],
    rule: sql('sql/alter-drop', 'Drops a column, constraint or partition', 'high', 'no', 'Drops a part of a table with its data.', 'Rename it first.', {
      flagged: ['psql -c "ALTER TABLE users DROP COLUMN email"', 'mysql -e "alter table t drop partition p0"', 'psql -c "ALTER TABLE users DROP CONSTRAINT pk"'],
      clear: ['psql -c "ALTER TABLE users ADD COLUMN x int"', 'psql -c "ALTER TABLE a RENAME TO b"', 'psql -c "\\d users"'],
    }),
    about: (act) => ({
      ...said(act, (names) => partDropped(act, names)),
      ...(act.mild && { severity: 'medium', reversible: 'with-effort' }),
    }),
  },
  {
    kinds: ['administer'],
    rule: sql('sql/administer', 'Stops or resets the server, or ends other people’s sessions', 'high', 'with-effort', 'Stops or resets the server, or ends other people’s sessions.', 'Look at pg_stat_activity first.', {
      flagged: ['psql -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"', 'mysql -e "SHUTDOWN"', 'mysql -e "PURGE BINARY LOGS BEFORE now()"', 'mysql -e "RESET MASTER"'],
      clear: ['psql -c "SELECT * FROM pg_stat_activity"', 'mysql -e "SHOW PROCESSLIST"', 'psql -c "VACUUM"'],
    }),
    about: ({ what, mild }) => ({ ...(what !== undefined && { message: sentence('Stops or resets something of the server, or ends other people’s sessions ({0}).', what) }), ...(mild && { severity: 'medium' }) }),
  },
  {
    kinds: ['program'],
    rule: sql('sql/program', 'Runs a program on the database server', 'high', 'no', 'Runs a program on the database server.', 'Run it yourself, outside of the database.', {
      flagged: [`psql -c "COPY t FROM PROGRAM 'curl http://example.com'"`, `sqlcmd -Q "EXEC xp_cmdshell 'dir'"`, `psql -c "COPY (SELECT 1) TO PROGRAM 'sh'"`],
      clear: [`psql -c "COPY t FROM STDIN"`, `psql -c "SELECT 'xp_cmdshell'"`, 'psql -c "COPY t TO STDOUT"'],
    }),
    about: ({ what }) => (what === undefined ? {} : { message: sentence('Runs a program on the database server ({0}).', what) }),
  },
  {
    kinds: ['server-files'],
    rule: sql('sql/server-files', 'Reads or writes files of the database server', 'medium', 'with-effort', 'Reads or writes files of the database server.', '\\copy reads and writes files here.', {
      effect: 'write',
      flagged: [`psql -c "SELECT pg_read_file('/etc/passwd')"`, `mysql -e "SELECT 1 INTO OUTFILE '/tmp/x'"`, `psql -c "SELECT lo_export(1, '/tmp/x')"`],
      clear: ['psql -c "SELECT 1"', `psql -c "SELECT 'pg_read_file'"`, 'mysql -e "SELECT a FROM files"'],
    }),
    about: ({ what }) => (what === undefined ? {} : { message: sentence('Reads or writes files of the database server ({0}).', what) }),
  },
  {
    kinds: ['rights'],
    rule: sql('sql/revoke', 'Takes or gives rights', 'medium', 'with-effort', 'Changes who may do what.', '\\dp', {
      flagged: ['psql -c "REVOKE ALL ON t FROM bob"', 'mysql -e "GRANT ALL ON *.* TO bob"', 'psql -c "ALTER ROLE bob SUPERUSER"'],
      clear: ['psql -c "\\dp"', 'psql -c "SELECT 1"', 'mysql -e "SHOW GRANTS"'],
    }),
  },
  {
    kinds: ['change', 'update-rows'],
    rule: sql('sql/change', 'Changes data or structure', 'low', 'with-effort', 'Changes data or structure.', 'Run it inside a transaction.', {
      effect: 'write',
      flagged: ['psql -c "INSERT INTO t VALUES (1)"', 'psql -c "CREATE TABLE t(a int)"', 'mysql -e "UPDATE t SET a=1 WHERE b=2"'],
      clear: ['psql -c "SELECT 1"', 'psql -l', 'mysql -e "SHOW TABLES"'],
    }),
    about: ({ kind, what, names }) => {
      if (kind === 'update-rows') return { message: sentence('Changes the rows of {0} that match.', names.length === 0 ? sentence('a table') : listed(names)) };
      if (what === undefined) return {};
      return { message: names.length === 0 ? sentence('Changes data or structure ({0}).', what) : sentence('Changes data or structure ({0} {1}).', what, listed(names)) };
    },
  },
];

const BY_KIND: ReadonlyMap<SqlKind, SqlRule> = new Map(SQL.flatMap((entry) => entry.kinds.map((kind) => [kind, entry] as const)));

/** Every rule over SQL statements. */
export const SQL_RULES: readonly Rule[] = SQL.map(({ rule }) => rule);

/**
 * What the statements of a text would do, and what of it cannot be known. Never throws.
 * @param parsers the real parsers, where the caller's world has them; without one the words decide
 */
export function judgeSql(source: string, dialect: SqlDialect, parsers?: SqlParsers): SqlJudgement {
  const { acts, unknown, cut } = readSql(source, dialect, parsers);
  const matches = acts.flatMap(({ act, at }) => {
    const entry = BY_KIND.get(act.kind);
    return entry ? [{ rule: entry.rule, override: entry.about?.(act) ?? {}, act, at }] : [];
  });
  return { matches, unknown, cut };
}

/** A message that names names, where there are any. */
function said({ names }: SqlAct, message: (names: Value) => Sentence): Override {
  return names.length === 0 ? {} : { message: message(listed(names)) };
}

/** That a part of a table is dropped; with its data, unless it is one that has none. */
function partDropped({ what, mild }: SqlAct, names: Value): Sentence {
  switch (what) {
    case 'column':
      return sentence('Drops a column of {0} with its data.', names);
    case 'partition':
      return sentence('Drops a partition of {0} with its data.', names);
    case 'constraint':
      return sentence('Drops a constraint of {0}.', names);
    case 'default':
      return sentence('Drops a default of {0}.', names);
    case 'index':
      return sentence('Drops an index of {0}.', names);
    default:
      return mild ? sentence('Drops a part of {0}.', names) : sentence('Drops a part of {0} with its data.', names);
  }
}

const MOST_NAMES = 5;
const LONGEST_NAME = 80;

/** `a, b and c`; a long list says how many more there are. */
function listed(names: readonly string[]): Value {
  const shown = names.slice(0, MOST_NAMES).map((name) => (name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name).replace(/[\r\n]+/g, ' '));
  if (names.length > MOST_NAMES) return sentence('{0} and {1} more', shown.join(', '), names.length - MOST_NAMES);
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : sentence('{0} and {1}', shown.join(', '), last);
}

function sql(id: string, title: string, severity: Rule['severity'], reversible: Rule['reversible'], message: string, safer: string, { effect = 'destroy', flagged, clear }: Rule['examples'] & { readonly effect?: 'destroy' | 'write' }): StatementRule {
  return defineRule({ id, title, severity, reversible, message, safer, effect, examples: { flagged, clear } });
}
