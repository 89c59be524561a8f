import type { Carrier, Claim, Collected, Delivered } from './carrier.js';
import { EVENTS, firstReason, wayBlocked } from './clone-events.js';
import type { GitRemote } from './git-remote.js';
import type { EventName, StoredEvent } from './store.js';

/** So many refs are named in one command line, which has a limited length. */
const AT_ONCE = 200;

/**
 * The team's own git remote: one ref per event. A use is won by creating its ref there under a lease that says it must
 * not exist, with an object that no other consumer has.
 */
export class GitCarrier implements Carrier {
  constructor(private readonly remote: GitRemote) {}

  get name(): string {
    return `git remote “${this.remote.name}”`;
  }

  async deliver(events: readonly StoredEvent[]): Promise<Delivered> {
    const arrived: EventName[] = [];
    let problem: string | undefined;
    for (let at = 0; at < events.length; at += AT_ONCE) {
      const some = await this.push(events.slice(at, at + AT_ONCE));
      arrived.push(...some.arrived);
      problem ??= some.problem;
    }
    return { arrived, problem };
  }

  private async push(events: readonly StoredEvent[]): Promise<Delivered> {
    const pushed = await this.remote.push(['--porcelain', ...events.map(({ id, name }) => `${id}:${EVENTS}${name}`)]);
    if (pushed.code === 0) return { arrived: events.map(({ name }) => name), problem: undefined };
    // One line for each ref: a flag, a tab, both names, a tab, what happened; "!" is the flag of those that were refused.
    const lines = pushed.stdout.toString('utf8').split('\n').map((line) => line.split('\t'));
    const taken = new Set(lines.flatMap(([flag, refs]) => (flag !== '!' && refs !== undefined ? [refs.slice(refs.indexOf(':') + 1)] : [])));
    // Another process of this clone may have delivered them in the meantime: then the remote refuses to be told twice.
    const there = await this.remote.readAll(events.map(({ name }) => EVENTS + name));
    const arrived = events.filter(({ id, name }) => taken.has(EVENTS + name) || there.get(EVENTS + name) === id).map(({ name }) => name);
    return { arrived, problem: arrived.length === events.length ? undefined : wayBlocked(pushed.stderr, this.remote.name) ?? firstReason(pushed.stderr) };
  }

  async claim({ id, name }: StoredEvent): Promise<Claim> {
    const ref = EVENTS + name;
    const pushed = await this.remote.push(['--quiet', `--force-with-lease=${ref}:`, `${id}:${ref}`]);
    // Read back: of two pushes that both report success only one can be the one that is there.
    const held = await this.remote.read(ref);
    if ('problem' in held) return { result: 'unknown', problem: pushed.code === 0 ? held.problem : wayBlocked(pushed.stderr, this.remote.name) ?? firstReason(pushed.stderr) };
    if (held.id === undefined) return { result: 'unknown', problem: wayBlocked(pushed.stderr, this.remote.name) ?? firstReason(pushed.stderr) };
    return { result: held.id === id ? 'won' : 'lost' };
  }

  collect(signal: AbortSignal | undefined): Promise<Collected> {
    return this.remote.fetch([`${EVENTS}*:${EVENTS}*`], signal);
  }

  async forget(events: readonly StoredEvent[]): Promise<string | undefined> {
    let problem: string | undefined;
    for (let at = 0; at < events.length; at += AT_ONCE) {
      const some = events.slice(at, at + AT_ONCE);
      // Under a lease each: what somebody put in an event's place is not ours to remove.
      const leases = some.map(({ id, name }) => `--force-with-lease=${EVENTS}${name}:${id}`);
      const push = (...how: readonly string[]) => this.remote.push(['--quiet', ...how, ...leases, ...some.map(({ name }) => `:${EVENTS}${name}`)]);
      // All at once where the server can: one by one it writes its packed-refs anew for each of them.
      const whole = await push('--atomic');
      const pushed = whole.code === 0 ? whole : await push();
      // Somebody else may have taken them away meanwhile, which is what we want.
      if (pushed.code !== 0 && !/stale info/.test(pushed.stderr)) problem ??= firstReason(pushed.stderr);
    }
    return problem;
  }
}
