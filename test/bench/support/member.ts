import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EVENTS } from '../../../src/broker/clone-events.js';
import { messageOf } from '../../../src/core/errors.js';
import { spoken } from '../../../src/core/say.js';
import { POLL } from '../../../src/extension/pace.js';
import { deployments, git, type Person } from '../../demo/team.js';
import { Seat } from '../../integration/people.js';
import { CountedLink } from './counted-link.js';
import { timed } from './times.js';

/** Where a team keeps what it says. */
export interface Servers {
  /** The port of the git daemon. */
  readonly git: number;
  /** The PostgreSQL server, where the policy names it. */
  readonly postgres: { readonly socket: string; readonly port: number; readonly database: string } | undefined;
}

/** What one person saw. Times are in milliseconds. */
export interface Seen {
  /** Looks at the remote and at everything that is known then, as a window takes them. */
  readonly polls: { readonly time: number; readonly bytes: number }[];
  /** `git fetch` of the same events into the same clone, and nothing else. */
  readonly fetches: number[];
  /** From asking until the requester's window knew of the approval. */
  readonly waits: number[];
  /** Why a poll or a run failed. */
  readonly failures: string[];
  runs: number;
}

/** After so many polls comes a bare fetch. */
const FETCH_AFTER = 6;

/** One person at their window: looks, approves what the neighbour asks for, asks once, and runs what was approved. */
export class Member {
  readonly seen: Seen = { polls: [], fetches: [], waits: [], failures: [], runs: 0 };
  /** When the request was asked for; undefined before, and after its approval was seen. */
  private asked: number | undefined;

  private constructor(
    private readonly seat: Seat,
    private readonly links: readonly CountedLink[],
    private readonly neighbour: string,
  ) {}

  /** @param neighbour the principal whose requests this person approves */
  static async of(person: Person, neighbour: string, servers: Servers): Promise<Member> {
    const { link, port } = await CountedLink.open({ host: '127.0.0.1', port: servers.git });
    git(person, person.clone, 'remote', 'set-url', 'origin', `git://127.0.0.1:${port}/payments.git`);
    const links = [link];
    if (servers.postgres) {
      const { socket, port, database } = servers.postgres;
      const near = path.join(person.home, 'socket');
      mkdirSync(near);
      const name = `.s.PGSQL.${port}`;
      links.push((await CountedLink.open({ path: path.join(socket, name) }, path.join(near, name))).link);
      writeFileSync(path.join(person.home, '.pg_service.conf'), `[approvals]\nhost=${near}\nport=${port}\ndbname=${database}\nuser=member\n`);
    }
    return new Member(await Seat.of(person), links, neighbour);
  }

  /** Looks as a window does until the end, and approves what is to be approved. */
  async look(end: AbortSignal): Promise<void> {
    // Windows were opened at any time.
    await pause(Math.random() * POLL);
    while (!end.aborted) {
      await this.poll().catch((error: unknown) => this.fail('poll', error));
      await pause(POLL);
    }
  }

  /**
   * Asks once, and runs what was approved.
   *
   * @param after milliseconds from now
   */
  async ask(after: number): Promise<void> {
    await pause(after);
    this.asked = Date.now();
    try {
      const { view, end } = await this.seat.hold();
      const result = await end;
      if (!result.run) throw new Error(spoken(result.reason));
      await this.seat.desk.recordOutcome(view.digest, 0);
      if (deployments(this.seat.person).length !== 1) throw new Error('It ran, but not once.');
      this.seen.runs += 1;
    } catch (error) {
      this.fail('run', error);
    }
  }

  private fail(what: string, error: unknown): void {
    this.seen.failures.push(`${what}: ${messageOf(error)}`);
  }

  private async poll(): Promise<void> {
    const { desk } = this.seat;
    const before = this.bytes();
    let problem: string | undefined;
    const time = await timed(async () => {
      ({ problem } = await desk.sync());
      await desk.read();
    });
    this.seen.polls.push({ time, bytes: this.bytes() - before });
    if (problem !== undefined) this.fail('poll', problem);
    const requests = await desk.requests();
    if (this.asked !== undefined && requests.some(({ requester, approvals }) => requester === this.seat.person.email && approvals.length > 0)) {
      this.seen.waits.push(Date.now() - this.asked);
      this.asked = undefined;
    }
    for (const view of requests) if (view.requester === this.neighbour && view.state === 'waiting') await desk.approve(view);
    if (this.seen.polls.length % FETCH_AFTER === 0) {
      this.seen.fetches.push(await timed(() => desk.repository.git.text(['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', 'origin', `${EVENTS}*:${EVENTS}*`], { network: true })));
    }
  }

  private bytes(): number {
    return this.links.reduce((sum, { bytes }) => sum + bytes, 0);
  }
}
