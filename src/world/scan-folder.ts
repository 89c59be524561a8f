import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { isCode } from '../core/files/kinds.js';
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

/** What each of some files comes to, by their paths; never rejects. */
export type ReadFiles = (files: readonly string[]) => Promise<readonly ReadFile[]>;

/** So many files go together: each handing over costs as much as reading a short file. */
const TOGETHER = 64;
/** Where other people's files lie, when there is no git to say so. */
const NOT_OURS = new Set(['.git', 'node_modules', '.venv', 'vendor', 'target', 'dist']);

/**
 * Has every file below a directory read that git would not ignore, by readers side by side; what is read first is told
 * first. Half of the readers begin with code and half with everything else: what a reader has read before, it reads faster.
 */
export async function* scanFolder(directory: string, readers: readonly ReadFiles[]): AsyncGenerator<FolderStep> {
  const names = await filesBelow(directory);
  const heaps = [handfuls(names.filter(isCode)), handfuls(names.filter((name) => !isCode(name)))];
  const busy = new Map<number, Promise<Read>>();
  const begin = (reader: number): void => {
    const handful = heaps[reader % 2]?.shift() ?? heaps[(reader + 1) % 2]?.shift();
    const results = handful && readers[reader]?.(handful.map((name) => path.join(directory, name)));
    if (results) busy.set(reader, results.then((files) => ({ reader, handful, files })));
  };
  let done = 0;
  try {
    yield { done, total: names.length, files: [], unread: [] };
    for (const reader of readers.keys()) begin(reader);
    while (busy.size > 0) {
      const { reader, handful, files } = await Promise.race(busy.values());
      busy.delete(reader);
      begin(reader);
      done += handful.length;
      yield { done, total: names.length, ...sortOut(handful, files) };
    }
  } finally {
    // When the scan is given up nobody wants the rest, but nobody is left behind with it either.
    await Promise.all(busy.values());
  }
}

interface Read {
  readonly reader: number;
  readonly handful: readonly string[];
  readonly files: readonly ReadFile[];
}

function handfuls(names: readonly string[]): (readonly string[])[] {
  return Array.from({ length: Math.ceil(names.length / TOGETHER) }, (_, at) => names.slice(at * TOGETHER, (at + 1) * TOGETHER));
}

function sortOut(handful: readonly string[], read: readonly ReadFile[]): Pick<FolderStep, 'files' | 'unread'> {
  const all = handful.map((name, at) => ({ path: name, result: read[at] ?? [] }));
  return {
    files: all.flatMap(({ path: name, result }) => (result instanceof Error || result.length === 0 ? [] : [{ path: name, findings: result }])),
    unread: all.flatMap(({ path: name, result }) => (result instanceof Error ? [{ path: name, reason: result.message }] : [])),
  };
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
