import type { LedgerBranch } from './ledger-branch.js';

/**
 * Where requests, approvals, denials, uses and outcomes are kept. A store is trusted for one thing only:
 * that of several consumers of one request exactly one wins. Who said what is checked by every reader again.
 */
export interface Store {
  /** Where it lives, for people: `git remote origin`, `this clone`. */
  readonly name: string;
  /** Whether events reach other people by themselves. */
  readonly shared: boolean;
  /** Where finished events are folded into. */
  readonly ledger: LedgerBranch;
  /** Everything that is known now, without the network. */
  events(): Promise<readonly StoredEvent[]>;
  /** Adds an event. It is kept here at once and delivered to the others as soon as they can be reached. */
  put(name: EventName, text: string): Promise<Delivery>;
  /** Keeps an event here and leaves its delivery to the next time the others are reached. */
  owe(name: EventName, text: string): Promise<void>;
  /** Whether something that was said here about a request has not reached the others yet. */
  owes(requestHex: string): Promise<boolean>;
  /** Records the one use of a request. Exactly one of all consumers everywhere gets `won`. */
  consume(name: EventName, text: string): Promise<'won' | 'lost'>;
  /** Fetches what others said and delivers what is still owed. */
  sync(signal?: AbortSignal): Promise<SyncResult>;
  /** Takes away events that the ledger holds, from where everybody reads and from this clone. Gives the reason when that failed. */
  forget(everywhere: readonly StoredEvent[], here: readonly StoredEvent[]): Promise<string | undefined>;
  /** Calls back when others said something, where the store tells that by itself; gives a function that stops it. */
  watch(onNews: () => void): () => void;
}

export type Delivery = 'delivered' | 'pending';

export interface SyncResult {
  /** What is wrong, for people: the others could not be reached, or what they have cannot be followed. */
  readonly problem: string | undefined;
  /** Whether the others were reached. Only what cannot be reached may ever be done without. */
  readonly reached: boolean;
  /** Whether anything came or went. */
  readonly changed: boolean;
}

export interface StoredEvent {
  /** The same exactly when the text is. */
  readonly id: string;
  readonly name: EventName;
  readonly text: string;
}

export type EventKind = 'request' | 'approval' | 'denial' | 'withdrawal' | 'use' | 'unconfirmed' | 'outcome' | 'incident' | 'break-glass' | 'review' | 'release';

/**
 * `<kind>/<request digest>` and, where several may speak, `/<16 digits of the text's digest>`. An incident is about no
 * request: its own digest stands there.
 */
export type EventName = `${string}/${string}`;

const FOLDERS: Record<EventKind, string> = {
  request: 'req',
  approval: 'ok',
  denial: 'no',
  withdrawal: 'gone',
  use: 'used',
  /** A use that no store confirmed, where the policy allows that: several may say so. */
  unconfirmed: 'off',
  outcome: 'done',
  incident: 'inc',
  'break-glass': 'glass',
  review: 'seen',
  /** What an approver opened of sealed items. */
  release: 'key',
};
const KINDS = new Map(Object.entries(FOLDERS).map(([kind, folder]) => [folder, kind as EventKind]));

/** The name of an event. `voice` tells apart what several people may say about one request. */
export function eventName(kind: EventKind, requestHex: string, voice?: string): EventName {
  return `${FOLDERS[kind]}/${requestHex}${voice === undefined ? '' : `/${voice}`}`;
}

/** The kind and request an event name speaks of, or undefined for a name that is not ours. */
export function readEventName(name: string): { readonly kind: EventKind; readonly requestHex: string } | undefined {
  const match = /^([a-z]{2,5})\/([0-9a-f]{64})(?:\/[0-9a-f]{16})?$/.exec(name);
  const kind = KINDS.get(match?.[1] ?? '');
  return kind && match?.[2] !== undefined ? { kind, requestHex: match[2] } : undefined;
}
