import assert from 'node:assert/strict';
import { assess } from '../../../../src/core/assess/assess.js';
import type { Assessment } from '../../../../src/core/assess/assessment.js';
import { PROJECT, worldOf } from '../assess/fake-world.js';
import type { Given } from '../assess/fake-world.js';
import { PARSERS } from './sql-support.js';
import { spoken } from '../../../../src/core/say.js';

/** Assesses a command line in a world that has parsers. */
export function assessWith(text: string, given: Given = {}): Assessment {
  return assess({ kind: 'command', text, shell: 'bash', cwd: PROJECT, labels: [] }, [], { ...worldOf(given), sqlParsers: PARSERS });
}

const FILES = { 'a.sql': 'SELECT 1;\n\\i b.sql\n', 'b.sql': 'WITH d AS (DELETE FROM users RETURNING 1) SELECT 1;', 'm.sql': 'SOURCE n.sql\n', 'n.sql': 'DELETE FROM t WHERE 1 || 2;' };

describe('SQL clients', () => {
  const flagged: readonly (readonly [string, string])[] = [
    ['psql -c "DELETE FROM users WHERE id = 3 OR NOT false"', 'sql/delete-all'],
    ['psql <<EOF\nBEGIN;\nDELETE FROM users WHERE true;\nEOF', 'sql/delete-all'],
    ["psql <<'EOF'\nDO $$ BEGIN EXECUTE 'DROP TABLE x'; END $$;\nEOF", 'sql/drop-table'],
    ['psql -f a.sql', 'sql/delete-all'],
    ['cat b.sql | psql', 'sql/delete-all'],
    ['psql < b.sql', 'sql/delete-all'],
    ['pgcli -c "TRUNCATE t"', 'sql/truncate'],
    ['cockroach sql -e "DROP DATABASE d"', 'sql/drop-database'],
    ['mysql < m.sql', 'sql/delete-all'],
    ['mariadb -e "DELETE FROM t WHERE 1"', 'sql/delete-all'],
    ['sqlite3 app.db "DELETE FROM t WHERE 1=1"', 'sql/delete-all'],
    ['sqlcmd -Q "SELECT 1 DROP TABLE x"', 'sql/drop-table'],
    ['mssql-cli -Q "DELETE users"', 'sql/delete-all'],
    ['osql -Q "TRUNCATE TABLE x"', 'sql/truncate'],
    ['duckdb a.db -c "DROP TABLE x"', 'sql/drop-table'],
    ['clickhouse-client -q "ALTER TABLE t DELETE WHERE 1"', 'sql/delete-all'],
    ['bq query "DELETE FROM d.t WHERE true"', 'sql/delete-all'],
    ['snowsql -q "DROP TABLE x"', 'sql/drop-table'],
    ["psql <<'EOF'\nSELECT 1 \\g |rm -rf /srv\nEOF", 'filesystem/remove-recursive'],
    ["psql <<'EOF'\n\\copy t from program 'rm -rf /srv'\nEOF", 'filesystem/remove-recursive'],
    ["psql <<'EOF'\n\\set x `rm -rf /srv`\nEOF", 'filesystem/remove-recursive'],
    ["sqlcmd <<'EOF'\n!!rm -rf /srv\nEOF", 'filesystem/remove-recursive'],
  ];
  for (const [text, rule] of flagged) {
    it(`hears ${text}`, () => {
      const { findings } = assessWith(text, { files: FILES });
      assert.ok(findings.some((finding) => finding.rule === rule), findings.map((finding) => finding.rule).join());
    });
  }

  it('say nothing about what is data', () => {
    for (const text of ["psql -c \"INSERT INTO log VALUES ('DROP TABLE users; DELETE FROM t')\"", 'psql -c "SELECT 1 /* DELETE FROM t */"', 'mysql -e "SELECT \'TRUNCATE t\'"']) {
      assert.deepEqual(assessWith(text).findings.filter(({ severity }) => severity !== 'low'), [], text);
    }
  });

  it('make an operation unknown when a statement is', () => {
    const { effect, steps } = assessWith('psql -h prod-db -c "FOO BAR"');
    assert.equal(effect, 'unknown');
    assert.ok(steps.some(({ stage, text }) => stage === 'unknown' && spoken(text) === 'What the statement "FOO BAR" does is not known.'));
    assert.equal(assessWith('psql -c "SELECT 1"').effect, 'read');
    assert.equal(assessWith('psql -c "$VERB TABLE users"').effect, 'unknown');
  });

  it('ask for no parser when there is no statement of its dialect', () => {
    const asked: string[] = [];
    const world = { ...worldOf(), sqlParsers: (dialect: string) => void asked.push(dialect) };
    for (const text of ['ls -la', 'psql -l', 'git push --force', 'terraform destroy', 'sqlcmd -Q "SELECT 1"']) assess({ kind: 'command', text, shell: 'bash', cwd: PROJECT, labels: [] }, [], world);
    assert.deepEqual(asked.filter((dialect) => dialect !== 'tsql'), []);
    assess({ kind: 'command', text: 'psql -c "SELECT 1"', shell: 'bash', cwd: PROJECT, labels: [] }, [], world);
    assert.ok(asked.includes('postgres'));
  });
});
