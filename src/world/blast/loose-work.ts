import { lstat } from 'node:fs/promises';
import path from 'node:path';
import type { Look } from '../../core/blast/look.js';
import type { Git } from '../git.js';
import { Counting, TIME_UP, type Tally } from './files.js';

type Untracked = Extract<Look, { kind: 'untracked' }>;

/** The files of a working copy that git does not know, as far as a `git clean` would take them: this is the most it can take. */
export async function untrackedFiles({ directory, ignored }: Untracked, git: Git, signal: AbortSignal): Promise<Tally> {
  const choice = { spared: ['--exclude-standard'], too: [], only: ['--ignored', '--exclude-standard'] }[ignored];
  const listed = await git.text(['ls-files', '--others', ...choice, '-z'], { signal });
  const counting = new Counting();
  for (const name of listed.split('\0')) {
    if (name === '') continue;
    if (signal.aborted || counting.isFull) break;
    const found = await lstat(path.join(directory, name)).catch(() => undefined);
    if (found?.isFile()) counting.add(name, found.size);
    else counting.skip();
  }
  return counting.tally(signal.aborted ? TIME_UP : undefined);
}

/** The tracked files of a working copy that differ from its commit. No filter or program of the repository is asked. */
export async function uncommittedFiles(git: Git, signal: AbortSignal): Promise<readonly string[]> {
  const listed = await git.text(['diff', '--name-only', '--no-renames', '--no-ext-diff', '--no-textconv', '--ignore-submodules=all', '-z', 'HEAD', '--'], { signal });
  return listed.split('\0').filter((name) => name !== '');
}
