import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import * as z from 'zod/mini';
import { sha256, type Digest } from '../approval/canonical.js';
import { plain } from '../approval/display.js';
import { CountersignError } from '../errors.js';
import { isTooDeep } from '../files/depth.js';
import { DEFAULT_ENVIRONMENTS, Environments } from '../targets/environments.js';
import type { EnvironmentPattern } from '../assess/assessment.js';

/** How one environment is protected. */
export interface Environment extends EnvironmentPattern {
  /** How many other people must sign before anything changes here; 0 only warns. */
  readonly approvals: number;
  /** Groups and people who may sign; undefined means everyone on the roster. */
  readonly approvers: readonly string[] | undefined;
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
/** A request that stays open for longer is no longer about what people have in mind. */
const MAX_LIFETIME = 24 * 60 * 60;

const name = z.string().check(z.minLength(1), z.maxLength(320));
const names = z.array(name).check(z.minLength(1), z.maxLength(500));
const duration = z.string().check(z.regex(/^[1-9][0-9]{0,3}[mh]$/, 'must be minutes or hours, such as 30m or 2h'));

const policySchema = z.strictObject({
  version: z.literal(1),
  environments: z.optional(
    z.record(
      name,
      z.strictObject({
        match: z.optional(names),
        approvals: z.optional(z.int().check(z.minimum(0), z.maximum(10))),
        approvers: z.optional(names),
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
  return complete(parsed.data, text);
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
  const environments = [...all].map((environment) => ({
    name: environment,
    match: written[environment]?.match ?? known.get(environment) ?? [],
    approvals: written[environment]?.approvals ?? (environment === 'production' ? 1 : 0),
    approvers: written[environment]?.approvers,
    lifetime: Math.min(seconds(written[environment]?.expires), MAX_LIFETIME),
  }));
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

function seconds(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIFETIME;
  return Number(text.slice(0, -1)) * (text.endsWith('h') ? 3600 : 60);
}
