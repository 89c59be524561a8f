import { statSync } from 'node:fs';
import path from 'node:path';
import { readStatus, type Uncommitted } from '../core/edits/come-and-gone.js';
import { gitDirectories } from './file-world.js';
import { Git } from './git.js';

/** A lock of this age was left behind by a git that died, or by somebody who wants nothing to be looked at. Milliseconds. */
const STALE = 60_000;

/** The working tree around some files, beside its last commit. */
export class WorkingTree {
  private readonly git: Git;

  private constructor(
    readonly root: string,
    private readonly own: string,
  ) {
    this.git = new Git(root);
  }

  /** The tree that a file is in, or was in; undefined outside one. */
  static around(file: string): WorkingTree | undefined {
    const found = gitDirectories(path.dirname(file));
    return found && new WorkingTree(found.root, found.own);
  }

  /** Whether a git is changing files at this moment: what it has done so far is neither the one commit nor the other. */
  get isBusy(): boolean {
    const lock = statSync(path.join(this.own, 'index.lock'), { throwIfNoEntry: false });
    return lock !== undefined && Date.now() - lock.mtimeMs < STALE;
  }

  /**
   * Which of these files and folders differ from the last commit by coming or going. Ignored files are left out. Paths
   * are absolute.
   *
   * @throws CountersignError `git` when it cannot be told
   */
  async uncommitted(files: readonly string[]): Promise<Uncommitted> {
    const names = files.map((file) => path.relative(this.root, file));
    const { come, gone } = readStatus(await this.git.text(['--no-optional-locks', '--literal-pathspecs', 'status', '--porcelain=v1', '-z', '--no-renames', '--untracked-files=all', '--ignore-submodules=all', '--', ...names]));
    const absolute = (name: string) => path.join(this.root, name);
    return { come: come.map(absolute), gone: gone.map(absolute) };
  }

  /**
   * Brings a deleted file back as the last commit has it.
   *
   * @throws CountersignError `git` when it cannot
   */
  async restore(file: string): Promise<void> {
    await this.git.text(['--literal-pathspecs', 'restore', '--staged', '--worktree', '--', path.relative(this.root, file)]);
  }

  /** A file’s text in the last commit. */
  async committed(file: string): Promise<string | undefined> {
    return this.textAt('HEAD', file);
  }

  /** Whether the commit that HEAD named before had a file: then HEAD’s move took it away. */
  async wasCommitted(file: string): Promise<boolean> {
    return (await this.textAt('HEAD@{1}', file)) !== undefined;
  }

  private async textAt(revision: string, file: string): Promise<string | undefined> {
    const { code, stdout } = await this.git.try(['cat-file', 'blob', `${revision}:${path.relative(this.root, file).replaceAll(path.sep, '/')}`]);
    return code === 0 ? stdout.toString('utf8') : undefined;
  }
}
