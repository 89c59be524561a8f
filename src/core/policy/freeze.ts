import { sentence, type Sentence } from '../say.js';
import type { Freeze, Policy } from './policy.js';

/**
 * The freeze that keeps these environments as they are, the one that lasts longest, or undefined.
 *
 * @param policies every one of them may freeze
 * @param now Unix seconds
 */
export function freezeOf(targets: readonly { readonly environment: string }[], policies: readonly Policy[], now: number): Freeze | undefined {
  const touched = new Set(targets.map(({ environment }) => environment));
  const active = policies.flatMap(({ environments }) => environments.filter(({ name }) => touched.has(name)).flatMap(({ freezes }) => freezes.filter(({ from, until }) => from <= now && now < until)));
  return [...active].sort((a, b) => b.until - a.until)[0];
}

/** Why nothing runs now and when it can again, in one sentence. */
export function describeFreeze({ until, reason }: Freeze): Sentence {
  const end = new Date(until * 1000).toISOString().slice(0, 16).replace('T', ' ');
  return sentence('Nothing changes here until {0} UTC: {1}. Ask again then.', end, reason.replace(/[.\s]+$/, ''));
}
