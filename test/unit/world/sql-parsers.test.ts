import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { SqlDialect } from '../../../src/core/languages/sql.js';
import { judgeSql } from '../../../src/core/rules/sql.js';
import { sentence } from '../../../src/core/say.js';
import { sqlParsersIn } from '../../../src/world/sql-parsers.js';

const OUT = path.resolve('out');
const PARSERS = sqlParsersIn(OUT);

describe('SQL parsers', () => {
  for (const dialect of ['postgres', 'mysql', 'sqlite'] as const) {
    it(`load for ${dialect}, once`, () => {
      const parser = PARSERS(dialect);
      assert.ok(parser);
      assert.ok(parser.parse('DELETE FROM t WHERE id = 1'));
      assert.equal(parser.parse('DELETE FROM FROM'), undefined);
      assert.equal(PARSERS(dialect), parser);
    });
  }

  it('are none for the other dialects', () => {
    for (const dialect of ['tsql', 'other', 'constructor', '../extension']) assert.equal(PARSERS(dialect), undefined);
  });

  describe('that do not load', () => {
    let directory: string;
    beforeEach(() => void (directory = mkdtempSync(path.join(os.tmpdir(), 'sql-parsers-'))));
    afterEach(() => rmSync(directory, { recursive: true }));

    const faults: readonly (readonly [string, () => void])[] = [
      ['are missing', () => undefined],
      ['are broken', () => writeFileSync(path.join(directory, 'sql-postgres.js'), 'throw new Error("no")')],
      ['lack their WebAssembly', () => copyFileSync(path.join(OUT, 'sql-postgres.js'), path.join(directory, 'sql-postgres.js'))],
      [
        'have a damaged WebAssembly',
        () => {
          copyFileSync(path.join(OUT, 'sql-postgres.js'), path.join(directory, 'sql-postgres.js'));
          writeFileSync(path.join(directory, 'libpg-query.wasm'), Buffer.alloc(1000));
        },
      ],
    ];
    for (const [title, cause] of faults) {
      it(`leave the words to judge: they ${title}`, () => {
        cause();
        const parsers = sqlParsersIn(directory);
        assert.equal(parsers('postgres'), undefined);
        assert.deepEqual(judgeSql('DELETE FROM t WHERE NOT false', 'postgres', parsers).matches.map(({ rule }) => rule.id), ['sql/delete-all']);
      });
    }
  });

  const DEEP = 100_000;
  const hostile: readonly (readonly [string, string])[] = [
    ['brackets', `SELECT ${'('.repeat(DEEP)}1${')'.repeat(DEEP)}`],
    ['brackets in a condition', `DELETE FROM t WHERE ${'('.repeat(2000)}a = 1${')'.repeat(2000)}`],
    ['open brackets', `SELECT ${'('.repeat(DEEP)}`],
    ['negations', `DELETE FROM t WHERE ${'NOT '.repeat(50_000)}true`],
    ['few negations', `DELETE FROM t WHERE ${'NOT '.repeat(3000)}true`],
    ['a long sum', `SELECT ${'1+'.repeat(DEEP)}1`],
    ['a long union', `SELECT 1${' UNION SELECT 1'.repeat(15_000)}`],
    ['many joins', `SELECT * FROM a${' JOIN b ON true'.repeat(15_000)}`],
    ['cases', `SELECT ${'CASE WHEN '.repeat(20_000)}`],
    ['a long disjunction', `DELETE FROM t WHERE ${Array.from({ length: 20_000 }, () => 'a=1').join(' OR ')}`],
    ['a long list', `DELETE FROM t WHERE id IN (${'1,'.repeat(60_000)}1)`],
    ['a long string', `SELECT '${'a'.repeat(1024 * 1024)}'`],
    ['a long string in the middle', `SELECT '${'é'.repeat(100_000)}'`],
    ['statements', 'DROP TABLE t;'.repeat(20_000)],
    ['blocks in blocks', `DO $$ ${'BEGIN '.repeat(20_000)} $$`],
    ['code in code', Array.from({ length: 12 }).reduce<string>((inner, _, depth) => `DO $a${depth}$ BEGIN ${inner}; END $a${depth}$`, 'DROP TABLE t')],
    ['a function that calls itself', "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'SELECT f(); SELECT f()'; SELECT f()"],
    ['many texts that run', `DO $$ BEGIN ${"EXECUTE 'SELECT 1';".repeat(5000)} END $$`],
    ['comments', '/*'.repeat(DEEP)],
    ['operators', `SELECT ${'+-'.repeat(DEEP)}1`],
    ['short operators', `SELECT ${`${'+'.repeat(190)} `.repeat(1000)}1`],
    ['conditions', `DELETE FROM t WHERE ${'a IS NULL AND '.repeat(15_000)} a = 1`],
    ['quotes', `'"\`$$`.repeat(20_000)],
    ['cases in cases', `DELETE FROM t WHERE ${'CASE WHEN '.repeat(60)}a${' THEN true END'.repeat(60)}`],
    ['lists of lists', `DELETE FROM t WHERE ${'('.repeat(60)}1${' IN (1, 2))'.repeat(60)}`],
    ['ranges of ranges', `DELETE FROM t WHERE ${'('.repeat(60)}1${' BETWEEN 1 AND 2)'.repeat(60)}`],
    ['queries of queries', `DELETE FROM t WHERE ${'('.repeat(60)}1${' IN (SELECT 1 FROM t))'.repeat(60)}`],
    ['copies', `${'COPY t FROM STDIN;\n'.repeat(12_000)}DELETE FROM t;\n\\.\n`],
    ['preparations', 'PREPARE '.repeat(30_000)],
    ['conditions without an end', 'IF '.repeat(80_000)],
    ['deletions in one statement', `SELECT ${'DELETE FROM a '.repeat(18_000)}`],
    ['expressions of deletions', `WITH ${Array.from({ length: 5000 }, (_, n) => `a${n} AS (DELETE FROM t${n})`).join(', ')} SELECT 1`],
    ['zeros', 'SELECT \0 1; DROP TABLE t'],
    ['halves of characters', `SELECT '\ud800\udc00\ud800'; DROP TABLE t`],
  ];
  for (const [title, text] of hostile) {
    for (const dialect of ['postgres', 'mysql', 'sqlite', 'tsql'] satisfies readonly SqlDialect[]) {
      it(`survive ${title} in ${dialect}, and read what comes next`, () => {
        const { matches } = judgeSql(text, dialect, PARSERS);
        if (/DROP TABLE/.test(text) && dialect === 'postgres' && title !== 'code in code') assert.ok(matches.some(({ rule }) => rule.id === 'sql/drop-table'));
        assert.deepEqual(judgeSql('DELETE FROM payments.orders', dialect, PARSERS).matches.map(({ override }) => override.message), [sentence('Deletes every row of {0}: there is no condition that narrows it.', 'payments.orders')]);
        if (dialect === 'postgres') assert.ok(PARSERS(dialect)?.parse('SELECT 1'));
      });
    }
  }

  it('say so when code runs code too deep', () => {
    const text = Array.from({ length: 12 }).reduce<string>((inner, _, depth) => `DO $a${depth}$ BEGIN ${inner}; END $a${depth}$`, 'DROP TABLE t');
    for (const parsers of [PARSERS, undefined]) assert.deepEqual(judgeSql(text, 'postgres', parsers).unknown, [sentence('Statements run statements further than anybody reads.')]);
  });
});
