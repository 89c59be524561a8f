import type { Digest } from '../approval/canonical.js';
import { proposedRules, sameRules, trustOfRules, type RuleTexts } from '../approval/rules-change.js';
import { isEnough, type Trust } from '../approval/trust.js';
import { foldThread, type RequestView, type Thread } from './fold.js';

/** How far the rules have moved on, step by step. */
export interface Followed {
  readonly texts: RuleTexts;
  /** Those that were in force one after the other, `texts` the last of them; none when nothing changed. */
  readonly passed: readonly RuleTexts[];
  /** The last of the states that counts, or -1 when none does. */
  readonly at: number;
  /** The requests whose approvals led there, in their order. */
  readonly accepted: readonly Digest[];
}

/**
 * Follows the rules along the states of the protected branch. A state counts when those who were in charge before it
 * agreed to exactly that step; what they did not agree to is passed over. An approval counts for one step and never
 * again, so that rules which were given up cannot be brought back by an approval of last year (trust table 15, 16).
 *
 * @param pinned the rules that count now
 * @param states the rules of each commit, the oldest first
 * @param used requests that led here
 * @param now Unix seconds
 */
export function followRules(pinned: RuleTexts, states: readonly RuleTexts[], threads: readonly Thread[], used: readonly string[], now: number): Followed {
  const changes = threads.flatMap((thread) => {
    const to = proposedRules(thread.signed.request.operation);
    return to ? [{ thread, to }] : [];
  });
  return states.reduce<Followed>(
    (followed, state, at) => {
      if (sameRules(followed.texts, state) || !isUsable(state)) return followed;
      const trust = trustOfRules(followed.texts, '');
      const spent = new Set([...used, ...followed.accepted]);
      const agreed = changes
        .filter(({ thread, to }) => sameRules(to, state) && !spent.has(thread.signed.digest) && leadsFrom(thread, trust))
        .map(({ thread }) => foldThread(thread, trust, now))
        .find((view) => isAgreed(view, trust));
      return agreed ? { texts: state, passed: [...followed.passed, state], at, accepted: [...followed.accepted, agreed.digest] } : followed;
    },
    { texts: pinned, passed: [], at: -1, accepted: [] },
  );
}

function leadsFrom({ signed: { request } }: Thread, trust: Trust): boolean {
  return request.policy === trust.policy.digest && request.roster === trust.rosterDigest;
}

/** Whether rules can be read and name somebody: others would leave nobody in charge. */
function isUsable(texts: RuleTexts): boolean {
  try {
    return trustOfRules(texts, '').roster.entries.length > 0;
  } catch {
    return false;
  }
}

/** Whether the old roster said yes, in time, and nobody on it had said no before the change was made. */
function isAgreed({ state, approvals, quorum, denial, use }: RequestView, trust: Trust): boolean {
  if (state !== 'approved' && state !== 'running' && state !== 'finished') return false;
  if (denial && (!use || denial.at <= use.at)) return false;
  return isEnough(trust, quorum, approvals.map(({ person }) => person));
}
