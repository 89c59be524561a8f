import * as z from 'zod/mini';
import { canonicalText, digestOf, hexOf, sha256 } from './canonical.js';
import type { Operation } from './operation.js';
import { emptyRoster, parseRoster } from './roster.js';
import { trustOf, type Trust } from './trust.js';
import { defaultPolicy, parsePolicy } from '../policy/policy.js';

/** A team's rules as they are written; null for a file that is not there. */
export interface RuleTexts {
  readonly policy: string | null;
  readonly roster: string | null;
}

export const POLICY_FILE = '.countersign/policy.yaml';
export const ROSTER_FILE = '.countersign/allowed_signers';
/** The environment that a change of the rules names as its target. */
const TARGET = 'the rules';

const textsSchema = z.strictObject({ policy: z.nullable(z.string()), roster: z.nullable(z.string()) });

/**
 * The rules that these texts make.
 *
 * @throws CountersignError `policy` or `roster` when one of them cannot be understood
 */
export function trustOfRules({ policy, roster }: RuleTexts, source: string): Trust {
  const key = JSON.stringify([policy, roster, source]);
  const known = read.get(key);
  if (known) return known;
  const trust = trustOf(policy === null ? defaultPolicy() : parsePolicy(policy), roster === null ? emptyRoster() : parseRoster(roster), source);
  if (read.size >= MOST_READ) read.clear();
  read.set(key, trust);
  return trust;
}

/** Rules by their whole texts, read once: a roster of a large team takes many milliseconds, and every look asks for it. */
const read = new Map<string, Trust>();
const MOST_READ = 20;

export function sameRules(one: RuleTexts, other: RuleTexts): boolean {
  return one.policy === other.policy && one.roster === other.roster;
}

/** What two people compare to know that they follow the same rules: 96 bits of the texts’ digest. */
export function rulesFingerprint({ policy, roster }: RuleTexts): string {
  return (hexOf(digestOf([policy, roster])).slice(0, 24).match(/.{4}/g) ?? []).join('-');
}

/**
 * The change to these rules as an operation, so that it is asked for, signed and recorded like any other. From which
 * rules it leads, the request says by their digests. The texts travel in it: whoever approves reads them and not
 * somebody’s description.
 */
export function rulesOperation(to: RuleTexts, base: Pick<Operation, 'repository' | 'commit' | 'worktree'>): Operation {
  return {
    kind: 'rules',
    label: 'Change the rules of the team',
    script: canonicalText({ policy: to.policy, roster: to.roster }),
    shell: '',
    directory: '.',
    environment: {},
    inputs: [inputOf(POLICY_FILE, to.policy), inputOf(ROSTER_FILE, to.roster)],
    ...base,
    targets: [{ environment: TARGET, kind: 'rules', name: '.countersign', evidence: 'who may approve what in this repository' }],
  };
}

/** The rules that an operation would put in force, or undefined when it is no well-formed change of rules. */
export function proposedRules(operation: Operation): RuleTexts | undefined {
  if (operation.kind !== 'rules') return undefined;
  try {
    const texts = z.parse(textsSchema, JSON.parse(operation.script));
    const whole = rulesOperation(texts, operation);
    return canonicalText(whole) === canonicalText(operation) ? texts : undefined;
  } catch {
    return undefined;
  }
}

function inputOf(path: string, text: string | null): Operation['inputs'][number] {
  return { path, sha256: text === null ? null : hexOf(sha256(text)) };
}
