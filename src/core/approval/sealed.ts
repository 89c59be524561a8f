import * as z from 'zod/mini';
import { CARRYING } from '../assess/carried.js';
import { CountersignError } from '../errors.js';
import { recipientSchema } from '../policy/recipient.js';
import { guardedEnvironment } from '../policy/policy.js';
import { quorumFor } from '../policy/quorum.js';
import { canonicalText, digestOf, type Digest } from './canonical.js';
import { plain } from './display.js';
import type { Operation } from './operation.js';
import { RECORD_NAMESPACE } from './record.js';
import { authorise } from './roster.js';
import { base64UrlSchema, formatSignedLine, parseSignedLine, signedBytes, type LineFormat } from './signed-line.js';
import { verifySshsig } from './sshsig.js';
import { candidatesFor, isRunner, recipientOf, type Trust } from './trust.js';
import type { Target } from '../assess/assessment.js';
import { sentence } from '../say.js';

/** Where sealed items lie, one file each and called by its name, relative to the top of the repository. */
export const SEALED_FOLDER = '.countersign/sealed';
/** No value is longer, in bytes. */
export const MOST_SEALED_BYTES = 64 * 1024;
/** Each of forty people with each of the others. */
export const MOST_KEYS = 40 * 39;

const digestSchema = z.string().check(z.regex(/^sha256:[0-9a-f]{64}$/));
/** Names of environment variables, without those that are somebody else's or make programs run something. */
const nameSchema = z.string().check(z.regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/), z.refine((name) => !RESERVED.has(name) && !name.startsWith('COUNTERSIGN_')));
const RESERVED: ReadonlySet<string> = new Set([...CARRYING, 'PATH', 'HOME', 'SHELL', 'PWD', 'USER', 'LOGNAME', 'TMPDIR']);

/**
 * A value that two people are needed to open. It is encrypted once, to a key of its own; that key is encrypted for each
 * pair of a requester and an approver, to the requester inside of to the approver. So neither of the two can read it
 * alone: what the approver opens is still closed for everybody but the requester.
 *
 * Whose recipients count, the pinned policy says. Whoever can push, and nothing more, can neither put a recipient of
 * their own into it nor bring an old one back, for a change of the policy counts only once those in charge approved it.
 */
const sealedSchema = z.strictObject({
  v: z.literal(1),
  event: z.literal('sealed'),
  name: nameSchema,
  /** The environment whose approvals it needs, by the policy's name for it. */
  environment: z.string().check(z.minLength(1), z.maxLength(200)),
  kind: z.enum(['variable', 'file']),
  /** The principal who sealed it. */
  by: z.string().check(z.minLength(1), z.maxLength(320)),
  /** Unix seconds. */
  at: z.int().check(z.minimum(0), z.maximum(9_999_999_999)),
  /** The value, as an age file. */
  payload: base64UrlSchema(90_000),
  keys: z.array(z.strictObject({ requester: recipientSchema, approver: recipientSchema, key: base64UrlSchema(2_000) })).check(z.minLength(1), z.maxLength(MOST_KEYS)),
});

export type SealedItem = z.infer<typeof sealedSchema>;

/** Which item an operation would be given, and exactly which text of it. */
export type SealedUse = NonNullable<Operation['sealed']>['items'][number];

const formatOf = (name: string): LineFormat<SealedItem> => ({
  prefix: 'css1.',
  longest: 4 * 1024 * 1024,
  schema: sealedSchema,
  malformed: (cause) => new CountersignError('sealed', sentence('The sealed item {0} is not as it was written: bring {1}/{0} back from git, or have it sealed again.', plain(name), SEALED_FOLDER), { cause }),
});

/** Whether something can be sealed under this name. */
export function isSealedName(name: string): boolean {
  return nameSchema.safeParse(name).success;
}

export function sealedBytes(item: SealedItem): Buffer {
  return signedBytes(item);
}

/** The text of an item's file. */
export function formatSealed(item: SealedItem, signature: Buffer): string {
  return `${formatSignedLine('css1.', item, signature)}\n`;
}

/**
 * Reads an item's file, strictly: one spelling, and signed by the person whom it names.
 *
 * @throws CountersignError `sealed` with the next step
 */
export function readSealed(name: string, text: string, trust: Trust): SealedItem {
  const format = formatOf(name);
  const { value: item, bytes, signature } = parseSignedLine(format, text);
  if (item.name !== name || text !== `${text.trim()}\n`) throw format.malformed();
  try {
    const { principal } = authorise(trust.roster, verifySshsig(signature, bytes, RECORD_NAMESPACE).key, RECORD_NAMESPACE, item.at);
    const person = trust.people.personOf(principal);
    if (person !== undefined && person === trust.people.personOf(item.by) && !isRunner(trust, person)) return item;
  } catch (cause) {
    throw unsigned(name, cause);
  }
  throw unsigned(name);
}

function unsigned(name: string, cause?: unknown): CountersignError {
  return new CountersignError('sealed', sentence('Nobody on the list of allowed signers signed the sealed item {0} as it is: have somebody who knows the value seal it again.', plain(name)), { cause });
}

/**
 * What an item's keys are for: the item without them. It stands inside of both layers of every key, so that a key that
 * is moved into another item opens nothing there.
 */
export function sealedDigest(item: SealedItem): Digest {
  return digestOf({ ...item, keys: [] });
}

/** The item's key for a pair, in base64url; undefined when it was not sealed for this pair. */
export function keyFor(item: SealedItem, requester: string, approver: string): string | undefined {
  return item.keys.find((pair) => pair.requester === requester && pair.approver === approver)?.key;
}

const layerSchema = z.strictObject({
  v: z.literal(1),
  /** Whose layer it is, so that nobody can be made to take off one that stands for another part. */
  for: z.enum(['approver', 'requester']),
  item: digestSchema,
  /** For the approver the requester's layer, as an age file in base64url; for the requester the key of the item. */
  secret: z.string().check(z.maxLength(2_000)),
});

type Layer = z.infer<typeof layerSchema>;

/** What one layer of a key encrypts. */
export function formatLayer(role: Layer['for'], item: Digest, secret: string): string {
  return canonicalText({ v: 1, for: role, item, secret } satisfies Layer);
}

/** What is inside of a layer, or undefined when it is another part's or another item's. */
export function secretIn(text: string, role: Layer['for'], item: Digest): string | undefined {
  try {
    const layer = z.parse(layerSchema, JSON.parse(text));
    return layer.for === role && layer.item === item && canonicalText(layer) === text ? layer.secret : undefined;
  } catch {
    return undefined;
  }
}

/** Two people, and the recipients that the policy gives them. */
export interface SealedPair {
  readonly requester: string;
  readonly approver: string;
}

/** Everybody who could ask for something in an environment, with everybody else who could approve it, by their recipients. */
export function pairsFor(trust: Trust, environment: string): readonly SealedPair[] {
  const approvers = candidatesFor(trust, quorumFor([{ environment }], [trust.policy]));
  const people = trust.people.all().filter((person) => !isRunner(trust, person));
  const pairs = people.flatMap((person) => people.filter((other) => other !== person && approvers.has(other)).map((other) => ({ requester: recipientOf(trust, person), approver: recipientOf(trust, other) })));
  return pairs.flatMap(({ requester, approver }) => (requester === undefined || approver === undefined ? [] : [{ requester, approver }]));
}

/**
 * Only what needs other people's approval anyway can be sealed.
 *
 * @throws CountersignError `sealed` for an environment that does not
 */
export function demandGuarded(environment: string, trust: Trust): void {
  if (guardedEnvironment(trust.policy, environment)?.name === environment) return;
  throw new CountersignError('sealed', sentence('What is sealed needs an environment with approvals, and “{0}” has none in the policy of {1}. Name another one, or have it given some.', plain(environment), plain(trust.source)));
}

/** Where an operation lands by what it would be given. */
export function sealedTarget({ name, environment }: SealedUse): Target {
  return { environment, kind: 'sealed item', name, evidence: sentence('{0} is sealed for {1}', name, environment) };
}
