import { readFileSync, readlinkSync } from 'node:fs';

/** A process as the system knows it. */
export interface RunningProgram {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What a process was started with, or undefined where the system does not tell (only Linux does) or it is gone. */
export function programOf(pid: number): RunningProgram | undefined {
  try {
    const read = (name: string) => readFileSync(`/proc/${pid}/${name}`, 'utf8').split('\0');
    const argv = read('cmdline').slice(0, -1);
    if (argv.length === 0) return undefined;
    const env = read('environ').flatMap((entry) => {
      const equals = entry.indexOf('=');
      return equals > 0 ? [[entry.slice(0, equals), entry.slice(equals + 1)] as const] : [];
    });
    return { argv, cwd: readlinkSync(`/proc/${pid}/cwd`), env: Object.fromEntries(env) };
  } catch {
    return undefined;
  }
}

/** Sends a signal to a process and everything in its group; false when nothing of it is left. */
export function signalGroup(pid: number, signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): boolean {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, signal);
      return true;
    } catch {
      // No such group, or no such process any more.
    }
  }
  return false;
}
