import { Buffer } from 'node:buffer';
import { createHash, verify } from 'node:crypto';
import { isReducedEd25519Scalar } from './curves.js';
import type { KeyType, PublicKey } from './public-key.js';
import { webauthnSignedData } from './webauthn.js';
import { WireReader, wireU32 } from './ssh-wire.js';

/** What a security key says about the person in front of it. */
export interface Presence {
  /** Somebody touched the key for this signature. */
  readonly touched: boolean;
  /** The key checked a PIN or a fingerprint for this signature. */
  readonly verified: boolean;
}

export interface Outcome {
  readonly valid: boolean;
  /** Undefined for plain keys, which any program of their owner can use. */
  readonly presence: Presence | undefined;
  /** The web origin at which a passkey was used. */
  readonly origin: string | undefined;
}

export interface Algorithm {
  /** The only type of key that may use it, so that no signature is read by another algorithm's rules. */
  readonly keyType: KeyType;
  /** Reads the rest of the signature to its end and checks it over `data`. */
  readonly check: (signature: WireReader, data: Buffer, key: PublicKey) => Outcome;
}

/** Checks the bytes of the signature proper. `signature` is there to refuse with. */
type Primitive = (bytes: Buffer, data: Buffer, key: PublicKey, signature: WireReader) => boolean;

const sha256 = (data: Buffer | string): Buffer => createHash('sha256').update(data).digest();

/** RFC 8032 by way of RFC 8709: 64 bytes. A scalar that is not reduced would be a second form of the same signature. */
const ed25519: Primitive = (bytes, data, key, signature) => {
  if (bytes.length !== 64) signature.fail('has the wrong length');
  if (!isReducedEd25519Scalar(bytes.subarray(32))) signature.fail('is not in canonical form');
  return verify(null, data, key.key, bytes);
};

/**
 * RFC 5656 section 3.1.2: two positive integers. Both (r, s) and (r, n - s) are accepted: neither OpenSSH nor
 * FIDO2 authenticators normalise s, so a low-s rule would refuse half of all honest signatures. The twin is a
 * signature by the same key over the same bytes, and replay is keyed by the request, never by signature bytes.
 */
const ecdsa =
  (hash: string, size: number): Primitive =>
  (bytes, data, key) => {
    const integers: WireReader = new WireReader(bytes, 'signature', 'The signature');
    const fixed = Buffer.alloc(2 * size);
    for (const end of [size, 2 * size]) {
      const integer = integers.mpint();
      if (integer.length > size) integers.fail('has a number that is too large for its curve');
      integer.copy(fixed, end - integer.length);
    }
    integers.end();
    return verify(hash, data, { key: key.key, dsaEncoding: 'ieee-p1363' }, fixed);
  };

/** RFC 8332. Always as long as the modulus: OpenSSH pads, so a shorter form is not canonical. */
const rsa =
  (hash: string): Primitive =>
  (bytes, data, key, signature) => {
    const bits = key.key.asymmetricKeyDetails?.modulusLength ?? 0;
    if (bytes.length !== Math.ceil(bits / 8)) signature.fail('has the wrong length');
    return verify(hash, data, key.key, bytes);
  };

const plain = (keyType: KeyType, primitive: Primitive): Algorithm => ({
  keyType,
  check: (signature, data, key) => {
    const bytes = signature.string();
    signature.end();
    return { valid: primitive(bytes, data, key, signature), presence: undefined, origin: undefined };
  },
});

const TOUCHED = 0x01;
const VERIFIED = 0x04;
const ATTESTED_DATA = 0x40;
const EXTENSION_DATA = 0x80;

interface Assertion {
  readonly extensions: Buffer;
  /** What the authenticator was given: the message itself, or a browser's account of it. */
  readonly clientData: Buffer;
  readonly origin: string | undefined;
}

/** OpenSSH's PROTOCOL.u2f: the signature covers application, flags, counter, extensions and the hash of the client data. */
const securityKey = (
  keyType: KeyType,
  primitive: Primitive,
  assertionOf: (signature: WireReader, data: Buffer, application: string) => Assertion = (_signature, data) => ({
    extensions: Buffer.alloc(0),
    clientData: data,
    origin: undefined,
  }),
): Algorithm => ({
  keyType,
  check: (signature, data, key) => {
    const bytes = signature.string();
    const flags = signature.u8();
    const counter = signature.u32();
    const application = key.application ?? '';
    const { extensions, clientData, origin } = assertionOf(signature, data, application);
    signature.end();
    // Flags announce what follows them; anything else would let two readings of the same bytes exist.
    if ((flags & ATTESTED_DATA) !== 0) signature.fail('carries attestation data, which a signature never does');
    if (((flags & EXTENSION_DATA) !== 0) !== extensions.length > 0) signature.fail('has flags that do not fit its extension data');
    const signed = Buffer.concat([sha256(application), Buffer.of(flags), wireU32(counter), extensions, sha256(clientData)]);
    return {
      valid: primitive(bytes, signed, key, signature),
      presence: { touched: (flags & TOUCHED) !== 0, verified: (flags & VERIFIED) !== 0 },
      origin,
    };
  },
});

const ecdsaP256 = ecdsa('sha256', 32);

/** One row for each signature algorithm; `ssh-rsa` (SHA-1), DSA and certificates have none. */
export const ALGORITHMS: ReadonlyMap<string, Algorithm> = new Map([
  ['ssh-ed25519', plain('ssh-ed25519', ed25519)],
  ['ecdsa-sha2-nistp256', plain('ecdsa-sha2-nistp256', ecdsaP256)],
  ['ecdsa-sha2-nistp384', plain('ecdsa-sha2-nistp384', ecdsa('sha384', 48))],
  ['ecdsa-sha2-nistp521', plain('ecdsa-sha2-nistp521', ecdsa('sha512', 66))],
  ['rsa-sha2-512', plain('ssh-rsa', rsa('sha512'))],
  ['rsa-sha2-256', plain('ssh-rsa', rsa('sha256'))],
  ['sk-ssh-ed25519@openssh.com', securityKey('sk-ssh-ed25519@openssh.com', ed25519)],
  ['sk-ecdsa-sha2-nistp256@openssh.com', securityKey('sk-ecdsa-sha2-nistp256@openssh.com', ecdsaP256)],
  [
    'webauthn-sk-ecdsa-sha2-nistp256@openssh.com',
    securityKey('sk-ecdsa-sha2-nistp256@openssh.com', ecdsaP256, webauthnSignedData),
  ],
]);
