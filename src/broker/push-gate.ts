import { judge } from '../core/approval/judge.js';
import { isNone, isPushOf, type RefChange } from '../core/approval/push.js';
import type { Digest } from '../core/approval/canonical.js';
import type { Trust } from '../core/approval/trust.js';
import { CountersignError, messageOf } from '../core/errors.js';
import { foldThread, type Thread } from '../core/ledger/fold.js';
import { isGlassBroken } from '../core/ledger/glass.js';
import { protectingEnvironments } from '../core/policy/branches.js';
import { describeFreeze, freezeOf } from '../core/policy/freeze.js';
import { quorumFor } from '../core/policy/quorum.js';
import type { ServerRepository } from '../world/server-repository.js';
import { markUsed } from '../world/used.js';
import { CloneEvents } from './clone-events.js';
import { withFullStop } from './review.js';
import { threadsOf } from './threads.js';

/** The changes of refs that git hands to a pre-receive hook, one line each (githooks(5)). */
export function readChanges(text: string): readonly RefChange[] {
  return text.split('\n').filter((line) => line !== '').map((line) => {
    const [, from, to, ref] = /^([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64}) (refs\/\S+)$/.exec(line) ?? [];
    if (from === undefined || to === undefined || ref === undefined) throw new CountersignError('git', 'The hook was told something that is no change of a ref.');
    return { ref, from, to };
  });
}

/**
 * Lets a push through or not: every protected branch needs an approval for exactly its change, each used once on this
 * server. Nothing is used up unless all of the push may go through.
 *
 * @param now Unix seconds
 * @throws CountersignError saying why the push is refused, and the next step
 */
export async function judgePush(changes: readonly RefChange[], repository: ServerRepository, now: number): Promise<void> {
  const trust = await repository.trust().catch((error: unknown) => {
    throw new CountersignError('policy', `The rules on the server’s default branch cannot be read, so nothing is taken: ${messageOf(error)}`, { cause: error });
  });
  if (!trust) return;
  const rulesRef = (await repository.rulesRef()) ?? '';
  const moved = await Promise.all(changes.map((change) => repository.resolved(change)));
  const guarded = moved.filter(({ ref }) => protectingEnvironments(trust.policy, ref, rulesRef).length > 0);
  if (guarded.length === 0) return;
  const threads = threadsOf(await new CloneEvents(repository.git).all());
  const approvals: Digest[] = [];
  for (const change of guarded) {
    if (change.ref === rulesRef && !isNone(change.to)) await demandReadable(change, repository);
    approvals.push(await approvalOf(change, rulesRef, threads, trust, repository, now));
  }
  for (const digest of approvals) if (!markUsed(repository.directory, digest)) throw new CountersignError('refused', 'This approval was used already on this server. Ask again.');
}

/** Rules that nobody can read would lock everybody out. */
async function demandReadable({ to }: RefChange, repository: ServerRepository): Promise<void> {
  await repository.trustAt(to).catch((error: unknown) => {
    throw new CountersignError('policy', `The rules that this push brings cannot be read: ${messageOf(error)}`, { cause: error });
  });
}

async function approvalOf(change: RefChange, rulesRef: string, threads: readonly Thread[], trust: Trust, repository: ServerRepository, now: number): Promise<Digest> {
  const branch = change.ref.replace(/^refs\/heads\//, '');
  const targets = protectingEnvironments(trust.policy, change.ref, rulesRef).map(({ name }) => ({ environment: name }));
  const [losesCommits, tree] = await Promise.all([repository.losesCommits(change), repository.treeOf(change)]);
  const freeze = freezeOf(targets, [trust.policy], now);
  const quorum = quorumFor(targets, [trust.policy]);
  const matching = threads.filter(({ signed }) => isPushOf(signed.request.operation, change, losesCommits, tree));
  const views = threads.map((thread) => foldThread(thread, trust, now));
  const problems: string[] = [];
  for (const thread of matching) {
    const view = foldThread(thread, trust, now);
    if (view.use || (view.state !== 'waiting' && view.state !== 'approved')) continue;
    if (isGlassBroken(view, views, [trust.policy], now)) return view.digest;
    if (freeze) throw new CountersignError('refused', describeFreeze(freeze));
    try {
      if (judge(thread.signed, thread, quorum, trust, now).state === 'approved') return view.digest;
    } catch (error) {
      problems.push(messageOf(error));
    }
  }
  const step = matching.length > 0 && problems.length === 0 ? 'It was asked for and is not approved, or the approval is no longer good.' : (problems[0] ?? 'Ask for it:');
  throw new CountersignError('refused', `${branch} is protected: ${losesCommits ? 'a push that loses commits' : 'a push'} needs an approval for exactly this change. ${withFullStop(step.replace(/:$/, ''))} countersign request --push ${isNone(change.to) ? '' : change.to.slice(0, 12)}:${branch}`);
}
