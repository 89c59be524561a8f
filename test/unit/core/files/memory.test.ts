import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Memory } from '../../../../src/core/files/memory.js';
import { sqlParts } from '../../../../src/core/files/parts.js';
import { scanFile } from '../../../../src/core/files/scan.js';
import { PROJECT, worldOf } from '../assess/fake-world.js';

/** Counts what had to be found anew. */
class Counting extends Memory {
  found = 0;

  override recall<T>(key: string, find: () => T): T {
    return super.recall(key, () => {
      this.found += 1;
      return find();
    });
  }
}

const repeated = (lines: number, block: (index: number) => readonly string[]): string => {
  const all: string[] = [];
  for (let index = 0; all.length < lines; index += 1) all.push(...block(index));
  return all.join('\n');
};

const LONG: readonly (readonly [path: string, text: string])[] = [
  ['deploy.sh', `#!/bin/bash\n${repeated(5000, (index) => [`log "service ${index} goes live"`, `cp -r build/${index} out/service-${index}`, index % 50 === 0 ? `rm -rf /srv/data/${index}` : 'true', ''])}`],
  ['db/all.sql', repeated(5000, (index) => [`CREATE TABLE t_${index} (`, '  id bigint PRIMARY KEY', ');', `INSERT INTO t_${index} VALUES (${index}, 'it''s; a "row"');`, index % 50 === 0 ? `DROP TABLE old_${index};` : `-- it's nothing ${index}`])],
  ['k8s/all.yaml', repeated(5000, (index) => ['apiVersion: apps/v1', 'kind: Deployment', 'metadata:', `  name: service-${index}`, 'spec:', `  replicas: ${index % 50 === 0 ? 0 : 3}`, '---'])],
];
/** What a person may type in the middle of anything. */
const TYPED = ['x', '\n', '\n\n', ';', "'", '"', '`', '---', '---\n', '--', '/*', '$$', '\\', '\\! rm -rf /srv\n', 'rm -rf /srv/other\n', 'DROP TABLE typed;\n', 'replicas: 0\n', 'DELIMITER //\n', 'EOF', '{', '(', 'create function f() '];

describe('a file that is typed in', () => {
  for (const [name, text] of LONG) {
    const path = `${PROJECT}/${name}`;

    it(`${name}: has the same findings with what is remembered as without, whatever is typed`, () => {
      const memory = new Memory();
      fc.assert(
        fc.property(fc.array(fc.tuple(fc.constantFrom(...TYPED), fc.nat(text.length)), { minLength: 1, maxLength: 3 }), (edits) => {
          let after = text;
          for (const [typed, at] of edits) after = after.slice(0, at) + typed + after.slice(at);
          assert.deepEqual(scanFile({ path, text: after }, [], worldOf(), memory), scanFile({ path, text: after }, [], worldOf()));
        }),
        { numRuns: 6 },
      );
    });

    it(`${name}: reads again only what changed`, () => {
      const memory = new Counting();
      scanFile({ path, text }, [], worldOf(), memory);
      const first = memory.found;
      const middle = text.indexOf('\n', text.length / 2);
      scanFile({ path, text: `${text.slice(0, middle)}y${text.slice(middle)}` }, [], worldOf(), memory);
      assert.ok(first >= 5, `it has ${first} parts`);
      assert.ok(memory.found - first <= 2, `${memory.found - first} of ${first} parts were read again`);
    });

    it(`${name}: finds every place, each with its own range`, () => {
      const findings = scanFile({ path, text }, [], worldOf()).filter(({ severity }) => severity !== 'low');
      const places = [...text.matchAll(/rm -rf \/srv\/data\/\d+|DROP TABLE old_\d+|replicas: 0/g)];
      assert.ok(places.length >= 10);
      assert.deepEqual(findings.map(({ span }) => text.slice(span.start, span.end)), places.map(([place]) => place));
      assert.deepEqual(findings.map(({ span }) => span.start), places.map(({ index }) => index));
    });
  }
});

describe('the parts of a long script of statements', () => {
  const filler = repeated(1000, (index) => [`INSERT INTO t VALUES (${index});`]);
  const count = (text: string): number => sqlParts(text).length;

  it('are several, and together the whole text', () => {
    const parts = sqlParts(filler);
    assert.ok(parts.length > 1);
    assert.equal(parts.map(({ start, end }) => filler.slice(start, end)).join(''), filler);
  });

  for (const [what, begin, end] of [
    ['a string', "INSERT INTO t VALUES ('", "');"],
    ['a comment', '/*', '*/'],
    ['a dollar quote', 'DO $body$', '$body$;'],
    ['a name', 'SELECT "', '" FROM t;'],
  ] as const) it(`never end inside ${what}`, () => assert.equal(count(`${begin}${filler.replaceAll("'", '')}${end}`), 1));

  for (const text of ['CREATE OR REPLACE FUNCTION f() RETURNS void AS $$ DROP TABLE t; $$ LANGUAGE sql;', 'DELIMITER //', '\\i other.sql', 'COPY t FROM STDIN;', "SELECT 'a\\'b';", 'SET standard_conforming_strings = off;', '.shell rm x', 'PREPARE p AS DELETE FROM t;'])
    it(`are one where later statements may depend on ${text}`, () => assert.equal(count(`${filler}\n${text}\n${filler}`), 1));

  it('is said when nobody reads all of them', () => {
    const text = repeated(2500, (index) => [`PREPARE p${index} AS SELECT ${index};`]);
    assert.deepEqual(scanFile({ path: `${PROJECT}/many.sql`, text }, [], worldOf()).map(({ rule }) => rule), ['file/too-much']);
  });
});
