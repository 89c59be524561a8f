import assert from 'node:assert/strict';
import fc from 'fast-check';
import { operationTitle } from '../../../../src/core/approval/operation.js';
import { changeIn, editsOf, patchOf } from '../../../../src/core/edits/patch-text.js';
import { runs } from '../../../runs.js';
import { PROJECT, worldOf } from '../assess/fake-world.js';

const FILE = `${PROJECT}/infra/main.tf`;
const text = fc.array(fc.constantFrom('a', 'b', '\n', '\r\n', '--- a/x\n', '+++ b/x\n', '@@ -1 +1 @@\n', '-- drop\n', '++ i\n', '\\ No newline at end of file', '\u2028', '\r', '\0', 'é'), { maxLength: 14 }).map((parts) => parts.join(''));

/** What somebody else reads out of the patch of an edit, who has the file as it was. */
function read(before: string, after: string): string | undefined {
  const patch = patchOf([{ path: FILE, before, after }], PROJECT);
  const [edit, ...others] = editsOf(patch, PROJECT, worldOf({ files: { [FILE]: before } }));
  assert.deepEqual(others, []);
  assert.equal(edit?.path, FILE);
  return edit.after;
}

describe('the patch of an edit', () => {
  it('makes exactly the new text of the old one, however lines end and whatever they say', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        fc.pre(before !== after);
        assert.equal(read(before, after), after);
      }),
      { numRuns: runs(1000) },
    );
  });

  it('does so too where nearly every line is another one', () => {
    const lines = (word: string) => Array.from({ length: 3000 }, (_, index) => `${word} ${index}\n`).join('');
    assert.equal(read(lines('a'), lines('b')), lines('b'));
    assert.equal(read(lines('a').trimEnd(), lines('b')), lines('b'));
  });

  it('makes a whole file of nothing, and says of another one that it is gone', () => {
    const long = Array.from({ length: 3000 }, (_, index) => `line ${index}\n`).join('');
    const check = (whole: string) => {
      const [come, gone] = [patchOf([{ path: FILE, before: undefined, after: whole }], PROJECT), patchOf([{ path: FILE, before: whole, after: undefined }], PROJECT)];
      assert.deepEqual(editsOf(come, PROJECT, worldOf({ files: { [FILE]: 'somebody else’s' } })), [{ path: FILE, before: undefined, after: whole }]);
      assert.deepEqual(editsOf(gone, PROJECT, worldOf({ files: { [FILE]: whole } })), [{ path: FILE, before: whole, after: undefined }]);
      assert.deepEqual([changeIn(come), changeIn(gone), changeIn(patchOf([{ path: FILE, before: whole, after: `${whole}x` }], PROJECT))], ['new', 'deleted', 'changed']);
    };
    fc.assert(fc.property(text.filter((whole) => whole !== ''), check), { numRuns: runs(1000) });
    check(long);
    check(long.trimEnd());
  });

  it('is called by the files that it is about', () => {
    const title = (...names: readonly string[]) => operationTitle({ kind: 'edit', label: null, script: patchOf(names.map((name) => ({ path: `${PROJECT}/${name}`, before: '==== a\n--- a/other\n', after: undefined })), PROJECT) });
    assert.equal(title('infra/main.tf'), 'Edit of infra/main.tf');
    assert.equal(title('a b.sql', 'c.sql'), 'Edit of a b.sql and 1 more file');
    assert.equal(title('1.sql', '2.sql', '3.sql'), 'Edit of 1.sql and 2 more files');
  });
});
