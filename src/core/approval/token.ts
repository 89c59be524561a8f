import { fromBase64Url, isDigest, type Digest } from './canonical.js';
import { CountersignError } from '../errors.js';
import { sentence } from '../say.js';

export const APPROVAL_NAMESPACE = 'countersign-approval';
const PREFIX = 'cs1.';
const MAX_LENGTH = 16 * 1024;

/** What an approver signs, and nothing else. */
export interface Statement {
  /** The request that is approved. */
  readonly digest: Digest;
  /** When the approval ends, in Unix seconds. */
  readonly expires: number;
}

/** An approver's signature over one statement. */
export interface ApprovalToken {
  readonly statement: Statement;
  /** The raw SSHSIG (PROTOCOL.sshsig) over the statement's bytes. */
  readonly signature: Buffer;
}

/** The signed bytes: one ASCII line that key, person and CI job all see the same way. */
export function statementBytes(statement: Statement): Buffer {
  return Buffer.from(`countersign/1 approve ${statement.digest} ${statement.expires}\n`, 'ascii');
}

export function formatToken(token: ApprovalToken): string {
  return `${PREFIX}${statementBytes(token.statement).toString('base64url')}.${token.signature.toString('base64url')}`;
}

/**
 * Reads a token, strictly: one spelling per token. White space around it is tolerated, for it is pasted.
 *
 * @throws CountersignError `token` when it is not exactly a token
 */
export function parseToken(line: string): ApprovalToken {
  const text = line.trim();
  const parts = text.startsWith(PREFIX) && text.length <= MAX_LENGTH ? text.slice(PREFIX.length).split('.') : [];
  const [body, signature] = parts;
  if (parts.length !== 2 || body === undefined || !signature) throw malformed();
  return { statement: parseStatement(decode(body).toString('latin1')), signature: decode(signature) };
}

function parseStatement(line: string): Statement {
  const match = /^countersign\/1 approve (sha256:[0-9a-f]{64}) ([1-9][0-9]{0,9})\n$/.exec(line);
  const digest = match?.[1];
  if (digest === undefined || !isDigest(digest)) throw malformed();
  return { digest, expires: Number(match?.[2]) };
}

function decode(text: string): Buffer {
  try {
    return fromBase64Url(text);
  } catch (error) {
    throw malformed(error);
  }
}

function malformed(cause?: unknown): CountersignError {
  return new CountersignError('token', sentence('This is not an approval token: copy the whole text, from “cs1.” to its end.'), { cause });
}
