import { Buffer } from 'node:buffer';
import { CountersignError, type ErrorCode } from '../errors.js';

/**
 * Reads the data types of RFC 4251 section 5 from a buffer, front to back, and refuses whatever is not there.
 * Every failure is a `CountersignError` with the code given here and a sentence that starts with `what`.
 */
export class WireReader {
  private offset = 0;

  constructor(
    private readonly buffer: Buffer,
    private readonly code: ErrorCode,
    private readonly what: string,
  ) {}

  /** Throws the error of this reader, in words that finish the sentence "The signature …". */
  fail(problem: string): never {
    throw new CountersignError(this.code, `${this.what} ${problem}.`);
  }

  /** One byte. */
  u8(): number {
    return this.bytes(1).readUInt8(0);
  }

  /** Four bytes, most significant first. */
  u32(): number {
    return this.bytes(4).readUInt32BE(0);
  }

  /** The next `length` bytes, as a view on the input. */
  bytes(length: number): Buffer {
    if (length > this.buffer.length - this.offset) this.fail('is cut off');
    const start = this.offset;
    this.offset += length;
    return this.buffer.subarray(start, this.offset);
  }

  /** A length and that many bytes, as a view on the input. */
  string(): Buffer {
    return this.bytes(this.u32());
  }

  /** A string that holds text: printable ASCII and nothing else, so that what is compared is what is shown. */
  cstring(): string {
    const text = this.string();
    if (text.some((byte) => byte < 0x20 || byte > 0x7e)) this.fail('has a name that is not plain ASCII text');
    return text.toString('latin1');
  }

  /** A positive integer in its only minimal form, as its magnitude: no sign byte, no leading zero. */
  mpint(): Buffer {
    const text = this.string();
    const [first, second] = text;
    if (first === undefined) this.fail('has a zero where a positive number belongs');
    if (first >= 0x80) this.fail('has a negative number');
    if (first !== 0) return text;
    if (second === undefined || second < 0x80) this.fail('has a number with needless leading zeros');
    return text.subarray(1);
  }

  /** Throws unless everything has been read. */
  end(): void {
    if (this.offset !== this.buffer.length) this.fail('has extra data at its end');
  }
}

/** A 32 bit big-endian integer (RFC 4251 section 5, uint32). */
export function wireU32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A length-prefixed string (RFC 4251 section 5). Text is encoded as UTF-8. */
export function wireString(value: string | Buffer): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
  return Buffer.concat([wireU32(bytes.length), bytes]);
}

/** A positive integer from its big-endian magnitude, in minimal form (RFC 4251 section 5, mpint). */
export function wireMpint(magnitude: Buffer): Buffer {
  let start = 0;
  while (magnitude[start] === 0) start += 1;
  const digits = magnitude.subarray(start);
  const first = digits[0] ?? 0;
  return wireString(first >= 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits);
}

/**
 * Decodes base64 only if it is written in its one canonical form: padded, no white space, no stray bits.
 * Returns undefined otherwise. (RFC 4648 sections 3.5 and 4)
 */
export function canonicalBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
