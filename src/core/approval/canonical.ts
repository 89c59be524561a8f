import { createHash } from 'node:crypto';
import { CountersignError } from '../errors.js';

/** A digest as it is written everywhere: `sha256:` and 64 lower-case hexadecimal digits. */
export type Digest = `sha256:${string}`;

export type Canonical = string | number | boolean | null | readonly Canonical[] | { readonly [key: string]: Canonical };

/**
 * The one text of a value: JSON with sorted keys, no white space, safe integers only and pure ASCII, so that
 * the bytes that are signed are the bytes that every reader computes (a subset of RFC 8785 in ASCII form).
 *
 * @throws CountersignError `canonical` for anything that has no such text
 */
export function canonicalText(value: unknown): string {
  switch (typeof value) {
    case 'boolean':
      return String(value);
    case 'number':
      if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw new CountersignError('canonical', 'Only whole numbers have a canonical form.');
      return String(value);
    case 'string':
      return quote(value);
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
      return canonicalObject(value);
    default:
      throw new CountersignError('canonical', `A ${typeof value} has no canonical form.`);
  }
}

function canonicalObject(value: object): string {
  if (Object.getPrototypeOf(value) !== Object.prototype) throw new CountersignError('canonical', 'Only plain objects have a canonical form.');
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, field]) => `${quote(key)}:${canonicalText(field)}`).join(',')}}`;
}

function quote(text: string): string {
  if (!isWellFormed(text)) throw new CountersignError('canonical', 'A text with half a character pair has no canonical form.');
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** String.prototype.isWellFormed came with Node 20 but not yet with the compiler's ES2023 library. */
function isWellFormed(text: string): boolean {
  return !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text);
}

export function sha256(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** The digest under which a value is known: SHA-256 over its canonical text. */
export function digestOf(value: unknown): Digest {
  return sha256(canonicalText(value));
}

export function isDigest(text: string): text is Digest {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}

/** The bare hexadecimal digits, as they stand in ref names. */
export function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length);
}

/** Decodes base64url, refusing every spelling but the canonical one. */
export function fromBase64Url(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) throw new CountersignError('token', 'The text is not canonical base64url: copy it again, whole.');
  return bytes;
}
