import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Shown when the command fails, in front of what it printed. */
  readonly what: string;
}

/** Runs a command to its end and returns what it printed; a failure carries the last lines of its output. */
export function run(command: string, args: readonly string[], options: RunOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: options.cwd, env: options.env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const take = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', (error) => {
      reject(new Error(`${options.what} failed: ${error.message}`));
    });
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${options.what} failed (${signal ?? `exit ${code ?? '?'}`}):\n${output.split('\n').slice(-40).join('\n')}`));
    });
  });
}

export const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function signal(target: number, name: NodeJS.Signals): void {
  try {
    process.kill(target, name);
  } catch {
    // It has ended already, which is what we want.
  }
}

/**
 * Processes that carry `NAME=value` in the environment they were started with. Terminals start sessions of
 * their own and so leave the server's process group; the mark stays with all their descendants.
 */
export function processesMarked(mark: string): number[] {
  try {
    return readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
      .filter((entry) => {
        try {
          return `\0${readFileSync(`/proc/${entry}/environ`, 'latin1')}`.includes(`\0${mark}\0`);
        } catch {
          return false; // Ended meanwhile, or somebody else's.
        }
      })
      .map(Number);
  } catch {
    return []; // No /proc on this system.
  }
}

/** Ends a process group and everything that carries the mark; returns when nothing of it is left. */
export async function endGroup(leader: ChildProcess, mark: string): Promise<void> {
  const pid = leader.pid;
  const left = (): boolean => processesMarked(mark).length > 0 || (pid !== undefined && isAlive(-pid));
  for (const [name, patience] of [['SIGTERM', 3000], ['SIGKILL', 3000]] as const) {
    if (pid !== undefined) signal(-pid, name);
    for (const marked of processesMarked(mark)) signal(marked, name);
    for (const deadline = Date.now() + patience; left() && Date.now() < deadline; ) await sleep(50);
    if (!left()) return;
  }
}

/**
 * Leaves a small shell behind that does nothing while this process lives, and runs the script once it is gone,
 * however it went. Call the result to dismiss the shell.
 */
function afterOurEnd(script: string, args: readonly string[]): () => void {
  const whole = `read -r word && [ "$word" = done ] && exit 0\n${script}`;
  const shell = spawn('/bin/sh', ['-c', whole, 'watch', ...args], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  shell.on('error', () => undefined);
  shell.stdin.on('error', () => undefined);
  shell.unref();
  // A pipe is a socket, whatever its type says; left referenced it would keep this process alive.
  (shell.stdin as unknown as { unref(): void }).unref();
  return () => shell.stdin.end('done\n');
}

/** Ends a process group and all that carries the mark, and removes the folder, once this process is gone. */
export const endAfterUs = (group: number, mark: string, folder: string): (() => void) =>
  afterOurEnd(
    [
      'kill -TERM -- "-$1"; sleep 1',
      'grep -lzFx -- "$2" /proc/[0-9]*/environ 2>/dev/null | while IFS=/ read -r _ _ pid _; do kill -KILL "$pid"; done',
      'kill -KILL -- "-$1"; rm -rf -- "$3"',
    ].join('\n'),
    [String(group), mark, folder],
  );

/** A temporary folder that goes with this process, even if it is killed. */
export function scratchFolder(name: string): string {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), `test-${name}-`)));
  const dismiss = process.platform === 'win32' ? () => undefined : afterOurEnd('rm -rf -- "$1"', [folder]);
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
    dismiss();
  });
  return folder;
}

/** Calls back when the process that started us is gone: nobody waits for our answer any more. */
export function whenOrphaned(orphaned: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    orphaned();
  }, 500);
  timer.unref();
}
