import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const ROUNDS = 21;

/** How long a fresh process takes to answer, beside one that does nothing, in milliseconds. */
export interface ColdStart {
  readonly nothing: number;
  readonly check: number;
}

/** Starts both in turns, so that whatever else the machine does falls on both; the medians are compared. */
export function coldStart(cli: string): ColdStart {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'cold-start-'));
  const nothing: number[] = [];
  const check: number[] = [];
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      nothing.push(started(['-e', '0'], directory));
      check.push(started([cli, 'check', '--', 'kubectl delete ns shop'], directory));
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  return { nothing: median(nothing), check: median(check) };
}

function started(args: readonly string[], cwd: string): number {
  // More certificates are read at every start, whatever is started.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== 'NODE_EXTRA_CA_CERTS'));
  const start = process.hrtime.bigint();
  spawnSync(process.execPath, args, { cwd, env, stdio: 'ignore' });
  return Number(process.hrtime.bigint() - start) / 1e6;
}

function median(times: readonly number[]): number {
  return [...times].sort((left, right) => left - right)[times.length >> 1] ?? 0;
}
