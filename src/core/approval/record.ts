import * as z from 'zod/mini';
import type { Digest } from './canonical.js';
import { CountersignError } from '../errors.js';
import { sentence } from '../say.js';
import { MOST_SEALED } from './operation.js';
import type { PublicKey } from './public-key.js';
import { base64UrlSchema, formatSignedLine, parseSignedLine, signedBytes, type LineFormat } from './signed-line.js';
import { verifySshsig } from './sshsig.js';

export const RECORD_NAMESPACE = 'countersign-record';
/** Of its own, so that no signature made for anything else breaks the glass. */
export const BREAK_GLASS_NAMESPACE = 'countersign-break-glass';

const common = {
  v: z.literal(1),
  request: z.string().check(z.regex(/^sha256:[0-9a-f]{64}$/)),
  /** The principal who says so. */
  by: z.string().check(z.minLength(1), z.maxLength(320)),
  /** Unix seconds. */
  at: z.int().check(z.minimum(0), z.maximum(9_999_999_999)),
};

const recordSchema = z.discriminatedUnion('event', [
  /** An approver says no. */
  z.strictObject({ ...common, event: z.literal('denial'), reason: z.string().check(z.maxLength(1000)) }),
  /** The requester no longer asks. */
  z.strictObject({ ...common, event: z.literal('withdrawal'), reason: z.string().check(z.maxLength(1000)) }),
  /** The requester runs it now; the nonce makes every consumer's record unique, so that only one can win; unconfirmed where no store could be asked. */
  z.strictObject({ ...common, event: z.literal('use'), nonce: z.string().check(z.regex(/^[0-9a-f]{32}$/)), approvers: z.array(z.string().check(z.maxLength(320))), unconfirmed: z.optional(z.literal(true)) }),
  /** An approver took their layer off sealed items and encrypted what is left to the one-time key of the run that asked. */
  z.strictObject({ ...common, event: z.literal('release'), keys: z.array(z.strictObject({ item: z.string().check(z.regex(/^sha256:[0-9a-f]{64}$/)), key: base64UrlSchema(2_000) })).check(z.minLength(1), z.maxLength(MOST_SEALED)) }),
  /** How it ended: the exit code, or null when the process was ended by a signal or never seen to end. */
  z.strictObject({ ...common, event: z.literal('outcome'), exitCode: z.nullable(z.int()) }),
  /** The requester runs it without the others, in an emergency: said before it runs, and with the environments as typed. */
  z.strictObject({ ...common, event: z.literal('break-glass'), reason: z.string().check(z.minLength(1), z.maxLength(1000)), environments: z.array(z.string().check(z.maxLength(320))).check(z.minLength(1), z.maxLength(50)) }),
  /** Another person looked at it afterwards. */
  z.strictObject({ ...common, event: z.literal('review'), note: z.string().check(z.maxLength(1000)) }),
]);

const FORMAT: LineFormat<EventRecord> = {
  prefix: 'cse1.',
  longest: 64 * 1024,
  schema: recordSchema,
  malformed: (cause) => new CountersignError('request', sentence('A record of this request is not well formed and was left out.'), { cause }),
};

/** Something that was said about a request after it was made. */
export type EventRecord = z.infer<typeof recordSchema>;

export interface SignedRecord {
  readonly record: EventRecord;
  readonly signature: Buffer;
}

export function recordBytes(record: EventRecord): Buffer {
  return signedBytes(record);
}

export function formatRecord(record: EventRecord, signature: Buffer): string {
  return formatSignedLine(FORMAT.prefix, record, signature);
}

/**
 * Reads a record, strictly: one spelling per record.
 *
 * @throws CountersignError `request` when it is not exactly a record
 */
export function parseRecord(line: string): SignedRecord {
  const { value, signature } = parseSignedLine(FORMAT, line);
  return { record: value, signature };
}

/** The digest of the request that a record speaks of. */
export function requestOf(record: EventRecord): Digest {
  return record.request as Digest;
}

/**
 * Checks the signature and gives the key that made it.
 *
 * @throws CountersignError `signature`
 */
export function recordSigner(signed: SignedRecord): PublicKey {
  return verifySshsig(signed.signature, recordBytes(signed.record), namespaceOf(signed.record.event)).key;
}

/** What a record of this kind is signed for. */
export function namespaceOf(event: EventRecord['event']): string {
  return event === 'break-glass' ? BREAK_GLASS_NAMESPACE : RECORD_NAMESPACE;
}
