import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chainPath, chainProblems, chainText, eventNameAt, ledgerPath, type LedgerCommit, type LedgerFile } from '../../../../src/core/ledger/chain.js';
import { runs } from '../../../runs.js';

const hex = fc.array(fc.integer({ min: 0, max: 15 }).map((digit) => digit.toString(16)), { minLength: 64, maxLength: 64 }).map((digits) => digits.join(''));
const name = fc.tuple(fc.constantFrom('req', 'ok', 'no', 'used', 'done', 'inc'), hex, fc.option(fc.constant('0123456789abcdef'), { nil: undefined })).map(([kind, digest, voice]) => `${kind}/${digest}${voice === undefined ? '' : `/${voice}`}`);

/** A ledger of as many commits as there are groups of texts. */
function ledgerOf(groups: readonly (readonly string[])[]): LedgerCommit[] {
  let last: LedgerFile | undefined;
  let count = 0;
  return groups.map((texts, index) => {
    const files = texts.map((text) => ({ path: ledgerPath(`ok/${(count += 1).toString(16).padStart(64, '0')}/0123456789abcdef`), text }));
    const list = { path: chainPath(index + 1), text: chainText(last, files) };
    last = list;
    return { id: `c${index}`.padEnd(40, '0'), parents: index === 0 ? 0 : 1, changes: [...files, list].map((file) => ({ ...file, status: 'A' })) };
  });
}

describe('the chain of the ledger', () => {
  const good = ledgerOf([['a', 'b'], ['c'], ['d', 'e', 'f']]);
  const changed = (at: number, change: (commit: LedgerCommit) => Partial<LedgerCommit>) => good.map((commit, index) => (index === at ? { ...commit, ...change(commit) } : commit));

  it('gives every event one place, and every place one event', () => {
    fc.assert(fc.property(name, (event) => assert.equal(eventNameAt(ledgerPath(event)), event)), { numRuns: runs(200) });
    for (const path of ['chain/00000001', 'ab/cd', `ab/${'c'.repeat(64)}/ok`, `cc/${'c'.repeat(64)}/ok-x`, `cc/${'c'.repeat(64)}/../ok`, '../x']) assert.equal(eventNameAt(path), undefined, path);
  });

  it('holds when nothing but events was added, and can be picked up in the middle', () => {
    assert.deepEqual(chainProblems(good), []);
    const middle = good[0]!.changes.at(-1);
    assert.deepEqual(chainProblems(good.slice(1), middle), []);
  });

  const breaks: Record<string, readonly LedgerCommit[]> = {
    'a commit is missing in the middle': [good[0]!, good[2]!],
    'the beginning is missing': good.slice(1),
    'two commits changed places': [good[0]!, good[2]!, good[1]!],
    'an entry was changed afterwards': changed(1, ({ changes }) => ({ changes: [...changes, { path: good[0]!.changes[0]!.path, status: 'M', text: 'x' }] })),
    'an entry was removed': changed(2, ({ changes }) => ({ changes: [...changes, { path: good[0]!.changes[0]!.path, status: 'D', text: '' }] })),
    'an entry says something else than its list': changed(1, ({ changes }) => ({ changes: changes.map((change, index) => (index === 0 ? { ...change, text: 'x' } : change)) })),
    'an entry is in no list': changed(1, ({ changes }) => ({ changes: [...changes, { ...changes[0]!, path: ledgerPath(`no/${'e'.repeat(64)}`) }] })),
    'a list names more than was added': changed(2, ({ changes }) => ({ changes: changes.slice(1) })),
    'there is no list': changed(2, ({ changes }) => ({ changes: changes.slice(0, -1) })),
    'something else was added': changed(2, ({ changes }) => ({ changes: [...changes, { path: 'README', status: 'A', text: 'x' }] })),
    'it is a merge': changed(2, () => ({ parents: 2 })),
  };
  for (const [what, commits] of Object.entries(breaks)) it(`does not hold when ${what}`, () => assert.notDeepEqual(chainProblems(commits), []));

  it('does not hold when any character of any file is another', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 }), fc.nat(), fc.nat(), fc.nat(), (groups, commitAt, fileAt, at) => {
        const commits = ledgerOf(groups);
        const commit = commits[commitAt % commits.length]!;
        const file = commit.changes[fileAt % commit.changes.length]!;
        const place = at % file.text.length;
        const text = `${file.text.slice(0, place)}${file.text[place] === '~' ? '!' : '~'}${file.text.slice(place + 1)}`;
        const broken = commits.map((each) => (each === commit ? { ...each, changes: each.changes.map((change) => (change === file ? { ...change, text } : change)) } : each));
        assert.deepEqual(chainProblems(commits), []);
        assert.notDeepEqual(chainProblems(broken), []);
      }),
      { numRuns: runs(200) },
    );
  });
});
