import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { REFUSED_STATUS, RUN_STATUS } from '../../../src/guards/gate-shell.js';
import { gateDirectory, installGuards, scriptText } from '../../../src/guards/install.js';
import { fishQuote, posixQuote } from '../../../src/guards/quoting.js';
import { QUOTES, SCRIPTS } from '../../../src/guards/scripts.js';
import { which } from '../../harness/paths.js';

const PARTS = { shell: '/bin/sh', node: process.execPath, gate: '/x/gate.js' };
/** How each shell says whether it can read a script. */
const CHECKS: Readonly<Record<string, readonly string[]>> = { bash: ['bash', '-n'], sh: ['sh', '-n'], zsh: ['zsh', '-f', '-n'], fish: ['fish', '--no-config', '--no-execute'] };

/** Which shell reads a script, by its name or its first line. */
function readerOf(file: string, text: string): string {
  const byName = /\.(bash|zsh|fish|ps1)$/.exec(file)?.[1] ?? (path.basename(file).startsWith('.z') ? 'zsh' : undefined);
  return byName ?? /^#!\S*\/(\w+)/.exec(text)?.[1] ?? '';
}

describe('the installed guards', () => {
  let home: string;
  // As hard to quote as a directory can be.
  beforeEach(() => (home = mkdtempSync(path.join(tmpdir(), `it's "a" $home \`x\` \\ ‘q’ `))));
  afterEach(() => rmSync(home, { recursive: true }));

  it('are their owner’s alone, readable by their shells, and left alone when they are as they should be', () => {
    installGuards(home, PARTS);
    const files = SCRIPTS.map((script) => path.join(gateDirectory(home), script.path));
    const numbers = files.map((file) => statSync(file).ino);
    for (const file of files) {
      assert.equal(statSync(file).mode & 0o777, 0o700, file);
      const text = readFileSync(file, 'utf8');
      assert.doesNotMatch(text, /@[A-Z_]+@/, file);
      const [program, ...args] = CHECKS[readerOf(file, text)] ?? [];
      if (program !== undefined && which(program) !== undefined) {
        const checked = spawnSync(program, [...args, file], { encoding: 'utf8' });
        assert.equal(checked.status, 0, `${file}: ${checked.stderr}`);
      }
    }
    installGuards(home, PARTS);
    assert.deepEqual(files.map((file) => statSync(file).ino), numbers);
    installGuards(home, { ...PARTS, gate: '/y/gate.js' });
    assert.match(readFileSync(path.join(gateDirectory(home), 'ask'), 'utf8'), /\/y\/gate\.js/);
  });

  it('are not written with a hole in them', () => {
    assert.throws(() => scriptText({ path: 'x', text: 'echo @NOBODY@', quote: QUOTES.posix }, '/gate', PARTS), /@NOBODY@/);
  });

  it('quote any text so that their shell reads it back', () => {
    const shells = [['sh', ['-c'], posixQuote], ['bash', ['--norc', '-c'], posixQuote], ['zsh', ['-f', '-c'], posixQuote], ['fish', ['--no-config', '-c'], fishQuote]] as const;
    for (const [shell, args, quote] of shells) {
      if (which(shell) === undefined) continue;
      fc.assert(
        fc.property(fc.array(fc.constantFrom("'", '"', '\\', '$', '`', '\n', ' ', '!', 'é', '\u2019', 'x', '(', '*', '\\\\', "\\'")).map((parts) => parts.join('')), (text) => {
          assert.equal(execFileSync(shell, [...args, `printf %s ${quote(text)}.`], { encoding: 'utf8' }), `${text}.`);
        }),
        { numRuns: 40 },
      );
    }
  });

  describe('ask', () => {
    const ask = (gate: string, args: readonly string[], env: Record<string, string> = {}) => {
      const program = path.join(home, 'gate.js');
      writeFileSync(program, gate);
      installGuards(home, { ...PARTS, gate: program });
      return spawnSync(path.join(gateDirectory(home), 'ask'), args, { encoding: 'utf8', env: { ...process.env, ...env }, input: '' });
    };

    it('hands over what it was given, as it is', () => {
      const text = '-- $(touch x) "a"\n\'b\' \\';
      const { stdout, status } = ask(`console.log(JSON.stringify(process.argv.slice(2))); process.exit(${RUN_STATUS})`, ['line', '-zsh', '12', text]);
      assert.deepEqual(JSON.parse(stdout), ['--kind=line', '--shell=-zsh', '--pid=12', '--', text]);
      assert.equal(status, RUN_STATUS);
    });

    it('is not loaded with code by NODE_OPTIONS, and hands the variable on', () => {
      const marker = path.join(home, 'marker');
      const payload = path.join(home, 'payload.js');
      writeFileSync(payload, `require('fs').writeFileSync(${JSON.stringify(marker)}, '')`);
      const options = `--require=${JSON.stringify(payload)}`;
      const { stdout } = ask("console.log(process.env.COUNTERSIGN_NODE_OPTIONS + '|' + process.env.NODE_OPTIONS)", ['line', 'bash', '1', 'x'], { NODE_OPTIONS: options });
      assert.equal(stdout, `${options}|\n`);
      assert.equal(existsSync(marker), false);
    });

    it('says no when the program is gone, or fails', () => {
      installGuards(home, { ...PARTS, gate: path.join(home, 'none.js') });
      const gone = spawnSync(path.join(gateDirectory(home), 'ask'), ['line', 'bash', '1', 'x'], { encoding: 'utf8' });
      assert.equal(gone.status, REFUSED_STATUS);
      assert.match(gone.stderr, /moved or is gone/);
      assert.notEqual(ask('throw new Error()', ['line', 'bash', '1', 'x']).status, RUN_STATUS);
    });
  });
});
