import { hexOf } from '../core/approval/canonical.js';
import { parseRequest, requestSigner, type SignedRequest } from '../core/approval/request.js';
import type { Thread } from '../core/ledger/fold.js';
import { readEventName, type EventKind, type StoredEvent } from './store.js';

/** A thread with the events it was read from. */
export interface StoredThread extends Thread {
  readonly events: readonly StoredEvent[];
}

/**
 * Groups stored events by the request they speak of. An event whose text is not what its name says is left out: anybody
 * with push rights can write to the store, so a name proves nothing. A thread about which nothing new was said is the
 * same object as before, so that nothing has to be read or verified twice.
 */
export class Threads {
  private known = new Map<string, { readonly ids: string; readonly thread: StoredThread | undefined }>();

  of(events: readonly StoredEvent[]): readonly StoredThread[] {
    const byRequest = new Map<string, StoredEvent[]>();
    for (const event of events) {
      const hex = readEventName(event.name)?.requestHex;
      if (hex === undefined) continue;
      const group = byRequest.get(hex);
      if (group) group.push(event);
      else byRequest.set(hex, [event]);
    }
    const read = [...byRequest].map(([hex, group]) => {
      const ids = group.map(({ id, name }) => `${name} ${id}`).join('\n');
      const before = this.known.get(hex);
      return [hex, before?.ids === ids ? before : { ids, thread: threadOf(hex, group) }] as const;
    });
    // What is no longer there is no longer remembered.
    this.known = new Map(read);
    return read.flatMap(([, { thread }]) => thread ?? []);
  }
}

/** The same for one look. */
export function threadsOf(events: readonly StoredEvent[]): readonly StoredThread[] {
  return new Threads().of(events);
}

function threadOf(hex: string, events: readonly StoredEvent[]): StoredThread | undefined {
  const kinds = new Map<EventKind, string[]>();
  for (const { name, text } of events) {
    const kind = readEventName(name)?.kind;
    if (kind) kinds.set(kind, [...(kinds.get(kind) ?? []), text]);
  }
  const texts = (kind: EventKind) => kinds.get(kind) ?? [];
  const signed = wholeRequest(texts('request').flatMap((text) => requestNamed(hex, text)));
  if (!signed) return undefined;
  return {
    events,
    signed,
    tokens: texts('approval'),
    denials: texts('denial'),
    withdrawals: texts('withdrawal'),
    uses: [...new Set([...texts('use'), ...texts('unconfirmed')])],
    outcomes: texts('outcome'),
    glasses: texts('break-glass'),
    reviews: texts('review'),
    releases: texts('release'),
  };
}

/** Of several texts of one request the one whose signature is good: whoever stored a bad one first must not hide it. */
function wholeRequest(candidates: readonly SignedRequest[]): SignedRequest | undefined {
  const [first, ...others] = candidates;
  return others.length === 0 ? first : (candidates.find(isSigned) ?? first);
}

function isSigned(signed: SignedRequest): boolean {
  try {
    requestSigner(signed);
    return true;
  } catch {
    return false;
  }
}

function requestNamed(hex: string, text: string): SignedRequest[] {
  try {
    const signed = parseRequest(text);
    return hexOf(signed.digest) === hex ? [signed] : [];
  } catch {
    return [];
  }
}
