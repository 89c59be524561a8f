import { readdirSync, readFileSync } from 'node:fs';
import { run } from './process.js';

/** One process, told apart from a later one with the same id by when it started. */
export interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
  /** As the system writes it: only good for comparing. */
  readonly start: string;
}

/** No chain of parents is longer. */
const MOST_ANCESTORS = 64;

/** Tells a process from a later one with the same id. */
export function identity({ pid, start }: ProcessInfo): string {
  return `${pid} ${start}`;
}

/** Every process that can be seen now, by id. */
export async function processes(): Promise<ReadonlyMap<number, ProcessInfo>> {
  return process.platform === 'linux' ? fromProc() : fromPs();
}

/** A process and its parents up to the first one, itself first; empty when it is gone. */
export async function ancestry(pid: number): Promise<readonly ProcessInfo[]> {
  if (process.platform === 'linux') return climb(pid, statOf);
  const all = await fromPs();
  return climb(pid, (id) => all.get(id));
}

function climb(pid: number, look: (pid: number) => ProcessInfo | undefined): readonly ProcessInfo[] {
  const chain: ProcessInfo[] = [];
  for (let found = look(pid); found && chain.length < MOST_ANCESTORS; found = found.parent > 0 ? look(found.parent) : undefined) chain.push(found);
  return chain;
}

function fromProc(): ReadonlyMap<number, ProcessInfo> {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return new Map(ids.flatMap((id) => statOf(Number(id)) ?? []).map((info) => [info.pid, info]));
}

/** proc_pid_stat(5): the name in field 2 may hold anything, so fields are counted from its last bracket. */
function statOf(pid: number): ProcessInfo | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parent = ''] = fields;
  const start = fields[19];
  // What has ended and was not yet waited for is gone.
  return start === undefined || state === 'Z' || state === 'X' ? undefined : { pid, parent: Number(parent), start };
}

/** ps(1), POSIX options; `lstart` is a date in five words. */
async function fromPs(): Promise<ReadonlyMap<number, ProcessInfo>> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=', '-o', 'ppid=', '-o', 'lstart='], { env: { ...process.env, LC_ALL: 'C' }, timeout: 2_000 });
  const found = stdout.toString('utf8').split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S.*\S)\s*$/.exec(line);
    return match ? [{ pid: Number(match[1]), parent: Number(match[2]), start: match[3] ?? '' }] : [];
  });
  return new Map(found.map((info) => [info.pid, info]));
}
