import { hexOf } from '../core/approval/canonical.js';
import { parseRequest, requestSigner, type SignedRequest } from '../core/approval/request.js';
import type { Thread } from '../core/ledger/fold.js';
import { readEventName, type EventKind, type StoredEvent } from './store.js';

/**
 * Groups stored events by the request they speak of. An event whose text is not what its name says is left
 * out: anybody with push rights can write to the store, so a name proves nothing.
 */
export function threadsOf(events: readonly StoredEvent[]): Thread[] {
  const byRequest = new Map<string, Map<EventKind, string[]>>();
  for (const { name, text } of events) {
    const read = readEventName(name);
    if (!read) continue;
    const kinds = byRequest.get(read.requestHex) ?? new Map<EventKind, string[]>();
    byRequest.set(read.requestHex, kinds);
    kinds.set(read.kind, [...(kinds.get(read.kind) ?? []), text]);
  }
  return [...byRequest].flatMap(([hex, kinds]) => {
    const texts = (kind: EventKind) => kinds.get(kind) ?? [];
    const signed = wholeRequest(texts('request').flatMap((text) => requestNamed(hex, text)));
    if (!signed) return [];
    return [
      {
        signed,
        tokens: texts('approval'),
        denials: texts('denial'),
        withdrawals: texts('withdrawal'),
        uses: texts('use'),
        outcomes: texts('outcome'),
      },
    ];
  });
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
