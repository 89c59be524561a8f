import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { PlacedFinding } from '../core/files/report.js';
import { Git } from './git.js';

/** What a file comes to, or why it could not be read to its end. */
export type ReadFile = readonly PlacedFinding[] | Error;

/** Files that hold something, files that nobody could read, and how far the scan is. */
export interface FolderStep {
  readonly done: number;
  readonly total: number;
  readonly files: readonly { readonly path: string; readonly findings: readonly PlacedFinding[] }[];
  readonly unread: readonly { readonly path: string; readonly reason: string }[];
}

/** So many files go together: each handing over costs as much as reading a short file. */
const TOGETHER = 64;
/** Where other people's files lie, when there is no git to say so. */
const NOT_OURS = new Set(['.git', 'node_modules', '.venv', 'vendor', 'target', 'dist']);

/**
 * Has every file below a directory read that git would not ignore, in the order of their names.
 *
 * @param read gives what each of some files comes to, by their paths; never rejects
 * @param ahead how many handfuls of files may be with it at once
 */
export async function* scanFolder(directory: string, read: (files: readonly string[]) => Promise<readonly ReadFile[]>, ahead: number): AsyncGenerator<FolderStep> {
  const names = await filesBelow(directory);
  const reading: Promise<void>[] = [];
  let step = { files: [] as FolderStep['files'][number][], unread: [] as FolderStep['unread'][number][] };
  /** In order, whoever is ready first. */
  const handOver = async (handful: readonly string[], earlier: Promise<void> | undefined): Promise<void> => {
    const results = await read(handful.map((name) => path.join(directory, name)));
    await earlier;
    for (const [at, name] of handful.entries()) {
      const result = results[at] ?? [];
      if (result instanceof Error) step.unread.push({ path: name, reason: result.message });
      else if (result.length > 0) step.files.push({ path: name, findings: result });
    }
  };
  const take = async (most: number): Promise<void> => {
    while (reading.length > most) await reading.shift();
  };
  try {
    for (let done = 0; done < names.length; done += TOGETHER) {
      reading.push(handOver(names.slice(done, done + TOGETHER), reading.at(-1)));
      await take(ahead - 1);
      yield { done, total: names.length, ...step };
      step = { files: [], unread: [] };
    }
    await take(0);
    yield { done: names.length, total: names.length, ...step };
  } finally {
    // When the scan is given up nobody wants the rest, but nobody is left behind with it either.
    await take(0);
  }
}

/** Paths from the directory, sorted. */
async function filesBelow(directory: string): Promise<readonly string[]> {
  const listed = await new Git(directory).maybe(['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate']);
  if (listed !== undefined) return listed.split('\0').filter((name) => name !== '').sort();
  const found: string[] = [];
  const walk = async (below: string): Promise<void> => {
    for (const entry of await readdir(path.join(directory, below), { withFileTypes: true })) {
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory() && !NOT_OURS.has(entry.name)) await walk(name);
      else if (entry.isFile()) found.push(name);
    }
  };
  await walk('');
  return found.sort();
}
