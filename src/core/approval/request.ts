import * as z from 'zod/mini';
import { sha256, type Digest } from './canonical.js';
import { CountersignError } from '../errors.js';
import { sentence } from '../say.js';
import { operationDigest, operationSchema } from './operation.js';
import type { PublicKey } from './public-key.js';
import { formatSignedLine, parseSignedLine, signedBytes, type LineFormat } from './signed-line.js';
import { verifySshsig } from './sshsig.js';

export const REQUEST_NAMESPACE = 'countersign-request';

const digest = z.string().check(z.regex(/^sha256:[0-9a-f]{64}$/));
const seconds = z.int().check(z.minimum(0), z.maximum(9_999_999_999));

const agentText = z.string().check(z.maxLength(200));

const requestSchema = z.strictObject({
  v: z.literal(1),
  /** 128 random bits: two requests for the same operation are two requests. */
  nonce: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
  operation: operationSchema,
  operationDigest: digest,
  /** The requester's principal. */
  by: z.string().check(z.minLength(1), z.maxLength(320)),
  /** The assistant that started it, or null for the person's own hands. */
  agent: z.nullable(z.strictObject({ name: agentText, session: agentText, model: z.optional(agentText) })),
  policy: digest,
  roster: digest,
  /** What the requester was shown, one sentence each. */
  findings: z.array(z.string().check(z.maxLength(2000))).check(z.maxLength(200)),
  /** The rules that found something, by id: reports count them. */
  rules: z.optional(z.array(z.string().check(z.maxLength(200))).check(z.maxLength(200))),
  reason: z.string().check(z.maxLength(1000)),
  /** Unix seconds. */
  notBefore: seconds,
  expires: seconds,
  uses: z.literal(1),
});

const FORMAT: LineFormat<ApprovalRequest> = {
  prefix: 'csr1.',
  // A longer request would not be read by anybody.
  longest: 512 * 1024,
  schema: requestSchema,
  malformed: (cause) => new CountersignError('request', sentence('This is not a Countersign request: copy the whole text, from “csr1.” to its end.'), { cause }),
};

/** One held operation, described by the person who wants to run it. */
export type ApprovalRequest = z.infer<typeof requestSchema>;

/** A request with its requester's signature, as it travels. */
export interface SignedRequest {
  readonly request: ApprovalRequest;
  /** The name of the request everywhere: SHA-256 of its canonical text. */
  readonly digest: Digest;
  /** The raw SSHSIG (PROTOCOL.sshsig) over the canonical text. */
  readonly signature: Buffer;
}

/** The bytes the requester signs. */
export function requestBytes(request: ApprovalRequest): Buffer {
  return signedBytes(request);
}

export function requestDigest(request: ApprovalRequest): Digest {
  return sha256(requestBytes(request));
}

/** The one-line form that is stored and shared. */
export function formatRequest(request: ApprovalRequest, signature: Buffer): string {
  return formatSignedLine(FORMAT.prefix, request, signature);
}

/** Whether a pasted text claims to be a request. */
export function looksLikeRequest(text: string): boolean {
  return text.trim().startsWith(FORMAT.prefix);
}

/**
 * Reads the one-line form, strictly: one spelling per request.
 *
 * @throws CountersignError `request` when it is not exactly a request
 */
export function parseRequest(line: string): SignedRequest {
  const { value: request, bytes, signature } = parseSignedLine(FORMAT, line);
  if (operationDigest(request.operation) !== request.operationDigest) throw FORMAT.malformed();
  return { request, digest: sha256(bytes), signature };
}

/**
 * Reads the one-line form of a request that people carried, signature included.
 *
 * @throws CountersignError `request` when it is not exactly a request, or was cut or changed on its way
 */
export function parseWholeRequest(line: string): SignedRequest {
  const signed = parseRequest(line);
  try {
    requestSigner(signed);
  } catch (error) {
    throw new CountersignError('request', sentence('This request was cut or changed on its way: copy the whole text again, from “csr1.” to its end.'), { cause: error });
  }
  return signed;
}

/**
 * Checks the requester's signature and gives the key that made it. Whether that key belongs to the person the
 * request names is for the roster to say.
 *
 * @throws CountersignError `signature`
 */
export function requestSigner(signed: SignedRequest): PublicKey {
  const known = signers.get(signed);
  if (known) return known;
  const { key } = verifySshsig(signed.signature, requestBytes(signed.request), REQUEST_NAMESPACE);
  signers.set(signed, key);
  return key;
}

/** Who signed requests that were read once: an open one is judged again with every look, and its bytes stay the same. */
const signers = new WeakMap<SignedRequest, PublicKey>();
