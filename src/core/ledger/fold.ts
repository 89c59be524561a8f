import type { Digest } from '../approval/canonical.js';
import { checkBreakGlass, checkGlassReview, type BrokenGlass, type GlassReview } from '../approval/break-glass.js';
import { checkOwnRecord, checkRequester, judge, type Approval, type Judgement } from '../approval/judge.js';
import type { EventRecord } from '../approval/record.js';
import { checkRelease, type Release } from '../approval/release.js';
import type { SignedRequest } from '../approval/request.js';
import type { Trust } from '../approval/trust.js';
import { sentenceOf } from '../errors.js';
import { sentence, type Sentence } from '../say.js';
import { quorumOf, type Quorum } from '../policy/quorum.js';

/** Everything that was said about one request, as stored. */
export interface Thread {
  readonly signed: SignedRequest;
  readonly tokens: readonly string[];
  readonly denials: readonly string[];
  readonly withdrawals: readonly string[];
  readonly uses: readonly string[];
  readonly outcomes: readonly string[];
  readonly glasses: readonly string[];
  readonly reviews: readonly string[];
  readonly releases: readonly string[];
}

export type RequestState =
  | 'waiting' // for signatures
  | 'approved' // signed, not yet run
  | 'denied'
  | 'expired'
  | 'withdrawn'
  | 'running' // used; no outcome recorded yet
  | 'finished'
  | 'invalid'; // does not stand: see the problem

/** One request as every screen and report shows it. */
export interface RequestView {
  readonly digest: Digest;
  readonly signed: SignedRequest;
  readonly requester: string | undefined;
  readonly quorum: Quorum;
  readonly state: RequestState;
  readonly approvals: readonly Approval[];
  readonly denial: Judgement['denial'];
  readonly withdrawal: EventRecord | undefined;
  readonly use: (EventRecord & { event: 'use' }) | undefined;
  readonly outcome: (EventRecord & { event: 'outcome' }) | undefined;
  /** The requester broke the glass for it. */
  readonly glass: BrokenGlass | undefined;
  /** Another person looked at that afterwards. */
  readonly glassReview: GlassReview | undefined;
  /** Sealed items that approvers opened their part of. */
  readonly releases: readonly Release[];
  /** Why the request does not stand, or what was left out of account. */
  readonly problems: readonly Sentence[];
}

const SETTLED: ReadonlySet<RequestState> = new Set(['running', 'finished', 'denied', 'withdrawn', 'expired']);

/** Whether only something new that is said can change where a request stands, not time alone. */
export function isSettled({ state }: RequestView): boolean {
  return SETTLED.has(state);
}

/** A view, and the moments between which nothing but something new that is said can make it another one. Unix seconds. */
interface Folded {
  readonly rules: string;
  readonly view: RequestView;
  readonly since: number;
  readonly until: number;
}

/**
 * Folds threads again and again, and one that stands only when the thread itself, the rules or its time are others. A
 * view of the same thread is the same object then.
 */
export class Folding {
  private readonly known = new WeakMap<Thread, Folded>();

  /** @param now Unix seconds */
  fold(thread: Thread, trust: Trust, now: number): RequestView {
    const rules = `${trust.policy.digest} ${trust.rosterDigest}`;
    const before = this.known.get(thread);
    if (before?.rules === rules && before.since <= now && now <= before.until) return before.view;
    const view = foldThread(thread, trust, now);
    const times = standsFor(view, thread, now);
    if (times) this.known.set(thread, { rules, view, ...times });
    return view;
  }
}

/** Where an approval counts, it depends on the time by the keys and tokens behind it: that is looked at again every time. */
function standsFor(view: RequestView, { tokens }: Thread, now: number): Pick<Folded, 'since' | 'until'> | undefined {
  if (isSettled(view)) return { since: -Infinity, until: Infinity };
  return view.state === 'waiting' && tokens.length === 0 ? { since: now, until: view.signed.request.expires } : undefined;
}

/**
 * Reads one thread under the rules that hold now: pure, the same for every reader.
 *
 * @param now Unix seconds
 */
export function foldThread(thread: Thread, trust: Trust, now: number): RequestView {
  const { signed } = thread;
  const quorum = quorumOf(signed.request.operation, trust.policy);
  const base = { digest: signed.digest, signed, quorum, approvals: [], denial: undefined, withdrawal: undefined, use: undefined, outcome: undefined, glass: undefined, glassReview: undefined, releases: [] };
  let requester: string;
  try {
    requester = checkRequester(signed, trust);
  } catch (error) {
    return { ...base, requester: undefined, state: 'invalid', problems: [sentenceOf(error)] };
  }
  const problems: Sentence[] = [];
  const own = (lines: readonly string[]): EventRecord[] => ownRecords(lines, signed, requester, trust, problems);
  const uses = own(thread.uses).flatMap((record) => (record.event === 'use' ? [record] : []));
  // One that a store confirmed is the one that counts; others ran without asking it.
  const use = uses.find(({ unconfirmed }) => !unconfirmed) ?? uses[0];
  if (uses.length > 1) problems.push(sentence('This one approval was used {0} times, {1} of them while the store could not be reached.', uses.length, uses.filter(({ unconfirmed }) => unconfirmed).length));
  const outcome = own(thread.outcomes).find((record) => record.event === 'outcome');
  const withdrawal = own(thread.withdrawals).find((record) => record.event === 'withdrawal');
  const verdict = judged(thread, quorum, trust, use?.at ?? now, problems);
  const [glass] = kept(thread.glasses, problems, (line) => checkBreakGlass(line, signed, requester, trust));
  const [glassReview] = kept(thread.reviews, problems, (line) => checkGlassReview(line, signed, requester, trust));
  const releases = kept(thread.releases, problems, (line) => checkRelease(line, signed, requester, quorum, trust));
  const state: RequestState = use ? (outcome ? 'finished' : 'running') : withdrawal ? 'withdrawn' : (verdict?.state ?? 'invalid');
  return {
    ...base,
    requester,
    state,
    approvals: verdict?.approvals ?? [],
    denial: verdict?.denial,
    withdrawal,
    use,
    outcome,
    glass,
    glassReview: glass && glassReview,
    releases,
    problems: [...problems, ...(verdict?.rejected ?? [])],
  };
}

function judged(thread: Thread, quorum: Quorum, trust: Trust, now: number, problems: Sentence[]): Judgement | undefined {
  try {
    return judge(thread.signed, thread, quorum, trust, now);
  } catch (error) {
    problems.push(sentenceOf(error));
    return undefined;
  }
}

function ownRecords(lines: readonly string[], signed: SignedRequest, requester: string, trust: Trust, problems: Sentence[]): EventRecord[] {
  return kept(lines, problems, (line) => checkOwnRecord(line, signed, requester, trust));
}

/** What checks of lines give; a line that fails is left out and named. */
function kept<T>(lines: readonly string[], problems: Sentence[], check: (line: string) => T): T[] {
  return lines.flatMap((line) => {
    try {
      return [check(line)];
    } catch (error) {
      problems.push(sentenceOf(error));
      return [];
    }
  });
}
