import { createHash } from 'node:crypto';
import { checkBreakGlass, checkGlassReview } from '../core/approval/break-glass.js';
import { CLOCK_LEEWAY, checkOwnRecord, checkRequester, judge } from '../core/approval/judge.js';
import { checkRelease } from '../core/approval/release.js';
import type { Trust } from '../core/approval/trust.js';
import { CountersignError } from '../core/errors.js';
import { sentence } from '../core/say.js';
import { ledgerPath, type LedgerFile } from '../core/ledger/chain.js';
import { foldThread, type RequestView } from '../core/ledger/fold.js';
import { GLASS_WEEK } from '../core/ledger/glass.js';
import { incidentsOf, type IncidentView } from '../core/ledger/incident.js';
import { quorumOf } from '../core/policy/quorum.js';
import type { TrustHistory } from '../world/trust-history.js';
import type { Approvals } from './approvals.js';
import { readEventName, type EventKind, type StoredEvent } from './store.js';
import { Threads, type StoredThread } from './threads.js';

/** Events go from where everybody reads them this long after their request closed, in seconds: the longest life of a request. */
const KEPT_EVERYWHERE = 24 * 3600;
/** And from this clone after this long, so that the views still show the last days. */
const KEPT_HERE = 7 * 24 * 3600;
/** So often somebody else may be first before this one gives up. */
const MOST_TRIES = 5;
/** Events that one commit of the ledger takes: git must be done with it in seconds. */
const MOST_AT_ONCE = 4_000;

export interface Anchored {
  /** Events that were folded into the ledger. */
  readonly folded: number;
  /** Events that were taken away where everybody reads them. */
  readonly dropped: number;
  /** Why they could not be taken away. */
  readonly problem: string | undefined;
}

/**
 * Folds finished events into the ledger branch, then takes those away that are there and old. Several may do so at
 * once: each push says what it follows, and whoever is second looks again.
 *
 * @param now Unix seconds
 * @throws CountersignError `store` when the others or the ledger cannot be reached
 */
export async function anchor(desk: Approvals, now: number): Promise<Anchored> {
  const { ledger } = desk.store;
  let folded = 0;
  for (let tries = 1; ; ) {
    const { problem } = await desk.sync();
    if (problem !== undefined) throw new CountersignError('store', sentence('Nothing was folded into the ledger, for {0} is in trouble: {1}', desk.store.name, problem));
    const [events, history, files] = await Promise.all([desk.store.events(), desk.history(), ledger.files()]);
    const fresh = goodEvents(events, history, now).map(fileOf).filter(({ path }) => !files.has(path));
    const some = fresh.slice(0, MOST_AT_ONCE);
    if (some.length === 0) break;
    if (await ledger.append(some)) {
      folded += some.length;
      tries = 1;
      if (some.length === fresh.length) break;
    } else {
      tries += 1;
      if (tries > MOST_TRIES) throw new CountersignError('store', sentence('Others were adding to the ledger all the time. Try again later.'));
    }
  }
  return { folded, ...(await compact(desk, now)) };
}

async function compact(desk: Approvals, now: number): Promise<{ readonly dropped: number; readonly problem: string | undefined }> {
  const events = await desk.store.events();
  const [history, files] = [await desk.history(), await desk.store.ledger.files()];
  const older = (age: number) => foldedEvents(events, history, files, now - age, now);
  const [everywhere, here] = [older(KEPT_EVERYWHERE), older(KEPT_HERE)];
  const problem = await desk.store.forget(everywhere, here);
  return { dropped: problem === undefined ? everywhere.length : 0, problem };
}

/** Events about what was over before this moment and of which the ledger has everything that counts. */
function foldedEvents(events: readonly StoredEvent[], history: TrustHistory, files: ReadonlyMap<string, string>, before: number, now: number): readonly StoredEvent[] {
  const isFolded = (event: StoredEvent) => files.get(ledgerPath(event.name)) === blobId(event.text, event.id.length);
  // A change of the rules stays: whoever comes back after months follows it step by step.
  const threads = new Threads().of(events).filter(({ signed: { request } }) => request.expires < before && request.operation.kind !== 'rules');
  return [
    // What does not count goes with the rest: its request is closed for good.
    ...threads.filter((thread) => goodInThread(thread, history, now).every(isFolded)).flatMap((thread) => thread.events),
    ...events.filter((event) => isFolded(event) && (incidentTime(event, history) ?? before) < before),
  ];
}

/** The name that git gives to a file's content; how long it is tells which digest the repository uses. */
function blobId(text: string, length: number): string {
  return createHash(length === 64 ? 'sha256' : 'sha1').update(`blob ${Buffer.byteLength(text)}\0${text}`).digest('hex');
}

function fileOf({ name, text }: StoredEvent): LedgerFile {
  return { path: ledgerPath(name), text };
}

/** The events that are finished and count. Everybody can write to the store; what does not count never gets into the ledger. */
function goodEvents(events: readonly StoredEvent[], history: TrustHistory, now: number): readonly StoredEvent[] {
  const threads = new Threads().of(events);
  const incidents = events.filter((event) => incidentTime(event, history) !== undefined);
  return [...threads.flatMap((thread) => (isOver(thread, history, now) ? goodInThread(thread, history, now) : [])), ...incidents];
}

function isOver(thread: StoredThread, history: TrustHistory, now: number): boolean {
  const view = viewOf(thread, history, now);
  if (!view || view.state === 'invalid') return false;
  // What somebody did behind a broken glass stays in sight until it was reviewed, and counts for a week (trust table 29).
  if (view.glass && (!view.glassReview || view.glass.at > now - GLASS_WEEK)) return false;
  return ['finished', 'denied', 'withdrawn', 'expired'].includes(view.state) || now > thread.signed.request.expires + CLOCK_LEEWAY;
}

/** A request as it stands under the rules that it names; undefined when those were never in force. */
export function viewOf(thread: StoredThread, history: TrustHistory, now: number): RequestView | undefined {
  const trust = history.at(thread.signed.request);
  return trust && foldThread(thread, trust, now);
}

function goodInThread(thread: StoredThread, history: TrustHistory, now: number): readonly StoredEvent[] {
  const trust = history.at(thread.signed.request);
  return trust ? thread.events.filter((event) => counts(event, thread, trust, now)) : [];
}

/** Whether an event was said by somebody who may say so, under the rules that its request names. */
export function counts({ name, text }: StoredEvent, { signed }: StoredThread, trust: Trust, now: number): boolean {
  const kind = readEventName(name)?.kind;
  const at = Math.min(now, signed.request.notBefore);
  const quorum = quorumOf(signed.request.operation, trust.policy);
  const judged = (said: { readonly tokens: readonly string[]; readonly denials: readonly string[] }) => judge(signed, said, quorum, trust, at).rejected.length === 0;
  const own = () => isOf(kind, checkOwnRecord(text, signed, checkRequester(signed, trust), trust).event);
  try {
    switch (kind) {
      case 'request':
        return checkRequester(signed, trust) !== '' && sameText(text, signed.signature);
      case 'approval':
        return judged({ tokens: [text], denials: [] });
      case 'denial':
        return judged({ tokens: [], denials: [text] });
      case 'withdrawal':
      case 'use':
      case 'unconfirmed':
      case 'outcome':
        return own();
      case 'break-glass':
        return checkBreakGlass(text, signed, checkRequester(signed, trust), trust).at > 0;
      case 'review':
        return checkGlassReview(text, signed, checkRequester(signed, trust), trust).at > 0;
      case 'release':
        return checkRelease(text, signed, checkRequester(signed, trust), quorum, trust).keys.length > 0;
      case 'incident':
      case undefined:
        return false;
    }
  } catch {
    return false;
  }
}

/** Of several spellings of a request only the one with the signature that was checked. */
function sameText(text: string, signature: Buffer): boolean {
  return text.trim().endsWith(`.${signature.toString('base64url')}`);
}

function isOf(kind: EventKind | undefined, event: string): boolean {
  return (kind === 'unconfirmed' ? 'use' : kind) === event;
}

/** The incident that an event is, if somebody who was ever on the roster reported it. */
export function incidentOf({ name, text }: StoredEvent, history: TrustHistory): IncidentView | undefined {
  if (readEventName(name)?.kind !== 'incident') return undefined;
  for (const trust of history.everybody()) {
    const [view] = incidentsOf([text], trust);
    if (view) return view;
  }
  return undefined;
}

/** When an incident was, if the event is one that somebody who was ever on the roster reported. */
export function incidentTime(event: StoredEvent, history: TrustHistory): number | undefined {
  return incidentOf(event, history)?.incident.at;
}
