import * as z from 'zod/mini';
import { canonicalText, fromBase64Url } from './canonical.js';

/** Bytes in base64url, in their one spelling. */
export const base64UrlSchema = (longest: number) =>
  z.string().check(z.maxLength(longest), z.regex(/^[A-Za-z0-9_-]+$/), z.refine((text) => Buffer.from(text, 'base64url').toString('base64url') === text));

/** What something signed looks like as one line: a prefix, its canonical text, a dot, the raw SSHSIG; both in base64url. */
export interface LineFormat<T> {
  readonly prefix: string;
  /** No line is longer, in characters. */
  readonly longest: number;
  readonly schema: z.ZodMiniType<T>;
  /** The error for everything that is not exactly such a line. */
  readonly malformed: (cause?: unknown) => Error;
}

export interface SignedLine<T> {
  readonly value: T;
  /** The bytes that were signed. */
  readonly bytes: Buffer;
  readonly signature: Buffer;
}

/** The bytes that are signed for a value: its canonical text. */
export function signedBytes(value: unknown): Buffer {
  return Buffer.from(canonicalText(value), 'ascii');
}

export function formatSignedLine(prefix: string, value: unknown, signature: Buffer): string {
  return `${prefix}${signedBytes(value).toString('base64url')}.${signature.toString('base64url')}`;
}

/**
 * Reads one line, strictly: each value has one spelling. Whoever signed it is not looked at.
 *
 * @throws the format's own error
 */
export function parseSignedLine<T>({ prefix, longest, schema, malformed }: LineFormat<T>, line: string): SignedLine<T> {
  const text = line.trim();
  const [body, signature, ...rest] = text.startsWith(prefix) && text.length <= longest ? text.slice(prefix.length).split('.') : [];
  if (body === undefined || signature === undefined || rest.length > 0) throw malformed();
  let read: SignedLine<T>;
  try {
    const bytes = fromBase64Url(body);
    read = { value: z.parse(schema, JSON.parse(bytes.toString('latin1'))), bytes, signature: fromBase64Url(signature) };
  } catch (cause) {
    throw malformed(cause);
  }
  if (!signedBytes(read.value).equals(read.bytes)) throw malformed();
  return read;
}
