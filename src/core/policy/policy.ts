import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type Document } from 'yaml';
import * as z from 'zod/mini';
import { sha256, type Digest } from '../approval/canonical.js';
import { plain } from '../approval/display.js';
import { CountersignError } from '../errors.js';
import { sentence } from '../say.js';
import { isTooDeep } from '../files/depth.js';
import { DEFAULT_ENVIRONMENTS, Environments } from '../targets/environments.js';
import { hasGroup } from './globs.js';
import type { NotifyPolicy } from './notify-policy.js';
import { MOST_APPROVALS, policySchema, type PolicyFile } from './schema.js';
import { storePolicyOf, type StorePolicy } from './store-policy.js';
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

/** Whose signatures something needs. */
export interface Signing {
  /** How many other people must sign; 0 only warns. */
  readonly approvals: number;
  /** Who these are: `2 of sre`, `1 of dba`; they add up to `approvals`. */
  readonly parts: readonly Part[];
  readonly presence: PresenceDemand;
  /** How long a request stays open, in seconds. */
  readonly lifetime: number;
}

/** How one environment is protected. */
export interface Environment extends EnvironmentPattern, Signing {
  /** Branches, as globs, that a server with the hook lets nobody change without approval. */
  readonly branches: readonly string[];
  readonly freezes: readonly Freeze[];
  /** What an assistant that would change something gets here at the least. */
  readonly agents: Demand | undefined;
}

/** What something needs before it goes ahead; `deny` means it never does. */
export type Demand = 'confirm' | 'approve' | 'deny';

/** What goes ahead without approval, for a while and for a reason. */
export interface Exception {
  readonly environment: string;
  /** Globs over the ids of findings; without them nothing that destroys is excepted. */
  readonly rules: readonly string[] | undefined;
  readonly command: string | undefined;
  readonly task: string | undefined;
  readonly reason: string;
  /** From this moment on it has no effect; Unix seconds. */
  readonly until: number;
}

/** Files whose edits are held. */
export interface ProtectedPath {
  /** Globs, relative to the top of the repository. */
  readonly paths: readonly string[];
  readonly edits: Demand;
  readonly by: 'agents' | 'everyone';
  /** The environment whose approvals an edit needs. */
  readonly environment: string;
}

/** How a person may act without the others in an emergency. */
export interface BreakGlassRule {
  /** What the person's own security key must prove. */
  readonly presence: Exclude<PresenceDemand, 'none'>;
  /** How often in seven days, all people together; 0 is never. */
  readonly perWeek: number;
}

/** The team's rules, complete: what a file leaves out has its default here. */
export interface Policy {
  readonly environments: readonly Environment[];
  /** Person to the principals that are theirs. */
  readonly people: ReadonlyMap<string, readonly string[]>;
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** Who approves a change of these rules; undefined means what every protected environment asks for. */
  readonly rules: Signing | undefined;
  readonly exceptions: readonly Exception[];
  readonly protectedPaths: readonly ProtectedPath[];
  readonly breakGlass: BreakGlassRule;
  /** Jobs, by the principals of their keys: they use approvals that others gave, and never ask or sign for anything. */
  readonly runners: readonly string[];
  /** Person to the age recipient that items are sealed for. */
  readonly recipients: ReadonlyMap<string, string>;
  /** The git remote that carries requests and approvals, where a clone has several. */
  readonly remote: string;
  /** Environment variables that are bound into an operation besides the usual ones. */
  readonly environmentVariables: readonly string[];
  readonly store: StorePolicy;
  /** Which chat is told that a request waits; undefined tells none. */
  readonly notify: NotifyPolicy | undefined;
  readonly digest: Digest;
}

const DEFAULT_LIFETIME = 30 * 60;
/** No team's policy is longer, in characters. */
export const MAX_LENGTH = 256 * 1024;
/** A request that stays open for longer is no longer about what people have in mind. */
const MAX_LIFETIME = 24 * 60 * 60;

/** The policies that have a say together: at least one. */
export type Policies = readonly [Policy, ...Policy[]];

/** The environment that a name belongs to, when changing it needs other people. */
export function guardedEnvironment(policy: Policy, name: string): Environment | undefined {
  const found = new Environments(policy.environments).of(name);
  return policy.environments.find((environment) => environment.name === found && environment.approvals > 0);
}

/** The environments of several policies that all have a say, the best protected ones first. */
export function environmentsUnder(policies: readonly Policy[]): readonly Environment[] {
  const [first, ...others] = policies;
  if (first && others.length === 0) return first.environments;
  return policies.flatMap(({ environments }) => environments).sort((a, b) => b.approvals - a.approvals);
}

/** The policy of a team that has written none. */
export function defaultPolicy(): Policy {
  return complete({ version: 1 }, '');
}

/** What is wrong with a policy file, and where. */
export interface PolicyProblem {
  /** From 1. */
  readonly line: number;
  readonly problem: string;
}

/**
 * Reads `.countersign/policy.yaml`.
 *
 * @throws CountersignError `policy` naming the first line that cannot be understood
 */
export function parsePolicy(text: string): Policy {
  const read = readPolicy(text);
  if ('file' in read) return complete(read.file, text);
  const [{ line, problem }] = read.problems;
  throw new CountersignError('policy', sentence('Line {0} of .countersign/policy.yaml: {1}. Production stays held until it is mended.', line, problem));
}

/** Everything that is wrong with a policy file, in the order of its lines; nothing for one that is fine. */
export function policyProblems(text: string): readonly PolicyProblem[] {
  const read = readPolicy(text);
  return 'problems' in read ? [...read.problems].sort((a, b) => a.line - b.line) : [];
}

type Problems = readonly [PolicyProblem, ...PolicyProblem[]];

function readPolicy(text: string): { readonly file: PolicyFile } | { readonly problems: Problems } {
  const broken = (line: number, problem: string) => ({ problems: [problemAt(line, problem)] as const });
  if (text.length > MAX_LENGTH) return broken(1, 'the file is too long');
  const lines = new LineCounter();
  if (isTooDeep(text)) return broken(1, 'it is nested too deep');
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, stringKeys: true });
  const [syntax] = document.errors;
  if (syntax) return broken(syntax.linePos?.[0].line ?? 1, syntax.message.split('\n')[0] ?? 'cannot be read');
  const value = valueOf(document);
  if (value === ALIASED) return broken(1, 'aliases and anchors are not used here');
  const parsed = z.safeParse(policySchema, value);
  const found = parsed.success
    ? contradictions(parsed.data).map(({ path, text: problem }) => problemAt(lineOf(document, lines, path), problem))
    : parsed.error.issues.map((issue) => problemAt(lineOf(document, lines, pathOf(issue)), describe(issue)));
  const [first, ...others] = found;
  if (first) return { problems: [first, ...others] };
  return parsed.success ? { file: parsed.data } : broken(1, 'it cannot be understood');
}

/** A setting that is not known stands on its own line. */
function pathOf(issue: z.core.$ZodIssue): readonly PropertyKey[] {
  return issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path;
}

interface Contradiction {
  readonly path: readonly PropertyKey[];
  readonly text: string;
}

/** What each setting allows and several together do not. */
function contradictions(file: PolicyFile): readonly Contradiction[] {
  const known = new Set([...DEFAULT_ENVIRONMENTS.map(({ name }) => name), ...Object.keys(file.environments ?? {})]);
  const signings = [...Object.entries(file.environments ?? {}).map(([name, environment]) => ({ path: ['environments', name], ...environment })), ...(file.rules ? [{ path: ['rules'], ...file.rules }] : [])];
  const exceptions = file.exceptions ?? [];
  const named = [...exceptions.map(({ environment }, at) => ({ path: ['exceptions', at, 'environment'], environment })), ...(file.protectedPaths ?? []).map(({ environment = 'production' }, at) => ({ path: ['protectedPaths', at, 'environment'], environment }))];
  return [
    ...signings.flatMap(({ path, approvals, approvers }) => signingProblem(approvals, approvers).map(({ key, text }) => ({ path: [...path, key], text }))),
    ...Object.keys(file.environments ?? {}).flatMap((name, at, written) => lookalike(name, written.slice(0, at)).map((other) => ({ path: ['environments', name], text: `"${name}" and "${other}" would be two environments: write it the same way everywhere` }))),
    ...globsOf(file).filter(({ glob }) => hasGroup(glob)).map(({ path, glob }) => ({ path, text: `"${glob}" has a group in parentheses, which stands for nothing here: write one pattern for each name` })),
    ...(file.rules?.approvals === 0 ? [{ path: ['rules', 'approvals'], text: 'a change of the rules needs somebody’s approval' }] : []),
    ...Object.entries(file.environments ?? {}).flatMap(([name, { freeze = [] }]) => freeze.flatMap((each, at) => freezeProblem(each).map((text) => ({ path: ['environments', name, 'freeze', at], text })))),
    ...sharedRecipients(file.recipients ?? {}).map((name) => ({ path: ['recipients', name], text: 'two people cannot have one recipient: each of them runs "countersign seal --recipient"' })),
    ...named.flatMap(({ path, environment }) => (known.has(environment) ? [] : [{ path, text: `there is no environment "${environment}"` }])),
    ...exceptions.flatMap(({ until, rules, command, task }, at) => [
      ...(Number.isNaN(momentOf(until)) ? [{ path: ['exceptions', at, 'until'], text: '"until" names a day or time that does not exist' }] : []),
      ...(rules ?? command ?? task ? [] : [{ path: ['exceptions', at], text: 'an exception says what it is for: "rules", "command" or "task"' }]),
    ]),
  ];
}

/** Another environment that a name is to be told from by letter case only. */
function lookalike(name: string, before: readonly string[]): readonly string[] {
  const known = [...DEFAULT_ENVIRONMENTS.map((environment) => environment.name), ...before];
  return known.filter((other) => other !== name && other.toLowerCase() === name.toLowerCase()).slice(0, 1);
}

/** Every glob that says what is protected. */
function globsOf({ environments = {}, protectedPaths = [] }: PolicyFile): readonly { readonly path: readonly PropertyKey[]; readonly glob: string }[] {
  return [
    ...Object.entries(environments).flatMap(([name, { match = [], branches = [] }]) => [...match.map((glob) => ({ path: ['environments', name, 'match'], glob })), ...branches.map((glob) => ({ path: ['environments', name, 'branches'], glob }))]),
    ...protectedPaths.flatMap(({ paths }, at) => paths.map((glob) => ({ path: ['protectedPaths', at, 'paths'], glob }))),
  ];
}

function signingProblem(approvals: NonNullable<PolicyFile['rules']>['approvals'], approvers: readonly string[] | undefined): readonly { readonly key: string; readonly text: string }[] {
  if (!Array.isArray(approvals)) return [];
  if (approvers) return [{ key: 'approvers', text: '"approvals" already says who may sign, so "approvers" has no meaning beside it' }];
  const total = approvals.reduce((sum, text) => sum + partOf(text).count, 0);
  return total > MOST_APPROVALS ? [{ key: 'approvals', text: `"approvals" asks for ${total} persons, and more than ${MOST_APPROVALS} never come together` }] : [];
}

/** Whose recipient stands above already: it would open both layers of what is sealed for the two. */
function sharedRecipients(recipients: Readonly<Record<string, string>>): readonly string[] {
  const entries = Object.entries(recipients);
  return entries.filter(([, recipient], at) => entries.findIndex(([, other]) => other === recipient) < at).map(([name]) => name);
}

function freezeProblem({ from, until }: { readonly from: string; readonly until: string }): readonly string[] {
  if (Number.isNaN(momentOf(from)) || Number.isNaN(momentOf(until))) return ['"freeze" names a day or time that does not exist'];
  return momentOf(until) <= momentOf(from) ? ['"freeze" ends before it begins'] : [];
}

const ALIASED = Symbol('aliased');

/** The document as plain values. Aliases are not followed: a policy says what it means where it means it. */
function valueOf(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    return ALIASED;
  }
}

function describe(issue: z.core.$ZodIssue): string {
  const where = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') return `"${issue.keys.join('", "')}" is not a setting here`;
  return `${where ? `"${where}": ` : ''}${issue.message}`;
}

function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent: unknown = document.getIn(path.slice(0, length - 1), true) ?? document.contents;
    const key = path[length - 1];
    const node: unknown = isMap(parent) ? parent.items.find((item) => isScalar(item.key) && item.key.value === key)?.key : isSeq(parent) && typeof key === 'number' ? parent.items[key] : undefined;
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

function problemAt(line: number, problem: string): PolicyProblem {
  return { line, problem: plain(problem).replace(/\.$/, '') };
}

function complete(file: PolicyFile, text: string): Policy {
  const written = file.environments ?? {};
  const known = new Map(DEFAULT_ENVIRONMENTS.map((environment) => [environment.name, environment.match]));
  const all = new Set([...known.keys(), ...Object.keys(written)]);
  const environments = [...all].map((name): Environment => {
    const { match, freeze = [], agents, branches = [], ...signing } = written[name] ?? {};
    return {
      name,
      match: match ?? known.get(name) ?? [name],
      // Whoever says how it is signed wants a signature.
      ...signingOf(signing, name === 'production' || Object.keys(signing).length > 0 ? 1 : 0),
      branches,
      freezes: freeze.map(({ from, until, reason }) => ({ from: momentOf(from), until: momentOf(until), reason })),
      agents,
    };
  });
  return {
    // A name that fits several environments belongs to the best protected one.
    environments: environments.sort((a, b) => b.approvals - a.approvals),
    people: new Map(Object.entries(file.people ?? {})),
    groups: new Map(Object.entries(file.groups ?? {})),
    rules: file.rules && signingOf(file.rules, 1),
    exceptions: (file.exceptions ?? []).map(({ environment, rules, command, task, reason, until }) => ({ environment, rules, command, task, reason, until: momentOf(until) })),
    protectedPaths: (file.protectedPaths ?? []).map(({ paths, edits, by = 'agents', environment = 'production' }) => ({ paths, edits, by, environment })),
    runners: file.runners ?? [],
    recipients: new Map(Object.entries(file.recipients ?? {})),
    breakGlass: { presence: file.breakGlass?.presence ?? 'touch', perWeek: file.breakGlass?.perWeek ?? 2 },
    remote: file.remote ?? 'origin',
    environmentVariables: file.environmentVariables ?? [],
    store: storePolicyOf(file.store),
    notify: file.notify,
    digest: sha256(text),
  };
}

function signingOf({ approvals, approvers, presence = 'none', expires }: NonNullable<PolicyFile['rules']>, usual: number): Signing {
  const count = approvals ?? usual;
  const parts = typeof count === 'number' ? (count === 0 ? [] : [{ count, of: approvers }]) : count.map(partOf);
  return { approvals: parts.reduce((sum, part) => sum + part.count, 0), parts, presence, lifetime: Math.min(seconds(expires), MAX_LIFETIME) };
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
