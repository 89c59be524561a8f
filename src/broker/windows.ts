import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { PROTOCOL_VERSION, windowSchema, type WindowEntry } from './protocol.js';

/** The variable by which a terminal knows the window it belongs to. It holds a file's name, never a secret. */
export const WINDOW_VARIABLE = 'COUNTERSIGN_WINDOW';

/** Where Countersign keeps what belongs to this user on this machine. */
export function userDirectory(home: string): string {
  return path.join(home, '.countersign');
}

function windowsDirectory(home: string): string {
  return path.join(userDirectory(home), 'windows');
}

/** Writes a window's entry and gives its name. */
export function announceWindow(home: string, entry: WindowEntry, name: string): void {
  mkdirSync(windowsDirectory(home), { recursive: true, mode: 0o700 });
  forgetDeadWindows(home);
  writeFileSync(path.join(windowsDirectory(home), `${name}.json`), JSON.stringify(entry), { mode: 0o600 });
}

/**
 * Tells shells where a window listens for quick asks: `PORT TOKEN` on one line, for they read no JSON. The secret is
 * in the file and not in the environment, where every program could read it.
 */
export function announceQuick(home: string, name: string, port: number, token: string): void {
  writeFileSync(quickFile(home, name), `${port} ${token}\n`, { mode: 0o600 });
}

/** The file that holds a window's port and token for quick asks. */
export function quickFile(home: string, name: string): string {
  return path.join(windowsDirectory(home), `${name}.quick`);
}

export function forgetWindow(home: string, name: string): void {
  rmSync(quickFile(home, name), { force: true });
  rmSync(path.join(windowsDirectory(home), `${name}.json`), { force: true });
}

/** Whether a window may take a name: it can be a file's, and no window that is still there has it. */
export function isNameFree(home: string, name: string): boolean {
  return /^[\w-]{1,64}$/.test(name) && !windowsIn(home).some(([known, entry]) => known === name && isAlive(entry.pid));
}

/** A window that was killed could not tidy up after itself. */
function forgetDeadWindows(home: string): void {
  for (const [name, entry] of windowsIn(home)) if (!isAlive(entry.pid)) forgetWindow(home, name);
}

/**
 * The window a guard should ask: the one that has the directory open; of several, or of none, the one that its
 * terminal names. A task can set that name, so it never outdoes the folder.
 */
export function findWindow(home: string, cwd: string, named: string | undefined): WindowEntry | undefined {
  const windows = windowsIn(home).filter(([, entry]) => isAlive(entry.pid));
  const depth = (entry: WindowEntry) => Math.max(-1, ...entry.folders.filter((folder) => isInside(cwd, folder)).map((folder) => folder.length));
  const isOwn = (name: string) => (name === named ? 1 : 0);
  const [best] = windows.sort(([a, one], [b, other]) => depth(other) - depth(one) || isOwn(b) - isOwn(a));
  return best && (depth(best[1]) >= 0 || isOwn(best[0])) ? best[1] : undefined;
}

/** Why no window can be asked, in a sentence. */
export function whyNoWindow(home: string): string {
  const isOther = (entry: unknown) => typeof entry === 'object' && entry !== null && 'v' in entry && entry.v !== PROTOCOL_VERSION;
  return entriesIn(home).some(([, entry]) => isOther(entry)) ? 'The window speaks another version of Countersign: reload it.' : 'No window has this folder open.';
}

function windowsIn(home: string): [string, WindowEntry][] {
  return entriesIn(home).flatMap(([name, entry]): [string, WindowEntry][] => {
    const read = z.safeParse(windowSchema, entry);
    return read.success ? [[name, read.data]] : [];
  });
}

function entriesIn(home: string): [string, unknown][] {
  let names: string[];
  try {
    names = readdirSync(windowsDirectory(home)).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
  return names.flatMap((name): [string, unknown][] => {
    try {
      return [[name.slice(0, -'.json'.length), JSON.parse(readFileSync(path.join(windowsDirectory(home), name), 'utf8'))]];
    } catch {
      return [];
    }
  });
}

function isInside(directory: string, folder: string): boolean {
  const relative = path.relative(folder, directory);
  return relative === '' || (!relative.startsWith('..') && !path.isAbsolute(relative));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
