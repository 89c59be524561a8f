import { parseRecord, type EventRecord } from '../core/approval/record.js';
import type { RequestView } from '../core/ledger/fold.js';
import type { SeenEvent } from '../world/seen.js';
import { readEventName, type EventName, type StoredEvent } from './store.js';

/** A store's events together with what this account saw before and the store no longer has. */
export function withSeen(events: readonly StoredEvent[], seen: ReadonlyMap<string, SeenEvent>): readonly StoredEvent[] {
  if (seen.size === 0) return events;
  const missing = new Map(seen);
  for (const { name, text } of events) if (missing.get(name)?.text === text) missing.delete(name);
  return [...events, ...[...missing.values()].map(({ name, text }) => ({ id: `seen ${name}`, name: name as EventName, text }))];
}

/** The events that stand against running a request, of those that count. */
export function standing({ use, denial, withdrawal }: RequestView, events: readonly StoredEvent[]): readonly StoredEvent[] {
  if (!use && !denial && !withdrawal) return [];
  return events.filter(({ name, text }) => {
    const kind = readEventName(name)?.kind;
    if (kind !== 'use' && kind !== 'unconfirmed' && kind !== 'denial' && kind !== 'withdrawal') return false;
    const record = recordIn(text);
    switch (record?.event) {
      case 'use':
        return record.nonce === use?.nonce;
      case 'denial':
        return record.at === denial?.at && record.reason === denial.reason;
      case 'withdrawal':
        return record.at === withdrawal?.at;
      default:
        return false;
    }
  });
}

function recordIn(text: string): EventRecord | undefined {
  try {
    return parseRecord(text).record;
  } catch {
    return undefined;
  }
}
