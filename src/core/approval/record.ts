import * as z from 'zod/mini';
import { canonicalText, fromBase64Url, type Digest } from './canonical.js';
import { CountersignError } from '../errors.js';
import type { PublicKey } from './public-key.js';
import { verifySshsig } from './sshsig.js';

export const RECORD_NAMESPACE = 'countersign-record';
const PREFIX = 'cse1.';
const MAX_LENGTH = 64 * 1024;

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
  /** The requester runs it now; the nonce makes every consumer's record unique, so that only one can win. */
  z.strictObject({ ...common, event: z.literal('use'), nonce: z.string().check(z.regex(/^[0-9a-f]{32}$/)), approvers: z.array(z.string().check(z.maxLength(320))) }),
  /** How it ended: the exit code, or null when the process was ended by a signal or never seen to end. */
  z.strictObject({ ...common, event: z.literal('outcome'), exitCode: z.nullable(z.int()) }),
]);

/** Something that was said about a request after it was made. */
export type EventRecord = z.infer<typeof recordSchema>;

export interface SignedRecord {
  readonly record: EventRecord;
  readonly signature: Buffer;
}

export function recordBytes(record: EventRecord): Buffer {
  return Buffer.from(canonicalText(record), 'ascii');
}

export function formatRecord(record: EventRecord, signature: Buffer): string {
  return `${PREFIX}${recordBytes(record).toString('base64url')}.${signature.toString('base64url')}`;
}

/**
 * Reads a record, strictly: one spelling per record.
 *
 * @throws CountersignError `request` when it is not exactly a record
 */
export function parseRecord(line: string): SignedRecord {
  const text = line.trim();
  const parts = text.startsWith(PREFIX) && text.length <= MAX_LENGTH ? text.slice(PREFIX.length).split('.') : [];
  const [body, signature] = parts;
  if (parts.length !== 2 || body === undefined || signature === undefined) throw malformed();
  try {
    const bytes = fromBase64Url(body);
    const record = z.parse(recordSchema, JSON.parse(bytes.toString('latin1')));
    if (!recordBytes(record).equals(bytes)) throw malformed();
    return { record, signature: fromBase64Url(signature) };
  } catch (error) {
    throw malformed(error);
  }
}

function malformed(cause?: unknown): CountersignError {
  return new CountersignError('request', 'A record of this request is not well formed and was left out.', { cause });
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
  return verifySshsig(signed.signature, recordBytes(signed.record), RECORD_NAMESPACE).key;
}
