import assert from 'node:assert/strict';
import fc from 'fast-check';
import { plainly } from '../../../../src/core/approval/display.js';
import { assess } from '../../../../src/core/assess/assess.js';
import { explain } from '../../../../src/core/assess/explain.js';
import { decide } from '../../../../src/core/policy/decide.js';
import { defaultPolicy } from '../../../../src/core/policy/policy.js';
import { verdictLines } from '../../../../src/core/policy/words.js';
import type { Say } from '../../../../src/core/say.js';
import { patience, runs } from '../../../runs.js';
import { PROJECT, worldOf } from './fake-world.js';

/** Moves the cursor, turns text around, hides, looks like another letter. */
const HOSTILE = ['\u001b[2J', '\u202e', '\u200b', 'а', '\r', 'ß'];
/** Commands that name something, in every place where an assessment may quote it. */
const COMMANDS: readonly ((name: string) => string)[] = [
  (name) => `rm -rf '/srv/${name}'`,
  (name) => `sh './${name}.sh'`,
  (name) => `source '${name}'`,
  (name) => `'${name}' --all`,
  (name) => `kubectl --context '${name}-production' delete namespace '${name}'`,
  (name) => `terraform -chdir='${name}' destroy -target='${name}'`,
  (name) => `psql -h 'prod-${name}' -c 'DROP TABLE "${name}"'`,
  (name) => `python3 -c "import os; os.system('rm -rf ${name}')"`,
  (name) => `xargs -I{} '${name}' {} < '${name}'`,
  (name) => `eval "$X${name}"`,
  (name) => `PATH='${name}':$PATH make '${name}'`,
  (name) => `git push origin '+${name}:main'`,
  (name) => `ssh 'prod-${name}' "rm -rf '${name}'"`,
  (name) => `node '${name}.js'; bash <('${name}')`,
];

describe('what an assessment says', () => {
  /** As a translation does: our own words are gone, and only what they quote is left. */
  const quotesOnly: Say = (_text, ...values) => values.join(' ');

  for (const [at, command] of COMMANDS.entries()) {
    it(`quotes nothing from outside as it is: ${command('NAME')}`, () => {
      fc.assert(
        fc.property(fc.array(fc.constantFrom(...HOSTILE, 'a', 'b'), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')), (name) => {
          const subject = { kind: 'command' as const, text: command(name), shell: 'bash' as const, cwd: `${PROJECT}/${name}`, labels: [`production ${name}`] };
          const policy = defaultPolicy();
          const world = worldOf();
          const assessment = assess(subject, policy.environments, world);
          const lines = verdictLines(decide(assessment, 'agent', policy));
          const said = [...assessment.findings.map(({ message }) => message), ...assessment.targets.map(({ evidence }) => evidence), ...explain(subject, assessment, lines, world).map(({ text }) => text)];
          for (const each of said) {
            for (const hostile of HOSTILE) assert.ok(!plainly(each).includes(hostile), `${at}: ${JSON.stringify(plainly(each))}`);
            assert.match(plainly(each, quotesOnly), /^[ -~]*$/);
          }
        }),
        { numRuns: runs(60) },
      );
    }).timeout(patience(30_000));
  }
});
