import { RECORD_NAMESPACE } from '../core/approval/record.js';
import { APPROVAL_NAMESPACE } from '../core/approval/token.js';
import { candidatesFor, type Trust } from '../core/approval/trust.js';
import { CountersignError } from '../core/errors.js';
import type { RequestView } from '../core/ledger/fold.js';
import { asSentence, sentence } from '../core/say.js';
import { stateOf } from './review.js';
import type { Signer } from './signer.js';

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

/**
 * The person at this keyboard, who is to decide on a request. Asked before anybody types a reason or touches a key, and
 * again before anything is signed.
 *
 * @param now Unix seconds
 * @throws CountersignError `refused` when there is nothing left to decide, or it is not theirs to decide; `key` when they have no key to do it with
 */
export async function decider(view: RequestView, decision: 'approve' | 'deny', trust: Trust, signer: Signer, now: number): ReturnType<Signer['me']> {
  checkUndecided(view, decision);
  const me = await signer.me(trust, decision === 'approve' ? APPROVAL_NAMESPACE : RECORD_NAMESPACE, now);
  if (me.person === view.requester) {
    throw new CountersignError('refused', decision === 'approve' ? sentence('You asked for this yourself: another person on the list has to approve it.') : sentence('You asked for this yourself: cancel it instead.'));
  }
  if (!candidatesFor(trust, view.quorum).has(me.person)) throw new CountersignError('refused', sentence('The policy does not let {0} decide on this.', me.person));
  if (decision === 'approve' && view.state === 'waiting' && view.approvals.some(({ person }) => person === me.person)) throw new CountersignError('refused', sentence('You have signed this already: it waits for others.'));
  return me;
}
