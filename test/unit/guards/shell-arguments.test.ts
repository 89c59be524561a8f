import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { gateShellPath, installGateShell, RUN_STATUS } from '../../../src/guards/gate-shell.js';
import { posixQuote as quote } from '../../../src/guards/quoting.js';
import { commandText, isTypedInto } from '../../../src/guards/shell-arguments.js';

describe('the command in a shell’s arguments', () => {
  const cases: [args: string[], text: string | undefined][] = [
    [['-c', 'make deploy'], 'make deploy'],
    [['-lc', 'make deploy'], 'make deploy'],
    [['-l', '-c', 'make deploy'], 'make deploy'],
    // What VS Code makes of a task with args ["-lc"] (measured).
    [['-lc', '-c', 'make deploy'], 'make deploy'],
    [['-o', 'pipefail', '-c', 'a | b'], 'a | b'],
    [['-c', '--', 'x'], 'x'],
    [['-c', 'echo "$0"', 'name'], `'sh' '-c' 'echo "$0"' 'name'`],
    [['script.sh', "it's"], `'sh' 'script.sh' 'it'\\''s'`],
    [['-oc', 'errexit', 'make deploy'], 'make deploy'],
    [['--init-file', '/x/rc', '-i'], ". '/x/rc'"],
    [['--rcfile', '/x/rc', '-i', '-c', 'true'], ". '/x/rc'\ntrue"],
    [['-i'], undefined],
    [[], undefined],
  ];
  for (const [args, text] of cases) it(`${JSON.stringify(args)} → ${text ?? 'none: a person types'}`, () => assert.equal(commandText(args), text));

  it('is missing where a person types, whatever start file the shell is given', () => {
    for (const args of [[], ['-i'], ['--init-file', '/x/rc'], ['--rcfile', '/x/rc', '-i']]) assert.ok(isTypedInto(args), args.join(' '));
    for (const args of [['-c', 'true'], ['--init-file', '/x/rc', '-i', '-c', 'true'], ['script.sh']]) assert.ok(!isTypedInto(args), args.join(' '));
  });

  it('quotes any text so that a shell reads it back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')), (text) => {
        assert.equal(execFileSync('/bin/sh', ['-c', `printf %s ${quote(text)}`], { encoding: 'utf8' }), text);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the gate shell', () => {
  let home: string;
  beforeEach(() => (home = mkdtempSync(path.join(tmpdir(), 'test-gate-'))));
  afterEach(() => rmSync(home, { recursive: true }));

  /** Installs a gate whose program is this script, and runs a command through it. */
  function through(program: string, ...args: string[]): { status: number; stdout: string } {
    const file = path.join(home, "the gate's own.js");
    writeFileSync(file, program);
    installGateShell(home, { shell: '/bin/sh', node: process.execPath, gate: file });
    try {
      return { status: 0, stdout: execFileSync(gateShellPath(home), args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }) };
    } catch (error) {
      const { status, stdout } = error as { status: number; stdout: string };
      return { status, stdout };
    }
  }

  it('becomes the real shell when it may', () => {
    assert.deepEqual(through(`process.exit(${RUN_STATUS})`, '-c', 'echo ran; exit 7'), { status: 7, stdout: 'ran\n' });
  });

  const refusals: Record<string, string> = {
    'a refusal': 'process.exit(126)',
    'a crash': 'process.kill(process.pid, "SIGKILL")',
    'an exception': 'throw new Error("x")',
    'an end without an answer': '',
  };
  for (const [name, program] of Object.entries(refusals)) {
    it(`runs nothing after ${name}`, () => {
      const { status, stdout } = through(program, '-c', 'echo ran');
      assert.notEqual(status, 0);
      assert.equal(stdout, '');
    });
  }

  it('runs nothing when the program is gone', () => {
    installGateShell(home, { shell: '/bin/sh', node: '/nonexistent/node', gate: '/nonexistent/gate.js' });
    assert.throws(() => execFileSync(gateShellPath(home), ['-c', 'echo ran'], { stdio: 'pipe' }), { status: 126 });
  });

  it('is not loaded with code by NODE_OPTIONS, and passes the variable on untouched', () => {
    const spy = path.join(home, 'spy.js');
    writeFileSync(spy, `require('fs').appendFileSync(${JSON.stringify(path.join(home, 'spied'))}, 'x')`);
    process.env['NODE_OPTIONS'] = `--require ${spy}`;
    try {
      assert.equal(through(`process.exit(${RUN_STATUS})`, '-c', 'printf %s "$NODE_OPTIONS"').stdout, `--require ${spy}`);
    } finally {
      delete process.env['NODE_OPTIONS'];
    }
    assert.throws(() => readFileSync(path.join(home, 'spied')));
  });

  it('can be read and changed by its owner only, and is left alone when it is as it should be', () => {
    installGateShell(home, { shell: '/bin/sh', node: '/n', gate: '/g' });
    const before = statSync(gateShellPath(home));
    assert.equal(before.mode & 0o777, 0o700);
    installGateShell(home, { shell: '/bin/sh', node: '/n', gate: '/g' });
    assert.equal(statSync(gateShellPath(home)).ino, before.ino);
  });
});
