import { Buffer } from 'node:buffer';

/** A NIST curve y² = x³ - 3x + b over the integers modulo the prime p (FIPS 186-4 appendix D.1.2). */
export interface Curve {
  readonly name: 'nistp256' | 'nistp384' | 'nistp521';
  readonly jwk: 'P-256' | 'P-384' | 'P-521';
  /** Bytes of one coordinate. */
  readonly size: number;
  readonly p: bigint;
  readonly b: bigint;
}

export const CURVES = {
  nistp256: {
    name: 'nistp256',
    jwk: 'P-256',
    size: 32,
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  },
  nistp384: {
    name: 'nistp384',
    jwk: 'P-384',
    size: 48,
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
  },
  nistp521: {
    name: 'nistp521',
    jwk: 'P-521',
    size: 66,
    p: 2n ** 521n - 1n,
    b: 0x051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
  },
} as const satisfies Record<Curve['name'], Curve>;

const toInteger = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex')}`);

/**
 * Whether the coordinates are a point of the curve. All three curves have prime order, so nothing more is
 * needed. Checked here rather than by node:crypto because making a P-521 KeyObject takes over a millisecond.
 */
export function isOnCurve(curve: Curve, xBytes: Buffer, yBytes: Buffer): boolean {
  const { p, b } = curve;
  const x = toInteger(xBytes);
  const y = toInteger(yBytes);
  return x < p && y < p && (y * y - (x * x * x - 3n * x + b)) % p === 0n;
}

const ED25519_P = 2n ** 255n - 19n;
const ED25519_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
/** The y coordinates of the points whose order divides the cofactor (RFC 8032; "Taming the many EdDSAs", table 6a). */
const SMALL_ORDER_Y = new Set([
  0n,
  1n,
  ED25519_P - 1n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
]);

const littleEndian = (bytes: Buffer): bigint => toInteger(Buffer.from(bytes).reverse());

/** Whether an encoded Ed25519 point (32 bytes) is one of small order, or not in the canonical encoding. */
export function isDegenerateEd25519(encoded: Buffer): boolean {
  const y = BigInt.asUintN(255, littleEndian(encoded));
  return y >= ED25519_P || SMALL_ORDER_Y.has(y);
}

/** Whether the scalar of an Ed25519 signature (its last 32 bytes) is reduced, as RFC 8032 section 5.1.7 demands. */
export function isReducedEd25519Scalar(encoded: Buffer): boolean {
  return littleEndian(encoded) < ED25519_ORDER;
}
