import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { markdownOf, type Report } from '../../src/drill/report.js';
import { terminalMutations } from '../../src/extension/terminal-environment.js';
import { gateDirectory, installGuards } from '../../src/guards/install.js';
import { installShims, shimsDirectory } from '../../src/guards/shims.js';
import { installStrict } from '../../src/guards/strict.js';
import { writeScript } from '../../src/guards/write-script.js';
import { repositoryRoot, which } from '../harness/paths.js';
import { skip } from '../harness/skip.js';

const CLI = path.join(repositoryRoot(), 'out', 'cli.js');

/** The command line's drill, with guards as the editor would give them to its terminals. */
describe('countersign drill', () => {
  let home: string;
  let env: Record<string, string>;

  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'countersign-drill-test-'));
    const gate = gateDirectory(home);
    const PATH = `${path.dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`;
    installGuards(home, { shell: '/bin/bash', node: process.execPath, gate: path.join(repositoryRoot(), 'out', 'gate.js') });
    const canary = path.join(gate, 'canary');
    writeScript(path.join(canary, 'countersign-canary'), '#!/bin/sh\n');
    installShims(gate, `${PATH}:${canary}`);
    env = { HOME: home, PATH, LANG: 'C.UTF-8' };
    for (const { variable, value, how } of terminalMutations(gate, 'no-such-window', env)) env[variable] = how === 'replace' ? value : `${value}${env[variable] ?? ''}`;
  });
  // A shell that has just been ended may still write its history.
  afterEach(() => rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));

  async function drill(only: string, changes: Record<string, string | undefined> = {}): Promise<{ readonly code: number; readonly report: Report }> {
    const given = Object.fromEntries(Object.entries({ ...env, ...changes }).filter((entry): entry is [string, string] => entry[1] !== undefined));
    const args = [CLI, 'drill', '--json', '--only', only];
    const { code, stdout } = await promisify(execFile)(process.execPath, args, { cwd: home, env: given, timeout: 100_000 }).then(
      (done) => ({ code: 0, stdout: done.stdout }),
      (error: unknown) => error as { code: number; stdout: string },
    );
    return { code, report: JSON.parse(stdout) as Report };
  }

  const resultOf = ({ report }: { readonly report: Report }, id: string) => report.findings.find((finding) => finding.id === id)?.result;

  it('finds that every path of a guarded bash waits', async function () {
    this.timeout(120_000);
    const done = await drill('bash/');
    assert.deepEqual(done.report.findings.map(({ id, result }) => `${id} ${result}`), ['bash/typed waits', 'bash/command waits', 'bash/cleared waits', 'bash/script waits', 'bash/sub-shell waits']);
    assert.equal(done.code, 0);
  });

  const GONE: readonly (readonly [what: string, path: string, remove: (gate: string) => void, changes: Record<string, string | undefined>])[] = [
    ['the guard’s file', 'bash/command', (gate) => rmSync(path.join(gate, 'guard.bash')), {}],
    ['the variable that loads it', 'bash/command', () => undefined, { BASH_ENV: undefined }],
    ['the variable that loads it at a prompt', 'bash/typed', () => undefined, { PROMPT_COMMAND: undefined }],
    ['the shims', 'path/program', (gate) => rmSync(shimsDirectory(gate), { recursive: true }), {}],
    ['one shim', 'path/program', (gate) => rmSync(path.join(shimsDirectory(gate), 'countersign-canary')), {}],
  ];
  for (const [what, id, remove, changes] of GONE) {
    it(`fails when somebody removes ${what}`, async function () {
      this.timeout(120_000);
      const whole = await drill(id);
      assert.deepEqual([resultOf(whole, id), whole.code], ['waits', 0]);
      remove(gateDirectory(home));
      const done = await drill(id, changes);
      assert.deepEqual([resultOf(done, id), done.code], ['decides', 1]);
      assert.ok(done.report.findings[0]!.fix);
    });
  }

  it('finds zsh and fish guarded, where they are', async function () {
    this.timeout(200_000);
    if (which('zsh') === undefined && which('fish') === undefined) skip(this, 'this machine has neither zsh nor fish');
    for (const shell of ['zsh', 'fish'].filter((name) => which(name) !== undefined)) {
      const done = await drill(`${shell}/`);
      assert.deepEqual(done.report.findings.filter(({ result }) => result !== 'waits').map(({ id, detail }) => `${id} ${detail}`), []);
    }
  });

  it('does not hide what no gate of ours reaches', async () => {
    const done = await drill('path/absolute');
    assert.deepEqual([resultOf(done, 'path/absolute'), done.code], ['decides', 1]);
    assert.match(done.report.findings[0]!.fix ?? '', /strict mode/);
    assert.match(markdownOf(done.report), /\*\*tool decides\*\*/);
  });

  it('finds that strict mode closes what is found by a path, where this machine can have it', async function () {
    this.timeout(200_000);
    if (process.platform !== 'linux' || which('cc') === undefined) skip(this, 'strict mode needs Linux and a C compiler');
    const library = await installStrict(gateDirectory(home), env['PATH'] ?? '');
    for (const id of ['path/absolute', 'sh/']) {
      const done = await drill(id, { LD_PRELOAD: library });
      assert.deepEqual(done.report.findings.filter(({ result }) => result !== 'waits').map((finding) => `${finding.id} ${finding.result}: ${finding.detail}`), []);
    }
  });

  it('plays the evasions through the real verifier, and asks nobody', async function () {
    this.timeout(120_000);
    const done = await drill('approvals/');
    assert.equal(done.report.counts.waits, 7, JSON.stringify(done.report.findings));
    assert.equal(done.code, 0);
    const own = path.join(home, '.countersign');
    assert.deepEqual(existsSync(path.join(own, 'windows')) ? readdirSync(path.join(own, 'windows')) : [], []);
  });
});
