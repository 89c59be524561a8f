import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SqlDialect } from '../../../../src/core/languages/sql.js';
import { judgeSql } from '../../../../src/core/rules/sql.js';
import { dangers, PARSERS, READERS } from './sql-support.js';

const DIALECTS: readonly SqlDialect[] = ['postgres', 'mysql', 'sqlite', 'tsql', 'other'];
const COLUMN = fc.constantFrom('id', 'name', 'a_1', 'created');
const NUMBER = fc.integer({ min: 2, max: 999 }).map(String);

/** Conditions whose truth is known because of how they are made. */
const { always, some } = fc.letrec<{ always: string; never: string; some: string }>((tie) => ({
  always: fc.oneof(
    { depthSize: 'small' },
    NUMBER.map((n) => `${n} = ${n}`),
    NUMBER.map((n) => `1 < ${n}`),
    COLUMN.map((column) => `${column} = ${column}`),
    COLUMN.map((column) => `${column} IS NULL OR ${column} IS NOT NULL`),
    fc.constantFrom("'x' = 'x'", 'EXISTS (SELECT 1)', '1 IN (3, 1)'),
    tie('never').map((inner) => `NOT (${inner})`),
    fc.tuple(tie('always'), tie('some')).map(([left, right]) => `(${left}) OR (${right})`),
    fc.tuple(tie('some'), tie('always')).map(([left, right]) => `(${left}) OR (${right})`),
    fc.tuple(tie('always'), tie('always')).map(([left, right]) => `(${left}) AND (${right})`),
  ),
  never: fc.oneof(
    { depthSize: 'small' },
    NUMBER.map((n) => `1 = ${n}`),
    NUMBER.map((n) => `${n} < 1`),
    tie('always').map((inner) => `NOT (${inner})`),
    fc.tuple(tie('never'), tie('some')).map(([left, right]) => `(${left}) AND (${right})`),
  ),
  some: fc.oneof(
    { depthSize: 'small' },
    fc.tuple(COLUMN, NUMBER).map(([column, n]) => `${column} = ${n}`),
    COLUMN.map((column) => `${column} LIKE 'x; DELETE FROM y%'`),
    fc.tuple(COLUMN, NUMBER).map(([column, n]) => `${column} IN (2, ${n})`),
    fc.tuple(COLUMN, NUMBER).map(([column, n]) => `${column} BETWEEN 2 AND ${n}`),
    fc.constantFrom('id IN (SELECT x FROM s WHERE 1 = 1)', 'name IS NULL', 't.id = s.id'),
    fc.tuple(tie('some'), tie('always')).map(([left, right]) => `(${left}) AND (${right})`),
    fc.tuple(tie('never'), tie('some')).map(([left, right]) => `(${left}) OR (${right})`),
  ),
}));

/** A statement as it may stand in a text, with what it does. */
interface Made {
  readonly text: string;
  readonly does: string;
}

const rows = (condition: fc.Arbitrary<string>, all: boolean): fc.Arbitrary<Made> =>
  fc.tuple(condition, fc.boolean()).map(([where, deletes]) =>
    deletes ? { text: `DELETE FROM t WHERE ${where}`, does: all ? 'delete-all' : 'delete-rows' } : { text: `UPDATE t SET a = 'DROP TABLE z' WHERE ${where}`, does: all ? 'update-all' : '' },
  );
const DESTRUCTIVE: fc.Arbitrary<Made> = fc.oneof(
  rows(always, true),
  fc.constantFrom(
    { text: 'DROP TABLE t', does: 'drop-table' },
    { text: 'DROP TABLE IF EXISTS t', does: 'drop-table' },
    { text: 'DROP VIEW v', does: 'drop-object' },
    { text: 'DELETE FROM t', does: 'delete-all' },
    { text: 'UPDATE t SET a = 1', does: 'update-all' },
    { text: 'TRUNCATE TABLE t', does: 'truncate' },
    { text: 'ALTER TABLE t DROP COLUMN c', does: 'alter-drop' },
  ),
);
const HARMLESS: fc.Arbitrary<Made> = fc.oneof(
  rows(some, false).filter(({ does }) => does === ''),
  fc.constantFrom('SELECT 1', "SELECT 'DROP TABLE t'", 'INSERT INTO t VALUES (1)', 'CREATE TABLE u (a int)', 'ALTER TABLE t ADD COLUMN c int', "SELECT 'it''s; DELETE FROM t'", 'SELECT "DROP TABLE t" FROM s').map((text) => ({ text, does: '' })),
);

/** Comments, letter case and white space, which mean nothing. */
const DRESSES: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.toLowerCase(),
  (text) => text.replaceAll(' ', '\n\t'),
  (text) => `/* SELECT */ ${text} -- it's`,
  (text) => text.replace(' ', ' /* ; */ '),
];
const dressed = (made: fc.Arbitrary<Made>): fc.Arbitrary<Made> => fc.tuple(made, fc.constantFrom(...DRESSES)).map(([{ text, does }, dress]) => ({ text: dress(text), does }));

/** Around a statement of PostgreSQL, so that it still runs. */
const WRAPPERS: readonly ((text: string) => string)[] = [
  (text) => `BEGIN;\n${text};\nCOMMIT`,
  (text) => `DO $x$ BEGIN ${text}\n; END $x$`,
  (text) => `DO $x$ BEGIN IF true THEN ${text}\n; END IF; END $x$`,
  (text) => `DO $x$ BEGIN EXECUTE $y$${text}$y$; END $x$`,
  (text) => `DO '${`BEGIN ${text}\n; END`.replaceAll("'", "''")}'`,
  (text) => `CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $x$ BEGIN ${text}\n; END $x$; SELECT f()`,
];

describe('SQL made at random', () => {
  for (const [how, parsers] of READERS) {
    it(`never looks safer than it is, read ${how}`, () => {
      fc.assert(
        fc.property(fc.constantFrom(...DIALECTS), dressed(DESTRUCTIVE), fc.array(dressed(HARMLESS), { maxLength: 3 }), (dialect, { text, does }, around) => {
          const script = [...around.map((made) => made.text), text].join('\n;\n');
          assert.ok(dangers(script, dialect, parsers).includes(does), `${dialect}: ${script}`);
        }),
        { numRuns: 200 },
      );
    });

    it(`looks as safe as it is, read ${how}`, () => {
      fc.assert(
        fc.property(fc.constantFrom<SqlDialect>('postgres', 'mysql', 'sqlite'), fc.array(dressed(HARMLESS), { minLength: 1, maxLength: 4 }), (dialect, made) => {
          const script = made.map(({ text }) => text).join('\n;\n');
          assert.deepEqual(dangers(script, dialect, parsers), [], `${dialect}: ${script}`);
        }),
        { numRuns: 200 },
      );
    });

    it(`is seen through what wraps it in PostgreSQL, read ${how}`, () => {
      fc.assert(
        fc.property(dressed(DESTRUCTIVE), fc.constantFrom(...WRAPPERS), ({ text, does }, wrap) => {
          assert.ok(dangers(wrap(text), 'postgres', parsers).includes(does), wrap(text));
        }),
        { numRuns: 150 },
      );
    });
  }

  it('means the same to the parser and by its words', () => {
    fc.assert(
      fc.property(dressed(fc.oneof(DESTRUCTIVE, HARMLESS, rows(some, false))), ({ text, does }) => {
        const [tree, words] = READERS.map(([, parsers]) => dangers(text, 'postgres', parsers).join());
        assert.equal(tree, does);
        assert.equal(words, does);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps its place in the text whatever stands before it', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("SELECT 'é'", "SELECT '😀'", '-- ü', '/* 日本 */', 'SELECT "ñ"', 'SELECT 1', 'ghost', '\\set a b'), { maxLength: 8 }), (before) => {
        const text = `${before.join('\n;\n')}\n;\nDROP TABLE t;\n`;
        const [found] = judgeSql(text, 'postgres', PARSERS).matches;
        assert.equal(text.slice(found?.at.start, found?.at.end), 'DROP TABLE t');
      }),
      { numRuns: 150 },
    );
  });

  it('never throws and always ends', () => {
    const piece = fc.constantFrom(
      "'", '"', '$$', '$a$', '/*', '*/', '--', '\n', ';', '\\', '\\gexec', 'DROP', 'TABLE', 'DELETE', 'FROM', 'UPDATE', 'SET', 'WHERE', 'AND', 'OR', 'NOT', 'IN', '(', ')', '#', '/*!', 'E', '`', ' ', '[', ']', ':a', '::', '=', '1', 't', ',', 'DO', 'BEGIN',
      'END', 'EXECUTE', 'CREATE', 'FUNCTION', 'AS', 'WITH', 'COPY', 'STDIN', '\n\\.\n', 'DELIMITER //\n', '//', 'CASE', 'WHEN', 'THEN', 'EXISTS', 'SELECT', 'BETWEEN', '\0', '\ud800', 'é', 'PREPARE', 'EXPLAIN', 'ANALYZE', 'MERGE', 'GO\n',
    );
    fc.assert(
      fc.property(fc.constantFrom(...DIALECTS), fc.constantFrom(...READERS), fc.oneof(fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(' ')), fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join('')), fc.string({ unit: 'binary', maxLength: 200 })), (dialect, [, parsers], text) => {
        for (const { at } of judgeSql(text, dialect, parsers).matches) assert.ok(at.start >= 0 && at.start <= at.end && at.end <= text.length);
      }),
      { numRuns: 800 },
    );
  });
});
