import type { Moved } from '../../core/blast/look.js';
import { sentence, type Sentence } from '../../core/say.js';
import type { Git } from '../git.js';

/** Commits that only a branch has, which would be elsewhere or gone. */
export interface LostCommits {
  readonly count: number;
  /** The newest of them: abbreviated id and subject. */
  readonly newest: readonly string[];
  /** What was compared with what: clauses without a full stop. */
  readonly how: readonly Sentence[];
}

/** Why nothing can be said: a clause without a full stop. */
export interface Unsaid {
  readonly why: Sentence;
}

const MOST_SHOWN = 5;
const NO_FETCH = { GIT_NO_LAZY_FETCH: '1' };

/**
 * Counts the commits that would be lost when a branch moves: those it has now and that neither its new place nor any
 * other branch known here has. A remote's branch counts as it was last fetched: no remote is asked.
 *
 * @param head the commit that `HEAD`, and a name that only the requester's clone can explain, stand for; undefined in
 * the clone that the operation would run in
 */
export async function lostCommits({ remote, branch, to }: Moved, git: Git, head: string | undefined, signal: AbortSignal): Promise<LostCommits | Unsaid> {
  const options = { signal, env: NO_FETCH };
  const commit = (revision: string): Promise<string | undefined> => git.maybe(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`], options);
  const checkedOut = await git.maybe(['symbolic-ref', '--quiet', '--short', 'HEAD'], options);
  const isHere = head === undefined;
  const assumed: Sentence[] = [];
  if (!isHere && remote === undefined && branch !== undefined) return { why: sentence('{0} is a branch of the requester’s clone, which is not here', branch) };

  const name = branch ?? checkedOut;
  if (remote !== undefined && name === undefined) return { why: sentence('which branch is checked out is not known here') };
  if (!isHere && remote !== undefined && branch === undefined) assumed.push(sentence('if {0} is checked out there as it is here', name ?? ''));
  const ref = remote === undefined ? (branch === undefined ? (head ?? 'HEAD') : `refs/heads/${branch}`) : `refs/remotes/${remote}/${name ?? ''}`;
  const old = await commit(ref);
  if (old === undefined) return { why: name === undefined ? sentence('the commit is not known in this clone') : sentence('{0} is not known in this clone', remote === undefined ? name : `${remote}/${name}`) };
  if (remote !== undefined) assumed.push(sentence('{0} as it was last fetched here', `${remote}/${name ?? ''}`));

  const target = to === undefined ? undefined : await placeOf(to, commit, head, assumed);
  if (to !== undefined && target === undefined) return { why: sentence('{0} is not known in this clone', to) };

  const kept = remote === undefined ? [...(isHere ? [`--exclude=${name ?? ''}`, '--branches'] : []), '--remotes'] : [`--exclude=${remote}/${name ?? ''}`, `--exclude=${remote}/HEAD`, '--remotes'];
  const range = [old, '--not', ...(target === undefined ? [] : [target]), ...kept];
  const count = await git.maybe(['rev-list', '--count', ...range], options);
  if (count === undefined) return { why: sentence('git could not compare them') };
  const newest = count === '0' ? '' : ((await git.maybe(['log', `--max-count=${MOST_SHOWN}`, '--no-show-signature', '--format=%h %s', ...range], options)) ?? '');
  const isShallow = (await git.maybe(['rev-parse', '--is-shallow-repository'], options)) === 'true';
  return { count: Number(count), newest: newest.split('\n').filter((line) => line !== ''), how: [remote === undefined ? sentence('no other branch has them') : sentence('no other remote branch known here has them'), ...assumed, ...(isShallow ? [sentence('this clone has only a part of the history')] : [])] };
}

/** The commit that a branch would be at afterwards, and what had to be assumed to say so. */
async function placeOf(to: string, commit: (revision: string) => Promise<string | undefined>, head: string | undefined, assumed: Sentence[]): Promise<string | undefined> {
  if (head === undefined) return commit(to);
  const [, base = '', steps = ''] = /^([^~^@:]+|@)([~^0-9]*)$/.exec(to) ?? [];
  if (base === 'HEAD' || base === '@') return commit(`${head}${steps}`);
  // A name that every clone understands alike: a commit's id, or a remote's branch.
  if (/^[0-9a-f]{7,64}$/.test(base) || to.includes('/')) return commit(to);
  assumed.push(sentence('if {0} is what the request was made at', base));
  return commit(`${head}${steps}`);
}
