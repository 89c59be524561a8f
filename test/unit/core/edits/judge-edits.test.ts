import assert from 'node:assert/strict';
import fc from 'fast-check';
import { editsOf, patchOf } from '../../../../src/core/edits/patch-text.js';
import { judgeEdits } from '../../../../src/core/edits/judge-edits.js';
import { defaultPolicy } from '../../../../src/core/policy/policy.js';
import { runs } from '../../../runs.js';
import { PROJECT, worldOf } from '../assess/fake-world.js';
import { spoken } from '../../../../src/core/say.js';

const policy = defaultPolicy();
const at = (path: string) => (path.startsWith('/') ? path : `${PROJECT}/${path}`);
const judge = (path: string, before: string | undefined, after: string | undefined) => judgeEdits([{ path: at(path), before, after }], 'agent', policy, worldOf()).verdict;

describe('an edit before it is written', () => {
  const CASES: readonly (readonly [what: string, path: string, before: string | undefined, after: string | undefined, action: string])[] = [
    ['code', 'src/a.ts', 'a', 'b', 'allow'],
    ['a new file', 'docs/x.md', undefined, 'x', 'allow'],
    ['the policy', '.countersign/policy.yaml', 'version: 1\n', 'version: 1\nenvironments: {}\n', 'confirm'],
    ['the roster', '.countersign/allowed_signers', '', 'x', 'confirm'],
    ['the editor’s settings', '.vscode/settings.json', '{}', '{"a":1}', 'confirm'],
    ['tasks', '.vscode/tasks.json', '{}', '{"a":1}', 'confirm'],
    ['a hook of git', '.git/hooks/pre-push', undefined, 'x', 'confirm'],
    ['an assistant’s own hooks', '.claude/settings.json', '{}', '{"a":1}', 'confirm'],
    ['an assistant’s other files', '.kiro/specs/x.md', 'a', 'b', 'allow'],
    ['a shell’s start file', '/home/dev/.bashrc', '', 'x', 'confirm'],
    ['our own hook', '/home/dev/.countersign/gate/hook', 'x', 'exit 0', 'confirm'],
    ['a migration that drops', 'migrations/1.sql', undefined, 'DROP TABLE users;\n', 'confirm'],
    ['a migration that adds', 'migrations/1.sql', undefined, 'ALTER TABLE users ADD COLUMN a int;\n', 'allow'],
    ['a script that destroys', 'scripts/x.sh', 'echo\n', 'echo\nterraform destroy -auto-approve\n', 'confirm'],
    ['a lost protection', 'infra/db.tf', 'resource "aws_db_instance" "a" {\n  deletion_protection = true\n}\n', 'resource "aws_db_instance" "a" {\n  deletion_protection = false\n}\n', 'confirm'],
    ['the same in production', 'infra/production/db.tf', 'resource "aws_db_instance" "a" {\n  deletion_protection = true\n}\n', 'resource "aws_db_instance" "a" {\n  deletion_protection = false\n}\n', 'approve'],
    ['nothing lost in production', 'infra/production/db.tf', 'a = 1\n', 'a = 2\n', 'allow'],
  ];
  for (const [what, path, before, after, action] of CASES) it(`${action}: ${what}`, () => assert.equal(judge(path, before, after).action, action, judge(path, before, after).reasons.map((reason) => spoken(reason)).join(' ')));

  it('of a person who types is nobody’s business but where others would be hurt', () => {
    assert.equal(judgeEdits([{ path: at('.vscode/settings.json'), before: '{}', after: '{"a":1}' }], 'person', policy, worldOf()).verdict.action, 'allow');
  });

  it('is shown as a patch, from which another clone gets the same edit', () => {
    const text = fc.array(fc.constantFrom('a', 'b', '', '--- a/x', '@@ -1 +1 @@', '+', '-', ' x', '\\'), { maxLength: 8 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(text, text, (before, after) => {
        fc.pre(before !== after);
        const files = { [at('a b/c.txt')]: before };
        const world = { ...worldOf(), readFile: (file: string) => (file in files ? Buffer.from(files[file] ?? '') : undefined) };
        const edits = [{ path: at('a b/c.txt'), before, after }];
        assert.deepEqual(editsOf(patchOf(edits, PROJECT), PROJECT, world), edits);
      }),
      { numRuns: runs(200) },
    );
    const edits = [{ path: at('gone'), before: 'x\n', after: undefined }, { path: at('new'), before: undefined, after: 'y\n' }];
    assert.deepEqual(editsOf(patchOf(edits, PROJECT), PROJECT, { ...worldOf(), readFile: () => Buffer.from('x\n') }), edits);
    assert.deepEqual(editsOf('no patch', PROJECT, worldOf()), []);
  });
});
