import type { Digest } from './canonical.js';
import type { Sentence } from '../say.js';
import type { Part, Policy } from '../policy/policy.js';
import { isMet, type Quorum } from '../policy/quorum.js';
import { People, type Roster } from './roster.js';

/** What a decision rests on: the team's rules and the keys they give to people, from the protected branch. */
export interface Trust {
  readonly policy: Policy;
  readonly roster: Roster;
  readonly people: People;
  readonly rosterDigest: Digest;
  /** Where they were read, for people: `origin/main`. */
  readonly source: string;
  /** How they came to count on this account; undefined as long as no roster was ever seen. */
  readonly pinned: Pinned | undefined;
  /** Other rules that stand on the protected branch and do not count. */
  readonly pending: Pending | undefined;
}

export interface Pinned {
  /** What people compare. */
  readonly fingerprint: string;
  /** Unix seconds. */
  readonly since: number;
  readonly how: 'first contact' | 'approved' | 'by hand';
  /** Whether the person has been shown them. */
  readonly announced: boolean;
}

export interface Pending {
  /** It may only tighten, like a working copy's. */
  readonly policy: Policy;
  readonly fingerprint: string;
  /** Why they do not count, and what to do. */
  readonly problem: Sentence;
}

export function trustOf(policy: Policy, roster: Roster, source: string): Trust {
  return { policy, roster, people: new People(roster, policy.people), rosterDigest: `sha256:${roster.sha256}`, source, pinned: undefined, pending: undefined };
}

/**
 * The persons a list of names stands for: groups are opened, names that nobody bears are left out.
 * Without a list it is everyone on the roster.
 */
export function approversOf(trust: Trust, names: readonly string[] | undefined): ReadonlySet<string> {
  const known = approvers.get(trust) ?? new Map<readonly string[] | undefined, ReadonlySet<string>>();
  approvers.set(trust, known);
  const found = known.get(names) ?? findApprovers(trust, names);
  known.set(names, found);
  return found;
}

/** Asked for every signature, and the same for as long as the rules are: by the very list of the policy. */
const approvers = new WeakMap<Trust, Map<readonly string[] | undefined, ReadonlySet<string>>>();

function findApprovers(trust: Trust, names: readonly string[] | undefined): ReadonlySet<string> {
  const members = names?.flatMap((name) => trust.policy.groups.get(name) ?? [name]) ?? trust.people.all();
  return new Set(members.flatMap((member) => personNamed(trust, member) ?? []).filter((person) => !isRunner(trust, person)));
}

/** Whether this is a job's key and not a person's: it uses approvals, and never asks for one or gives one. */
export function isRunner(trust: Trust, person: string): boolean {
  return trust.policy.runners.some((name) => personNamed(trust, name) === person);
}

/** Everyone whose signature can count towards a quorum. */
export function candidatesFor(trust: Trust, quorum: Quorum): ReadonlySet<string> {
  return new Set(quorum.requirements.flat().flatMap(({ of }) => [...approversOf(trust, of)]));
}

/** Whether these persons are enough. */
export function isEnough(trust: Trust, quorum: Quorum, persons: readonly string[]): boolean {
  const members = new Map<Part, ReadonlySet<string>>(quorum.requirements.flat().map((part) => [part, approversOf(trust, part.of)]));
  return isMet(quorum, persons, (person, part) => members.get(part)?.has(person) === true);
}

/** The age recipient that the policy gives to a person, by any of their names. */
export function recipientOf(trust: Trust, person: string): string | undefined {
  return [...trust.policy.recipients].find(([name]) => personNamed(trust, name) === person)?.[1];
}

/** A person by their name in the policy or by any of their principals. */
export function personNamed(trust: Trust, name: string): string | undefined {
  return trust.people.has(name) ? name : trust.people.personOf(name);
}
