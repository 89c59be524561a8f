import type { Span } from '../assess/assessment.js';
import { afterChange, changeBetween, changed, moved, seenText, touches, unseenBetween, type TextChange, type Unseen } from './unseen.js';

/** As many changes of the person's are kept before they are worked into the text: a key pressed costs no copy of it. */
const MOST_PENDING = 256;

/** What happened to a file since the person saw it last. */
export type FileChange = 'changed' | 'new' | 'deleted';

/** One file: as it is now, and as the person saw it last. */
export class SeenFile {
  #text: string;
  #isThere: boolean;
  #wasThere: boolean;
  #pending: TextChange[] = [];
  #unseen: readonly Unseen[] = [];

  /** @param text what the person sees from here on; undefined where there is no file yet */
  constructor(text: string | undefined) {
    this.#text = text ?? '';
    this.#isThere = this.#wasThere = text !== undefined;
  }

  get change(): FileChange {
    if (!this.#isThere) return 'deleted';
    return this.#wasThere ? 'changed' : 'new';
  }

  /** The present text. */
  get now(): string {
    for (const change of this.#pending) this.#text = changed(this.#text, change);
    this.#pending = [];
    return this.#text;
  }

  /** The text as the person saw it last. */
  get seen(): string {
    return seenText(this.now, this.#unseen);
  }

  get isSeen(): boolean {
    return this.#unseen.length === 0;
  }

  /** The person changed it: their own words they know, but for those that they write where something is unseen. */
  typed(change: TextChange): void {
    // What came at once counts as one place from its first line to its last: what it left between them is no part of it.
    if (touches(this.#unseen, change)) this.#unseen = unseenBetween(this.seen, this.now);
    if (touches(this.#unseen, change)) {
      this.arrived(changed(this.now, change));
      return;
    }
    this.#unseen = moved(this.#unseen, change);
    this.#pending.push(change);
    if (this.#pending.length > MOST_PENDING) this.#text = this.now;
  }

  /** Somebody else made this of it, or it was given back as it was. */
  arrived(text: string): void {
    this.#isThere = true;
    const before = this.now;
    const change = changeBetween(before, text);
    if (!change) return;
    this.#unseen = this.seen === text ? [] : afterChange(before, this.#unseen, change);
    this.#text = text;
  }

  /** Somebody else deleted it: all of its text is gone. */
  removed(): void {
    this.arrived('');
    this.#isThere = false;
  }

  /** The person has seen what stands in one place, or everywhere. */
  keep(place?: Span): void {
    const { now, seen } = this;
    if (place === undefined) this.#wasThere = this.#isThere;
    this.#unseen = place === undefined ? [] : unseenBetween(seen, now).filter(({ start, end }) => start !== place.start || end !== place.end);
  }

  /** The text with one place given back as the person saw it, or every place. */
  reverted(place?: Span): string {
    return unseenBetween(this.seen, this.now)
      .filter(({ start, end }) => place === undefined || (start === place.start && end === place.end))
      .map(({ start, end, was }) => ({ start, end, text: was }))
      .reduceRight(changed, this.now);
  }
}
