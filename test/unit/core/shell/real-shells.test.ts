import assert from 'node:assert/strict';
import { patience } from '../../../runs.js';
import { fishProgram } from './fish-programs.js';
import { FISH, ranIn, seen, shellPath, ZSH } from './real-shell.js';
import type { Driver } from './real-shell.js';
import { zshProgram } from './zsh-programs.js';

const COUNT = 1000;

/** Whatever the real shell runs must have been seen, or been said to be unknown. */
function compare(driver: Driver, program: (seed: number) => string): void {
  it(`${driver.shell} runs nothing that its reader has missed`, function () {
    const file = shellPath(driver.shell);
    if (file === undefined) {
      console.log(`      skipped: ${driver.shell} is not installed`);
      this.skip();
    }
    const programs = Array.from({ length: COUNT }, (_, at) => program(at + 1));
    const ran = ranIn(file, driver, programs);
    const missed = programs.flatMap((text, at) => {
      const names = ran.get(at);
      return names && seen(text, driver.shell, names) === 'missed' ? [`program ${at + 1} ran ${[...names].join(', ')}:\n${text}`] : [];
    });
    assert.deepEqual(missed, []);
    assert.ok(ran.size > COUNT / 10, `only ${ran.size} programs ran anything`);
  }).timeout(patience(300_000));
}

describe('the real shell', () => {
  compare(FISH, fishProgram);
  compare(ZSH, zshProgram);
});
