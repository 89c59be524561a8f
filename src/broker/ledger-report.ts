import type { Digest } from '../core/approval/canonical.js';
import { CountersignError } from '../core/errors.js';
import { chainProblems, eventNameAt } from '../core/ledger/chain.js';
import { lacksApproval } from '../core/ledger/entries.js';
import type { RequestView } from '../core/ledger/fold.js';
import { counts, incidentTime, viewOf } from './anchoring.js';
import type { Approvals } from './approvals.js';
import type { StoredEvent } from './store.js';
import { Threads } from './threads.js';

/** What the ledger proves, and what in it proves nothing. */
export interface LedgerReport {
  readonly tip: string;
  readonly commits: number;
  /** Events that somebody signed who could. */
  readonly events: number;
  readonly requests: readonly RequestView[];
  /** What is wrong, one sentence each. Nothing for a ledger that holds. */
  readonly problems: readonly string[];
}

/**
 * Proves the ledger: that it is a chain to which events were only ever added, that everything in it was signed by
 * somebody who could say it under the rules of its time, and that nothing was used without enough approvals.
 *
 * @param since a commit whose ledger is taken as it is, so that only what came later is proved
 * @param now Unix seconds
 * @throws CountersignError `store` when there is no ledger, or no such commit in it
 */
export async function verifyLedger(desk: Approvals, since: string | undefined, now: number): Promise<LedgerReport> {
  const { ledger } = desk.store;
  const tip = await ledger.tip();
  if (tip === undefined) throw new CountersignError('store', 'There is no ledger yet. “countersign ledger anchor” begins one.');
  const from = since === undefined ? undefined : await ledger.ancestor(since);
  const [commits, history] = await Promise.all([ledger.commits(from), desk.history()]);
  const chain = chainProblems(commits, from === undefined ? undefined : await ledger.listAt(from));
  const events = commits.flatMap(({ changes }) =>
    changes.flatMap(({ status, path, text }): StoredEvent[] => {
      const name = status === 'A' ? eventNameAt(path) : undefined;
      return name === undefined ? [] : [{ id: path, name, text }];
    }),
  );
  // What came later may speak of a request that was folded before.
  const earlier = from === undefined ? [] : await ledger.eventsAt(from);
  const known = new Set(earlier.map(({ name }) => name));
  const threads = new Threads().of([...earlier, ...events]);
  const good = new Set<string>();
  const unfounded: string[] = [];
  const views: RequestView[] = [];
  for (const thread of threads) {
    const trust = history.at(thread.signed.request);
    if (!trust || thread.events.every(({ name }) => known.has(name))) continue;
    for (const event of thread.events) if (counts(event, thread, trust, now)) good.add(event.name);
    const view = viewOf(thread, history, now);
    if (!view) continue;
    views.push(view);
    if (lacksApproval(view, trust)) unfounded.push(`Request ${shortHex(view.digest)} was used without enough approvals.`);
  }
  for (const event of events) if (incidentTime(event, history) !== undefined) good.add(event.name);
  const bad = events.filter(({ name }) => !good.has(name)).map(({ name }) => `${name} is signed by nobody who could say so, or under rules that were never in force.`);
  return { tip, commits: commits.length, events: events.length - bad.length, requests: views, problems: [...chain, ...unfounded, ...bad] };
}

function shortHex(digest: Digest): string {
  return digest.slice('sha256:'.length, 'sha256:'.length + 8);
}
