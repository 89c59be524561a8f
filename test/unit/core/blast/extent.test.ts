import assert from 'node:assert/strict';
import fc from 'fast-check';
import { patience, runs } from '../../../runs.js';
import { extentLines, filesOf, sizeOf, tallied, type Extent } from '../../../../src/core/blast/extent.js';
import { readObjects, readPlan, readResources } from '../../../../src/core/blast/readings.js';
import { english, joined, sentence, spoken, type Say, type Value } from '../../../../src/core/say.js';

const row = (name: string, text: string): string => `${name.padEnd(13)} ${text}`;
const said = (value: Value): string => (typeof value === 'object' ? spoken(value) : String(value));
const change = (address: string, ...actions: string[]) => ({ address, change: { actions } });

describe('how far an operation reaches', () => {
  it('counts a plan’s resources by what would happen to them, and names those that are lost', () => {
    const plan = { resource_changes: [change('a.x', 'delete'), change('a.y', 'delete', 'create'), change('a.z', 'create', 'delete'), change('a.n', 'create'), change('a.u', 'update'), change('a.o', 'no-op'), change('data.r', 'read'), change('a.f', 'forget')] };
    const found = readPlan(JSON.stringify(plan));
    assert.ok(found);
    assert.equal(spoken(found.amount), '2 replaced, 1 changed, 1 created, 1 destroyed, 1 forgotten');
    assert.deepEqual(found.items.map(said), ['destroyed: a.x', 'replaced: a.y', 'replaced: a.z']);
    assert.equal(spoken(readPlan('{"resource_changes": []}')?.amount ?? sentence('')), 'nothing changes');
    for (const other of ['PK\u0003\u0004 a plan', '[]', '{"a": 1}', 'null']) assert.equal(readPlan(other), undefined, other);
  });

  it('counts the resources that Terraform files declare, and says that modules hold more', () => {
    const found = readResources([{ path: 'a.tf', text: 'resource "db" "main" {}\nresource "db" "copy" {}\ndata "x" "y" {}\nmodule "net" {}\n' }, { path: 'b.tf.json', text: '{"resource": {"bucket": {"logs": {}}}}' }]);
    assert.equal(spoken(found.amount), '3 resources and 1 module with more in it');
    assert.deepEqual(found.parts, [{ name: 'db', count: 2 }, { name: 'bucket', count: 1 }]);
  });

  it('counts a manifest’s objects by kind, those of lists included', () => {
    const found = readObjects(['kind: Deployment\nmetadata: { name: api }\n---\nkind: Service\nmetadata: { name: api }\n', '{"kind": "List", "items": [{"kind": "Secret", "metadata": {"name": "key"}}]}', 'just: values\n']);
    assert.ok(found);
    assert.equal(spoken(found.amount), '3 objects');
    assert.deepEqual(found.items, ['Deployment api', 'Service api', 'Secret key']);
    assert.equal(readObjects(['a: 1']), undefined);
    assert.equal(readObjects(['a: &a [x]\nb: &b [*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e]']), undefined);
  });

  it('shows at a glance which part is large', () => {
    const extent: Extent = { sort: 'Plan', about: 'a.tfplan', amount: sentence('12 destroyed, 3 created'), how: [sentence('as a.json says')], parts: [{ name: 'destroyed', count: 12 }, { name: 'created', count: 3 }], items: [] };
    assert.deepEqual(extentLines([extent], row), [
      'Plan          a.tfplan: 12 destroyed, 3 created (as a.json says)',
      `              destroyed  12 ${'█'.repeat(24)}`,
      `              created     3 ${'█'.repeat(6)}`,
    ]);
  });

  it('writes sizes as people read them', () => assert.deepEqual([0, 999, 1000, 3_140_000, 2e15].map((bytes) => spoken(sizeOf(bytes))), ['0 B', '999 B', '1.0 kB', '3.1 MB', '2000.0 TB']));

  it('writes numbers as the reader’s language does', () => {
    const german: Say = (text, ...values) => english({ '{0},{1}': '{0}.{1}', '{0}.{1}': '{0},{1}', '{0} files': '{0} Dateien' }[text] ?? text, ...values);
    assert.deepEqual([0, 999, 1000, 1_234_567].map((count) => spoken(filesOf(count))), ['0 files', '999 files', '1,000 files', '1,234,567 files']);
    assert.equal(spoken(filesOf(1_234_567), german), '1.234.567 Dateien');
    assert.equal(spoken(sizeOf(3_140_000), german), '3,1 MB');
  });

  it('shows our own words as the language writes them, and escapes the same letters from outside', () => {
    const extent: Extent = { sort: 'Files', about: 'ö', amount: sentence('{0} files', 'ä'), how: [sentence('größer als {0}', 'ü')], parts: [], items: ['ß'] };
    assert.deepEqual(extentLines([extent], row), ['Files         \\u{f6}: \\u{e4} files (größer als \\u{fc})', '              \\u{df}']);
  });

  it('shows nothing from outside as it is when that could hide or mislead', () => {
    const hostile = fc.string({ unit: fc.oneof(fc.constantFrom('\u202e', '\u001b', '\n', '\u200b', '\r', 'а', '█', 'a'), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })) });
    fc.assert(fc.property(hostile, hostile, hostile, fc.array(hostile), fc.array(hostile), (about, amount, how, kinds, items) => {
      const lines = extentLines([{ sort: 'Objects', about, amount: joined([amount], ''), how: [joined([how], '')], parts: tallied(kinds), items }], row);
      // Our own typography is the bar and the sign that a name is longer.
      for (const line of lines) assert.match(line, /^[ -~]*(?: █+|…[ -~]* █+)?$/);
    }), { numRuns: runs(100) });
  }).timeout(patience(30_000));

  it('never fails on what is no plan and no manifest', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      readPlan(text);
      readObjects([text]);
      readResources([{ path: 'a.tf', text }, { path: 'b.tf.json', text }]);
    }), { numRuns: runs(100) });
  }).timeout(patience(30_000));
});
