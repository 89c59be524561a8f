import { randomBytes } from 'node:crypto';
import { hexOf, sha256, type Digest } from '../core/approval/canonical.js';
import { checkBreakGlass, checkGlassReview } from '../core/approval/break-glass.js';
import { checkToken } from '../core/approval/judge.js';
import { operationDigest, type Operation } from '../core/approval/operation.js';
import { BREAK_GLASS_NAMESPACE, formatRecord, RECORD_NAMESPACE, recordBytes, type EventRecord } from '../core/approval/record.js';
import type { Release } from '../core/approval/release.js';
import { formatRequest, parseWholeRequest, REQUEST_NAMESPACE, requestBytes, requestDigest, type ApprovalRequest } from '../core/approval/request.js';
import { APPROVAL_NAMESPACE, formatToken, parseToken, statementBytes } from '../core/approval/token.js';
import type { Trust } from '../core/approval/trust.js';
import { CountersignError } from '../core/errors.js';
import { sentence } from '../core/say.js';
import { Folding, type RequestView } from '../core/ledger/fold.js';
import { boundedFacts, formatIncident, incidentBytes, incidentDigest, incidentsOf, type Incident, type IncidentFacts, type IncidentView } from '../core/ledger/incident.js';
import type { Quorum } from '../core/policy/quorum.js';
import type { Repository } from '../world/repository.js';
import type { Seen } from '../world/seen.js';
import { standing, withSeen } from './remembered.js';
import type { RulePins } from '../world/rule-pins.js';
import type { TrustHistory } from '../world/trust-history.js';
import type { Messenger } from './messenger.js';
import { PinnedRules } from './pinned-rules.js';
import type { Signer } from './signer.js';
import { eventName, readEventName, type Delivery, type Store, type StoredEvent, type SyncResult } from './store.js';
import { Threads, type StoredThread } from './threads.js';
import { decider } from './undecided.js';
import { keysToRelease } from './unsealing.js';

/** What a request says besides the operation. */
export interface Asking {
  readonly agent: ApprovalRequest['agent'];
  readonly findings: readonly string[];
  /** The rules that found something, by id. */
  readonly rules?: readonly string[];
  readonly reason: string;
  readonly quorum: Quorum;
}

/** What a repository says at one moment. */
export interface Reading {
  readonly trust: Trust;
  readonly requests: readonly RequestView[];
  /** What began without asking, as people on the roster reported it; newest first. */
  readonly incidents: readonly IncidentView[];
}

type RecordDetails = EventRecord extends infer R ? (R extends EventRecord ? Omit<R, 'v' | 'request' | 'by' | 'at'> : never) : never;

/**
 * Requests and what is said about them, in one repository: the same for the editor and the command line.
 * Everything is read back from the store and verified; nothing is believed because it was said here.
 */
export class Approvals {
  private readonly listeners = new Set<() => void>();
  /** Stops listening to the store. */
  private stopHearing: (() => void) | undefined;
  private hearing = false;
  private unheard = false;
  private readonly threads = new Threads();
  private readonly folding = new Folding();
  private changes = 0;
  /** Whose rules count, and why. */
  readonly rules: PinnedRules;

  constructor(
    readonly repository: Repository,
    readonly store: Store,
    readonly signer: Signer,
    /** What this account saw, whatever the store says now. */
    private readonly seen: Seen,
    pins: RulePins,
    /** Where this account keeps the key that it unseals with. */
    private readonly home: string,
    /** Unix seconds. */
    private readonly now: () => number,
    private readonly messenger?: Messenger,
  ) {
    this.rules = new PinnedRules(repository, pins, async () => this.threads.of(await this.everything()), now);
  }

  /**
   * Calls back after every change that this process made or fetched; where the store tells that there is news, it is
   * fetched as long as somebody listens. Gives a function that stops it.
   */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    this.stopHearing ??= this.store.watch(() => void this.hear());
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size > 0) return;
      this.stopHearing?.();
      this.stopHearing = undefined;
    };
  }

  /** Fetches news once at a time, and once more when there was more meanwhile. */
  private async hear(): Promise<void> {
    this.unheard = true;
    if (this.hearing) return;
    this.hearing = true;
    while (this.unheard) {
      this.unheard = false;
      // What goes wrong is told by the next look, which asks for it.
      await this.sync().catch(() => undefined);
    }
    this.hearing = false;
  }

  /** Grows with every change, so that nobody misses one between looking and listening. */
  get revision(): number {
    return this.changes;
  }

  trust(): Promise<Trust> {
    return this.rules.trust();
  }

  /** The rules that were ever in force, for what was said under them. */
  history(): Promise<TrustHistory> {
    return this.rules.history();
  }

  async requests(): Promise<readonly RequestView[]> {
    return (await this.read()).requests;
  }

  /** Everything at once, under one reading of the rules and the store. */
  async read(): Promise<Reading> {
    const [trust, events] = await Promise.all([this.trust(), this.everything()]);
    const incidents = events.filter(({ name }) => readEventName(name)?.kind === 'incident').map(({ text }) => text);
    const now = this.now();
    const threads = this.threads.of(events);
    const requests = threads.map((thread) => this.folding.fold(thread, trust, now));
    this.remember(requests, threads);
    return { trust, requests, incidents: incidentsOf(incidents, trust) };
  }

  /** What the store has, and what this account saw there before. */
  private async everything(): Promise<readonly StoredEvent[]> {
    return withSeen(await this.store.events(), this.seen.recall());
  }

  private readonly remembered = new WeakSet<RequestView>();

  /** Trust table 22: what stands against running something stays true for this account, whatever the store says later. */
  private remember(views: readonly RequestView[], threads: readonly StoredThread[]): void {
    const fresh = views.flatMap((view, at) => {
      if (this.remembered.has(view)) return [];
      this.remembered.add(view);
      return standing(view, threads[at]?.events ?? []);
    });
    this.seen.keep(fresh);
  }

  /** @throws CountersignError `request` when there is no such request here */
  async find(digest: Digest): Promise<RequestView> {
    const view = (await this.requests()).find((candidate) => candidate.digest === digest);
    if (!view) throw new CountersignError('request', sentence('There is no such request here. Refresh, or paste the request’s text.'));
    return view;
  }

  /** The approval tokens stored for a request, unverified. */
  async tokensFor(digest: Digest): Promise<readonly string[]> {
    const threads = this.threads.of(await this.everything());
    return threads.find((thread) => thread.signed.digest === digest)?.tokens ?? [];
  }

  /** Signs and publishes a request for exactly this operation. */
  async ask(operation: Operation, nonce: string, asking: Asking): Promise<RequestView> {
    const trust = await this.trust();
    const now = this.now();
    const me = await this.signer.me(trust, REQUEST_NAMESPACE, now);
    const request: ApprovalRequest = {
      v: 1,
      nonce,
      operation,
      operationDigest: operationDigest(operation),
      by: me.principal,
      agent: asking.agent,
      policy: trust.policy.digest,
      roster: trust.rosterDigest,
      findings: [...asking.findings],
      ...(asking.rules && { rules: [...asking.rules] }),
      reason: asking.reason,
      notBefore: now,
      expires: now + asking.quorum.lifetime,
      uses: 1,
    };
    const signature = await this.signer.sign(me, REQUEST_NAMESPACE, requestBytes(request));
    const digest = requestDigest(request);
    const text = formatRequest(request, signature);
    await this.put(eventName('request', hexOf(digest), voice(text)), text);
    this.messenger?.tell({ digest, request }, me.person, trust.policy, this.repository);
    return this.find(digest);
  }

  /** The request as one line of text, to be carried by people where there is no remote. */
  textOf(view: RequestView): string {
    return formatRequest(view.signed.request, view.signed.signature);
  }

  /**
   * Takes in a request that somebody carried here.
   *
   * @throws CountersignError `request` when it is not whole
   */
  async takeRequest(line: string): Promise<RequestView> {
    const { digest, request, signature } = parseWholeRequest(line);
    const text = formatRequest(request, signature);
    await this.put(eventName('request', hexOf(digest), voice(text)), text);
    return this.find(digest);
  }

  /**
   * Signs an approval of exactly this request, and releases what it is to be given of sealed items.
   *
   * @returns the token, which may also be carried by hand, and the request as it stands then
   * @throws CountersignError when the person at this keyboard may not approve it
   */
  async approve(asSeen: RequestView): Promise<{ readonly token: string; readonly delivery: Delivery; readonly view: RequestView }> {
    const view = await this.latest(asSeen);
    const trust = await this.trust();
    const me = await decider(view, 'approve', trust, this.signer, this.now());
    const keys = await keysToRelease(view, me.person, trust, this.repository, this.home);
    const statement = { digest: view.digest, expires: view.signed.request.expires };
    const signature = await this.signer.sign(me, APPROVAL_NAMESPACE, statementBytes(statement));
    const token = formatToken({ statement, signature });
    const delivery = await this.takeTokenFor(view, token, trust);
    if (keys.length > 0) await this.release(view.digest, keys);
    return { token, delivery, view: await this.find(view.digest) };
  }

  /** The request with what others said while somebody looked at it, as far as they can be reached. */
  private async latest({ digest }: RequestView): Promise<RequestView> {
    await this.sync();
    return this.find(digest);
  }

  /** Whoever completes the signatures releases what is sealed, so that fewer than the policy asks for open nothing. */
  private async release(digest: Digest, keys: Release['keys']): Promise<void> {
    await this.sync();
    if ((await this.find(digest)).state !== 'approved') return;
    const record = await this.sign(digest, { event: 'release', keys });
    await this.put(eventName('release', hexOf(digest), voice(record)), record);
  }

  /**
   * Takes in an approval token that somebody carried here.
   *
   * @throws CountersignError saying why it does not count
   */
  async takeToken(text: string): Promise<{ readonly view: RequestView; readonly delivery: Delivery }> {
    const { statement } = parseToken(text);
    const view = (await this.requests()).find((candidate) => candidate.digest === statement.digest);
    if (!view) throw new CountersignError('refused', sentence('This approval is for another request, one that is not here.'));
    const delivery = await this.takeTokenFor(view, text.trim(), await this.trust());
    return { view: await this.find(statement.digest), delivery };
  }

  private async takeTokenFor(view: RequestView, token: string, trust: Trust): Promise<Delivery> {
    if (view.requester === undefined) throw new CountersignError('refused', view.problems[0] ?? sentence('The request does not stand.'));
    if (view.use) throw new CountersignError('refused', sentence('This approval was used already: what runs again needs a new one.'));
    try {
      checkToken(token, view.signed, view.requester, view.quorum, trust, this.now());
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
      if (error.code === 'signature') throw new CountersignError('token', sentence('This token was changed on its way: copy it again, whole.'), { cause: error });
      // The list of allowed signers is fine: it is the token that it speaks against.
      throw error.code === 'roster' ? new CountersignError('refused', error.said, { cause: error }) : error;
    }
    return this.put(eventName('approval', hexOf(view.digest), voice(token)), token);
  }

  async deny(asSeen: RequestView, reason: string): Promise<void> {
    const view = await this.latest(asSeen);
    await decider(view, 'deny', await this.trust(), this.signer, this.now());
    const record = await this.sign(view.digest, { event: 'denial', reason });
    await this.put(eventName('denial', hexOf(view.digest), voice(record)), record);
  }

  /**
   * Signs and publishes that the requester breaks the glass.
   *
   * @throws CountersignError when there is no security key to do it with, or it proves less than the policy asks for
   */
  async breakGlass(view: RequestView, reason: string, environments: readonly string[]): Promise<Delivery> {
    const trust = await this.trust();
    const now = this.now();
    const me = await this.signer.me(trust, BREAK_GLASS_NAMESPACE, now, ({ publicKey }) => publicKey.securityKey).catch((error: unknown) => {
      throw new CountersignError('key', sentence('Break-glass needs a security key of your own, and none at hand is on the list of allowed signers for “countersign-break-glass”. Until one is added, only another person’s approval lets this run.'), { cause: error });
    });
    const record: EventRecord = { v: 1, event: 'break-glass', request: view.digest, by: me.principal, at: now, reason, environments: [...environments] };
    const text = formatRecord(record, await this.signer.sign(me, BREAK_GLASS_NAMESPACE, recordBytes(record)));
    if (view.requester === undefined) throw new CountersignError('refused', view.problems[0] ?? sentence('The request does not stand.'));
    checkBreakGlass(text, view.signed, view.requester, trust);
    return this.put(eventName('break-glass', hexOf(view.digest), voice(text)), text);
  }

  /** Signs and publishes that this person looked at what was done behind a broken glass. */
  async reviewGlass(view: RequestView, note: string): Promise<void> {
    if (!view.glass || view.requester === undefined) throw new CountersignError('refused', sentence('Nobody broke the glass for this request: there is nothing to look at.'));
    const text = await this.sign(view.digest, { event: 'review', note });
    checkGlassReview(text, view.signed, view.requester, await this.trust());
    await this.put(eventName('review', hexOf(view.digest), voice(text)), text);
  }

  async withdraw(view: RequestView, reason: string): Promise<void> {
    const record = await this.sign(view.digest, { event: 'withdrawal', reason });
    await this.put(eventName('withdrawal', hexOf(view.digest), voice(record)), record);
  }

  /** Uses up the request. Only after `won` may anything run. */
  async consume(view: RequestView): Promise<'won' | 'lost'> {
    const nonce = randomBytes(16).toString('hex');
    const record = await this.sign(view.digest, { event: 'use', nonce, approvers: view.approvals.map((approval) => approval.person) });
    const result = await this.store.consume(eventName('use', hexOf(view.digest)), record);
    this.changed();
    return result;
  }

  /**
   * Uses up the request while the store cannot be reached, and says so. Whether somebody else used it as well comes out
   * when it can be reached again.
   */
  async consumeUnconfirmed(view: RequestView): Promise<'won' | 'lost'> {
    const hex = hexOf(view.digest);
    if ((await this.find(view.digest)).use || (await this.store.ledger.hasUse(hex))) return 'lost';
    const nonce = randomBytes(16).toString('hex');
    const record = await this.sign(view.digest, { event: 'use', nonce, approvers: view.approvals.map((approval) => approval.person), unconfirmed: true });
    await this.store.owe(eventName('unconfirmed', hex, voice(record)), record);
    this.changed();
    return 'won';
  }

  /** @param exitCode null when a signal ended it or nobody saw the end */
  async recordOutcome(digest: Digest, exitCode: number | null): Promise<void> {
    const record = await this.sign(digest, { event: 'outcome', exitCode });
    await this.put(eventName('outcome', hexOf(digest), voice(record)), record);
  }

  /** Records that what a request asks for has been made, without a run: a change of the rules. Nobody but its requester can. */
  async recordApplied(view: RequestView): Promise<void> {
    const trust = await this.trust();
    const me = await this.signer.me(trust, RECORD_NAMESPACE, this.now());
    if (me.person !== view.requester || this.now() > view.signed.request.expires) return;
    const use = await this.sign(view.digest, { event: 'use', nonce: randomBytes(16).toString('hex'), approvers: view.approvals.map((approval) => approval.person) });
    await this.put(eventName('use', hexOf(view.digest)), use);
    await this.recordOutcome(view.digest, 0);
  }

  /**
   * Signs and publishes that something began without asking.
   *
   * @param nonce 32 hexadecimal digits; the same ones make the same incident
   * @throws CountersignError when the person at this keyboard cannot sign, or it cannot be stored
   */
  async reportIncident(facts: IncidentFacts, nonce = randomBytes(16).toString('hex')): Promise<Digest> {
    const me = await this.signer.me(await this.trust(), RECORD_NAMESPACE, this.now());
    const incident: Incident = { v: 1, event: 'incident', nonce, by: me.principal, ...boundedFacts(facts) };
    const text = formatIncident(incident, await this.signer.sign(me, RECORD_NAMESPACE, incidentBytes(incident)));
    await this.put(eventName('incident', hexOf(incidentDigest(incident)), voice(text)), text);
    return incidentDigest(incident);
  }

  async sync(signal?: AbortSignal): Promise<SyncResult> {
    const result = await this.store.sync(signal);
    if (result.changed) this.changed();
    return result;
  }

  private async sign(digest: Digest, details: RecordDetails): Promise<string> {
    const now = this.now();
    const me = await this.signer.me(await this.trust(), RECORD_NAMESPACE, now);
    const record: EventRecord = { v: 1, request: digest, by: me.principal, at: now, ...details };
    return formatRecord(record, await this.signer.sign(me, RECORD_NAMESPACE, recordBytes(record)));
  }

  private async put(name: ReturnType<typeof eventName>, text: string): Promise<Delivery> {
    const delivery = await this.store.put(name, text);
    this.changed();
    return delivery;
  }

  private changed(): void {
    this.changes += 1;
    for (const listener of this.listeners) listener();
  }
}

/** Events are told apart by their text, so that nobody can take another person's place in the store. */
function voice(text: string): string {
  return hexOf(sha256(text)).slice(0, 16);
}
