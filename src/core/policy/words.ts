import { plainly } from '../approval/display.js';
import { english, sentence, spoken, type Say, type Sentence } from '../say.js';
import type { Action, Verdict } from './decide.js';

/** What an action means for the person who wants to run something. */
export const ACTION_WORDS: Readonly<Record<Action, Sentence>> = {
  allow: sentence('Allowed.'),
  warn: sentence('Allowed, with a warning.'),
  confirm: sentence('Would ask you first.'),
  approve: sentence('Would be held for approval.'),
  deny: sentence('Denied by the policy.'),
};

/** A verdict as sentences, the action first. */
export function verdictLines({ action, reasons }: Verdict): readonly Sentence[] {
  return [ACTION_WORDS[action], ...new Map(reasons.map((reason) => [spoken(reason), reason])).values()];
}

/** The strongest reason, fit to be shown, or what is said where there is none. */
export function firstReason({ reasons: [first] }: Verdict, otherwise: string, say: Say = english): string {
  return first ? plainly(first, say) : otherwise;
}
