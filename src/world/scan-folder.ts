import { readFileSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { SourceFile } from '../core/files/gather.js';
import { mayMatter } from '../core/files/kinds.js';
import type { PlacedFinding } from '../core/files/report.js';
import { MOST_TEXT } from '../core/files/scan.js';
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

/** So many files go together, or fewer of so many letters: each handing over costs as much as reading a short file. */
const MOST_TOGETHER = 32;
const MOST_LETTERS = 256 * 1024;
/** How long the scan works before others get their turn, in milliseconds. */
const TURN = 10;
/** Where other people's files lie, when there is no git to say so. */
const NOT_OURS = new Set(['.git', 'node_modules', '.venv', 'vendor', 'target', 'dist']);

/**
 * Reads every file below a directory that git would not ignore, in the order of their names.
 *
 * @param read gives what each of some files comes to; never rejects
 * @param ahead how many handfuls of files may be with it at once
 */
export async function* scanFolder(directory: string, read: (files: readonly SourceFile[]) => Promise<readonly ReadFile[]>, ahead: number): AsyncGenerator<FolderStep> {
  const names = await filesBelow(directory);
  const reading: Promise<void>[] = [];
  let step = { files: [] as FolderStep['files'][number][], unread: [] as FolderStep['unread'][number][] };
  let together: { readonly name: string; readonly file: SourceFile }[] = [];
  let letters = 0;
  const handOver = (): void => {
    const handful = together;
    together = [];
    letters = 0;
    const earlier = reading.at(-1);
    const found = read(handful.map(({ file }) => file));
    // In order, whoever is ready first.
    const take = async (): Promise<void> => {
      const results = await found;
      await earlier;
      for (const [at, result] of results.entries()) {
        const { name } = handful[at] ?? { name: '' };
        if (result instanceof Error) step.unread.push({ path: name, reason: result.message });
        else if (result.length > 0) step.files.push({ path: name, findings: result });
      }
    };
    reading.push(take());
  };
  const take = async (most: number): Promise<void> => {
    while (reading.length > most) await reading.shift();
  };
  try {
    let began = performance.now();
    for (const [at, name] of names.entries()) {
      const file = path.join(directory, name);
      const text = textOf(file);
      if (text !== undefined) {
        together.push({ name, file: { path: file, text } });
        letters += text.length;
      }
      if (together.length >= MOST_TOGETHER || letters >= MOST_LETTERS) {
        handOver();
        await take(ahead - 1);
      }
      if (performance.now() - began < TURN) continue;
      yield { done: at + 1, total: names.length, ...step };
      step = { files: [], unread: [] };
      await setImmediate();
      began = performance.now();
    }
    if (together.length > 0) handOver();
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

const HASH_BANG = 0x2321;

/** The text of a file that may matter; undefined for pictures, prose and what cannot be read. */
function textOf(file: string): string | undefined {
  try {
    const matters = mayMatter(file);
    // Without a known name only a first line can make it a script.
    if (!matters && /\.\w+$/.test(file)) return undefined;
    if (!statSync(file).isFile()) return undefined;
    const bytes = readFileSync(file);
    if (!matters && (bytes.length < 2 || bytes.readUInt16BE(0) !== HASH_BANG)) return undefined;
    // What is longer is only said to be too long.
    return bytes.toString('utf8', 0, 4 * MOST_TEXT);
  } catch {
    return undefined;
  }
}
