// Times programs from a process that does nothing else. Starting a program from one that has loaded much takes several
// milliseconds more, which are not the program's.
import { spawnSync } from 'node:child_process';

/** One program to be timed, and what it reads. */
export interface Lap {
  readonly argv: readonly [string, ...string[]];
  readonly input: string;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

process.on('message', ({ argv: [program, ...args], input, cwd, env }: Lap) => {
  const began = process.hrtime.bigint();
  spawnSync(program, args, { cwd, env, input, stdio: ['pipe', 'ignore', 'ignore'] });
  process.send?.(Number(process.hrtime.bigint() - began) / 1e6);
});
