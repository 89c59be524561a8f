import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** An event that is remembered, under its name in the store. */
export interface SeenEvent {
  readonly name: string;
  readonly text: string;
}

/** None stays open for more than a day, so what was seen so long ago cannot come back. Milliseconds. */
const LONG_AGO = 3 * 24 * 3_600_000;

/**
 * What this account saw that stands against running something (uses, denials, withdrawals), and that no store can take
 * back: one file each below `~/.countersign/seen`.
 */
export class Seen {
  private readonly directory: string;
  private known: { readonly stamp: number; readonly events: ReadonlyMap<string, SeenEvent> } = { stamp: 0, events: new Map() };

  constructor(home: string) {
    this.directory = path.join(home, '.countersign', 'seen');
  }

  /** Remembers events. What is remembered already costs nothing. */
  keep(events: readonly SeenEvent[]): void {
    const known = this.recall();
    const fresh = events.filter(({ name }) => !known.has(name));
    if (fresh.length === 0) return;
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    for (const { name, text } of fresh) {
      const file = path.join(this.directory, name.replaceAll('/', '_'));
      // Written aside and then renamed: half an event would be none.
      writeFileSync(`${file}.${process.pid}`, text, { mode: 0o600 });
      renameSync(`${file}.${process.pid}`, file);
    }
    this.prune();
  }

  /** Everything that is remembered, by name. */
  recall(): ReadonlyMap<string, SeenEvent> {
    const stamp = statSync(this.directory, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (stamp === this.known.stamp) return this.known.events;
    const events = readdirSync(this.directory).filter((file) => !file.includes('.')).map((file): [string, SeenEvent] => {
      const name = file.replaceAll('_', '/');
      return [name, this.known.events.get(name) ?? { name, text: readFileSync(path.join(this.directory, file), 'utf8') }];
    });
    this.known = { stamp, events: new Map(events) };
    return this.known.events;
  }

  private prune(): void {
    for (const file of readdirSync(this.directory)) {
      const full = path.join(this.directory, file);
      if (Date.now() - (statSync(full, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > LONG_AGO) rmSync(full, { force: true });
    }
  }
}
