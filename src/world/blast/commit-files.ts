import path from 'node:path';
import { Minimatch } from 'minimatch';
import { sentence, type Sentence } from '../../core/say.js';
import type { Repository } from '../repository.js';
import { Counting, MOST_BYTES, TIME_UP, wildcardsOf, type Files, type Tally } from './files.js';

/** Git takes names literally, and fetches nothing that a partial clone left out. */
const READING = { GIT_LITERAL_PATHSPECS: '1', GIT_NO_LAZY_FETCH: '1' };

interface Entry {
  /** Relative to the top of the repository. */
  readonly path: string;
  readonly type: string;
  /** In bytes. */
  readonly size: number;
}

/**
 * Files as a commit has them: what an approver's machine can say of what is on the requester's. Nothing outside of the
 * repository is looked at, for a request must not make another person's machine reach for paths of its choice.
 */
export class CommitFiles implements Files {
  readonly where: Sentence;
  readonly counted: readonly Sentence[];

  constructor(
    private readonly repository: Repository,
    private readonly commit: string,
  ) {
    this.where = sentence('in commit {0}', commit.slice(0, 8));
    this.counted = [sentence('counted {0}', this.where), sentence('what the commit does not have is not counted')];
  }

  outside(file: string): Sentence | undefined {
    return this.repository.relative(file) === undefined ? sentence('it lies outside the repository, on the requester’s machine') : undefined;
  }

  async tally(file: string, wild: boolean, signal: AbortSignal): Promise<Tally> {
    const base = wild ? wildcardsOf(file) : file;
    const from = this.repository.relative(base);
    const counting = new Counting();
    const matcher = wild ? new Minimatch(file, { nonegate: true, nocomment: true, nobrace: true }) : undefined;
    const entries = from === undefined ? [] : await this.entries(from, true, signal);
    for (const entry of entries) {
      if (counting.isFull) break;
      const absolute = path.posix.join(this.repository.root, entry.path);
      if (matcher && !prefixesOf(absolute, base).some((prefix) => matcher.match(prefix))) continue;
      if (entry.type === 'blob') counting.add(from === '.' ? entry.path : path.posix.relative(from ?? '', entry.path), entry.size);
      else counting.skip();
    }
    return counting.tally(signal.aborted ? TIME_UP : undefined);
  }

  async list(directory: string, deep: boolean, signal: AbortSignal): Promise<readonly string[]> {
    const from = this.repository.relative(directory);
    if (from === undefined) return [];
    const entries = await this.entries(from, true, signal);
    return entries
      .filter((entry) => entry.type === 'blob' && (deep || path.posix.dirname(entry.path) === from))
      .map((entry) => path.posix.join(this.repository.root, entry.path));
  }

  async read(file: string, signal: AbortSignal): Promise<string | undefined> {
    const name = this.repository.relative(file);
    const [entry] = name === undefined ? [] : await this.entries(name, false, signal);
    if (entry?.type !== 'blob' || entry.size > MOST_BYTES) return undefined;
    return this.repository.git.maybe(['cat-file', 'blob', `${this.commit}:${entry.path}`], { signal, env: READING });
  }

  /** What `git ls-tree` lists at a path and, when it is a directory, below it. */
  private async entries(from: string, below: boolean, signal: AbortSignal): Promise<readonly Entry[]> {
    const listed = await this.repository.git.text(['ls-tree', '-l', '-z', '--full-tree', ...(below ? ['-r'] : []), this.commit, ...(from === '.' ? [] : ['--', from])], { signal, env: READING });
    return listed.split('\0').flatMap((line): readonly Entry[] => {
      const [, mode, type, size, name] = /^(\d+) (\w+) [0-9a-f]+ +(\d+|-)\t([^]*)$/.exec(line) ?? [];
      // A symbolic link is a blob that holds where it leads.
      return name === undefined || type === undefined ? [] : [{ path: name, type: mode === '120000' ? 'link' : type, size: Number(size) || 0 }];
    });
  }
}

/** A path and the directories around it, down from a base. */
function prefixesOf(file: string, base: string): readonly string[] {
  const parts = file.slice(base === '/' ? 0 : base.length).split('/').filter((part) => part !== '');
  const front = base === '/' ? '' : base;
  return parts.map((_part, at) => `${front}/${parts.slice(0, at + 1).join('/')}`);
}
