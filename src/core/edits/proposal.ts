import type { Finding } from '../assess/assessment.js';
import type { Verdict } from '../policy/decide.js';
import type { Comparison, Hunk } from './compare.js';

/** One place of an edit that a person has to look at, and why. */
export interface ProposedHunk {
  readonly hunk: Hunk;
  /** What it brings that destroys, and what it takes that protects. */
  readonly findings: readonly Finding[];
}

/** What of an edit has to be looked at before it is written by an assistant, or when it has come unseen. */
export function worseIn({ added, lostProtections }: Pick<Comparison, 'added' | 'lostProtections'>): readonly Finding[] {
  return [...lostProtections, ...added.filter(({ effect, severity }) => effect === 'destroy' && severity !== 'low')];
}

/**
 * The places of an edit that a person has to look at: those that make something worse, and all of them in a file that
 * the policy protects.
 *
 * @param asked what the policy says to an edit of the file, whatever is in it
 */
export function proposedHunks({ hunks }: Comparison, asked: Verdict): readonly ProposedHunk[] {
  const isProtected = asked.action !== 'allow';
  return hunks.map((hunk) => ({ hunk, findings: worseIn(hunk) })).filter(({ findings }) => isProtected || findings.length > 0);
}
