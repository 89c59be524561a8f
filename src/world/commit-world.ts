import path from 'node:path';
import type { GitPlace, World } from '../core/world.js';
import type { Repository } from './repository.js';
import { sqlParsers } from './sql-parsers.js';

/**
 * A World that shows files as a commit has them: what an approver's machine looks at instead of its own
 * working copy. Only the files named beforehand are there.
 */
export class CommitWorld implements World {
  readonly sqlParsers = sqlParsers;

  private constructor(
    readonly home: string,
    private readonly root: string,
    private readonly files: ReadonlyMap<string, Uint8Array>,
  ) {}

  /** @param files paths relative to the top of the repository */
  static async at(repository: Repository, commit: string, files: readonly string[], home: string): Promise<CommitWorld> {
    const entries = await Promise.all(
      files.map(async (file) => {
        const bytes = await repository.bytesAt(commit, file);
        return bytes ? [[path.join(repository.root, file), bytes] as const] : [];
      }),
    );
    return new CommitWorld(home, repository.root, new Map(entries.flat()));
  }

  env(): undefined {
    return undefined;
  }

  readFile(file: string): Uint8Array | undefined {
    return this.files.get(file);
  }

  git(directory: string): GitPlace | undefined {
    if (directory !== this.root && !directory.startsWith(`${this.root}${path.sep}`)) return undefined;
    return { root: this.root, branch: undefined, defaultBranch: undefined, remotes: new Map() };
  }
}
