import { CountersignError } from '../core/errors.js';
import type { RequestView } from '../core/ledger/fold.js';
import { asSentence, sentence } from '../core/say.js';
import { stateOf } from './review.js';

/** @throws CountersignError `refused` when there is nothing left to approve, deny or cancel */
export function checkUndecided({ state }: RequestView, decision: 'approve' | 'deny' | 'cancel'): void {
  if (state === 'waiting' || state === 'approved') return;
  const said = asSentence(stateOf(state));
  switch (decision) {
    case 'approve':
      throw new CountersignError('refused', sentence('This request is {0}: there is nothing to approve.', said));
    case 'deny':
      throw new CountersignError('refused', sentence('This request is {0}: there is nothing to deny.', said));
    case 'cancel':
      throw new CountersignError('refused', sentence('This request is {0}: there is nothing to cancel.', said));
  }
}
