import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { PROTOCOL_VERSION, type WindowEntry } from './protocol.js';
import { windowSchema } from './protocol-schemas.js';
import { forgetWindow, windowsDirectory } from './windows.js';

/** A window that was killed could not tidy up after itself. */
export function forgetDeadWindows(home: string): void {
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
