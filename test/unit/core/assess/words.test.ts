import assert from 'node:assert/strict';
import fc from 'fast-check';
import { plainly } from '../../../../src/core/approval/display.js';
import { assess } from '../../../../src/core/assess/assess.js';
import { compareEdit } from '../../../../src/core/edits/compare.js';
import { reportOf } from '../../../../src/core/files/report.js';
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
  (name) => `python3 './${name}.py'; make -f '${name}' '${name}'; npm run '${name}'`,
  (name) => `psql -h 'prod-${name}' -f '${name}.sql'; psql -c 'FROB "${name}" ${name}'`,
  (name) => `LD_PRELOAD='/tmp/${name}.so' JAVA_TOOL_OPTIONS='-javaagent:/tmp/${name}.jar' PYTHONHOME='/tmp/${name}' java`,
  (name) => `BASH_ENV='/tmp/${name}' bash x; '${name}/unreadable-text'; '${name}/computed-text'`,
  (name) => `'${name}' ( "${name}`,
];

/** Files that name something; the second text protects what the first one does not. */
const FILES: readonly (readonly [path: string, (name: string) => string, ((name: string) => string)?])[] = [
  ['db.yaml', (name) => `apiVersion: v1\nkind: PersistentVolume\nmetadata: { name: '${name}', namespace: '${name}' }\nspec: { persistentVolumeReclaimPolicy: Delete }\n`, (name) => `apiVersion: v1\nkind: PersistentVolume\nmetadata: { name: '${name}', namespace: '${name}', finalizers: ['${name}'] }\nspec: { persistentVolumeReclaimPolicy: Retain }\n`],
  ['main.tf', (name) => `resource "aws_db_instance" "${name}" {\n  skip_final_snapshot = true\n}\n`, (name) => `resource "aws_db_instance" "${name}" {\n  deletion_protection = true\n  lifecycle {\n    prevent_destroy = true\n  }\n}\n`],
  ['stack.yaml', (name) => `AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  '${name}': { Type: 'AWS::RDS::DBInstance', DeletionPolicy: Delete }\n`, (name) => `AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  '${name}': { Type: 'AWS::RDS::DBInstance', DeletionPolicy: Retain }\n`],
  ['a.sql', (name) => `DROP TABLE "${name}";\nDELETE FROM "${name}";\n`],
  ['package.json', (name) => JSON.stringify({ scripts: { [name]: `kubectl delete namespace '${name}'` } })],
  ['deploy.sh', (name) => `rm -rf '/srv/${name}'\n`, (name) => `set -e\nread -p 'Delete ${name}?' yes\nrm -rf '/srv/${name}'\n`],
  ['.countersign/policy.yaml', (name) => `version: 1\nenvironments:\n  '${name.replace(/[^ab]/g, '')}x': { approvals: 1 }\n`, (name) => `version: 1\nenvironments:\n  '${name.replace(/[^ab]/g, '')}x': { approvals: 2, match: ['*${name}*'], branches: ['${name}'] }\npeople: { '${name}': [a@example.com] }\n`],
];

const HOSTILE_NAME = fc.array(fc.constantFrom(...HOSTILE, 'a', 'b'), { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));

/** As a translation does: our own words are gone, and only what they quote is left. */
const quotesOnly: Say = (_text, ...values) => values.join(' ');

describe('what a file’s findings say', () => {
  for (const [path, worse, better] of FILES) {
    it(`quotes nothing from outside as it is: ${path}`, () => {
      let found = 0;
      fc.assert(
        fc.property(HOSTILE_NAME, (name) => {
          const { environments } = defaultPolicy();
          const file = { path: `${PROJECT}/${path}`, text: worse(name) };
          const { added, lostProtections } = compareEdit({ path: file.path, before: better?.(name) ?? '', after: file.text }, environments, worldOf());
          const said = [...reportOf(file, environments, worldOf()), ...added, ...lostProtections];
          found += said.length;
          for (const { message } of said) assert.match(plainly(message, quotesOnly), /^[ -~]*$/);
        }),
        { numRuns: runs(60) },
      );
      assert.ok(found > 0, 'nothing was found');
    }).timeout(patience(30_000));
  }
});

describe('what an assessment says', () => {

  for (const [at, command] of COMMANDS.entries()) {
    it(`quotes nothing from outside as it is: ${command('NAME')}`, () => {
      fc.assert(
        fc.property(HOSTILE_NAME, (name) => {
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
