import { environmentsOf } from '../core/approval/break-glass.js';
import { CountersignError } from '../core/errors.js';
import { sentence } from '../core/say.js';
import type { RequestView } from '../core/ledger/fold.js';
import { whyGlassHolds } from '../core/ledger/glass.js';
import type { Approvals } from './approvals.js';
import { policiesAt } from './assessing.js';
import { mayRunUnconfirmed } from './hold.js';

/** What a person is asked to type before the glass breaks. */
export interface GlassQuestion {
  /** The names of the environments, as they must be typed. */
  readonly environments: readonly string[];
}

/**
 * Whether the glass may be broken for a request at all, and what has to be typed for it.
 *
 * @param now Unix seconds
 * @throws CountersignError `refused` saying why not
 */
export async function askForGlass(view: RequestView, approvals: Approvals, now: number): Promise<GlassQuestion> {
  if (view.requester === undefined || view.state !== 'waiting') throw new CountersignError('refused', sentence('The glass can only be broken for a request that waits.'));
  const trust = await approvals.trust();
  const why = whyGlassHolds(view.requester, await approvals.requests(), policiesAt(trust, approvals.repository.root), now, view.digest);
  if (why !== undefined) throw new CountersignError('refused', why);
  return { environments: environmentsOf(view.signed, trust) };
}

/**
 * Breaks the glass for a request: written and delivered before anything runs. Whoever holds the operation lets it run
 * then, as it would with an approval.
 *
 * @param said what the person typed
 * @throws CountersignError when it does not count, or could not be told to the others; nothing may run then
 */
export async function breakGlass(view: RequestView, said: { readonly environments: string; readonly reason: string }, approvals: Approvals, now: number): Promise<void> {
  const { problem, reached } = await approvals.sync();
  const unconfirmed = problem !== undefined && !reached && mayRunUnconfirmed(policiesAt(await approvals.trust(), approvals.repository.root));
  if (problem !== undefined && !unconfirmed) throw new CountersignError('store', sentence('{0} cannot be reached to tell the others, so nothing was run: {1}', approvals.store.name, problem));
  const fresh = await approvals.find(view.digest);
  const { environments } = await askForGlass(fresh, approvals, now);
  if (said.environments.trim() !== environments.join(' ')) throw new CountersignError('refused', sentence('Type exactly “{0}”: that is where this lands.', environments.join(' ')));
  const reason = said.reason.trim();
  if (reason === '') throw new CountersignError('refused', sentence('Say why: everybody will read it.'));
  if ((await approvals.breakGlass(fresh, reason.slice(0, 1000), environments)) !== 'delivered' && !unconfirmed) {
    throw new CountersignError('store', sentence('The glass is broken, but {0} could not be reached to tell the others, so nothing was run.', approvals.store.name));
  }
}
