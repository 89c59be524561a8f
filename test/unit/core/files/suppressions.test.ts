import assert from 'node:assert/strict';
import { compareEdit } from '../../../../src/core/edits/compare.js';
import { judgeEdits } from '../../../../src/core/edits/judge-edits.js';
import { assess } from '../../../../src/core/assess/assess.js';
import { reportOf } from '../../../../src/core/files/report.js';
import { scanFile } from '../../../../src/core/files/scan.js';
import { suppressionFor, suppressionsIn } from '../../../../src/core/files/suppressions.js';
import { defaultPolicy } from '../../../../src/core/policy/policy.js';
import { PROJECT, worldOf } from '../assess/fake-world.js';
import { spoken } from '../../../../src/core/say.js';

const at = (name: string): string => `${PROJECT}/${name}`;
const report = (name: string, text: string) => reportOf({ path: at(name), text }, [], worldOf());

/** A dangerous file of each format that has comments, and what a comment begins with there. */
const FILES: readonly (readonly [name: string, text: string, sign: string])[] = [
  ['clean.sh', '#!/bin/bash\nif true; then\n  rm -rf /srv/data\nfi\n', '#'],
  ['clean.fish', 'rm -rf /srv/data\n', '#'],
  ['clean.ps1', 'Remove-Item -Recurse -Force /srv/data\n', '#'],
  ['clean.cmd', 'rd /s /q C:\\data\r\n', 'REM'],
  ['db/1.sql', 'SELECT 1;\nDROP TABLE users;\n', '--'],
  ['main.tf', 'resource "a" "b" {\n  force_destroy = true\n}\n', '#'],
  ['k8s/a.yaml', 'apiVersion: apps/v1\nkind: Deployment\nspec:\n  replicas: 0\n', '#'],
  ['Makefile', 'clean:\n\trm -rf /srv/data\n', '#'],
  ['Dockerfile', 'FROM a\nRUN rm -rf / --no-preserve-root\n', '#'],
  ['.github/workflows/a.yml', 'jobs:\n  a:\n    runs-on: self-hosted\n    steps:\n      - run: |\n          rm -rf /srv/data\n', '#'],
  ['.vscode/tasks.json', '{\n  "tasks": [\n    { "label": "a", "command": "rm -rf /srv/data" }\n  ]\n}\n', '//'],
  ['clean.py', 'import shutil\nshutil.rmtree("/srv/data")\n', '#'],
  ['clean.ts', 'rmSync("/srv/data", { recursive: true });\n', '//'],
];

describe('a suppression', () => {
  for (const [name, text, sign] of FILES) {
    it(`is a comment of the file’s own kind in ${name}, with a reason that is shown`, () => {
      const [finding, ...others] = report(name, text);
      assert.ok(finding && others.length === 0);
      assert.equal(finding.suppressed, undefined);
      const comment = suppressionFor(at(name), text, finding, 'the  data is\nmade anew every night')!;
      assert.equal(comment.text.trim(), `${sign} countersign-ignore ${finding.rule}: the data is made anew every night`);
      const after = text.slice(0, comment.at) + comment.text + text.slice(comment.at);
      assert.deepEqual(report(name, after).map(({ rule, suppressed }) => [rule, suppressed]), [[finding.rule, 'the data is made anew every night']]);
    });
  }

  const silent = (line: string): boolean => report('clean.sh', `${line}\nrm -rf /srv/data\n`)[0]?.suppressed !== undefined;
  const MARK = 'countersign-ignore filesystem/remove-recursive';
  for (const line of [`# ${MARK}: it is scratch`, `#${MARK}:scratch`, `   # ${MARK}: it is scratch`, `# ${MARK}: one\n# countersign-ignore git/clean: another`]) it(`counts as “${line}”`, () => assert.ok(silent(line)));
  for (const line of [`# ${MARK}`, `# ${MARK}:`, `# ${MARK}:   `, '# countersign-ignore: no rule is named', '# countersign-ignore git/clean: another rule', `# ${MARK}: too far away\n`, `echo "# ${MARK}: no comment"`, `// ${MARK}: not of this language`])
    it(`does not count as “${line.trimEnd()}”`, () => assert.ok(!silent(line)));

  it('covers a command with the lines that continue it, and nothing behind them', () => {
    const text = `# ${MARK}: scratch\nrm -rf \\\n  /srv/data\nrm -rf /srv/other\n`;
    assert.deepEqual(report('clean.sh', text).map(({ suppressed }) => suppressed), ['scratch', undefined]);
  });

  it('is never put between a line and the one that continues it', () => {
    const text = 'true && \\\n  rm -rf /srv/data\n';
    const [finding] = report('clean.sh', text);
    assert.equal(suppressionFor(at('clean.sh'), text, { ...finding!, span: { start: text.indexOf('rm'), end: text.length - 1 } }, 'x')?.at, 0);
  });

  it('is not offered where a file has no comments', () => {
    const text = '{ "scripts": { "clean": "rm -rf /srv/data" } }';
    assert.equal(suppressionFor(at('package.json'), text, report('package.json', text)[0]!, 'x'), undefined);
    assert.deepEqual(suppressionsIn(at('package.json'), `# ${MARK}: x\n${text}`), []);
  });

  it('changes nothing of what the gate decides about', () => {
    const silenced = `# ${MARK}: trust me\nrm -rf /srv/data\n`;
    const files = (text: string) => worldOf({ files: { [at('clean.sh')]: text } });
    const judged = (text: string) => assess({ kind: 'command', text: './clean.sh', shell: 'bash', cwd: PROJECT, labels: [] }, [], files(text));
    const [plain, hushed] = [judged('rm -rf /srv/data\n'), judged(silenced)];
    assert.equal(hushed.effect, 'destroy');
    assert.deepEqual(hushed.findings.map(({ rule, severity }) => [rule, severity]), plain.findings.map(({ rule, severity }) => [rule, severity]));
    const line = assess({ kind: 'command', text: silenced, shell: 'bash', cwd: PROJECT, labels: [] }, [], worldOf());
    assert.equal(line.effect, 'destroy');
    assert.equal(scanFile({ path: at('clean.sh'), text: silenced }, [], worldOf()).length, 1);
  });

  it('is told as a weakened protection when an edit adds it, and holds an assistant’s edit', () => {
    const before = 'rm -rf /srv/data\n';
    const edit = { path: at('clean.sh'), before, after: `# ${MARK}: trust me\n${before}` };
    assert.deepEqual(compareEdit(edit, [], worldOf()).added.map(({ rule, message }) => [rule, spoken(message)]), [['suppression/added', 'Silences Countersign’s warning filesystem/remove-recursive at the line below.']]);
    assert.equal(judgeEdits([edit], 'agent', defaultPolicy(), worldOf()).verdict.action, 'confirm');
    assert.deepEqual(compareEdit({ ...edit, before: edit.after, after: before }, [], worldOf()).added, []);
    assert.deepEqual(compareEdit({ ...edit, before: edit.after, after: `${edit.after}echo done\n` }, [], worldOf()).added, []);
  });
});
