import assert from 'node:assert/strict';
import type { SqlDialect } from '../../../../src/core/languages/sql.js';
import { dangers, NO_PARSERS, PARSERS, READERS } from './sql-support.js';

const ALL: readonly SqlDialect[] = ['postgres', 'mysql', 'sqlite', 'tsql', 'other'];

/** Hold for every row of a table, whoever reads them. */
const EVERY_ROW = [
  '1=1', '1 = 1 AND 2 = 2', 'NOT 1=2', 'NOT NOT (1=1)', "'a'='a'", "'a' <> 'b'", 'id = id', 't.id = id', 'id >= id', '1 < 2', '2 BETWEEN 1 AND 3', '1 IN (1, 2)', 'id = 3 OR 1=1', '1=1 OR id = 3',
  '(1=1)', '((id = 3)) OR ((1=1))', 'name IS NULL OR name IS NOT NULL', 'id = 3 OR id <> 3', "name LIKE '%'", 'EXISTS (SELECT 1)', 'id IS NOT NULL', 'id > 0', 'id >= 1', 'id <> 0', 'id IN (id)', '1 + 1 = 2', '3 > 2 AND (5 = 5 OR id = 1)', "''=''",
  'NOT (id <> id)', '-1 < 0', 'id = 3 OR NOT 1 = 2',
] as const;
const TRUTHS = ['true', 'TRUE', 'NOT false', 'id = 3 OR true', 'NOT (NOT true)', 'true AND true', '(true)', 'true IS TRUE', '1=1 IS NOT FALSE'] as const;
/** Choose among the rows, or touch none. */
const SOME_ROWS = [
  'id = 3', "name = 'x'", 'id = 3 AND 1=1', '1=1 AND id = 3', 'id = 3 OR 1=2', 'id > 5', 'id IN (1, 2)', "name LIKE 'a%'", 'id BETWEEN 1 AND 9', 'created IS NULL', 'name IS NOT NULL', 'NOT (id = 3)', '(id = 3)', 'id = 3 OR id = 4',
  'id IN (SELECT id FROM s)', 'EXISTS (SELECT 1 FROM s WHERE s.id = t.id)', 'f(id)', 'a < b', 't.id = s.id', "name = 'true'", '1=2', 'id <> 3', "name <> ''", 'lower(name) = lower(name2)',
] as const;

describe('SQL conditions', () => {
  for (const [how, parsers] of READERS) {
    for (const dialect of ALL) {
      it(`that hold for every row narrow nothing, ${how} in ${dialect}`, () => {
        const truths = dialect === 'tsql' ? [] : TRUTHS;
        const wrong = [...EVERY_ROW, ...truths].filter((condition) => !dangers(`DELETE FROM t WHERE ${condition}`, dialect, parsers).includes('delete-all'));
        assert.deepEqual(wrong, []);
      });
      it(`that choose among the rows narrow, ${how} in ${dialect}`, () => {
        const wrong = SOME_ROWS.filter((condition) => dangers(`UPDATE t SET a = 1 WHERE ${condition}`, dialect, parsers).includes('update-all'));
        assert.deepEqual(wrong, []);
      });
    }
  }

  const postgres: readonly (readonly [string, boolean])[] = [
    ['id IN (SELECT id FROM t)', false],
    ['id IN (SELECT id FROM t LIMIT 10)', true],
    ['ctid = ANY (ARRAY(SELECT ctid FROM t LIMIT 10))', true],
    ['EXISTS (SELECT 1 FROM s)', false],
    ['now() > date \'2020-01-01\'', false],
    ['id IS NOT DISTINCT FROM id', false],
    ['name IS DISTINCT FROM NULL OR name IS NULL', false],
    ["'t'::boolean", false],
    ["'f'::boolean", true],
    ['CASE WHEN true THEN true ELSE id = 1 END', false],
    ['CASE WHEN id = 1 THEN true ELSE false END', true],
    ["name ~ '.*'", false],
    ["name ~ '^a'", true],
    ['coalesce(true, id = 3)', false],
    ['CURRENT OF c', true],
    ['NULL', true],
    ['$1', false],
    ['id = $1', true],
    ["'a' || 'b' = 'ab'", false],
    ['(SELECT true)', false],
    ['id NOT IN (1, 2)', true],
    ['1 NOT IN (2, 3)', false],
    ['name SIMILAR TO \'a%\'', true],
  ];
  for (const [condition, narrows] of postgres) {
    it(`${narrows ? 'counts' : 'does not count'} ${condition} as one that narrows, in PostgreSQL’s own tree`, () => {
      assert.deepEqual(dangers(`DELETE FROM t WHERE ${condition}`, 'postgres', PARSERS), [narrows ? 'delete-rows' : 'delete-all']);
    });
  }

  it('know a column of another table from one of their own', () => {
    assert.deepEqual(dangers('DELETE FROM t USING s WHERE t.id = s.id'), ['delete-rows']);
    assert.deepEqual(dangers('DELETE FROM t AS x USING s WHERE x.id = id'), ['delete-all']);
    assert.deepEqual(dangers('DELETE FROM t x WHERE x.id = x.id', 'mysql'), ['delete-all']);
    assert.deepEqual(dangers('DELETE FROM t x WHERE x.id = x.id', 'mysql', NO_PARSERS), ['delete-all']);
  });

  it('take MySQL’s bars for OR', () => {
    for (const [, parsers] of READERS) assert.deepEqual(dangers('DELETE FROM t WHERE id = 3 || 1 = 1', 'mysql', parsers), ['delete-all']);
  });

  it('of a MERGE count', () => {
    assert.deepEqual(dangers('MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN DELETE'), ['delete-rows']);
    assert.deepEqual(dangers('MERGE INTO t USING s ON true WHEN MATCHED THEN DELETE'), ['delete-all']);
    assert.deepEqual(dangers('MERGE INTO t USING s ON false WHEN NOT MATCHED BY SOURCE THEN DELETE'), ['delete-all']);
    assert.deepEqual(dangers('MERGE INTO t USING s ON true WHEN MATCHED AND t.old THEN DELETE'), ['delete-rows']);
  });

  it('of one statement say nothing about another', () => {
    for (const [, parsers] of READERS) {
      assert.deepEqual(dangers('WITH a AS (SELECT 1 FROM s WHERE id = 3), d AS (DELETE FROM t RETURNING 1) SELECT * FROM d WHERE id = 3', 'postgres', parsers), ['delete-all']);
      assert.deepEqual(dangers('UPDATE t SET a = (SELECT b FROM s WHERE s.id = 3)', 'postgres', parsers), ['update-all']);
      assert.deepEqual(dangers('DELETE FROM t; SELECT 1 FROM s WHERE id = 3 LIMIT 1', 'postgres', parsers), ['delete-all']);
    }
  });
});
