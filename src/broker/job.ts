import type { Digest } from '../core/approval/canonical.js';
import { jobDifferences } from '../core/approval/job.js';
import { judge } from '../core/approval/judge.js';
import type { Operation } from '../core/approval/operation.js';
import { looksLikeRequest } from '../core/approval/request.js';
import { RECORD_NAMESPACE } from '../core/approval/record.js';
import { isRunner, type Trust } from '../core/approval/trust.js';
import { CountersignError } from '../core/errors.js';
import { spoken } from '../core/say.js';
import type { RequestView } from '../core/ledger/fold.js';
import { isGlassBroken } from '../core/ledger/glass.js';
import { describeFreeze, freezeOf } from '../core/policy/freeze.js';
import { describeQuorum, quorumFor, type Quorum } from '../core/policy/quorum.js';
import { markUsed } from '../world/used.js';
import type { Approvals } from './approvals.js';
import { judgeAsk, operationOf, type Ask, type Judged } from './assessing.js';
import { stateOf, timeOf } from './review.js';

/** What a job has of the machine it runs on. */
export interface JobContext {
  readonly approvals: Approvals;
  readonly home: string;
  /** Unix seconds. */
  readonly now: () => number;
}

/** Where a job's command stands. Only `approved` may be used, and only {@link useInJob} lets it run. */
export interface JobStanding {
  readonly state: 'approved' | 'waiting' | 'refused';
  /** The request it is about, when there is one for this command. */
  readonly view: RequestView | undefined;
  readonly quorum: Quorum | undefined;
  /** Why it may not run, or what it waits for: one sentence, escaped by whoever shows it. */
  readonly reason: string | undefined;
}

const RANK: Record<JobStanding['state'], number> = { approved: 2, waiting: 1, refused: 0 };

/**
 * Takes in requests and tokens that came with a job: words that begin with `csr1.` or `cs1.`.
 *
 * @returns the requests they are about
 * @throws CountersignError naming what is wrong with one of them
 */
export async function takeEvidence(approvals: Approvals, text: string): Promise<ReadonlySet<Digest>> {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const about = new Set<Digest>();
  // Requests first: a token without its request says nothing.
  for (const word of words.filter(looksLikeRequest)) about.add((await approvals.takeRequest(word)).digest);
  for (const word of words.filter((word) => !looksLikeRequest(word))) about.add((await approvals.takeToken(word)).view.digest);
  return about;
}

/**
 * Whether this command, in this checkout, is what other people approved and nobody used: verified anew, under the rules
 * of the protected branch, without a word from the machine where it was asked for.
 *
 * @param only the requests that count; all of them when it is empty
 * @throws CountersignError when it cannot be told
 */
export async function standingInJob(ask: Ask, { approvals, home, now }: JobContext, only: ReadonlySet<Digest> = new Set()): Promise<JobStanding> {
  const { repository } = approvals;
  if (await repository.isShallow()) {
    throw new CountersignError('git', 'This checkout holds only a part of the history, so it cannot be told which repository it is. Check it out whole: “fetch-depth: 0” on GitHub, “GIT_DEPTH: 0” on GitLab.');
  }
  const trust = await approvals.trust();
  const judged = judgeAsk(ask, trust, repository.root, home);
  const here = await operationOf(ask, judged, repository, '', home);
  const all = await approvals.requests();
  const views = all.filter((view) => (only.size === 0 ? view.signed.request.operation.script === ask.text : only.has(view.digest)));
  const standings = await Promise.all(views.map(async (view) => standingOf(view, here, judged, trust, await approvals.tokensFor(view.digest), now(), isGlassBroken(view, all, judged.policies, now()))));
  const [first, ...others] = standings.sort((a, b) => (b.view?.signed.request.notBefore ?? 0) - (a.view?.signed.request.notBefore ?? 0));
  if (!first) return { state: 'waiting', view: undefined, quorum: undefined, reason: `Nobody has asked for this at commit ${here.commit.slice(0, 12)}. Ask from a clone that is at it: countersign request -- …` };
  return others.reduce((best, standing) => (RANK[standing.state] > RANK[best.state] ? standing : best), first);
}

function standingOf(view: RequestView, here: Operation, judged: Judged, trust: Trust, tokens: readonly string[], now: number, isBroken: boolean): JobStanding {
  const { operation } = view.signed.request;
  const quorum = quorumFor([...operation.targets, ...judged.assessment.targets], judged.policies);
  const refused = (reason: string): JobStanding => ({ state: 'refused', view, quorum, reason });
  const differences = jobDifferences(operation, here);
  if (differences.length > 0) return refused(`What this job would run is not what was asked for: ${differences.join(', ')} ${differences.length === 1 ? 'differs' : 'differ'}. Ask for this, at this commit.`);
  const freeze = freezeOf([...operation.targets, ...judged.assessment.targets], judged.policies, now);
  if (freeze && !isBroken) return refused(spoken(describeFreeze(freeze)));
  if (view.use) return refused(`This approval was used already, at ${timeOf(view.use.at)}. Ask again.`);
  if (view.state === 'denied' && view.denial) return refused(`Denied by ${view.denial.person}: ${view.denial.reason}`);
  if (view.state !== 'waiting' && view.state !== 'approved') return refused(view.problems[0] ? spoken(view.problems[0]) : `The request is ${stateOf(view.state)}. Ask again.`);
  if (isBroken) return { state: 'approved', view, quorum, reason: undefined };
  const { state } = judge(view.signed, { tokens, denials: [] }, quorum, trust, now);
  return state === 'approved' ? { state, view, quorum, reason: undefined } : { state: 'waiting', view, quorum, reason: `It waits for ${describeQuorum(quorum)}.` };
}

/** Whether the key at hand is a job's. A machine without any key on the roster is none. */
export async function isJob({ approvals, now }: JobContext): Promise<boolean> {
  const trust = await approvals.trust();
  return approvals.signer.me(trust, RECORD_NAMESPACE, now()).then(
    ({ person }) => isRunner(trust, person),
    () => false,
  );
}

/**
 * Uses an approval up, as its requester or as a job of the policy: fetched and verified again, exactly one wins, and
 * looked at once more after that.
 *
 * @returns why nothing may run, or undefined
 * @throws CountersignError when it cannot be told; nothing may run then
 */
export async function useInJob(ask: Ask, view: RequestView, context: JobContext): Promise<string | undefined> {
  const { approvals } = context;
  const { problem } = await approvals.sync();
  if (problem !== undefined) throw new CountersignError('store', `${approvals.store.name} cannot be reached to make sure of the approval, so nothing was run: ${problem}`);
  const only = new Set([view.digest]);
  const fresh = await standingInJob(ask, context, only);
  if (fresh.state !== 'approved' || !fresh.view) return fresh.reason ?? 'The approval no longer counts.';
  const trust = await approvals.trust();
  const { person } = await approvals.signer.me(trust, RECORD_NAMESPACE, context.now());
  if (person !== view.requester && !isRunner(trust, person)) {
    return `${person} is neither the requester nor a job: only the keys under “runners” in the policy may use somebody else’s approval.`;
  }
  if (!markUsed(context.home, view.digest) || (await approvals.consume(fresh.view)) !== 'won') return 'This approval was used already. Ask again.';
  // Recording the use took time, and somebody may have used that time.
  const late = jobDifferences(view.signed.request.operation, await operationOf(ask, judgeAsk(ask, await approvals.trust(), approvals.repository.root, context.home), approvals.repository, '', context.home));
  return late.length === 0 ? undefined : `What this job would run changed while its approval was being used (${late.join(', ')}).`;
}
