import { hexOf } from '../core/approval/canonical.js';
import { CountersignError } from '../core/errors.js';
import { byTime, incidentEntry, requestEntry, type LedgerEntry } from '../core/ledger/entries.js';
import { isSettled, type RequestView } from '../core/ledger/fold.js';
import { select, type LedgerFilter } from '../core/ledger/filter.js';
import { incidentOf, viewOf } from './anchoring.js';
import type { Approvals } from './approvals.js';
import { threadsOf } from './threads.js';

/**
 * Everything that this clone knows: what the ledger branch holds and what was not folded into it yet, the newest first.
 * Every signature is verified again. What is over is told under the rules of its time, what is open under those of today.
 *
 * @param now Unix seconds
 */
export async function ledgerEntries(desk: Approvals, now: number): Promise<readonly LedgerEntry[]> {
  const { ledger } = desk.store;
  const tip = await ledger.tip();
  const [folded, events, history, { trust, requests, incidents }] = await Promise.all([tip === undefined ? [] : ledger.eventsAt(tip), desk.store.events(), desk.history(), desk.read()]);
  const all = [...new Map([...folded, ...events].map((event) => [`${event.name} ${event.text}`, event])).values()];
  const views = new Map<string, RequestView>(requests.map((view) => [view.digest, view]));
  for (const thread of threadsOf(all)) {
    const past = viewOf(thread, history, now);
    if (past && (isSettled(past) || !views.has(past.digest))) views.set(past.digest, past);
  }
  const reported = new Map([...all.flatMap((event) => incidentOf(event, history) ?? []), ...incidents].map((view) => [view.digest, view]));
  const entries = [
    ...[...views.values()].map((view) => requestEntry(view, history.at(view.signed.request) ?? trust)),
    ...[...reported.values()].map(({ digest, incident, reporter }) => incidentEntry(digest, incident, reporter)),
  ];
  return entries.sort((a, b) => byTime(b, a));
}

/**
 * The entries that a post-mortem is about: those that fit, or the one that is named.
 *
 * @param name the first digits of a request's or an incident's digest; undefined takes what fits
 * @throws CountersignError `request` when there is none of that name, or more than one
 */
export function entriesFor(entries: readonly LedgerEntry[], filter: LedgerFilter, name: string | undefined): readonly LedgerEntry[] {
  if (name === undefined) return select(entries, filter);
  const digits = name.replace(/^sha256:/, '').toLowerCase();
  const found = entries.filter(({ id }) => digits.length >= 4 && hexOf(id).startsWith(digits));
  if (found.length === 0) throw new CountersignError('request', `The ledger has nothing that is called “${name}”. “countersign ledger list” lists what it has.`);
  if (found.length > 1) throw new CountersignError('request', `More than one entry begins with “${name}”. Give more digits.`);
  return found;
}
