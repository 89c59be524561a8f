import { plain } from '../core/approval/display.js';
import { messageOf } from '../core/errors.js';
import type { Database } from '../world/database.js';
import type { Carrier, Claim, Collected, Delivered } from './carrier.js';
import type { CloneEvents } from './clone-events.js';
import type { GitRemote } from './git-remote.js';
import type { EventName, StoredEvent } from './store.js';

/** Notifications carry the name of the repository that has news. */
export const CHANNEL = 'countersign';
/** How far back a clone that connects reads, in hours: twice the longest life of a request. Older requests cannot run. */
const READ_BACK = 48;

export interface PostgresOptions {
  /** For people: `the service “countersign”`. */
  readonly source: string;
  /** The name that this repository has in the table. */
  readonly repository: string;
  readonly clone: CloneEvents;
  /** The protected branch and the ledger still come from git. */
  readonly remote: GitRemote | undefined;
  readonly connect: (onNotice: (payload: string) => void) => Promise<Database>;
}

/**
 * One append-only table (see postgres-schema.sql). A use is won by inserting its row, which only one can; clients may
 * insert and read, and nothing else.
 */
export class PostgresCarrier implements Carrier {
  private connection: Promise<Database> | undefined;
  /** Everything by transactions before this one was read; undefined before the first look. */
  private horizon: string | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly options: PostgresOptions) {}

  get name(): string {
    return `the database of ${this.options.source}`;
  }

  async deliver(events: readonly StoredEvent[]): Promise<Delivered> {
    const arrived: EventName[] = [];
    let problem: string | undefined;
    try {
      for (const event of events) {
        const held = await this.insert(event);
        if (held === event.text) arrived.push(event.name);
        else problem ??= 'Something else is recorded there under the same name.';
      }
    } catch (error) {
      problem = this.reason(error);
    }
    return { arrived, problem };
  }

  async claim(event: StoredEvent): Promise<Claim> {
    let lost: string;
    try {
      return { result: (await this.insert(event)) === event.text ? 'won' : 'lost' };
    } catch (error) {
      lost = this.reason(error);
    }
    // The connection broke: whether the row had arrived by then can only be read back.
    try {
      const held = await this.held(event.name);
      if (held !== undefined) return { result: held === event.text ? 'won' : 'lost' };
    } catch {
      // Told by the first reason.
    }
    return { result: 'unknown', problem: lost };
  }

  async collect(signal: AbortSignal | undefined): Promise<Collected> {
    const [rules, problem] = await Promise.all([this.options.remote?.fetch([], signal), this.read()]);
    return { problem: rules?.problem ?? problem, reached: (rules?.reached ?? true) && problem === undefined };
  }

  /** The table keeps everything, and reading what is new does not get slower by it. */
  forget(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  readonly watch = (onNews: () => void): (() => void) => {
    this.listeners.add(onNews);
    return () => this.listeners.delete(onNews);
  };

  /** Reads what was added since the last look. Gives the reason when that failed. */
  private async read(): Promise<string | undefined> {
    try {
      // Taken before the rows are read: whatever began later is read again next time, and nothing is missed.
      const [row] = await this.query('select pg_snapshot_xmin(pg_current_snapshot())::text as horizon', []);
      const rows =
        this.horizon === undefined
          ? await this.query(`select name, text from countersign.event where repository = $1 and recorded_at > now() - interval '${READ_BACK} hours'`, [this.options.repository])
          : await this.query('select name, text from countersign.event where repository = $1 and transaction >= $2::xid8', [this.options.repository, this.horizon]);
      await this.options.clone.adopt(rows.map(({ name, text }) => ({ name: (name ?? '') as EventName, text: text ?? '' })));
      this.horizon = row?.['horizon'];
      return undefined;
    } catch (error) {
      return this.reason(error);
    }
  }

  /** Inserts a row unless its name is taken, and gives the text that stands there now. */
  private async insert({ name, text }: StoredEvent): Promise<string | undefined> {
    const [row] = await this.query('insert into countersign.event (repository, name, text) values ($1, $2, $3) on conflict (repository, name) do nothing returning text', [this.options.repository, name, text]);
    return row?.['text'] ?? this.held(name);
  }

  private async held(name: EventName): Promise<string | undefined> {
    const [row] = await this.query('select text from countersign.event where repository = $1 and name = $2', [this.options.repository, name]);
    return row?.['text'];
  }

  private async query(text: string, values: readonly unknown[]): Promise<readonly Record<string, string>[]> {
    return (await this.database()).query(text, values);
  }

  /** The connection; a new one when the last was lost. */
  private async database(): Promise<Database> {
    const current = await this.connection?.catch(() => undefined);
    if (current?.isOpen() === true && this.connection) return this.connection;
    // Another server may answer now, or the same one with its data restored: everything is read again.
    this.horizon = undefined;
    this.connection = this.options.connect((payload) => {
      if (payload === this.options.repository) for (const listener of this.listeners) listener();
    });
    return this.connection;
  }

  private reason(error: unknown): string {
    const text = plain(messageOf(error) || (error instanceof AggregateError ? messageOf(error.errors[0]) : '') || 'the connection was lost');
    return /[.!?]$/.test(text) ? text : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  }
}
