// What the guards add: per harmless line at a prompt, per shell that is started, per quick question.
// node out/test/bench/guards.js
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { measureQuickAsk } from '../harness/quick-cost.js';
import { BashStage } from '../integration/bash-stage.js';
import { Terminal } from '../integration/pty.js';

const STARTS = 150;
const LINES = 200;
const ROUNDS = 5;

const UNGUARDED = { PROMPT_COMMAND: '', BASH_ENV: '' };

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** Milliseconds of one start, medians of starts that take turns. */
async function starts(env: Readonly<Record<string, string>>, command: string): Promise<{ readonly bare: number; readonly guarded: number }> {
  // The broker answers from this process, so nothing here may block it.
  const start = async (more: Readonly<Record<string, string>>): Promise<number> => {
    const began = process.hrtime.bigint();
    await once(spawn('/bin/bash', ['-c', command], { env: { ...env, ...more }, stdio: 'ignore' }), 'close');
    return Number(process.hrtime.bigint() - began) / 1e6;
  };
  const bare: number[] = [];
  const guarded: number[] = [];
  for (let round = 0; round < STARTS; round += 1) {
    bare.push(await start(UNGUARDED));
    guarded.push(await start({}));
  }
  return { bare: median(bare), guarded: median(guarded) };
}

/** Milliseconds of one harmless line at a prompt, when many are sent at once. */
async function lines(stage: BashStage, more: Readonly<Record<string, string>>): Promise<number> {
  const terminal = await Terminal.start('/bin/bash', ['--noprofile'], { cwd: stage.work, env: { ...stage.env, ...more } });
  await terminal.waitFor('ready> ');
  const began = process.hrtime.bigint();
  terminal.write(`${'true\r'.repeat(LINES)}echo all-$((1+1))\r`);
  await terminal.waitFor('all-2');
  const took = Number(process.hrtime.bigint() - began) / 1e6 / LINES;
  await terminal.kill();
  return took;
}

function line(name: string, bare: number, guarded: number): void {
  console.log(`${name.padEnd(28)} without us ${bare.toFixed(2)} ms, with us ${guarded.toFixed(2)} ms, added ${(guarded - bare).toFixed(2)} ms`);
}

async function main(): Promise<void> {
  const stage = new BashStage();
  await stage.open();
  try {
    const own = await starts(stage.env, ':');
    line('bash -c, harmless', own.bare, own.guarded);
    const asked = await starts(stage.env, 'x=1; : "$x"');
    line('bash -c, asked about', asked.bare, asked.guarded);
    const bare: number[] = [];
    const guarded: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      bare.push(await lines(stage, UNGUARDED));
      guarded.push(await lines(stage, {}));
    }
    line('a harmless line at a prompt', median(bare), median(guarded));
  } finally {
    await stage.dispose();
  }
  for (const { text, roundTrip } of await measureQuickAsk()) console.log(`${`asking about ${text}`.padEnd(28)} ${(roundTrip / 1000).toFixed(2)} ms there and back`);
}

main().then(() => process.exit(0), (error: unknown) => {
  console.error(error);
  process.exit(1);
});
