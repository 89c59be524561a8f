import * as vscode from 'vscode';
import type { Approvals } from '../broker/approvals.js';
import { spoken } from '../core/say.js';
import { clock } from '../world/clock.js';
import { REQUEST_NAMESPACE } from '../core/approval/request.js';
import { candidatesFor, type Trust } from '../core/approval/trust.js';
import { messageOf } from '../core/errors.js';
import type { RequestView } from '../core/ledger/fold.js';
import type { IncidentView } from '../core/ledger/incident.js';
import { defaultPolicy, type Policies } from '../core/policy/policy.js';
import { isInside } from '../core/shell/paths.js';
import { IDLE_AFTER, IDLE_POLL, POLL } from './pace.js';
import { namesBeside } from './repository-names.js';

/** One request together with the desk it belongs to. */
export interface DeskRequest {
  readonly desk: Approvals;
  readonly view: RequestView;
}

/** What one repository looks like from this keyboard. */
export interface DeskState {
  readonly desk: Approvals;
  readonly trust: Trust | undefined;
  /** The person at this keyboard, when one of their keys is on the roster. */
  readonly person: string | undefined;
  readonly requests: readonly RequestView[];
  /** What began without asking, as the team recorded it. */
  readonly incidents: readonly IncidentView[];
  /** Why its rules or requests could not be read. */
  readonly problem: string | undefined;
  /** What went wrong when others were last asked what they said. */
  readonly trouble: string | undefined;
}

/** The requests of every repository that is open, kept fresh; the views show it and nothing else. */
export class RequestsModel implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private states: readonly DeskState[] = [];
  private names: ReadonlyMap<string, string> = new Map();
  private timer: NodeJS.Timeout | undefined;
  private readonly subscriptions: { dispose(): unknown }[] = [];
  private reading: Promise<void> | undefined;
  /** The pass that begins once the present one has ended. */
  private next: Promise<void> | undefined;
  private readonly trouble = new WeakMap<Approvals, string>();
  /** Who sat here, and under which roster, by the top of the repository. */
  private readonly people = new Map<string, { readonly person: string; readonly roster: string }>();
  private lastActive = Date.now();
  private disposed = false;

  constructor(
    private readonly desks: () => Promise<readonly Approvals[]>,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.subscriptions.push(
      vscode.window.onDidChangeWindowState((state) => {
        if (state.focused) {
          this.lastActive = Date.now();
          this.schedule(0);
        }
      }),
    );
    this.schedule(0);
  }

  get all(): readonly DeskState[] {
    return this.states;
  }

  /** What the person at this keyboard is in the repositories that are open: the most they are in any. */
  standing(): 'noRepository' | 'notEnrolled' | 'stranger' | 'member' {
    if (this.states.length === 0) return 'noRepository';
    const enrolled = this.states.filter(({ trust }) => (trust?.roster.entries.length ?? 0) > 0);
    if (enrolled.length === 0) return 'notEnrolled';
    return enrolled.some(({ person }) => person !== undefined) ? 'member' : 'stranger';
  }

  /** Requests that the person at this keyboard asked for and that are still open: first what is approved, then what ends soonest. */
  mine(): DeskRequest[] {
    return this.select((state, view) => view.requester !== undefined && view.requester === state.person && isOpen(view)).sort((a, b) => Number(b.view.state === 'approved') - Number(a.view.state === 'approved') || bySoonestEnd(a, b));
  }

  /** Requests that wait for a signature the person at this keyboard may give; first what ends soonest. */
  awaiting(): DeskRequest[] {
    return this.select(
      ({ trust, person }, view) =>
        view.state === 'waiting' &&
        trust !== undefined &&
        person !== undefined &&
        view.requester !== person &&
        candidatesFor(trust, view.quorum).has(person) &&
        !view.approvals.some((approval) => approval.person === person),
    ).sort(bySoonestEnd);
  }

  /** What somebody did behind a broken glass and nobody else has looked at yet, for everybody on the roster. */
  brokenGlass(): DeskRequest[] {
    return this.select(({ person }, view) => person !== undefined && view.glass !== undefined && view.glassReview === undefined);
  }

  /** Of these, those that the person at this keyboard can look at. */
  glassToReview(): DeskRequest[] {
    const own = new Set(this.states.flatMap(({ person }) => person ?? []));
    return this.brokenGlass().filter(({ view }) => view.requester !== undefined && !own.has(view.requester));
  }

  /** What waits for a look of the person at this keyboard: broken glass first, then what they may sign. */
  toReview(): DeskRequest[] {
    return [...this.glassToReview(), ...this.awaiting().filter(({ view }) => !view.glass)];
  }

  everything(): DeskRequest[] {
    return this.select(() => true);
  }

  /**
   * The rules of every repository that is open, each of which has a say wherever something runs; the defaults until they
   * have been read.
   *
   * @param near a path: the rules of the repository that it is in come first
   */
  policies(near?: string): Policies {
    const isNear = ({ desk }: DeskState) => near !== undefined && isInside(desk.repository.root, near);
    const states = [...this.states].sort((a, b) => Number(isNear(b)) - Number(isNear(a)));
    const [first = defaultPolicy(), ...others] = states.flatMap(({ trust }) => trust?.policy ?? []);
    return [first, ...others.filter(({ digest }, at) => digest !== first.digest && others.findIndex((other) => other.digest === digest) === at)];
  }

  /** What a repository is called beside the others that are open; undefined when it is the only one, or is not open. */
  nameOf(root: string): string | undefined {
    return this.names.get(root);
  }

  find(digest: string): DeskRequest | undefined {
    return this.everything().find(({ view }) => view.digest === digest);
  }

  private select(keep: (state: DeskState, view: RequestView) => boolean): DeskRequest[] {
    return this.states
      .flatMap((state) => state.requests.filter((view) => keep(state, view)).map((view) => ({ desk: state.desk, view })))
      .sort((a, b) => b.view.signed.request.notBefore - a.view.signed.request.notBefore);
  }

  /** Fetches what others said and reads everything again. */
  async refresh(): Promise<void> {
    const desks = await this.desks();
    await Promise.all(
      desks.filter((desk) => this.isEnrolled(desk)).map(async (desk) => {
        const { problem, reached } = await desk.sync();
        if (problem === undefined) this.trouble.delete(desk);
        else this.trouble.set(desk, reached ? vscode.l10n.t('Trouble with {0}: {1}', desk.store.name, problem) : vscode.l10n.t('{0} cannot be reached, so what others have said since is not known: {1}', desk.store.name, problem));
        if (problem !== undefined) this.log.warn(`Trouble with ${desk.store.name}: ${problem}`);
      }),
    );
    await this.reload();
  }

  /** Without a roster nobody could sign anything, so nothing is fetched: no network where nothing is at stake. */
  private isEnrolled(desk: Approvals): boolean {
    const state = this.states.find((candidate) => candidate.desk === desk);
    return state === undefined || state.trust === undefined || state.trust.roster.entries.length > 0;
  }

  /** Reads everything again from this clone, one pass at a time. What was there before this was called is known after it. */
  reload(): Promise<void> {
    if (this.reading) {
      // The present pass may have read already what the caller means.
      this.next ??= this.reading.catch(() => undefined).then(() => {
        this.next = undefined;
        return this.disposed ? undefined : this.reload();
      });
      return this.next;
    }
    this.reading = this.read().finally(() => (this.reading = undefined));
    return this.reading;
  }

  private async read(): Promise<void> {
    const desks = await this.desks();
    this.states = await Promise.all(desks.map((desk) => this.stateOf(desk)));
    this.names = desks.length > 1 ? namesBeside(desks.map(({ repository }) => repository.root)) : new Map();
    this.listen(desks);
    this.changed.fire();
  }

  private listening = new Map<Approvals, () => void>();

  private listen(desks: readonly Approvals[]): void {
    for (const [desk, stop] of this.listening) {
      if (desks.includes(desk)) continue;
      stop();
      this.listening.delete(desk);
    }
    for (const desk of desks) {
      if (!this.listening.has(desk)) this.listening.set(desk, desk.onChange(() => void this.reload()));
    }
  }

  private async stateOf(desk: Approvals): Promise<DeskState> {
    const trouble = this.trouble.get(desk);
    try {
      const { trust, requests, incidents } = await desk.read();
      const { person, lost } = await this.whoIs(desk, trust);
      return { desk, trust, person, requests, incidents, problem: trust.pending && spoken(trust.pending.problem, vscode.l10n.t), trouble: trouble ?? lost };
    } catch (error) {
      this.log.warn(messageOf(error));
      return { desk, trust: undefined, person: undefined, requests: [], incidents: [], problem: messageOf(error, vscode.l10n.t), trouble };
    }
  }

  /** The person at this keyboard. One whose key cannot be found any more, as when its agent is gone, is still who they were. */
  private async whoIs(desk: Approvals, trust: Trust): Promise<{ readonly person: string | undefined; readonly lost?: string }> {
    try {
      const { person } = await desk.signer.me(trust, REQUEST_NAMESPACE, clock());
      this.people.set(desk.repository.root, { person, roster: trust.rosterDigest });
      return { person };
    } catch (error) {
      const known = this.people.get(desk.repository.root);
      return known?.roster === trust.rosterDigest ? { person: known.person, lost: messageOf(error, vscode.l10n.t) } : { person: undefined };
    }
  }

  private schedule(delay: number): void {
    clearTimeout(this.timer);
    if (this.disposed) return;
    this.timer = setTimeout(() => {
      this.refresh()
        .catch((error: unknown) => this.log.error(messageOf(error)))
        .finally(() => this.schedule(this.interval()));
    }, delay);
  }

  private interval(): number {
    const atWork = this.mine().length > 0 || vscode.window.state.focused || Date.now() - this.lastActive < IDLE_AFTER;
    return atWork ? POLL : IDLE_POLL;
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
    for (const stop of this.listening.values()) stop();
    vscode.Disposable.from(...this.subscriptions, this.changed).dispose();
  }
}

function isOpen(view: RequestView): boolean {
  return view.state === 'waiting' || view.state === 'approved' || view.state === 'running';
}

function bySoonestEnd(a: DeskRequest, b: DeskRequest): number {
  return a.view.signed.request.expires - b.view.signed.request.expires;
}
