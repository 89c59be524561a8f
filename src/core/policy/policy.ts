import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import * as z from 'zod/mini';
import { sha256, type Digest } from '../approval/canonical.js';
import { plain } from '../approval/display.js';
import { CountersignError } from '../errors.js';
import { isTooDeep } from '../files/depth.js';
import { DEFAULT_ENVIRONMENTS, Environments } from '../targets/environments.js';
import type { EnvironmentPattern } from '../assess/assessment.js';

/** So many persons out of these groups and people; undefined means everyone on the roster. */
export interface Part {
  readonly count: number;
  readonly of: readonly string[] | undefined;
}

/** What an approval must prove: nothing more than the key, a touch of a security key, or its PIN as well. */
export type PresenceDemand = 'none' | 'touch' | 'pin';

/** A time in which nothing may change, whoever agrees. */
export interface Freeze {
  /** Unix seconds. */
  readonly from: number;
  readonly until: number;
  readonly reason: string;
}

/** How one environment is protected. */
export interface Environment extends EnvironmentPattern {
  /** How many other people must sign before anything changes here; 0 only warns. */
  readonly approvals: number;
  /** Who these are: `2 of sre`, `1 of dba`; they add up to `approvals`. */
  readonly parts: readonly Part[];
  readonly presence: PresenceDemand;
  readonly freezes: readonly Freeze[];
  /** How long a request stays open, in seconds. */
  readonly lifetime: number;
}

/** The team's rules, complete: what a file leaves out has its default here. */
export interface Policy {
  readonly environments: readonly Environment[];
  /** Person to the principals that are theirs. */
  readonly people: ReadonlyMap<string, readonly string[]>;
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** The git remote that carries requests and approvals. */
  readonly remote: string;
  /** Environment variables that are bound into an operation besides the usual ones. */
  readonly environmentVariables: readonly string[];
  readonly digest: Digest;
}

const DEFAULT_LIFETIME = 30 * 60;
/** No team's policy is longer, in characters. */
const MAX_LENGTH = 256 * 1024;
const MOST_APPROVALS = 10;
/** A request that stays open for longer is no longer about what people have in mind. */
const MAX_LIFETIME = 24 * 60 * 60;

const name = z.string().check(z.minLength(1), z.maxLength(320));
const names = z.array(name).check(z.minLength(1), z.maxLength(500));
const duration = z.string().check(z.regex(/^[1-9][0-9]{0,3}[mh]$/, 'must be minutes or hours, such as 30m or 2h'));

const part = z.string().check(z.regex(/^([1-9]|10) of \S[^\n]{0,319}$/, 'must say how many of which group or person, such as "2 of sre"'));
const moment = z.string().check(z.regex(/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z)?$/, 'must be a day or a time in UTC, such as 2026-12-24 or 2026-12-24T16:00Z'));

const policySchema = z.strictObject({
  version: z.literal(1),
  environments: z.optional(
    z.record(
      name,
      z.strictObject({
        match: z.optional(names),
        approvals: z.optional(z.union([z.int().check(z.minimum(0), z.maximum(MOST_APPROVALS)), z.array(part).check(z.minLength(1), z.maxLength(MOST_APPROVALS))])),
        approvers: z.optional(names),
        presence: z.optional(z.enum(['none', 'touch', 'pin'])),
        freeze: z.optional(z.array(z.strictObject({ from: moment, until: moment, reason: z.string().check(z.minLength(1), z.maxLength(500)) })).check(z.maxLength(100))),
        expires: z.optional(duration),
      }),
    ),
  ),
  people: z.optional(z.record(name, names)),
  groups: z.optional(z.record(name, names)),
  remote: z.optional(name),
  environmentVariables: z.optional(z.array(name)),
});

type PolicyFile = z.infer<typeof policySchema>;

/** The environment that a name belongs to, when changing it needs other people. */
export function guardedEnvironment(policy: Policy, name: string): Environment | undefined {
  const found = new Environments(policy.environments).of(name);
  return policy.environments.find((environment) => environment.name === found && environment.approvals > 0);
}

/** The policy of a team that has written none. */
export function defaultPolicy(): Policy {
  return complete({ version: 1 }, '');
}

/**
 * Reads `.countersign/policy.yaml`.
 *
 * @throws CountersignError `policy` naming the first line that cannot be understood
 */
export function parsePolicy(text: string): Policy {
  if (text.length > MAX_LENGTH) throw policyError(1, 'the file is too long');
  const lines = new LineCounter();
  if (isTooDeep(text)) throw policyError(1, 'it is nested too deep');
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, stringKeys: true });
  const [syntax] = document.errors;
  if (syntax) throw policyError(syntax.linePos?.[0].line ?? 1, syntax.message.split('\n')[0] ?? 'cannot be read');
  const parsed = z.safeParse(policySchema, valueOf(document));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw policyError(lineOf(document, lines, issue?.path ?? []), describe(issue));
  }
  for (const [name, environment] of Object.entries(parsed.data.environments ?? {})) {
    const problem = contradiction(environment);
    if (problem) throw policyError(lineOf(document, lines, ['environments', name, problem.key]), problem.text);
  }
  return complete(parsed.data, text);
}

/** What each setting allows and several together do not. */
function contradiction({ approvals, approvers, freeze = [] }: NonNullable<PolicyFile['environments']>[string]): { readonly key: string; readonly text: string } | undefined {
  if (Array.isArray(approvals)) {
    if (approvers) return { key: 'approvers', text: '"approvals" already says who may sign, so "approvers" has no meaning beside it' };
    const total = approvals.reduce((sum, text) => sum + partOf(text).count, 0);
    if (total > MOST_APPROVALS) return { key: 'approvals', text: `"approvals" asks for ${total} persons, and more than ${MOST_APPROVALS} never come together` };
  }
  for (const { from, until } of freeze) {
    if (Number.isNaN(momentOf(from)) || Number.isNaN(momentOf(until))) return { key: 'freeze', text: '"freeze" names a day or time that does not exist' };
    if (momentOf(until) <= momentOf(from)) return { key: 'freeze', text: '"freeze" ends before it begins' };
  }
  return undefined;
}

/** The document as plain values. Aliases are not followed: a policy says what it means where it means it. */
function valueOf(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    throw policyError(1, 'aliases and anchors are not used here');
  }
}

function describe(issue: z.core.$ZodIssue | undefined): string {
  const where = issue?.path.map(String).join('.') ?? '';
  if (issue?.code === 'unrecognized_keys') return `"${issue.keys.join('", "')}" is not a setting here`;
  return `${where ? `"${where}": ` : ''}${issue?.message ?? 'cannot be understood'}`;
}

function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent: unknown = document.getIn(path.slice(0, length - 1), true) ?? document.contents;
    const key = path[length - 1];
    if (!isMap(parent)) continue;
    const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === key);
    if (pair && isScalar(pair.key) && pair.key.range) return lines.linePos(pair.key.range[0]).line;
  }
  return 1;
}

function policyError(line: number, problem: string): CountersignError {
  return new CountersignError('policy', `Line ${line} of .countersign/policy.yaml: ${plain(problem).replace(/\.$/, '')}. Production stays held until it is mended.`);
}

function complete(file: PolicyFile, text: string): Policy {
  const written = file.environments ?? {};
  const known = new Map(DEFAULT_ENVIRONMENTS.map((environment) => [environment.name, environment.match]));
  const all = new Set([...known.keys(), ...Object.keys(written)]);
  const environments = [...all].map((name): Environment => {
    const { match, approvals = name === 'production' ? 1 : 0, approvers, presence = 'none', freeze = [], expires } = written[name] ?? {};
    const parts = typeof approvals === 'number' ? (approvals === 0 ? [] : [{ count: approvals, of: approvers }]) : approvals.map(partOf);
    return {
      name,
      match: match ?? known.get(name) ?? [],
      approvals: parts.reduce((sum, { count }) => sum + count, 0),
      parts,
      presence,
      freezes: freeze.map(({ from, until, reason }) => ({ from: momentOf(from), until: momentOf(until), reason })),
      lifetime: Math.min(seconds(expires), MAX_LIFETIME),
    };
  });
  return {
    // A name that fits several environments belongs to the best protected one.
    environments: environments.sort((a, b) => b.approvals - a.approvals),
    people: new Map(Object.entries(file.people ?? {})),
    groups: new Map(Object.entries(file.groups ?? {})),
    remote: file.remote ?? 'origin',
    environmentVariables: file.environmentVariables ?? [],
    digest: sha256(text),
  };
}

function partOf(text: string): Part {
  const [count = '', ...of] = text.split(' of ');
  return { count: Number(count), of: [of.join(' of ')] };
}

/** Unix seconds; a day begins at midnight UTC. */
function momentOf(text: string): number {
  return Math.floor(Date.parse(text) / 1000);
}

function seconds(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIFETIME;
  return Number(text.slice(0, -1)) * (text.endsWith('h') ? 3600 : 60);
}
