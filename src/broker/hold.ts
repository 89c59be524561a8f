import { randomBytes } from 'node:crypto';
import type { Digest } from '../core/approval/canonical.js';
import { judge } from '../core/approval/judge.js';
import { changedParts, operationDigest } from '../core/approval/operation.js';
import { releasesOf } from '../core/approval/release.js';
import { REQUEST_NAMESPACE, type ApprovalRequest } from '../core/approval/request.js';
import { CountersignError } from '../core/errors.js';
import { asSentence, joined, sentence, type Sentence } from '../core/say.js';
import type { RequestView } from '../core/ledger/fold.js';
import { isGlassBroken } from '../core/ledger/glass.js';
import { describeFreeze, freezeOf } from '../core/policy/freeze.js';
import type { Policy } from '../core/policy/policy.js';
import { quorumFor, type Quorum } from '../core/policy/quorum.js';
import type { Approvals } from './approvals.js';
import { WindowClosing } from './window-closing.js';
import { isUsed, markUsed } from '../world/used.js';
import { judgeAsk, operationOf, saidOf, type Ask, type Judged } from './assessing.js';
import { withFullStop, stateOf } from './review.js';

/** As many requests may one person have open in a repository (trust table 26). */
const MOST_OPEN = 5;
/** For so long after a denial exactly the same is not asked for again, in seconds (trust table 26, 27). */
const DENIAL_HOLDS = 30 * 60;
/** How often what waits looks for answers that this process did not fetch itself, in milliseconds. */
const LOOK_AGAIN = 3_000;

export interface HoldContext {
  readonly approvals: Approvals;
  readonly home: string;
  /** Unix seconds. */
  readonly now: () => number;
  /** Requests that something in this process is waiting on right now. */
  readonly live: Set<Digest>;
}

export interface HoldOptions {
  readonly reason: string;
  /** The glass is to be broken for it: a freeze does not keep it from being asked for. */
  readonly emergency?: boolean;
  readonly agent: ApprovalRequest['agent'];
  /** Called when the request exists and after every change to it. */
  readonly onUpdate: (view: RequestView, quorum: Quorum) => void;
  /** Withdraws the request, or leaves it open when its reason is a {@link WindowClosing}. */
  readonly signal: AbortSignal;
}


/** How a hold ended. Only `run: true` may start anything, and only once. */
export type HoldResult =
  | { readonly run: true; readonly view: RequestView }
  | { readonly run: false; readonly view: RequestView; readonly reason: Sentence };

/**
 * Holds one operation until enough other people signed for exactly it: ask, wait, verify, recompute, use up.
 *
 * @throws CountersignError when it cannot even be asked for; nothing may run then
 */
export async function hold(ask: Ask, judged: Judged, context: HoldContext, options: HoldOptions): Promise<HoldResult> {
  const asked = await inTurn(context.approvals, async () => {
    const view = await openRequest(ask, judged, context, options);
    context.live.add(view.digest);
    return view;
  });
  try {
    return await settle(asked, ask, context, options);
  } finally {
    context.live.delete(asked.digest);
  }
}

const turns = new WeakMap<Approvals, Promise<unknown>>();

/** One at a time: of two that ask for the same at once, the second finds what the first asked for. */
function inTurn<T>(desk: Approvals, work: () => Promise<T>): Promise<T> {
  const turn = (turns.get(desk) ?? Promise.resolve()).then(work, work);
  turns.set(desk, turn.catch(() => undefined));
  return turn;
}

/** Where an operation stands whose asker cannot wait: run now, refused for a reason, or waiting without one. */
export type Standing = HoldResult | { readonly run: false; readonly view: RequestView; readonly reason: undefined };

/**
 * The same for a caller that comes back later instead of waiting: asks, or takes up what was asked before, and uses
 * the approval up if it is there.
 *
 * @throws CountersignError when it cannot even be asked for; nothing may run then
 */
export async function tryOnce(ask: Ask, judged: Judged, context: HoldContext, options: Pick<HoldOptions, 'reason' | 'agent' | 'emergency'>): Promise<Standing> {
  return takeUp(await openRequest(ask, judged, context, options), ask, context);
}

/** Where a request of the person's own stands; uses its approval up if that is there. Nothing new is asked for. */
export async function takeUp(view: RequestView, ask: Ask, context: HoldContext): Promise<Standing> {
  const ready = await verdictOn(view, ask, context);
  if (ready.refusal !== undefined) return { run: false, view, reason: ready.refusal };
  return ready.judged ? useUp(view, ask, ready.judged, context) : { run: false, view, reason: undefined };
}

/**
 * Asks, or takes up what was asked before, for something that will be run later and another way. Nothing is used up.
 *
 * @throws CountersignError when it cannot be asked for
 */
export function askAhead(ask: Ask, judged: Judged, context: HoldContext, options: Pick<HoldOptions, 'reason' | 'agent'>): Promise<RequestView> {
  return inTurn(context.approvals, () => openRequest(ask, judged, context, options));
}

/** Takes up the person's own open request for the same operation, or makes a new one. */
async function openRequest(ask: Ask, judged: Judged, context: HoldContext, options: Pick<HoldOptions, 'reason' | 'agent' | 'emergency'>): Promise<RequestView> {
  const { approvals } = context;
  const freeze = freezeOf(judged.assessment.targets, judged.policies, context.now());
  if (freeze && options.emergency !== true) throw new CountersignError('refused', describeFreeze(freeze));
  const quorum = quorumFor(judged.assessment.targets, judged.policies);
  const me = await approvals.signer.me(await approvals.trust(), REQUEST_NAMESPACE, context.now());
  const mine = (await approvals.requests()).filter((view) => view.requester === me.person);
  for (const view of mine) {
    const { operation, nonce } = view.signed.request;
    if (operation.script !== ask.text || operation.kind !== ask.kind) continue;
    const open = view.state === 'waiting' || view.state === 'approved';
    const refused = deniedUntil(view, context.now());
    if (!open && refused === undefined) continue;
    const now = await operationOf(ask.sealed && operation.sealed ? { ...ask, sealed: { ...ask.sealed, recipient: operation.sealed.recipient } } : ask, judged, approvals.repository, nonce, context.home);
    if (operationDigest(now) !== view.signed.request.operationDigest) continue;
    // Trust table 26: asking again at once is how people are worn down.
    if (refused !== undefined) throw new CountersignError('refused', sentence('{0} denied exactly this: {1} It can be asked for again in {2}. Talk to them, or change what it does.', view.denial?.person ?? sentence('Somebody'), withFullStop(view.denial?.reason ?? ''), minutes(refused - context.now())));
    // What is sealed would be released to the key of another run, which may not be there any more.
    if (ask.sealed?.recipient !== operation.sealed?.recipient) continue;
    if (isUsed(context.home, view.digest)) {
      // It was begun here and nobody saw the end of it: whether anything ran cannot be known, so it is not tried again.
      await approvals.withdraw(view, 'It was used on this account once already, and that was not recorded.');
      continue;
    }
    if (context.live.has(view.digest)) throw new CountersignError('refused', sentence('Exactly this is already waiting for approval. Cancel the other one first, or wait for it.'));
    return view;
  }
  if (mine.filter((view) => view.state === 'waiting').length >= MOST_OPEN) {
    throw new CountersignError('refused', sentence('You have {0} requests open already, and nobody reads more with care. Cancel one under Held, or wait for an answer.', MOST_OPEN));
  }
  const nonce = randomBytes(16).toString('hex');
  const operation = await operationOf(ask, judged, approvals.repository, nonce, context.home);
  return approvals.ask(operation, nonce, { agent: options.agent, ...saidOf(judged), reason: options.reason, quorum });
}

/** Until when a denial keeps its request from being asked for again, in Unix seconds; undefined when it does not. */
function deniedUntil({ state, denial }: RequestView, now: number): number | undefined {
  const until = (denial?.at ?? 0) + DENIAL_HOLDS;
  return state === 'denied' && until > now ? until : undefined;
}

function minutes(seconds: number): Sentence {
  const count = Math.ceil(seconds / 60);
  return count === 1 ? sentence('1 minute') : sentence('{0} minutes', count);
}

async function settle(asked: RequestView, ask: Ask, context: HoldContext, options: HoldOptions): Promise<HoldResult> {
  const { approvals } = context;
  let view = asked;
  for (;;) {
    const { revision } = approvals;
    view = await approvals.find(view.digest);
    const ready = await verdictOn(view, ask, context);
    options.onUpdate(view, ready.quorum);
    if (ready.refusal !== undefined) return { run: false, view, reason: ready.refusal };
    // Looked at before an approval is used up: nobody is left to run it.
    if (options.signal.aborted) return leave(view, context, options.signal);
    if (ready.judged) return useUp(view, ask, ready.judged, context);
    await nextChange(view, revision, context, options.signal);
  }
}

async function leave(view: RequestView, context: HoldContext, signal: AbortSignal): Promise<HoldResult> {
  if (signal.reason instanceof WindowClosing) return { run: false, view, reason: sentence('The window was closed. The request stays open.') };
  await context.approvals.withdraw(view, 'Cancelled by the requester.');
  return { run: false, view, reason: sentence('Cancelled.') };
}

interface Readiness {
  readonly quorum: Quorum;
  /** Present when every signature is there. */
  readonly judged?: Judged;
  /** Present when it will never run. */
  readonly refusal?: Sentence;
}

/** Verifies with fresh eyes: today's policy, today's roster, the working copy's stricter rules too. */
async function verdictOn(view: RequestView, ask: Ask, context: HoldContext): Promise<Readiness> {
  const { approvals } = context;
  const trust = await approvals.trust();
  const judged = judgeAsk(ask, trust, approvals.repository.root, context.home, context.now());
  const quorum = quorumFor(judged.assessment.targets, judged.policies);
  const freeze = freezeOf(judged.assessment.targets, judged.policies, context.now());
  const isBroken = isGlassBroken(view, await approvals.requests(), judged.policies, context.now());
  if (freeze && !isBroken) return { quorum, refusal: describeFreeze(freeze) };
  if (view.state === 'denied' && view.denial) return { quorum, refusal: sentence('Denied by {0}: {1}', view.denial.person, view.denial.reason) };
  if (view.state === 'withdrawn') return { quorum, refusal: sentence('Cancelled by the requester.') };
  if (view.state !== 'waiting' && view.state !== 'approved') {
    return { quorum, refusal: view.problems[0] ?? sentence('The request is {0}. Run it again to ask again.', asSentence(stateOf(view.state))) };
  }
  // A broken glass opens nothing: what is sealed needs the approver's key, not their word.
  if (isBroken && !ask.sealed) return { quorum, judged };
  if (view.state === 'waiting') return { quorum };
  const tokens = await approvals.tokensFor(view.digest);
  const strict = judge(view.signed, { tokens, denials: [] }, quorum, trust, context.now());
  if (strict.state !== 'approved') return { quorum };
  const isOpen = !ask.sealed || releasesOf(view.releases, ask.sealed, strict.approvals.map(({ person }) => person)).length > 0;
  return isOpen ? { quorum, judged } : { quorum };
}

/** Checks that what would run now is what was approved, uses the approval up, and checks again. Nothing runs unless this says so. */
async function useUp(asked: RequestView, ask: Ask, { policies }: Judged, context: HoldContext): Promise<HoldResult> {
  const { approvals } = context;
  const early = await difference(asked, ask, context);
  if (early !== undefined) return { run: false, view: asked, reason: early };
  // Trust table 15, 19: the protected branch as it is at the remote now, not as it was when this clone last looked.
  const { problem, reached } = await approvals.sync();
  const unconfirmed = problem !== undefined && !reached && mayRunUnconfirmed(policies);
  if (problem !== undefined && !unconfirmed) {
    const { name } = approvals.store;
    throw new CountersignError('store', reached ? sentence('Approved, but {0} is in trouble, so nothing was run: {1}', name, problem) : sentence('Approved, but {0} cannot be reached to make sure of it, so nothing was run: {1}', name, problem));
  }
  const view = await approvals.find(asked.digest);
  const ready = await verdictOn(view, ask, context);
  if (!ready.judged) return { run: false, view, reason: ready.refusal ?? sentence('The approval no longer counts under the rules at the remote. Run it again to ask again.') };
  // Trust table 1, 22: also where the store forgets, no account of this machine runs one approval twice.
  const use = () => (unconfirmed && mayRunUnconfirmed(ready.judged?.policies ?? []) ? approvals.consumeUnconfirmed(view) : approvals.consume(view));
  if (!markUsed(context.home, view.digest) || (await use()) !== 'won') {
    return { run: false, view, reason: sentence('This approval was used already. Run it again to ask again.') };
  }
  // Trust table 9: recording the use took time, and somebody may have used that time.
  const late = await difference(view, ask, context);
  return late === undefined ? { run: true, view } : { run: false, view, reason: late };
}

/**
 * Takes over what an assistant's hook used an approval up for: its client starts it, and a guard meets it.
 *
 * @returns what was approved, as it is judged now; undefined when it was never approved, was not used by the hook, was
 *   taken over before, has ended, or would no longer do what was signed
 */
export async function takeOver(digest: Digest, ask: Ask, context: HoldContext): Promise<Judged | undefined> {
  const { approvals } = context;
  const view = (await approvals.requests()).find((candidate) => candidate.digest === digest);
  if (!view || view.state !== 'running' || view.signed.request.agent === null) return undefined;
  const trust = await approvals.trust();
  const judged = judgeAsk(ask, trust, approvals.repository.root, context.home);
  // The requester's own word that it was used says nothing about approvals: anybody on this account can sign it.
  const tokens = await approvals.tokensFor(digest);
  const strict = judge(view.signed, { tokens, denials: [] }, quorumFor(judged.assessment.targets, judged.policies), trust, context.now());
  if (strict.state !== 'approved' || view.denial || freezeOf(judged.assessment.targets, judged.policies, context.now())) return undefined;
  if ((await difference(view, ask, context)) !== undefined) return undefined;
  return markUsed(context.home, digest, 'passed') ? judged : undefined;
}

/** Whether every policy lets what was approved run while nobody can be asked whether it was used already. */
export function mayRunUnconfirmed(policies: readonly Policy[]): boolean {
  return policies.length > 0 && policies.every(({ store }) => store.offline === 'run');
}

/** What is different now from what was approved, as a sentence, or undefined when nothing is. */
async function difference(view: RequestView, ask: Ask, context: HoldContext): Promise<Sentence | undefined> {
  const { request } = view.signed;
  const { approvals } = context;
  const judged = judgeAsk(ask, await approvals.trust(), approvals.repository.root, context.home, context.now());
  const now = await operationOf(ask, judged, approvals.repository, request.nonce, context.home);
  if (operationDigest(now) === request.operationDigest) return undefined;
  const parts = joined(changedParts(request.operation, now), ', ');
  return ask.kind === 'edit'
    ? sentence('What would be written is no longer what was approved ({0} changed since). Make the edit again to ask again.', parts)
    : sentence('What would run is no longer what was approved ({0} changed since). Run it again to ask again.', parts);
}

/**
 * Waits until something was said after `revision`, the request expires, or the person gives up. It looks again by
 * itself as well: another process of this clone may have fetched the answer, and then this one has nothing to fetch.
 */
function nextChange(view: RequestView, revision: number, context: HoldContext, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const left = Math.max(0, view.signed.request.expires + 1 - context.now()) * 1000;
    const timer = setTimeout(done, Math.min(left, LOOK_AGAIN));
    const stop = context.approvals.onChange(done);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted || context.approvals.revision !== revision) done();
    function done(): void {
      clearTimeout(timer);
      stop();
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
