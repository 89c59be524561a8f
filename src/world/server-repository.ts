import path from 'node:path';
import { emptyRoster, parseRoster } from '../core/approval/roster.js';
import { isNone, type RefChange } from '../core/approval/push.js';
import { POLICY_FILE, ROSTER_FILE } from '../core/approval/rules-change.js';
import { trustOf, type Trust } from '../core/approval/trust.js';
import { CountersignError } from '../core/errors.js';
import { defaultPolicy, parsePolicy } from '../core/policy/policy.js';
import { Git } from './git.js';

/** Where git keeps what is being pushed until the hook has agreed (git-receive-pack(1), Quarantine Environment). */
const QUARANTINE = ['GIT_OBJECT_DIRECTORY', 'GIT_ALTERNATE_OBJECT_DIRECTORIES', 'GIT_QUARANTINE_PATH'];

/** A repository on a server, as one of its hooks sees it during a push. */
export class ServerRepository {
  private constructor(
    /** The repository itself, without what is being pushed. */
    readonly git: Git,
    /** The git directory. */
    readonly directory: string,
    private readonly incoming: NodeJS.ProcessEnv,
  ) {}

  /**
   * @param cwd where git starts its hooks: the git directory
   * @throws CountersignError `git` when no push is going on there
   */
  static at(cwd: string, env: NodeJS.ProcessEnv): ServerRepository {
    const gitDir = env['GIT_DIR'];
    if (gitDir === undefined) throw new CountersignError('git', 'This is a hook of a repository on a server: git starts it. docs/server.md says how it is installed.');
    const directory = path.resolve(cwd, gitDir);
    const incoming = Object.fromEntries(QUARANTINE.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
    return new ServerRepository(new Git(directory, env, { GIT_DIR: directory }), directory, incoming);
  }

  /** The branch that the rules are read from: the server's own default branch, which no push can exchange. */
  rulesRef(): Promise<string | undefined> {
    return this.git.maybe(['symbolic-ref', '--quiet', 'HEAD']);
  }

  /**
   * The rules as they were before this push, or undefined while there is no commit yet.
   *
   * @throws CountersignError `policy` or `roster` when they cannot be understood
   */
  async trust(): Promise<Trust | undefined> {
    const revision = await this.git.maybe(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
    return revision === undefined ? undefined : this.trustAt(revision);
  }

  /**
   * The rules as a commit has them, one that is being pushed included.
   *
   * @throws CountersignError `policy` or `roster` when they cannot be understood
   */
  async trustAt(revision: string): Promise<Trust> {
    const [policy, roster] = await Promise.all([this.fileAt(revision, POLICY_FILE), this.fileAt(revision, ROSTER_FILE)]);
    return trustOf(policy === undefined ? defaultPolicy() : parsePolicy(policy), roster === undefined ? emptyRoster() : parseRoster(roster), 'the server’s default branch');
  }

  private async fileAt(revision: string, file: string): Promise<string | undefined> {
    const entry = await this.git.text(['ls-tree', '-z', '--full-tree', revision, '--', file], { env: this.incoming });
    if (entry === '') return undefined;
    const { code, stdout } = await this.git.try(['cat-file', 'blob', `${revision}:${file}`], { env: this.incoming });
    if (code !== 0) throw new CountersignError('git', `${file} cannot be read at ${revision.slice(0, 12)}. Run “git fsck” on the server.`);
    return stdout.toString('utf8');
  }

  /** A change by the ref that it really moves: a server may keep one branch under a second name (git-symbolic-ref(1)). */
  async resolved(change: RefChange): Promise<RefChange> {
    return { ...change, ref: (await this.git.maybe(['symbolic-ref', '--quiet', change.ref])) ?? change.ref };
  }

  /** The tree of the commit that a change brings, or of the one it takes away. */
  treeOf({ from, to }: RefChange): Promise<string> {
    return this.git.text(['rev-parse', '--verify', `${isNone(to) ? from : to}^{tree}`], { env: this.incoming });
  }

  /** Whether commits would no longer be reachable from the ref. */
  async losesCommits({ from, to }: RefChange): Promise<boolean> {
    if (isNone(from)) return false;
    if (isNone(to)) return true;
    const { code } = await this.git.try(['merge-base', '--is-ancestor', from, to], { env: this.incoming });
    return code !== 0;
  }
}
