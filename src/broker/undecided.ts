import { CountersignError } from '../core/errors.js';
import type { RequestView } from '../core/ledger/fold.js';
import { asSentence, sentence } from '../core/say.js';
import { stateOf } from './review.js';

/** @throws CountersignError `refused` when there is nothing left to approve or deny */
export function checkUndecided({ state }: RequestView, decision: 'approve' | 'deny'): void {
  if (state === 'waiting' || state === 'approved') return;
  const said = asSentence(stateOf(state));
  throw new CountersignError('refused', decision === 'approve' ? sentence('This request is {0}: there is nothing to approve.', said) : sentence('This request is {0}: there is nothing to deny.', said));
}
