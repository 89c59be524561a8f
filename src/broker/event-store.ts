import { CountersignError } from '../core/errors.js';
import { sentence } from '../core/say.js';
import type { Git } from '../world/git.js';
import type { Carrier, Collected } from './carrier.js';
import { CloneEvents } from './clone-events.js';
import type { LedgerBranch } from './ledger-branch.js';
import type { Route, Routes } from './route.js';
import { readEventName, type Delivery, type EventName, type Store, type StoredEvent, type SyncResult } from './store.js';

/** The events of this clone, and what carries them to the others. */
export class EventStore implements Store {
  private readonly watches = new Set<() => void>();

  private constructor(
    private readonly clone: CloneEvents,
    private readonly routes: Routes,
    private route: Route,
  ) {}

  static async open(git: Git, routes: Routes): Promise<EventStore> {
    return new EventStore(new CloneEvents(git), routes, await routes.find());
  }

  get ledger(): LedgerBranch {
    return this.route.ledger;
  }

  private get carrier(): Carrier | undefined {
    return this.route.carrier;
  }

  get shared(): boolean {
    return this.carrier !== undefined;
  }

  get name(): string {
    return this.carrier?.name ?? 'this clone';
  }

  events(): Promise<readonly StoredEvent[]> {
    return this.clone.all();
  }

  async put(name: EventName, text: string): Promise<Delivery> {
    // Owed where there is nobody to send it to as well: a remote may come.
    const event = await this.clone.add(name, text, true);
    if (!event) {
      if ((await this.clone.all()).some((other) => other.name === name && other.text === text)) return 'delivered';
      throw new CountersignError('store', sentence('Something else is already recorded under this name. Ask again.'));
    }
    return (await this.deliver([event])) === undefined ? 'delivered' : 'pending';
  }

  async owe(name: EventName, text: string): Promise<void> {
    await this.clone.add(name, text, true);
  }

  async owes(requestHex: string): Promise<boolean> {
    if (!this.carrier) return false;
    const { owed } = await this.clone.standing();
    return owed.some(({ name }) => readEventName(name)?.requestHex === requestHex);
  }

  async consume(name: EventName, text: string): Promise<'won' | 'lost'> {
    const { requestHex = '' } = readEventName(name) ?? {};
    // Trust table 22: what was used stays used, also when the event itself was folded away or taken away.
    if ((await this.clone.has(name)) || (await this.ledger.hasUse(requestHex))) return 'lost';
    if (!this.carrier) return (await this.clone.add(name, text, true)) ? 'won' : 'lost';
    const event = await this.clone.write(name, text);
    const claim = await this.carrier.claim(event);
    if (claim.result === 'unknown') {
      throw new CountersignError('store', sentence('Approved, but its one use could not be recorded at {0}, so nothing was run: {1} Try again when it can be reached; that needs a new approval.', this.name, claim.problem));
    }
    // Whoever lost reads the winner's record with the next look; whoever won keeps it now.
    if (claim.result === 'won') await this.clone.add(name, text, false);
    return claim.result;
  }

  async sync(signal?: AbortSignal): Promise<SyncResult> {
    await this.follow();
    if (!this.carrier) return { problem: undefined, reached: true, changed: false };
    const before = await this.clone.standing();
    const undelivered = await this.deliver(before.owed);
    const { problem, reached }: Collected = await this.carrier.collect(signal);
    const after = await this.clone.standing();
    const recalled = await this.recallReviews(after.names);
    return { problem: problem ?? undelivered, reached, changed: recalled || after.fingerprint !== before.fingerprint };
  }

  /** Goes the way that the rules and the remotes say now. What this clone has is owed there: whoever is asked now heard none of it. */
  private async follow(): Promise<void> {
    const route = await this.routes.find(this.route);
    if (route.id === this.route.id) return;
    if (route.carrier) await this.clone.oweAll();
    this.route = route;
    for (const rewatch of this.watches) rewatch();
  }

  /** The ledger that reviews were recalled from. */
  private recalled: string | undefined;

  /** Trust table 29: a review that was folded away before this clone saw it counts here too, or the glass would stay broken for ever. */
  private async recallReviews(names: readonly EventName[]): Promise<boolean> {
    const glasses = names.flatMap((name) => readEventName(name) ?? []).filter(({ kind }) => kind === 'break-glass');
    const tip = glasses.length > 0 ? await this.ledger.tip() : undefined;
    if (tip === this.recalled) return false;
    const said = (await Promise.all(glasses.map(({ requestHex }) => this.ledger.about(requestHex)))).flat();
    const missing = said.filter(({ name }) => readEventName(name)?.kind === 'review' && !names.includes(name));
    await this.clone.adopt(missing);
    this.recalled = tip;
    return missing.length > 0;
  }

  async forget(everywhere: readonly StoredEvent[], here: readonly StoredEvent[]): Promise<string | undefined> {
    const problem = everywhere.length > 0 ? await this.carrier?.forget(everywhere) : undefined;
    await this.clone.drop(here.map(({ name }) => name));
    return problem;
  }

  watch(onNews: () => void): () => void {
    let stop = this.carrier?.watch?.(onNews);
    const rewatch = () => {
      stop?.();
      stop = this.carrier?.watch?.(onNews);
    };
    this.watches.add(rewatch);
    return () => {
      this.watches.delete(rewatch);
      stop?.();
    };
  }

  /** Sends events that are owed. Gives the reason when not all of them arrived. */
  private async deliver(events: readonly StoredEvent[]): Promise<string | undefined> {
    if (!this.carrier || events.length === 0) return undefined;
    const { arrived, problem } = await this.carrier.deliver(events);
    await this.clone.settle(arrived);
    return problem;
  }
}
