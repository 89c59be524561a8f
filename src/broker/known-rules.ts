import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { Approvals } from './approvals.js';
import { policiesAt } from './assessing.js';
import { defaultPolicy, type Policy } from '../core/policy/policy.js';
import { gitDirectories, readBounded, type GitDirectories } from '../world/file-world.js';
import { Marks } from '../world/marks.js';
import { POLICY_FILE } from '../core/approval/rules-change.js';
import { RulePins } from '../world/rule-pins.js';

/** The policies of one desk that are to judge an ask, each different one once. */
export type Policies = readonly [Policy, ...Policy[]];

interface Known {
  readonly policies: readonly Policies[];
  readonly marks: Marks;
  /** Milliseconds of `performance.now`. */
  readonly since: number;
}

/** Directories whose rules are remembered. */
const MOST = 200;
/** What no mark shows, such as a configuration that git includes, is looked at again this often. Milliseconds. */
const LONGEST = 60_000;
/** Without a repository there are only the defaults. */
const DEFAULTS: Policies = [defaultPolicy()];

/**
 * The rules that hold in a directory, remembered for as long as nothing changed that they rest on, so that a shell
 * that asks before every line need not wait for git.
 *
 * What they rest on: which repository the directory is in (its `.git` is looked for on each ask), which remotes there
 * are and which of their branches is the protected one (`config`, `HEAD`, `packed-refs`, `reftable`, the remotes' refs,
 * and the local ones where there is no remote), the pinned rules, and the working copy's own policy. Git's objects never change. Those
 * files' marks are compared on each ask; a fetch, a sync, a checkout or an edit shows in them. What was written within
 * the last two seconds is read anew each time, because a second change could leave the same mark.
 */
export class KnownRules {
  private readonly known = new Map<string, Known>();
  private readonly pins: RulePins;

  constructor(
    private readonly desksFor: (directory: string) => Promise<readonly Approvals[]>,
    /** The folders that are open: their repositories have a say wherever something starts. */
    private readonly folders: () => readonly string[],
    private readonly home: string,
  ) {
    this.pins = new RulePins(home);
  }

  /**
   * The policies that have a say in a directory, by desk.
   *
   * @throws CountersignError when rules cannot be read; nothing may be allowed by this class then
   */
  at(directory: string): readonly Policies[] | Promise<readonly Policies[]> {
    const places = [...new Set([directory, ...this.folders()])].map((place) => ({ place, git: gitDirectories(physical(place)) }));
    const key = places.map(({ place, git }) => git ? git.own : `not ${place}`).join('\0');
    const known = this.known.get(key);
    if (known && performance.now() - known.since < LONGEST && known.marks.hold()) return known.policies;
    this.known.delete(key);
    return this.read(directory, key, places.flatMap(({ git }) => git ?? []));
  }

  private async read(directory: string, key: string, gits: readonly GitDirectories[]): Promise<readonly Policies[]> {
    const since = performance.now();
    const desks = await this.desksFor(directory);
    const files = [...gits.flatMap(({ own, shared }) => [path.join(own, 'HEAD'), path.join(shared, 'config')]), ...(await Promise.all(desks.map((desk) => restOn(desk, this.pins)))).flat(), ...userConfiguration(this.home)];
    // Before the rules themselves are read: what changes in between shows the next time.
    const marks = new Marks([...new Set(files)]);
    const policies = desks.length === 0 ? [DEFAULTS] : await Promise.all(desks.map(policiesOf));
    if (marks.areTellTale) {
      if (this.known.size >= MOST) this.known.clear();
      this.known.set(key, { policies, marks, since });
    }
    return policies;
  }
}

async function policiesOf(desk: Approvals): Promise<Policies> {
  const [trusted, ...working] = policiesAt(await desk.trust(), desk.repository.root);
  const others = new Map(working.filter(({ digest }) => digest !== trusted.digest).map((policy) => [policy.digest, policy]));
  return [trusted, ...others.values()];
}

/** Where a directory really is, as git sees it; one that is not there is nowhere else. */
function physical(directory: string): string {
  try {
    return realpathSync.native(directory);
  } catch {
    return directory;
  }
}

/** The files on which git's answer rests. */
async function restOn(desk: Approvals, pins: RulePins): Promise<readonly string[]> {
  const { root, git } = desk.repository;
  const found = gitDirectories(root);
  if (!found) return [path.join(root, '.git')];
  const { own, shared } = found;
  const remotes = (await git.text(['remote'])).split('\n').filter((name) => name !== '');
  const refs = remotes.length === 0 ? ['refs/heads/main', 'refs/heads/master', ...symbolic(path.join(own, 'HEAD'))] : remotes.flatMap((remote) => remoteRefs(shared, remote));
  return [
    path.join(root, POLICY_FILE),
    ...pins.filesFor(shared),
    ...['HEAD', 'commondir', 'config.worktree'].map((name) => path.join(own, name)),
    ...['config', 'packed-refs', 'reftable/tables.list', ...refs].map((name) => path.join(shared, name)),
  ];
}

function remoteRefs(shared: string, remote: string): readonly string[] {
  const folder = `refs/remotes/${remote}`;
  return [...['HEAD', 'main', 'master'].map((name) => `${folder}/${name}`), ...symbolic(path.join(shared, folder, 'HEAD'))];
}

/** The ref that a symbolic one names. */
function symbolic(file: string): readonly string[] {
  const target = /^ref: (refs\/\S+)\n?$/.exec(Buffer.from(readBounded(file) ?? []).toString('utf8'))?.[1];
  return target === undefined || target.includes('..') ? [] : [target];
}

function userConfiguration(home: string): readonly string[] {
  return [path.join(home, '.gitconfig'), path.join(home, '.config/git/config')];
}
