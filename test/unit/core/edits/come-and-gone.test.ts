import assert from 'node:assert/strict';
import { isProposed, readStatus, type ComeOrGone } from '../../../../src/core/edits/come-and-gone.js';

const NEW: ComeOrGone = { isThere: true, wasSeen: false, byHand: false, isAnnounced: false, standing: 'uncommitted' };
const GONE: ComeOrGone = { ...NEW, isThere: false };

describe('a file that comes or goes', () => {
  const CASES: readonly (readonly [what: string, file: ComeOrGone, proposed: boolean])[] = [
    ['a new file of another program', NEW, true],
    ['a deleted file that is in the last commit', GONE, true],
    ['a new file that the person made in the editor', { ...NEW, byHand: true }, false],
    ['a file that the person deleted in the editor', { ...GONE, byHand: true, wasSeen: true }, false],
    ['a new file that an assistant made with the editor and announced', { ...NEW, byHand: true, isAnnounced: true }, true],
    ['a new file that is as the last commit has it, or ignored', { ...NEW, standing: 'as committed' }, false],
    ['the same where an assistant announced it and it was committed at once', { ...NEW, standing: 'as committed', isAnnounced: true }, false],
    ['a file that went with another branch', { ...GONE, standing: 'as committed', wasSeen: true }, false],
    ['a new file outside a repository', { ...NEW, standing: 'unknown to git' }, true],
    ['a deleted file that was never committed and that the person saw', { ...GONE, standing: 'unknown to git', wasSeen: true }, true],
    ['a deleted file of which nobody knows anything', { ...GONE, standing: 'unknown to git' }, false],
  ];
  for (const [what, file, proposed] of CASES) it(`${proposed ? 'is asked about' : 'is nobody’s business'}: ${what}`, () => assert.equal(isProposed(file), proposed));
});

describe('what git says of files that came and went', () => {
  const CASES: readonly (readonly [what: string, entry: string, where: 'come' | 'gone' | undefined])[] = [
    ['untracked', '?? a b.sql', 'come'],
    ['added', 'A  a b.sql', 'come'],
    ['added and changed', 'AM a b.sql', 'come'],
    ['deleted', ' D a b.sql', 'gone'],
    ['deleted from the index too', 'D  a b.sql', 'gone'],
    ['changed and deleted', 'MD a b.sql', 'gone'],
    ['added and deleted', 'AD a b.sql', undefined],
    ['changed', ' M a b.sql', undefined],
    ['ignored', '!! a b.sql', undefined],
  ];
  for (const [what, entry, where] of CASES) {
    it(`is read: ${what}`, () => assert.deepEqual(readStatus(`${entry}\0`), { come: where === 'come' ? ['a b.sql'] : [], gone: where === 'gone' ? ['a b.sql'] : [] }));
  }

  it('is nothing when nothing differs', () => assert.deepEqual(readStatus(''), { come: [], gone: [] }));
});
