import type { EventName, StoredEvent } from './store.js';

/** What carries events between clones. It is trusted for one thing only: that a name is claimed once. */
export interface Carrier {
  /** For people: `git remote “origin”`. */
  readonly name: string;
  /** Sends events. Gives the reason when that failed, for all of them or for some, with the names that did arrive. */
  deliver(events: readonly StoredEvent[]): Promise<Delivered>;
  /** Takes a name for exactly this event, once and for all. */
  claim(event: StoredEvent): Promise<Claim>;
  /** Brings what others said, and the protected branch, into this clone. */
  collect(signal: AbortSignal | undefined): Promise<Collected>;
  /** Takes back events that the ledger holds, where the carrier is slower with every one it has. */
  forget(events: readonly StoredEvent[]): Promise<string | undefined>;
  /** Calls back when others said something. Undefined where the carrier has to be asked. */
  readonly watch?: (onNews: () => void) => () => void;
}

export interface Delivered {
  readonly arrived: readonly EventName[];
  readonly problem: string | undefined;
}

export interface Collected {
  /** What is wrong, for people. */
  readonly problem: string | undefined;
  readonly reached: boolean;
}

/** `unknown` when it cannot be told whether the claim arrived. */
export type Claim = { readonly result: 'won' | 'lost' } | { readonly result: 'unknown'; readonly problem: string };
