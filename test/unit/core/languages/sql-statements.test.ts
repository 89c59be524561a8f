import assert from 'node:assert/strict';
import { scanFile } from '../../../../src/core/files/scan.js';
import type { SqlDialect } from '../../../../src/core/languages/sql.js';
import { judgeSql, SQL_RULES } from '../../../../src/core/rules/sql.js';
import { PROJECT, rulesIn, worldOf } from '../assess/fake-world.js';
import { assessWith } from './sql-clients.test.js';
import { dangers, NO_PARSERS, PARSERS, READERS } from './sql-support.js';
import { sentence, spoken } from '../../../../src/core/say.js';

/** A statement, what is found with the parser, and what by its words when that differs. */
type Case = readonly [text: string, found: string, byWords?: string];

const CASES: Readonly<Record<SqlDialect, readonly Case[]>> = {
  postgres: [
    ['DROP TABLE a.b, c CASCADE', 'drop-table'],
    ['DROP MATERIALIZED VIEW v', 'drop-table'],
    ['DROP FOREIGN TABLE f', 'drop-table'],
    ['DROP VIEW v', 'drop-object'],
    ['DROP INDEX CONCURRENTLY i', 'drop-object'],
    ['DROP FUNCTION a.f(int)', 'drop-object'],
    ['DROP EXTENSION pgcrypto CASCADE', 'drop-object'],
    ['DROP SCHEMA s CASCADE', 'drop-database'],
    ['DROP DATABASE d WITH (FORCE)', 'drop-database'],
    ['DROP OWNED BY bob', 'drop-database'],
    ['DROP TABLESPACE t', 'drop-database'],
    ['TRUNCATE a, b.c', 'truncate'],
    ['TRUNCATE ONLY a RESTART IDENTITY', 'truncate'],
    ['DELETE FROM ONLY a.t', 'delete-all'],
    ['ALTER TABLE t DROP COLUMN a', 'alter-drop'],
    ['ALTER TABLE t DROP a', 'alter-drop'],
    ['ALTER TABLE t DETACH PARTITION p', 'alter-drop'],
    ['ALTER TYPE x DROP ATTRIBUTE y', 'alter-drop'],
    ['ALTER TABLE t ALTER c DROP DEFAULT', 'alter-drop'],
    ['ALTER EXTENSION e DROP TABLE x', 'alter-drop'],
    ['ALTER TABLE t ADD COLUMN a int', ''],
    ['ALTER SYSTEM SET fsync = off', 'administer'],
    ['ALTER ROLE bob SUPERUSER', 'revoke'],
    ['ALTER ROLE bob CREATEDB', ''],
    ['GRANT SELECT ON t TO bob', ''],
    ['ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM bob', 'revoke', ''],
    ['COPY t TO PROGRAM \'sh\'', 'program'],
    ['COPY t TO STDOUT', ''],
    ['COPY (DELETE FROM t RETURNING *) TO STDOUT', 'delete-all'],
    ['WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d', 'delete-all'],
    ['WITH a AS (SELECT 1) UPDATE t SET a = 1', 'update-all'],
    ['EXPLAIN DELETE FROM t', ''],
    ['EXPLAIN ANALYZE DELETE FROM t', 'delete-all'],
    ['EXPLAIN (ANALYZE, VERBOSE) DELETE FROM t', 'delete-all'],
    ['EXPLAIN (ANALYZE off) DELETE FROM t', '', 'delete-all'],
    ['PREPARE x AS DELETE FROM t', 'delete-all'],
    ['CREATE RULE r AS ON INSERT TO t DO ALSO DELETE FROM u', 'delete-all'],
    ['CREATE TABLE c (a int REFERENCES t ON DELETE CASCADE ON UPDATE SET NULL)', ''],
    ['SELECT * FROM t FOR UPDATE', ''],
    ['INSERT INTO t VALUES (1) ON CONFLICT (a) DO UPDATE SET b = 1', ''],
    ['SELECT pg_catalog.pg_terminate_backend(1)', 'administer'],
    ['SELECT lo_unlink(1)', 'administer'],
    ['SELECT pg_read_file(\'x\')', 'server-files'],
    ['SELECT drop_chunks(\'t\')', 'drop-table', ''],
    ['SELECT dblink_exec(\'c\', \'DROP TABLE x\')', 'drop-table'],
    ['SELECT query_to_xml(\'DELETE FROM t\', true, true, \'\')', 'delete-all'],
    ['DO $$ BEGIN IF true THEN DROP TABLE x; END IF; END $$', 'drop-table'],
    ['DO $$ BEGIN FOR i IN 1..3 LOOP DELETE FROM t; END LOOP; END $$', 'delete-all'],
    ['DO $$ BEGIN EXECUTE format(\'DROP TABLE %I\', x); END $$', 'drop-table'],
    ['DO $$ BEGIN EXECUTE \'DROP \' || \'TABLE x\'; END $$', 'drop-table', 'cut-off'],
    ['DO $$ DECLARE q text := \'TRUNCATE x\'; BEGIN EXECUTE q; END $$', 'truncate'],
    ['DO $$ DECLARE q text; BEGIN q := \'SELECT 1\'; q := \'DROP TABLE x\'; EXECUTE q; END $$', 'drop-table'],
    ['DO $$ BEGIN RAISE NOTICE \'DROP TABLE x\'; END $$', ''],
    ['DO $$ BEGIN RAISE NOTICE \'%\', pg_terminate_backend(1); END $$', 'administer'],
    ['DO $$ BEGIN PERFORM pg_terminate_backend(1); END $$', 'administer'],
    ['DO LANGUAGE plpython3u \'plpy.execute("DROP TABLE x")\'', 'drop-table', ''],
    ['CREATE FUNCTION f() RETURNS void LANGUAGE sql AS \'DELETE FROM t\'', ''],
    ['CREATE FUNCTION f() RETURNS void LANGUAGE sql AS \'DELETE FROM t\'; SELECT f()', 'delete-all'],
    ['CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM u; RETURN new; END $$; CREATE TRIGGER g AFTER INSERT ON t EXECUTE FUNCTION f()', 'delete-all'],
    ['SELECT \'DROP TABLE x\' \\gexec', 'drop-table'],
    ['SELECT format(\'DROP TABLE %I\', relname) FROM pg_class \\gexec', 'drop-table'],
    ['SELECT \'DROP TABLE x\'', ''],
    ['SELECT "DROP TABLE x" FROM t', ''],
    ['/* outer /* inner */ DROP TABLE x */ SELECT 1', ''],
    ['SELECT E\'\\\'; DROP TABLE x; --\'', ''],
    ['SELECT date\'\\\'; DROP TABLE x; --\'', 'drop-table'],
    ['SET standard_conforming_strings = off; SELECT \'\\\'\'; DROP TABLE x; --\'', 'drop-table'],
    ['COPY t FROM STDIN;\n1\tdrop it\n\\.\nDROP TABLE x;', 'drop-table'],
    ['COPY t FROM STDIN;\n1\t;DROP TABLE x\n\\.\nSELECT 1;', ''],
    ['COPY t FROM STDIN;\nDROP TABLE x;\n\\.\nSELECT 1;', 'drop-table'],
    ['DELETE FROM t WHERE id = :id AND name = :\'name\'', 'delete-rows'],
    ['VACUUM FULL t', 'administer'],
    ['VACUUM t', ''],
  ],
  mysql: [
    ['DROP TABLE IF EXISTS a, b.c', 'drop-table'],
    ['DROP TEMPORARY TABLE a', ''],
    ['DROP DATABASE shop', 'drop-database'],
    ['DROP USER bob', 'drop-object'],
    ['DROP EVENT e', 'drop-object'],
    ['DELETE u FROM users u JOIN orders o ON o.u = u.id', 'delete-all'],
    ['DELETE QUICK FROM t', 'delete-all'],
    ['DELETE FROM t LIMIT 3', 'delete-rows'],
    ['UPDATE t SET a = 1 ORDER BY b LIMIT 3', ''],
    ['ALTER TABLE t TRUNCATE PARTITION p', 'alter-drop'],
    ['ALTER TABLE t DROP PRIMARY KEY', 'alter-drop'],
    ['SHUTDOWN', 'administer'],
    ['KILL 3', 'administer'],
    ['PURGE BINARY LOGS BEFORE now()', 'administer'],
    ['RESET MASTER', 'administer'],
    ['SELECT 1 INTO OUTFILE \'x\'', 'server-files'],
    ['PREPARE s FROM \'DROP TABLE x\'', 'drop-table'],
    ['SET @q = \'DROP TABLE x\'', 'drop-table'],
    ['SET @q = \'a table to drop\'', ''],
    ['DELIMITER //\nDROP TABLE x//\nDELIMITER ;', 'drop-table'],
    ['DELIMITER $$\nCREATE PROCEDURE p() BEGIN SELECT 1; DELETE FROM t; END$$\nDELIMITER ;\n', 'delete-all'],
    ['CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DROP TABLE x', 'drop-table'],
    ['/*!50000 DROP TABLE x */', 'drop-table'],
    ['/*M!100100 DROP TABLE x */', 'drop-table'],
    ['/* /* */ DROP TABLE x; /* */', 'drop-table'],
    ['SELECT 1 --1; DROP TABLE x', 'drop-table'],
    ['SELECT 1 -- 1; DROP TABLE x', ''],
    ['SELECT 1 # DROP TABLE x', ''],
    ['SELECT "a\\"; DROP TABLE x; -- "', ''],
    ['SET sql_mode = \'NO_BACKSLASH_ESCAPES\'; SELECT "a\\"; DROP TABLE x; -- "', 'drop-table'],
    ['SELECT $$; DROP TABLE x; $$', 'drop-table'],
    ['INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a = 1', ''],
    ['DELETE FROM `we ird`.`t`', 'delete-all'],
  ],
  sqlite: [
    ['DROP TABLE main.t', 'drop-table'],
    ['DROP INDEX i', 'drop-object'],
    ['DELETE FROM [drop table]', 'delete-all'],
    ['SELECT [drop table x] FROM t', ''],
    ['UPDATE OR REPLACE t SET a = 1', 'update-all'],
    ['PRAGMA writable_schema = 1', 'administer'],
    ['PRAGMA table_info(t)', ''],
    ['EXPLAIN QUERY PLAN DELETE FROM t', ''],
    ['CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM u; END', 'delete-all'],
    ['SELECT load_extension(\'x\')', 'program'],
    ['BEGIN IMMEDIATE; DROP TABLE x; COMMIT', 'drop-table'],
    ['/* /* */ DROP TABLE x; /* */', 'drop-table'],
  ],
  tsql: [
    ['DELETE users', 'delete-all'],
    ['DELETE TOP (10) FROM users', 'delete-rows'],
    ['DELETE FROM [dbo].[users] WHERE [id] = 1', 'delete-rows'],
    ['SELECT 1 DROP TABLE x', 'drop-table'],
    ['SELECT 1\nDELETE FROM t', 'delete-all'],
    ['SELECT a FROM t WHERE id = 3 DELETE t', 'delete-all'],
    ['IF OBJECT_ID(\'x\') IS NOT NULL DROP TABLE x', 'drop-table'],
    ['USE x\nGO\nTRUNCATE TABLE y\nGO\n', 'truncate'],
    ['EXEC(\'DROP TABLE x\')', 'drop-table'],
    ['EXEC sp_executesql N\'DROP TABLE x\'', 'drop-table'],
    ['DECLARE @q nvarchar(99) = N\'DROP TABLE x\'; EXEC(@q)', 'drop-table'],
    ['EXEC xp_cmdshell \'dir\'', 'program'],
    ['ALTER DATABASE x SET SINGLE_USER WITH ROLLBACK IMMEDIATE', 'administer'],
    ['RESTORE DATABASE x FROM DISK = \'a\' WITH REPLACE', 'administer'],
    ['MERGE t USING s ON t.a = s.a WHEN MATCHED THEN DELETE;', 'delete-rows'],
    ['PRINT \'DROP TABLE x\'', ''],
    ['SELECT [drop table x] FROM t', ''],
    ['CREATE TRIGGER g ON t AFTER DELETE, UPDATE AS SELECT 1', ''],
    ['GRANT DELETE ON t TO bob', ''],
    ['UPDATE STATISTICS t', ''],
  ],
  other: [
    ['ALTER TABLE t DELETE WHERE 1', 'delete-all'],
    ['DROP KEYSPACE k', 'drop-database'],
    ['TRUNCATE TABLE x DROP STORAGE', 'truncate'],
    ['DELETE users WHERE id = 1', 'delete-rows'],
    ['CREATE TRIGGER g BEFORE DELETE OR UPDATE ON t', ''],
    ['SHOW TABLES', ''],
  ],
};

describe('SQL statements', () => {
  for (const dialect of ['postgres', 'mysql', 'sqlite', 'tsql', 'other'] as const) {
    for (const [text, found, byWords = found] of CASES[dialect]) {
      it(`reads ${JSON.stringify(text)} in ${dialect}`, () => {
        assert.equal(dangers(text, dialect, PARSERS).join(' '), found);
        assert.equal(dangers(text, dialect, NO_PARSERS).join(' '), byWords, 'without a parser');
      });
    }
  }

  const unknown: readonly Case[] = [
    ['FOO BAR', 'What the statement "FOO BAR" does is not known.'],
    ['DO $$ BEGIN EXECUTE q; END $$', 'It runs a text that is only known when it runs.'],
    ['SELECT query_to_xml(q, true, true, \'\') FROM s', 'It runs a text that is only known when it runs.'],
    ['SELECT q FROM s \\gexec', 'It runs a text that is only known when it runs.'],
    ['DO LANGUAGE plpython3u \'1\'', 'What code in plpython3u does is not known.'],
    ['SELECT 1;'.repeat(2001), 'There are more than 2,000 statements.'],
    ['SELECT 1; SET a = 1; SHOW a; BEGIN; COMMIT; VALUES (1); TABLE t; EXPLAIN SELECT 1', ''],
  ];
  for (const [text, reason] of unknown) it(`says what it cannot know about ${text.slice(0, 60)}`, () => assert.deepEqual(judgeSql(text, 'postgres', PARSERS).unknown.map((said) => spoken(said)).join(' '), reason));

  const named: readonly Case[] = [
    ['DELETE FROM payments.orders', 'Deletes every row of payments.orders: there is no condition that narrows it.'],
    ['TRUNCATE a, "B c"', 'Deletes every row of a and B c.'],
    ['DROP TABLE a, b, c.d CASCADE', 'Drops a, b and c.d with everything in it, and what depends on it.'],
    ['DROP TABLE a, b, c, d, e, f, g', 'Drops a, b, c, d, e and 2 more with everything in it.'],
    ['DROP SCHEMA s', 'Drops the whole schema s.'],
    ['ALTER TABLE a.t DROP COLUMN c', 'Drops a column of a.t with its data.'],
    ['UPDATE a.t SET b = 1', 'Changes every row of a.t: there is no condition that narrows it.'],
    ['DELETE FROM a.t WHERE id = 1', 'Deletes the rows of a.t that match.'],
    [`DROP TABLE "${'x'.repeat(50)}\n"`, `Drops ${'x'.repeat(50)}  with everything in it.`],
  ];
  for (const [text, message] of named) {
    it(`names what ${text.slice(0, 50)} is about`, () => {
      for (const [, parsers] of READERS) assert.equal(spoken(judgeSql(text, 'postgres', parsers).matches[0]?.override.message ?? sentence('')), message);
    });
  }

  const marked: readonly string[] = [
    '-- first\n«DROP TABLE a»;\n\n/* é */ SELECT 1; -- ü\n«DELETE FROM "t€"»;',
    'SELECT \'日本語; 😀\'; /* 😀 */ «TRUNCATE a» ;',
    '\\set x 1\nSELECT 1;\n«DROP TABLE a» \\g\n«DROP TABLE b»',
    'é FOO; «DROP TABLE a»; SELECT \'ü\'; «DROP TABLE b»',
    'COPY é FROM STDIN;\né\t1\n\\.\n«DROP TABLE a»;',
  ];
  for (const text of marked) {
    it(`places findings in ${JSON.stringify(text)}`, () => {
      const plain = text.replace(/[«»]/g, '');
      const expected = [...text.matchAll(/«([^»]*)»/g)].map(([, statement]) => statement);
      for (const [, parsers] of READERS) {
        const found = judgeSql(plain, 'postgres', parsers).matches.filter(({ rule }) => rule.severity !== 'low').map(({ at }) => plain.slice(at.start, at.end));
        assert.deepEqual(found, expected);
      }
    });
  }

  it('are read in files with their places, and weigh less where a migration is taken back', () => {
    const text = '-- +goose Up\nUPDATE é SET a = 1 WHERE NOT false;\n-- +goose Down\nDO $$ BEGIN DROP TABLE é; END $$;\n';
    const findings = scanFile({ path: `${PROJECT}/db/1.sql`, text }, [], { ...worldOf(), sqlParsers: PARSERS });
    assert.deepEqual(
      findings.map(({ rule, severity, message, span }) => [rule, severity, spoken(message), text.slice(span.start, span.end)]),
      [
        ['sql/update-all', 'high', 'Changes every row of é: there is no condition that narrows it.', 'UPDATE é SET a = 1 WHERE NOT false'],
        ['sql/drop-table', 'medium', 'Drops é with everything in it.', 'DO $$ BEGIN DROP TABLE é; END $$'],
      ],
    );
  });

  for (const { id, examples } of SQL_RULES) {
    it(`agrees with the examples of ${id} when parsers are there`, () => {
      for (const text of examples.flagged) assert.ok(assessWith(text).findings.some(({ rule }) => rule === id), text);
      for (const text of examples.clear) assert.ok(!assessWith(text).findings.some(({ rule }) => rule === id), text);
      assert.ok(examples.flagged.every((text) => rulesIn(text).includes(id)));
    });
  }
});
