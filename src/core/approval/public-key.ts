import { Buffer } from 'node:buffer';
import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { CountersignError } from '../errors.js';
import { sentence } from '../say.js';
import { CURVES, isOnCurve, isDegenerateEd25519, type Curve } from './curves.js';
import { WireReader, canonicalBase64 } from './ssh-wire.js';

export type KeyType =
  | 'ssh-ed25519'
  | 'ecdsa-sha2-nistp256'
  | 'ecdsa-sha2-nistp384'
  | 'ecdsa-sha2-nistp521'
  | 'ssh-rsa'
  | 'sk-ssh-ed25519@openssh.com'
  | 'sk-ecdsa-sha2-nistp256@openssh.com';

export interface PublicKey {
  readonly type: KeyType;
  /** The key in SSH wire format: what is compared, hashed and written to rosters. */
  readonly blob: Buffer;
  /** `SHA256:` and unpadded base64, as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
  /** For verification; made on first use, because a roster names far more keys than are ever checked. */
  readonly key: KeyObject;
  /** What a security key or passkey is bound to: `ssh:` or a relying party's host name. */
  readonly application: string | undefined;
  /** The private half lives in hardware, which reports touch and PIN in each signature. */
  readonly securityKey: boolean;
}

const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 16384; // OpenSSH's own limit
const MAX_BLOB = 4096;
const MAX_APPLICATION = 253; // the longest host name

type Read = (reader: WireReader) => JsonWebKey;

const base64url = (bytes: Buffer): string => bytes.toString('base64url');

const ed25519: Read = (reader) => {
  const x = reader.string();
  if (x.length !== 32) reader.fail('has the wrong length');
  // With such a key one signature fits many messages, so that anybody could sign in its name.
  if (isDegenerateEd25519(x)) reader.fail('is a degenerate point that fits many signatures');
  return { kty: 'OKP', crv: 'Ed25519', x: base64url(x) };
};

const ecdsa =
  (curve: Curve): Read =>
  (reader) => {
    if (reader.cstring() !== curve.name) reader.fail('names another curve than its type');
    const point = reader.string();
    if (point.length !== 1 + 2 * curve.size || point[0] !== 4) reader.fail('is not an uncompressed point of its curve');
    const x = point.subarray(1, 1 + curve.size);
    const y = point.subarray(1 + curve.size);
    if (!isOnCurve(curve, x, y)) reader.fail('is not a point of its curve');
    return { kty: 'EC', crv: curve.jwk, x: base64url(x), y: base64url(y) };
  };

const rsa: Read = (reader) => {
  const e = reader.mpint();
  const n = reader.mpint();
  const bits = n.length * 8 - Math.clz32(n.readUInt8(0)) + 24;
  if (bits < MIN_RSA_BITS) reader.fail(`has only ${bits} bits; make a new one with ssh-keygen -t ed25519`);
  if (bits > MAX_RSA_BITS) reader.fail(`has more than ${MAX_RSA_BITS} bits`);
  const isOdd = (digits: Buffer): boolean => digits.readUInt8(digits.length - 1) % 2 === 1;
  // A huge exponent makes each check slow; an even one, or 1, is no RSA key.
  if (e.length > 4 || !isOdd(e) || !isOdd(n) || (e.length === 1 && e[0] === 1)) reader.fail('is not a proper RSA key');
  return { kty: 'RSA', n: base64url(n), e: base64url(e) };
};

/** RFC 8709 (Ed25519), RFC 5656 (ECDSA), RFC 4253 section 6.6 (RSA), OpenSSH's PROTOCOL.u2f (security keys). */
const KEY_TYPES: Readonly<Record<KeyType, { readonly read: Read; readonly securityKey: boolean }>> = {
  'ssh-ed25519': { read: ed25519, securityKey: false },
  'ecdsa-sha2-nistp256': { read: ecdsa(CURVES.nistp256), securityKey: false },
  'ecdsa-sha2-nistp384': { read: ecdsa(CURVES.nistp384), securityKey: false },
  'ecdsa-sha2-nistp521': { read: ecdsa(CURVES.nistp521), securityKey: false },
  'ssh-rsa': { read: rsa, securityKey: false },
  'sk-ssh-ed25519@openssh.com': { read: ed25519, securityKey: true },
  'sk-ecdsa-sha2-nistp256@openssh.com': { read: ecdsa(CURVES.nistp256), securityKey: true },
};

/** Whether this names a kind of key that can sign approvals. Certificates and DSA cannot. */
export function isKeyType(name: string): name is KeyType {
  return Object.hasOwn(KEY_TYPES, name);
}

class ParsedKey implements PublicKey {
  private made: KeyObject | undefined;

  constructor(
    readonly type: KeyType,
    readonly blob: Buffer,
    readonly application: string | undefined,
    readonly securityKey: boolean,
    private readonly jwk: JsonWebKey,
  ) {}

  get fingerprint(): string {
    return `SHA256:${createHash('sha256').update(this.blob).digest('base64').replace('=', '')}`;
  }

  get key(): KeyObject {
    this.made ??= this.make();
    return this.made;
  }

  private make(): KeyObject {
    try {
      return createPublicKey({ key: this.jwk, format: 'jwk' });
    } catch (cause) {
      throw new CountersignError('key', sentence('The public key {0} cannot be used for checking signatures.', this.fingerprint), { cause });
    }
  }
}

/**
 * A public key from its SSH wire format (RFC 4253 section 6.6 and the documents above), copied out of `blob`.
 * @throws CountersignError 'key' for other kinds of key, anything that is not the one encoding of the key,
 *   points off their curve, and RSA below 2048 bits.
 */
export function parsePublicKeyBlob(blob: Buffer): PublicKey {
  if (blob.length > MAX_BLOB) throw new CountersignError('key', sentence('The public key is too long to be one.'));
  const copy = Buffer.from(blob);
  const reader = new WireReader(copy, 'key', 'The public key');
  const type = reader.cstring();
  if (!isKeyType(type)) {
    const shown = type.slice(0, 60);
    throw new CountersignError('key', sentence('Keys of type "{0}" cannot sign approvals; use an ssh-ed25519 or security key.', shown));
  }
  const { read, securityKey } = KEY_TYPES[type];
  const jwk = read(reader);
  const application = securityKey ? reader.cstring() : undefined;
  if (application !== undefined && (application === '' || application.length > MAX_APPLICATION)) {
    reader.fail('has no proper application name');
  }
  reader.end();
  return new ParsedKey(type, copy, application, securityKey, jwk);
}

/**
 * One line of a `.pub` file: type, base64, and an optional comment (RFC 4253 by way of sshd(8)).
 * @throws CountersignError 'key' if the line is anything else, or the stated type is not that of the key.
 */
export function parsePublicKeyLine(line: string): { readonly key: PublicKey; readonly comment: string } {
  const trimmed = line.trim();
  const [type = '', ...rest] = trimmed.split(/[ \t]/);
  const encoded = rest.find((word) => word !== '') ?? '';
  const key = decodeKey(type, encoded);
  const comment = trimmed.slice(trimmed.indexOf(encoded, type.length) + encoded.length).trim();
  if (/\p{Cc}/u.test(comment)) throw new CountersignError('key', sentence('The public key must be one line without control characters.'));
  return { key, comment };
}

/**
 * A key from the two words with which key files and rosters write it.
 * @throws CountersignError 'key'
 */
export function decodeKey(type: string, encoded: string): PublicKey {
  const blob = canonicalBase64(encoded);
  if (!blob?.length) throw new CountersignError('key', sentence('The public key is not written as a type and canonical base64.'));
  const key = parsePublicKeyBlob(blob);
  if (key.type !== type) throw new CountersignError('key', sentence('The public key says it is "{0}" but is {1}.', type.slice(0, 60), key.type));
  return key;
}

/** The key as one line of a `.pub` file or of `authorized_keys`, without a line end. */
export function publicKeyLine(key: PublicKey, comment = ''): string {
  const line = `${key.type} ${key.blob.toString('base64')}`;
  return comment === '' ? line : `${line} ${comment.replace(/\p{Cc}+/gu, ' ')}`;
}
