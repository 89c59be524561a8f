import { sentence, type Sentence } from '../say.js';
import type { Policy } from '../policy/policy.js';
import type { RequestView } from './fold.js';

/** For so long a broken glass counts against the team's number, in seconds. */
export const GLASS_WEEK = 7 * 24 * 60 * 60;

/**
 * Why a person may not break the glass at a moment, or undefined when they may: the team's weekly number, and nobody's
 * second time before another person has looked at their first (trust table 29).
 *
 * @param policies every one of them may tighten
 * @param at Unix seconds
 * @param besides the request that it is about, which does not count against itself
 */
export function whyGlassHolds(requester: string, views: readonly RequestView[], policies: readonly Policy[], at: number, besides?: string): Sentence | undefined {
  const perWeek = Math.min(...policies.map(({ breakGlass }) => breakGlass.perWeek));
  if (perWeek === 0) return sentence('The policy does not let anybody break the glass.');
  const before = views.filter(({ glass, digest }) => glass !== undefined && glass.at <= at && digest !== besides);
  const open = before.find((view) => view.requester === requester && (view.glassReview === undefined || view.glassReview.at > at));
  if (open?.glass) return sentence('Nobody has looked yet at what you did when you broke the glass on {0} ({1}). Have another person review it first.', dayOf(open.glass.at), open.glass.reason);
  const recent = before.filter(({ glass }) => glass !== undefined && glass.at > at - GLASS_WEEK);
  if (recent.length < perWeek) return undefined;
  return recent.length === 1
    ? sentence('The glass was broken once in the last seven days, as often as the policy allows. Only an approval lets this run.')
    : sentence('The glass was broken {0} times in the last seven days, as often as the policy allows. Only an approval lets this run.', recent.length);
}

/**
 * Whether the glass is broken for a request in a way that counts now. Whoever broke it wrote the time of it, so it is
 * held against every other one that is known now: one dated back must not come before the one that nobody has reviewed.
 *
 * @param now Unix seconds
 */
export function isGlassBroken(view: RequestView, views: readonly RequestView[], policies: readonly Policy[], now: number): boolean {
  if (!view.glass || view.requester === undefined) return false;
  return whyGlassHolds(view.requester, views, policies, Math.max(now, view.glass.at), view.digest) === undefined;
}

function dayOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}
