import type { Digest } from '../approval/canonical.js';
import { operationTitle, type Operation } from '../approval/operation.js';
import { isEnough, type Trust } from '../approval/trust.js';
import { sentence, spoken, type Sentence } from '../say.js';
import { quorumSentence } from '../policy/quorum.js';
import type { RequestState, RequestView } from './fold.js';
import type { Incident, IncidentFacts } from './incident.js';

/** How something got round the other people's signatures. */
export type Bypass =
  | 'incident' // it began without asking
  | 'broken glass' // its requester ran it in an emergency
  | 'unconfirmed use' // it ran while no store could say whether it had run already
  | 'unapproved use'; // it ran, and not enough people had signed

interface Common {
  readonly id: Digest;
  /** When it was asked for, or began. Every time is RFC 3339 in UTC. */
  readonly at: string;
  /** What it is about, in one line. */
  readonly title: string;
  /** Who asked, or reported the incident. */
  readonly person: string;
  readonly environments: readonly string[];
  /** The command line, script, patch or tool call. */
  readonly script: string;
  /** What the gate said, one sentence each. */
  readonly gate: readonly string[];
  readonly bypassed: readonly Bypass[];
}

/** One request with everything that was said about it afterwards. */
export interface RequestEntry extends Common {
  readonly entry: 'request';
  readonly state: RequestState;
  /** The assistant that started it, or null for the person's own hands. */
  readonly agent: { readonly name: string; readonly session: string; readonly model: string | null } | null;
  readonly reason: string;
  readonly kind: Operation['kind'];
  readonly directory: string;
  readonly commit: string;
  readonly targets: readonly { readonly environment: string; readonly kind: string; readonly name: string; readonly evidence: string }[];
  /** Files that were bound by their digests. */
  readonly files: readonly string[];
  /** The rules that found something, by id. */
  readonly rules: readonly string[];
  /** The digest of the operation that was signed. */
  readonly operation: string;
  readonly needed: Sentence;
  readonly expires: string;
  readonly approvals: readonly { readonly person: string; readonly key: string }[];
  readonly denial: { readonly at: string; readonly person: string; readonly reason: string } | null;
  readonly withdrawal: { readonly at: string; readonly reason: string } | null;
  readonly glass: { readonly at: string; readonly reason: string; readonly key: string; readonly review: { readonly at: string; readonly person: string; readonly note: string } | null } | null;
  /** The one run; by is who ran it, the requester or a job. */
  readonly use: { readonly at: string; readonly by: string } | null;
  /** A null code means that a signal ended it, or that nobody saw the end. */
  readonly outcome: { readonly at: string; readonly exitCode: number | null } | null;
  /** What was left out of account, and why. */
  readonly problems: readonly string[];
}

/** Something that began without asking and should have waited. */
export interface IncidentEntry extends Common {
  readonly entry: 'incident';
  readonly way: Incident['way'];
  /** The terminal's or task's name. */
  readonly name: string;
  /** Whether it was interrupted; either way it had begun. */
  readonly stopped: boolean;
}

/** What the ledger knows about one matter, as plain data: every list, export and report is made from these. */
export type LedgerEntry = RequestEntry | IncidentEntry;

/** An entry as programs are given it: its words are English, whoever reads them. */
export function forPrograms(entry: LedgerEntry): object {
  return entry.entry === 'incident' ? entry : { ...entry, needed: spoken(entry.needed) };
}

/** @param trust the rules under which the view was folded */
export function requestEntry(view: RequestView, trust: Trust): RequestEntry {
  const { signed, denial, withdrawal, glass, glassReview, use, outcome } = view;
  const { request } = signed;
  const { operation } = request;
  return {
    entry: 'request',
    id: view.digest,
    at: timestamp(request.notBefore),
    state: view.state,
    title: operationTitle(operation),
    person: view.requester ?? request.by,
    agent: request.agent && { name: request.agent.name, session: request.agent.session, model: request.agent.model ?? null },
    reason: request.reason,
    kind: operation.kind,
    script: operation.script,
    directory: operation.directory,
    commit: operation.commit,
    environments: [...new Set(operation.targets.map(({ environment }) => environment))],
    targets: operation.targets,
    files: operation.inputs.map(({ path }) => path),
    rules: request.rules ?? [],
    gate: request.findings,
    operation: request.operationDigest,
    needed: quorumSentence(view.quorum),
    expires: timestamp(request.expires),
    approvals: view.approvals.map(({ person, fingerprint }) => ({ person, key: fingerprint })),
    denial: denial ? { at: timestamp(denial.at), person: denial.person, reason: denial.reason } : null,
    withdrawal: withdrawal?.event === 'withdrawal' ? { at: timestamp(withdrawal.at), reason: withdrawal.reason } : null,
    glass: glass ? { at: timestamp(glass.at), reason: glass.reason, key: glass.fingerprint, review: glassReview ? { at: timestamp(glassReview.at), person: glassReview.person, note: glassReview.note } : null } : null,
    use: use ? { at: timestamp(use.at), by: trust.people.personOf(use.by) ?? use.by } : null,
    outcome: outcome ? { at: timestamp(outcome.at), exitCode: outcome.exitCode } : null,
    bypassed: [...(glass ? (['broken glass'] as const) : []), ...(use?.unconfirmed ? (['unconfirmed use'] as const) : []), ...(lacksApproval(view, trust) ? (['unapproved use'] as const) : [])],
    problems: [...new Set(view.problems.map((problem) => spoken(problem)))],
  };
}

export function incidentEntry(id: Digest, { at, way, name, script, environments, findings, stopped }: IncidentFacts, reporter: string): IncidentEntry {
  return { entry: 'incident', id, at: timestamp(at), title: operationTitle({ label: null, script }), person: reporter, way, name, script, environments, gate: findings, stopped, bypassed: ['incident'] };
}

/** Whether a request was used though too few had signed and nobody had broken the glass before. */
export function lacksApproval({ use, glass, quorum, approvals }: RequestView, trust: Trust): boolean {
  if (!use || (glass && glass.at <= use.at)) return false;
  return !isEnough(trust, quorum, approvals.map(({ person }) => person));
}

/** The state of an entry as people look for it. */
export function stateOf(entry: LedgerEntry): RequestState | 'incident' {
  return entry.entry === 'incident' ? 'incident' : entry.state;
}

/** Everybody who had a part in it. */
export function peopleOf(entry: LedgerEntry): readonly string[] {
  if (entry.entry === 'incident') return [entry.person];
  return [...new Set([entry.person, ...entry.approvals.map(({ person }) => person), ...[entry.denial?.person, entry.glass?.review?.person, entry.use?.by].flatMap((person) => person ?? [])])];
}

/** The first digits of an entry's digest, as people name it. */
export function shortId({ id }: LedgerEntry): string {
  return id.slice('sha256:'.length, 'sha256:'.length + 8);
}

/** What an entry is called where it is named: `request 1a2b3c4d`. */
export function entryName(entry: LedgerEntry): Sentence {
  return entry.entry === 'incident' ? sentence('incident {0}', shortId(entry)) : sentence('request {0}', shortId(entry));
}

/** For sorting by time, the oldest first. */
export function byTime(a: { readonly at: string }, b: { readonly at: string }): number {
  return a.at < b.at ? -1 : a.at > b.at ? 1 : 0;
}

/** Unix seconds as RFC 3339 in UTC: `2026-11-26T08:31:30Z`. */
export function timestamp(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
