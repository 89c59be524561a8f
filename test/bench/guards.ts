// What the guards add: per line at a prompt, per shell that is started, per quick question.
// node out/test/bench/guards.js
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
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

/** What one line at a prompt takes, in milliseconds. */
interface LineCost {
  readonly wall: number;
  /** Processor time of the shell and of what it started, which other work on the machine does not change. */
  readonly processor: number;
}

/** Many lines are sent at once. */
async function lines(stage: BashStage, text: string, more: Readonly<Record<string, string>>): Promise<LineCost> {
  const terminal = await Terminal.start('/bin/bash', ['--noprofile'], { cwd: stage.work, env: { ...stage.env, ...more } });
  await terminal.waitFor('ready> ');
  const used = processorTime(terminal.pid);
  const began = process.hrtime.bigint();
  terminal.write(`${`${text}\r`.repeat(LINES)}echo all-$((1+1))\r`);
  await terminal.waitFor('all-2', 120_000);
  const wall = Number(process.hrtime.bigint() - began) / 1e6 / LINES;
  const processor = (processorTime(terminal.pid) - used) / LINES;
  await terminal.kill();
  return { wall, processor };
}

/** proc_pid_stat(5): utime, stime, cutime and cstime, in hundredths of a second. Milliseconds; NaN where there is none. */
function processorTime(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return 10 * text.slice(text.lastIndexOf(')') + 2).split(' ').slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  } catch {
    return NaN;
  }
}

function line(name: string, bare: number, guarded: number): void {
  console.log(`${name.padEnd(32)} without us ${bare.toFixed(2)} ms, with us ${guarded.toFixed(2)} ms, added ${(guarded - bare).toFixed(2)} ms`);
}

async function main(): Promise<void> {
  const stage = new BashStage();
  await stage.open();
  try {
    const own = await starts(stage.env, ':');
    line('bash -c, harmless', own.bare, own.guarded);
    const asked = await starts(stage.env, 'x=1; : "$x"');
    line('bash -c, asked about', asked.bare, asked.guarded);
    for (const [name, text] of [['a harmless line at a prompt', 'true'], ['a line that is asked about', 'x=1; : "$x"']] as const) {
      const bare: LineCost[] = [];
      const guarded: LineCost[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        bare.push(await lines(stage, text, UNGUARDED));
        guarded.push(await lines(stage, text, {}));
      }
      const medians = (costs: readonly LineCost[]): LineCost => ({ wall: median(costs.map(({ wall }) => wall)), processor: median(costs.map(({ processor }) => processor)) });
      const [one, other] = [medians(bare), medians(guarded)];
      line(name, one.wall, other.wall);
      line('  processor time of the shell', one.processor, other.processor);
    }
  } finally {
    await stage.dispose();
  }
  for (const { text, roundTrip } of await measureQuickAsk()) console.log(`${`asking about ${text}`.padEnd(32)} ${(roundTrip / 1000).toFixed(2)} ms there and back`);
}

main().then(() => process.exit(0), (error: unknown) => {
  console.error(error);
  process.exit(1);
});
