import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { CountersignError } from '../errors.js';
import { joined, sentence } from '../say.js';
import { parsePublicKeyBlob, type PublicKey } from './public-key.js';
import { ALGORITHMS, type Outcome, type Presence } from './signature-algorithms.js';
import { WireReader, canonicalBase64, wireString, wireU32 } from './ssh-wire.js';

export type SshsigHash = 'sha256' | 'sha512';

/** A detached signature as `ssh-keygen -Y sign` makes it (OpenSSH's PROTOCOL.sshsig), taken apart and not yet checked. */
export interface Sshsig {
  /** The signer's public key, in SSH wire format. */
  readonly publicKey: Buffer;
  /** What the signature is for, such as `git`; a signature for one purpose is none for another. */
  readonly namespace: string;
  readonly hash: SshsigHash;
  /** Algorithm name and signature, in SSH wire format. */
  readonly signature: Buffer;
}

export interface VerifiedSshsig {
  readonly key: PublicKey;
  /** Undefined unless a security key or passkey signed. Whether no touch is good enough is for the policy to say. */
  readonly presence: Presence | undefined;
  /** The web origin at which a passkey signed, for the policy to pin. */
  readonly origin: string | undefined;
}

const MAGIC = Buffer.from('SSHSIG', 'latin1');
const VERSION = 1;
const BEGIN = '-----BEGIN SSH SIGNATURE-----';
const END = '-----END SSH SIGNATURE-----';
const ARMOR_WIDTH = 70; // as ssh-keygen writes it
/** Bytes. The largest honest one, RSA with 16384 bits, has 4.2 KB; passkeys have under 1 KB. */
const MAX_RAW = 8 * 1024;

const reader = (bytes: Buffer): WireReader => new WireReader(bytes, 'signature', 'The signature');

/**
 * Takes a raw SSHSIG apart. The result holds copies.
 * @throws CountersignError 'signature' for anything but the one encoding of a version 1 signature. Unlike
 *   ssh-keygen this refuses a filled `reserved` field, which no signature covers.
 */
export function parseSshsig(raw: Buffer): Sshsig {
  const input: WireReader = reader(Buffer.from(raw.subarray(0, MAX_RAW + 1)));
  if (raw.length > MAX_RAW) input.fail('is too long to be one');
  if (!input.bytes(MAGIC.length).equals(MAGIC)) input.fail('is not an SSH signature');
  if (input.u32() !== VERSION) input.fail('is of a version that is not known');
  const publicKey = input.string();
  const namespace = input.cstring();
  const reserved = input.string();
  const hash = input.cstring();
  const signature = input.string();
  input.end();
  if (namespace === '') input.fail('does not say what it is for');
  // Trust table 2: anybody could write into it and so make a second signature of the first.
  if (reserved.length > 0) input.fail('has a reserved field that is not empty');
  if (hash !== 'sha256' && hash !== 'sha512') input.fail('uses a hash that is not SHA-256 or SHA-512');
  return { publicKey, namespace, hash, signature };
}

/**
 * The raw signature inside the text that ssh-keygen writes. Line ends may be LF or CRLF and lines of any width.
 * @throws CountersignError 'signature'
 */
export function dearmor(text: string): Buffer {
  const input: WireReader = reader(Buffer.alloc(0));
  if (text.length > 2 * MAX_RAW) input.fail('is too long to be one');
  const lines = text.trim().split(/\r?\n/);
  if (lines.length < 3 || lines[0] !== BEGIN || lines.at(-1) !== END) input.fail('lacks its first or last line; copy all of it');
  return canonicalBase64(lines.slice(1, -1).join('')) ?? input.fail('is not clean base64; copy it again');
}

/** The text form of a raw signature, as ssh-keygen writes and reads it. */
export function armor(raw: Buffer): string {
  const encoded = raw.toString('base64');
  const lines: string[] = [];
  for (let start = 0; start < encoded.length; start += ARMOR_WIDTH) lines.push(encoded.slice(start, start + ARMOR_WIDTH));
  return [BEGIN, ...lines, END, ''].join('\n');
}

/** The bytes that a key signs for a message (PROTOCOL.sshsig section 3). */
export function signedData(namespace: string, hash: SshsigHash, message: Buffer): Buffer {
  const digest = createHash(hash).update(message).digest();
  return Buffer.concat([MAGIC, wireString(namespace), wireString(''), wireString(hash), wireString(digest)]);
}

/** A raw SSHSIG from its parts; `signature` is over `signedData(namespace, 'sha512', message)`, in SSH wire format. */
export function composeSshsig(parts: { readonly publicKeyBlob: Buffer; readonly namespace: string; readonly signature: Buffer }): Buffer {
  const fields = [parts.publicKeyBlob, parts.namespace, '', 'sha512', parts.signature].map((field) => wireString(field));
  return Buffer.concat([MAGIC, wireU32(VERSION), ...fields]);
}

/** Good signatures, by the digest of everything that was checked; as many as a busy day has, the oldest forgotten first. */
const verified = new Map<string, VerifiedSshsig>();
const MOST_VERIFIED = 20_000;

/**
 * Checks a raw SSHSIG over a message and says which key made it. Who that key belongs to, and whether a missing
 * touch matters, is for roster and policy. What was found good once is not computed again.
 * @throws CountersignError 'signature' for anything not perfectly canonical and valid
 */
export function verifySshsig(raw: Buffer, message: Buffer, namespace: string): VerifiedSshsig {
  const everything = Buffer.concat([wireString(namespace), wireString(raw), wireString(message)]);
  const name = createHash('sha256').update(everything).digest('base64');
  const known = verified.get(name);
  if (known) return known;
  const fresh = checkSshsig(raw, message, namespace);
  if (verified.size >= MOST_VERIFIED) verified.delete(verified.keys().next().value ?? '');
  verified.set(name, fresh);
  return fresh;
}

function checkSshsig(raw: Buffer, message: Buffer, namespace: string): VerifiedSshsig {
  const parsed = parseSshsig(raw);
  // Trust table 14: made for another purpose, such as a git commit.
  if (parsed.namespace !== namespace) {
    throw new CountersignError('signature', sentence('The signature was made for "{0}" and not for "{1}".', parsed.namespace.slice(0, 60), namespace));
  }
  const key = signerOf(parsed);
  const { valid, presence, origin } = check(parsed, key, signedData(namespace, parsed.hash, message));
  if (!valid) throw new CountersignError('signature', sentence('The signature does not belong to this text: one of the two was changed.'));
  return { key, presence, origin };
}

function signerOf(parsed: Sshsig): PublicKey {
  try {
    return parsePublicKeyBlob(parsed.publicKey);
  } catch (cause) {
    throw unreadable(cause);
  }
}

function check(parsed: Sshsig, key: PublicKey, data: Buffer): Outcome {
  const signature: WireReader = reader(parsed.signature);
  const name = signature.cstring();
  const algorithm = ALGORITHMS.get(name);
  if (algorithm?.keyType !== key.type) signature.fail(`uses "${name.slice(0, 60)}", which does not fit its key of type ${key.type}`);
  try {
    return algorithm.check(signature, data, key);
  } catch (cause) {
    throw unreadable(cause);
  }
}

function unreadable(cause: unknown): CountersignError {
  if (cause instanceof CountersignError && cause.code === 'signature') return cause;
  const unusable = sentence("The signature's key cannot be used.");
  return new CountersignError('signature', cause instanceof CountersignError ? joined([unusable, cause.said], ' ') : unusable, { cause });
}
