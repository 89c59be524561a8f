import { readFileSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { SourceFile } from '../core/files/gather.js';
import { mayMatter } from '../core/files/kinds.js';
import type { PlacedFinding } from '../core/files/report.js';
import { MOST_TEXT } from '../core/files/scan.js';
import { Git } from './git.js';

/** Files that hold something, and how far the scan is. */
export interface FolderStep {
  readonly done: number;
  readonly total: number;
  readonly files: readonly { readonly path: string; readonly findings: readonly PlacedFinding[] }[];
}

/** How long the scan works before others get their turn, in milliseconds. */
const TURN = 10;
/** Where other people's files lie, when there is no git to say so. */
const NOT_OURS = new Set(['.git', 'node_modules', '.venv', 'vendor', 'target', 'dist']);

/**
 * Reads every file below a directory that git would not ignore, a few at a time.
 *
 * @param report gives what a file comes to, here or elsewhere
 */
export async function* scanFolder(directory: string, report: (file: SourceFile) => readonly PlacedFinding[] | Promise<readonly PlacedFinding[]>): AsyncGenerator<FolderStep> {
  const names = await filesBelow(directory);
  let files: FolderStep['files'][number][] = [];
  let began = performance.now();
  for (const [at, name] of names.entries()) {
    const file = path.join(directory, name);
    const text = textOf(file);
    const findings = text === undefined ? [] : await report({ path: file, text });
    if (findings.length > 0) files.push({ path: name, findings });
    if (performance.now() - began < TURN) continue;
    yield { done: at + 1, total: names.length, files };
    files = [];
    await setImmediate();
    began = performance.now();
  }
  yield { done: names.length, total: names.length, files };
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
