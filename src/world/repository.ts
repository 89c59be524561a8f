import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { plain } from '../core/approval/display.js';
import { CountersignError } from '../core/errors.js';
import { sentence } from '../core/say.js';
import { Git } from './git.js';
import { defaultBranchOf } from './remote-branch.js';

/** Nobody changes the rules more often between two looks at them. */
const MOST_CHANGES = 500;

/** The state of a repository as an operation is bound to it. */
export interface RepositoryState {
  /** The same in every clone: the ids of the first commits. */
  readonly repository: string;
  readonly commit: string;
  /** The tree of the working copy as it is now, uncommitted changes and new files included. */
  readonly worktree: string;
  /** Whether the working copy differs from the commit. */
  readonly dirty: boolean;
}

/** One clone on this machine. */
export class Repository {
  private identity: Promise<string> | undefined;

  private constructor(
    readonly root: string,
    readonly git: Git,
  ) {}

  /** The repository that a directory belongs to, or undefined when it belongs to none. */
  static async at(directory: string, env: NodeJS.ProcessEnv = process.env): Promise<Repository | undefined> {
    const root = await new Git(directory, env).maybe(['rev-parse', '--show-toplevel']);
    return root === undefined ? undefined : new Repository(root, new Git(root, env));
  }

  /** Whether a part of the history was left out when this was cloned. */
  async isShallow(): Promise<boolean> {
    return (await this.git.text(['rev-parse', '--is-shallow-repository'])) !== 'false';
  }

  /** @throws CountersignError `git` when there is no commit yet */
  async state(): Promise<RepositoryState> {
    const [repository, commit, tree, worktree] = await Promise.all([this.firstCommits(), this.resolve('HEAD'), this.resolve('HEAD^{tree}'), this.worktreeId()]);
    return { repository, commit, worktree, dirty: tree !== worktree };
  }

  private async resolve(revision: string): Promise<string> {
    const id = await this.git.maybe(['rev-parse', '--verify', '--quiet', revision]);
    if (id === undefined) throw new CountersignError('git', sentence('This repository has no commit yet, so there is nothing an approval could be bound to. Make the first commit.'));
    return id;
  }

  private firstCommits(): Promise<string> {
    this.identity ??= this.git.text(['rev-list', '--max-parents=0', 'HEAD']).then((ids) => ids.split('\n').sort().join('+'));
    return this.identity;
  }

  /**
   * The tree that `git add --all` would make of the working copy in a repository that knows nothing: a fresh
   * index (nothing is "assumed unchanged"), and no configuration, so that no filter and no local attributes can
   * show git other bytes than the shell will get. Objects that exist already are not written again, new ones go
   * to a directory that is removed.
   */
  private async worktreeId(): Promise<string> {
    const scratch = await mkdtemp(path.join(tmpdir(), 'countersign-tree-'));
    try {
      const objects = await this.git.text(['rev-parse', '--path-format=absolute', '--git-path', 'objects']);
      await this.git.text(['init', '--quiet', '--bare', scratch]);
      const env = {
        GIT_DIR: scratch,
        GIT_WORK_TREE: this.root,
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_ALTERNATE_OBJECT_DIRECTORIES: objects,
      };
      await this.git.text(['-c', 'core.bare=false', 'add', '--all'], { env });
      return await this.git.text(['-c', 'core.bare=false', 'write-tree'], { env });
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }

  /** The remote that is meant by its usual name; undefined where there is none. A clone's only remote is its remote, whatever it is called. */
  async remoteFor(usual: string): Promise<string | undefined> {
    return meant(await this.remotes(), usual);
  }

  private async remotes(): Promise<readonly string[]> {
    return (await this.git.text(['remote'])).split('\n').filter((name) => name !== '');
  }

  /** The remote's URL, or undefined when there is no such remote. */
  async remote(name: string): Promise<string | undefined> {
    return this.git.maybe(['remote', 'get-url', name]);
  }

  /**
   * The revision whose policy and roster are trusted: the remote's default branch as last fetched, or, where
   * there is no remote, the local default branch.
   */
  async protectedRevision(usual: string): Promise<{ readonly revision: string; readonly name: string; readonly remote: string | undefined } | undefined> {
    const remotes = await this.remotes();
    if (remotes.length === 0) return this.ownBranch();
    const remote = meant(remotes, usual) ?? usual;
    const branch = await defaultBranchOf(remote, this.git);
    if (branch) return { revision: branch.commit, name: branch.ref.replace(/^refs\/(remotes|heads)\//, ''), remote };
    // A clone with remotes has a protected branch somewhere; not finding it is not the same as having none.
    throw new CountersignError('git', sentence("The default branch of the remote “{0}” is not known here, so the team's rules cannot be read. Run “git fetch {0}” and “git remote set-head {0} --auto”.", remote));
  }

  private async ownBranch(): Promise<{ readonly revision: string; readonly name: string; readonly remote: undefined } | undefined> {
    for (const ref of ['refs/heads/main', 'refs/heads/master', 'HEAD']) {
      const revision = await this.git.maybe(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]);
      if (revision !== undefined) return { revision, name: ref.replace('refs/heads/', ''), remote: undefined };
    }
    return undefined;
  }

  /** Whether a commit has another one in its history; undefined where this clone's history does not reach that far. */
  async descends(commit: string, from: string): Promise<boolean | undefined> {
    const { code } = await this.git.try(['merge-base', '--is-ancestor', from, commit]);
    if (code === 0) return true;
    const isShallow = (await this.git.maybe(['rev-parse', '--is-shallow-repository'])) === 'true';
    return isShallow ? undefined : false;
  }

  /** The commits between two that changed one of these files, the oldest first; the newest of very many. */
  async changesOf(files: readonly string[], from: string, to: string): Promise<readonly string[]> {
    const ids = await this.git.text(['rev-list', '--topo-order', `--max-count=${MOST_CHANGES}`, `${from}..${to}`, '--', ...files]);
    return ids.split('\n').filter((id) => id !== '').reverse();
  }

  /** A file's text at a revision, or undefined when it is not there. */
  async fileAt(revision: string, file: string): Promise<string | undefined> {
    return (await this.bytesAt(revision, file))?.toString('utf8');
  }

  /**
   * A file's bytes at a revision, or undefined when it is not there. Only git's own word that it is not there
   * counts as such: a rule that cannot be read is not a rule that does not exist.
   *
   * @throws CountersignError `git` when the revision or the file cannot be read
   */
  async bytesAt(revision: string, file: string): Promise<Buffer | undefined> {
    const entry = await this.git.text(['ls-tree', '-z', '--full-tree', revision, '--', file]);
    if (entry === '') return undefined;
    const result = await this.git.try(['cat-file', 'blob', `${revision}:${file}`]);
    if (result.code !== 0) throw new CountersignError('git', sentence('Git could not read {0} at {1}. Run “git fsck”, or fetch again.', plain(file), revision.slice(0, 12)));
    return result.stdout;
  }

  /**
   * The files of the working copy that differ from a revision, new ones included, relative to the top.
   *
   * @throws CountersignError `git` when there is no such revision
   */
  async changedSince(revision: string): Promise<readonly string[]> {
    const commit = await this.git.text(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]);
    const [tracked, fresh] = await Promise.all([
      this.git.text(['diff', '--name-only', '--no-renames', '--no-ext-diff', '--no-textconv', '-z', commit, '--']),
      this.git.text(['ls-files', '--others', '--exclude-standard', '-z']),
    ]);
    return [...new Set([...tracked.split('\0'), ...fresh.split('\0')])].filter((name) => name !== '');
  }

  /** What a commit is, in words, or undefined when this clone does not have it. */
  async describeCommit(commit: string): Promise<{ readonly subject: string; readonly author: string; readonly tree: string } | undefined> {
    const text = await this.git.maybe(['show', '--no-patch', '--no-show-signature', '--format=%T%x00%an%x00%s', `${commit}^{commit}`, '--']);
    const [tree, author, subject] = text?.split('\0') ?? [];
    return tree !== undefined && author !== undefined && subject !== undefined ? { tree, author, subject } : undefined;
  }

  /** The path relative to the top of the repository with forward slashes, or undefined when it lies outside. */
  relative(file: string): string | undefined {
    const relative = path.relative(this.root, file);
    if (relative === '') return '.';
    return relative.startsWith('..') || path.isAbsolute(relative) ? undefined : relative.split(path.sep).join('/');
  }
}

function meant(remotes: readonly string[], usual: string): string | undefined {
  return remotes.length === 1 ? remotes[0] : remotes.find((name) => name === usual);
}
