import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '../harness/paths.js';

/**
 * What the design must survive, and where it is tried: a test whose title begins with the row's number, or the one that
 * is named here. The numbers are those of “trust table” in the code.
 */
const TABLE: readonly (readonly [row: number, attack: string, file?: string, title?: string])[] = [
  [1, 'replay of a token'],
  [2, 'replay with altered signature bytes'],
  [3, 'two consumers that push the same object'],
  [4, 'use by deleting, in which both succeed'],
  [5, 'self-approval with a second key or address', 'integration/main-job.test.ts', 'counts a self-signed token that got into the store, whichever of her keys made it'],
  [6, 'a request in another person’s name'],
  [7, 'one approver counted twice'],
  [8, 'a token for something else'],
  [9, 'a change between the check and the run', 'integration/attacks.test.ts', 'a script is swapped while the use is being recorded'],
  [10, 'an executable that is swapped', 'integration/attacks.test.ts', 'a program that PATH finds in the repository is exchanged after it was signed'],
  [11, 'approval through an agent that holds the key'],
  [12, 'a security key that nobody touched'],
  [13, 'an approval that is clicked or called by a program', 'integration/mcp.test.ts', 'cannot approve, whatever an assistant calls or hands over'],
  [14, 'a signature made for another purpose'],
  [15, 'a roster that the change itself brings'],
  [16, 'a policy that is weakened or rolled back'],
  [17, 'a target that is renamed or unknown'],
  [18, 'a roster line that lets any key be anybody'],
  [19, 'a key whose time is over'],
  [20, 'a wrong clock'],
  [21, 'a request or token that lasts too long'],
  [22, 'a ledger that is rewound, or a use that is taken away'],
  [23, 'Unicode that reads as something else', 'unit/core/approval/formats.test.ts', 'made visible, and counts it'],
  [24, 'escape sequences', 'unit/core/approval/formats.test.ts', 'is no link and no picture in a notification or a row, whoever wrote it'],
  [25, 'text that hides or forges what is reviewed', 'integration/attacks-store.test.ts', 'blanks push the end of a command out of sight'],
  [26, 'floods and fatigue'],
  [27, 'denial of service by a denial'],
  [28, 'a token that leaked', 'integration/jobs.test.ts', 'does not let a bystander use somebody else’s approval'],
  [29, 'a glass that an assistant breaks'],
  [30, 'the editor bypassed', 'integration/jobs.test.ts', 'refuses another command, commit, file or directory than what was approved'],
  [31, 'an assistant that edits what gates rest on', 'unit/core/policy/exceptions.test.ts', 'of what gates rest on is never an assistant’s alone'],
  [32, 'a hook that runs out of time', 'integration/hook.test.ts', 'holds production, asks a teammate once'],
];

const tests = path.join(repositoryRoot(), 'test');
/** The titles of tests, by file; the first word is what they are begun with. */
const titles = new Map(
  readdirSync(tests, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => [file.split(path.sep).join('/'), [...readFileSync(path.join(tests, file), 'utf8').matchAll(/\bit\(\s*(['`])(.*?)\1|^ {4}\['(\d+: [^']*)'/gm)].map((match) => match[2] ?? match[3] ?? '')]),
);

describe('the table of attacks', () => {
  it('has every row from 1 to 32 once', () => assert.deepEqual(TABLE.map(([row]) => row), Array.from({ length: 32 }, (_, index) => index + 1)));

  for (const [row, attack, file, title] of TABLE) {
    it(`${row}, ${attack}, is tried`, () => {
      const numbered = [...titles.values()].flat().filter((each) => (/^(\d+(?:, \d+)*): /.exec(each)?.[1] ?? '').split(', ').includes(String(row)));
      const named = file === undefined || title === undefined ? [] : (titles.get(file) ?? []).filter((each) => each.includes(title));
      // A test that was renamed has to be named anew here.
      assert.equal(named.length > 0, file !== undefined, `${file ?? ''} has no test “${title ?? ''}”`);
      assert.ok(numbered.length + named.length > 0, 'no test bears the number of this row');
    });
  }
});
