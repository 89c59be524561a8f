import { lstat, opendir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { Minimatch } from 'minimatch';
import { sentence } from '../../core/say.js';
import { readBounded } from '../file-world.js';
import { Counting, TIME_UP, wildcardsOf, type Files, type Tally } from './files.js';

/** Nobody hands a tool more files in one directory, and nobody reads them. */
const MOST_LISTED = 10_000;

/**
 * Files as they are on this machine now. Symbolic links are counted and never followed, and other file systems below a
 * path are not entered: a link or a mount could lead anywhere, and slowly.
 */
export class DiskFiles implements Files {
  readonly where = sentence('here');
  readonly counted = [sentence('counted here')];

  outside(): undefined {
    return undefined;
  }

  async tally(file: string, wild: boolean, signal: AbortSignal): Promise<Tally> {
    const counting = new Counting();
    const base = wild ? wildcardsOf(file) : file;
    const matcher = wild ? new Minimatch(file, { nonegate: true, nocomment: true, nobrace: true }) : undefined;
    const found = await lstat(base).catch(() => undefined);
    if (found?.isFile()) counting.add('', found.size);
    else if (found?.isSymbolicLink()) counting.skip();
    const stopped = found?.isDirectory() ? await walk({ base, device: found.dev, counting, matcher, signal }) : false;
    return counting.tally(stopped ? TIME_UP : undefined);
  }

  async list(directory: string, deep: boolean, signal: AbortSignal): Promise<readonly string[]> {
    const files: string[] = [];
    const waiting = [directory];
    for (let next = waiting.pop(); next !== undefined && files.length < MOST_LISTED && !signal.aborted; next = waiting.pop()) {
      for (const entry of await readdir(next, { withFileTypes: true }).catch(() => [])) {
        if (entry.isFile()) files.push(path.join(next, entry.name));
        else if (deep && entry.isDirectory()) waiting.push(path.join(next, entry.name));
      }
    }
    return files.sort();
  }

  read(file: string): Promise<string | undefined> {
    const bytes = readBounded(file);
    return Promise.resolve(bytes && Buffer.from(bytes).toString('utf8'));
  }
}

interface Walk {
  readonly base: string;
  readonly device: number;
  readonly counting: Counting;
  readonly matcher: Minimatch | undefined;
  readonly signal: AbortSignal;
}

/** @returns whether time was up before the end */
async function walk({ base, device, counting, matcher, signal }: Walk): Promise<boolean> {
  // What a wildcard named is taken whole; before that, only what may still match is entered.
  const waiting: { readonly directory: string; readonly taken: boolean }[] = [{ directory: base, taken: matcher === undefined }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { directory, taken } = next;
    const handle = await opendir(directory).catch(() => undefined);
    if (!handle) {
      counting.skip();
      continue;
    }
    for await (const entry of handle) {
      if (signal.aborted) return true;
      if (counting.isFull) return false;
      const file = path.join(directory, entry.name);
      const isTaken = taken || matcher?.match(file) === true;
      if (!isTaken && matcher?.match(file, true) !== true) continue;
      const found = await lstat(file).catch(() => undefined);
      if (found?.isDirectory()) {
        if (found.dev === device) waiting.push({ directory: file, taken: isTaken });
        else counting.skip();
      } else if (isTaken && found?.isFile()) counting.add(path.relative(base, file).split(path.sep).join('/'), found.size);
      else if (isTaken) counting.skip();
    }
  }
  return false;
}
