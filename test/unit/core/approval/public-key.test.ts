import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { CountersignError } from '../../../../src/core/errors.js';
import { parsePublicKeyBlob, parsePublicKeyLine, publicKeyLine } from '../../../../src/core/approval/public-key.js';
import { wireMpint, wireString } from '../../../../src/core/approval/ssh-wire.js';
import { ecPair, ed25519Pair, emulate, makeKey, PLAIN_KINDS, temporaryDirectory } from './ssh-fixtures.js';

const refused = { name: 'CountersignError', code: 'key' };
const blobOf = (...fields: readonly (string | Buffer)[]): Buffer => Buffer.concat(fields.map((field) => wireString(field)));

describe('public keys', () => {
  const directory = temporaryDirectory();

  for (const [type, bits] of PLAIN_KINDS) {
    it(`reads what ssh-keygen makes: ${type} ${bits}`, () => {
      const file = path.join(directory, `${type}${bits}`);
      const key = makeKey(file, type, bits);
      const line = readFileSync(`${file}.pub`, 'utf8');
      assert.equal(`${publicKeyLine(key, parsePublicKeyLine(line).comment)}\n`, line);
      assert.ok(execFileSync('ssh-keygen', ['-l', '-f', `${file}.pub`]).toString().includes(` ${key.fingerprint} `));
      assert.equal(key.key.type, 'public');
      assert.equal(key.securityKey, false);
      assert.equal(key.application, undefined);
    });
  }

  it('reads security keys and what they are bound to', () => {
    for (const kind of ['sk-ed25519', 'sk-ecdsa'] as const) {
      const key = parsePublicKeyBlob(emulate({ kind, application: 'ssh:work' }).blob);
      assert.deepEqual([key.securityKey, key.application, key.key.type], [true, 'ssh:work', 'public']);
    }
  });

  it('refuses weak, foreign and broken keys', () => {
    const { blob } = ed25519Pair();
    const p256 = ecPair('ecdsa-sha2-nistp256', 'nistp256').blob;
    const offCurve = Buffer.from(p256);
    offCurve.writeUInt8(offCurve.readUInt8(offCurve.length - 1) ^ 1, offCurve.length - 1);
    // The 66 bytes of a P-521 coordinate leave room for a second form of the same point.
    const p521 = ecPair('ecdsa-sha2-nistp521', 'nistp521').blob;
    const notReduced = Buffer.from(p521);
    const x = BigInt(`0x${p521.subarray(-132, -66).toString('hex')}`) + 2n ** 521n - 1n;
    Buffer.from(x.toString(16).padStart(132, '0'), 'hex').copy(notReduced, p521.length - 132);
    const rsa = (e: number[], bits: number, last = 0xff): Buffer => {
      const n = Buffer.alloc(Math.ceil(bits / 8), 0xff);
      n.writeUInt8(0xff >> (n.length * 8 - bits), 0);
      n.writeUInt8(last, n.length - 1);
      return Buffer.concat([wireString('ssh-rsa'), wireMpint(Buffer.from(e)), wireMpint(n)]);
    };
    assert.equal(parsePublicKeyBlob(rsa([1, 0, 1], 2048)).type, 'ssh-rsa');
    const bad: Readonly<Record<string, Buffer>> = {
      empty: Buffer.alloc(0),
      'trailing byte': Buffer.concat([blob, Buffer.of(0)]),
      short: blobOf('ssh-ed25519', Buffer.alloc(31, 7)),
      'identity point': blobOf('ssh-ed25519', Buffer.concat([Buffer.of(1), Buffer.alloc(31)])),
      'small order': blobOf('ssh-ed25519', Buffer.from('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', 'hex')),
      'small order, sign set': blobOf('ssh-ed25519', Buffer.from('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85', 'hex')),
      'not reduced': blobOf('ssh-ed25519', Buffer.concat([Buffer.of(0xf0), Buffer.alloc(30, 0xff), Buffer.of(0x7f)])),
      certificate: blobOf('ssh-ed25519-cert-v01@openssh.com', Buffer.alloc(32)),
      dsa: blobOf('ssh-dss', Buffer.alloc(32)),
      prototype: blobOf('constructor', Buffer.alloc(32)),
      'other curve': Buffer.concat([wireString('ecdsa-sha2-nistp384'), p256.subarray(23)]),
      'off the curve': offCurve,
      'coordinate not reduced': notReduced,
      'compressed point': blobOf('ecdsa-sha2-nistp256', 'nistp256', Buffer.alloc(33, 2)),
      'no application': blobOf('sk-ssh-ed25519@openssh.com', blob.subarray(-32), ''),
      'RSA 1024': rsa([1, 0, 1], 1024),
      'RSA 2047': rsa([1, 0, 1], 2047),
      'RSA 16392': rsa([1, 0, 1], 16392),
      'RSA exponent 1': rsa([1], 2048),
      'RSA exponent even': rsa([4], 2048),
      'RSA exponent huge': rsa([1, 0, 0, 0, 1], 2048),
      'RSA modulus even': rsa([1, 0, 1], 2048, 0xfe),
    };
    for (const [name, bytes] of Object.entries(bad)) assert.throws(() => parsePublicKeyBlob(bytes), refused, name);
  });

  it('refuses lines that are not exactly one key', () => {
    const line = publicKeyLine(parsePublicKeyBlob(ed25519Pair().blob));
    const [type = '', encoded = ''] = line.split(' ');
    assert.equal(parsePublicKeyLine(`${type} \t ${encoded}  me at work \r\n`).comment, 'me at work');
    for (const bad of ['', type, `ssh-rsa ${encoded}`, `${type} ${encoded.slice(0, -1)}`, `${type} ${encoded}=`, `${type} ${encoded}\n${line}`, `${type} ${encoded} a\x1b[2J`]) {
      assert.throws(() => parsePublicKeyLine(bad), refused, bad);
    }
  });

  it('keeps no view on the caller’s buffer', () => {
    const { blob } = ed25519Pair();
    const key = parsePublicKeyBlob(blob);
    const before = key.fingerprint;
    blob.fill(0);
    assert.equal(key.fingerprint, before);
  });

  it('never lets a comment become another line', () => {
    assert.equal(publicKeyLine(parsePublicKeyBlob(ed25519Pair().blob), 'a\nb').split('\n').length, 1);
  });

  it('answers random bytes and text with nothing but its own error', () => {
    const only = (run: () => unknown): void => {
      try {
        run();
      } catch (error) {
        assert.ok(error instanceof CountersignError && error.code === 'key');
      }
    };
    const types = fc.constantFrom('ssh-ed25519', 'ssh-rsa', 'ecdsa-sha2-nistp521', 'sk-ecdsa-sha2-nistp256@openssh.com');
    fc.assert(fc.property(types, fc.array(fc.uint8Array({ maxLength: 140 }), { maxLength: 4 }), (type, fields) => only(() => parsePublicKeyBlob(blobOf(type, ...fields.map((field) => Buffer.from(field)))).key)));
    fc.assert(fc.property(fc.uint8Array(), (bytes) => only(() => parsePublicKeyBlob(Buffer.from(bytes)))));
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => only(() => parsePublicKeyLine(text))));
  });
});
