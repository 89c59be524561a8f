import assert from 'node:assert/strict';
import { createTwoFilesPatch } from 'diff';
import fc from 'fast-check';
import { applyChange } from '../../../src/assistants/apply.js';
import type { Change } from '../../../src/assistants/call.js';
import { parsePatch } from '../../../src/assistants/patch.js';
import { runs } from '../../runs.js';

const patch = (...lines: string[]) => ['*** Begin Patch', ...lines, '*** End Patch'].join('\n');

describe('a change of a file', () => {
  const TEXT = 'one\ntwo\nthree\n';
  const CASES: readonly (readonly [what: string, before: string | undefined, change: Change, after: string | undefined, certain?: boolean])[] = [
    ['writes', TEXT, { type: 'write', text: 'x' }, 'x'],
    ['appends', 'one', { type: 'append', text: 'two' }, 'one\ntwo'],
    ['inserts', TEXT, { type: 'insert', line: 1, text: 'x\n' }, 'one\nx\ntwo\nthree\n'],
    ['inserts in front', TEXT, { type: 'insert', line: 0, text: 'x' }, 'x\none\ntwo\nthree\n'],
    ['replaces the first', 'a a', { type: 'replace', pairs: [{ old: 'a', now: '$&', all: false }] }, '$& a'],
    ['replaces all', 'a a', { type: 'replace', pairs: [{ old: 'a', now: '$1', all: true }] }, '$1 $1'],
    ['replaces one after the other', 'a', { type: 'replace', pairs: [{ old: 'a', now: 'b', all: false }, { old: 'b', now: 'c', all: false }] }, 'c'],
    ['makes a file by replacing nothing', undefined, { type: 'replace', pairs: [{ old: '', now: 'x', all: false }] }, 'x'],
    ['replaces what is not there', 'a', { type: 'replace', pairs: [{ old: 'b', now: 'c', all: false }] }, 'a\nc', false],
    ['deletes', TEXT, { type: 'delete' }, undefined],
    ['is the tool’s own', TEXT, { type: 'unknown', text: 'x' }, `${TEXT}\nx`, false],
    ['patches', TEXT, { type: 'patch', hunks: [{ old: ['one', 'two'], now: ['one', 'x'] }, { old: ['three'], now: ['y'] }] }, 'one\nx\ny\n'],
    ['patches with other blanks', '  one\n', { type: 'patch', hunks: [{ old: ['one'], now: ['x'] }] }, 'x\n'],
    ['patches at the end', TEXT, { type: 'patch', hunks: [{ old: [], now: ['four'] }] }, 'one\ntwo\nthree\nfour\n'],
    ['patches what is not there', 'a', { type: 'patch', hunks: [{ old: ['b'], now: ['c'] }] }, 'a\nc', false],
  ];
  for (const [what, before, change, after, certain = true] of CASES) it(what, () => assert.deepEqual(applyChange(before, change), { after, certain }));

  it('keeps everything new in what is uncertain', () => {
    const change = fc.oneof<fc.Arbitrary<Change>[]>(
      fc.record({ type: fc.constant('unknown' as const), text: fc.string() }),
      fc.record({ type: fc.constant('replace' as const), pairs: fc.array(fc.record({ old: fc.string(), now: fc.string(), all: fc.boolean() }), { minLength: 1, maxLength: 1 }) }),
    );
    fc.assert(
      fc.property(fc.string(), change, (before, one) => {
        const { after = '' } = applyChange(before, one);
        assert.ok(after.includes(one.type === 'unknown' ? one.text : one.type === 'replace' ? (one.pairs[0]?.now ?? '') : ''));
      }),
      { numRuns: runs(300) },
    );
  });
});

describe('a patch', () => {
  it('is read with all that it can do to files', () => {
    assert.deepEqual(parsePatch(patch('*** Add File: a/b.txt', '+one', '+two', '*** Delete File: c.txt', '*** Update File: d.txt', '*** Move to: e.txt', '@@ def f():', ' keep', '-old', '+new', '@@', '-x', '*** End of File')), [
      { path: 'a/b.txt', change: { type: 'write', text: 'one\ntwo\n' } },
      { path: 'c.txt', change: { type: 'delete' } },
      { path: 'e.txt', from: 'd.txt', change: { type: 'patch', hunks: [{ old: ['keep', 'old'], now: ['keep', 'new'] }, { old: ['x'], now: [] }] } },
      { path: 'd.txt', change: { type: 'delete' } },
    ]);
  });

  it('is not read in part: a line that is none of it makes it none', () => {
    for (const text of ['', 'x', patch(), patch('*** Update File: a', 'no sign'), patch('*** Add File: a', 'no plus'), patch('*** Delete File: a', 'why'), patch('junk', '*** Delete File: a'), '*** Begin Patch\n*** Delete File: a']) assert.equal(parsePatch(text), undefined, text);
  });

  it('makes of a file what its lines say', () => {
    const line = fc.stringMatching(/^[a-z]{0,3}$/);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.array(line, { maxLength: 12 }), (old, now) => {
        const [before, after] = [old, now].map((lines) => lines.map((each) => `${each}\n`).join('')) as [string, string];
        fc.pre(before !== after);
        // With the whole file around every hunk there is one place for it.
        const lines = createTwoFilesPatch('f', 'f', before, after, '', '', { context: 100 }).split('\n');
        const hunks = lines.slice(lines.findIndex((each) => each.startsWith('@@'))).map((each) => (each.startsWith('@@') ? '@@' : each));
        const [change] = parsePatch(patch('*** Update File: f', ...hunks.slice(0, -1))) ?? [];
        assert.deepEqual(change && applyChange(before, change.change), { after, certain: true });
      }),
      { numRuns: runs(300) },
    );
  });
});
