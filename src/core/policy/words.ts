import type { Action, Verdict } from './decide.js';

/** What an action means for the person who wants to run something. */
export const ACTION_WORDS: Readonly<Record<Action, string>> = {
  allow: 'Allowed.',
  warn: 'Allowed, with a warning.',
  confirm: 'Would ask you first.',
  approve: 'Would be held for approval.',
  deny: 'Denied by the policy.',
};

/** A verdict as sentences, the action first. */
export function verdictLines({ action, reasons }: Verdict): readonly string[] {
  return [ACTION_WORDS[action], ...new Set(reasons)];
}
