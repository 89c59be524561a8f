import assert from 'node:assert/strict';
import fc from 'fast-check';
import { splitSql } from '../../../../src/core/languages/sql.js';
import { judgeSql } from '../../../../src/core/rules/sql.js';

const judged = (text: string): readonly string[] => judgeSql(text, 'postgres').matches.map(({ rule }) => rule.id);

describe('SQL', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['SELECT 1', []],
    ['DROP TABLE users', ['sql/drop-table']],
    ['drop /* quietly */ table users', ['sql/drop-table']],
    ['-- DROP TABLE users\nSELECT 1', []],
    ["SELECT 'DROP TABLE users'", []],
    ['SELECT "DROP TABLE users" FROM t', []],
    ["SELECT 'it''s; DROP TABLE users'", []],
    ["SELECT $tag$ ; DROP TABLE users; $tag$", []],
    ["DO $$ BEGIN EXECUTE 'DROP TABLE users'; END $$", ['sql/change', 'sql/change', 'sql/drop-table']],
    ['SELECT 1; DELETE FROM users;', ['sql/delete-all']],
    ['DELETE FROM users WHERE id = 3', ['sql/delete-rows']],
    ['DELETE FROM users WHERE 1 = 1', ['sql/delete-all']],
    ['DELETE FROM users WHERE true', ['sql/delete-all']],
    ["DELETE FROM users WHERE 'a' = 'a'", ['sql/delete-all']],
    ['WITH gone AS (DELETE FROM users RETURNING id) SELECT * FROM gone', ['sql/delete-all']],
    ['EXPLAIN DELETE FROM users', []],
    ['EXPLAIN ANALYZE DELETE FROM users', ['sql/delete-all']],
    ['UPDATE users SET admin = true', ['sql/update-all']],
    ['UPDATE users SET admin = true WHERE id = 1', ['sql/change']],
    ['BEGIN; TRUNCATE users; COMMIT', ['sql/truncate']],
    ['/*!50000 DROP TABLE users */', ['sql/drop-table']],
    ['/* outer /* inner */ DROP TABLE users */ SELECT 1', []],
    ['ALTER TABLE users DROP COLUMN email', ['sql/alter-drop']],
    ['ALTER TABLE users ADD COLUMN email text', ['sql/change']],
    ['SELECT pg_terminate_backend(1)', ['sql/administer']],
  ];
  for (const [text, expected] of cases) it(text, () => assert.deepEqual(judged(text), expected));

  it('keeps a client’s own commands apart', () => {
    const { commands, statements } = splitSql('SELECT 1;\n\\! rm -rf /srv\n.shell ls\n', 'postgres');
    assert.deepEqual(commands, ['\\! rm -rf /srv', '.shell ls']);
    assert.equal(statements.length, 1);
  });

  it('never throws and always ends', () => {
    const piece = fc.constantFrom("'", '"', '$$', '$a$', '/*', '*/', '--', '\n', ';', '\\', 'DROP', 'TABLE', 'DELETE', 'FROM', '(', ')', '#', '/*!', 'E', '`', ' ');
    fc.assert(fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => void judgeSql(pieces.join(''), 'mysql')), { numRuns: 500 });
  });
});
