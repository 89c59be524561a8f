import assert from 'node:assert/strict';
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import path from 'node:path';
import fc from 'fast-check';
import { CountersignError } from '../../../../src/core/errors.js';
import { parsePublicKeyBlob } from '../../../../src/core/approval/public-key.js';
import { formatRosterLine } from '../../../../src/core/approval/roster.js';
import { armor, composeSshsig, dearmor, parseSshsig, signedData, verifySshsig } from '../../../../src/core/approval/sshsig.js';
import { WireReader, wireMpint, wireString } from '../../../../src/core/approval/ssh-wire.js';
import { ecdsaBytes, ecPair, ed25519Pair, emulate, makeKey, MESSAGE, NAMESPACE, PLAIN_KINDS, stockSign, stockVerify, temporaryDirectory } from './ssh-fixtures.js';

const refused = { name: 'CountersignError', code: 'signature' };
const verify = (raw: Buffer): ReturnType<typeof verifySshsig> => verifySshsig(raw, MESSAGE, NAMESPACE);
const read = (bytes: Buffer): WireReader => new WireReader(bytes, 'signature', 'The signature');

function accepted(raw: Buffer): boolean {
  try {
    verify(raw);
    return true;
  } catch (error) {
    assert.ok(error instanceof CountersignError && error.code === 'signature', String(error));
    return false;
  }
}

/** Every truncation, and every `step`th single-bit change. */
function sweep(raw: Buffer, step: number): void {
  assert.ok(accepted(raw));
  for (let length = 0; length < raw.length; length += step) assert.equal(accepted(raw.subarray(0, length)), false, `cut at ${length}`);
  for (let bit = 0; bit < raw.length * 8; bit += step) {
    const changed = Buffer.from(raw);
    changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    assert.equal(accepted(changed), false, `bit ${bit}`);
  }
}

/** A signature by a fresh key, with the algorithm's name and body as wanted. */
const composed = (blob: Buffer, ...fields: readonly (string | Buffer)[]): Buffer =>
  composeSshsig({ publicKeyBlob: blob, namespace: NAMESPACE, signature: Buffer.concat(fields.map((field) => wireString(field))) });
const data = signedData(NAMESPACE, 'sha512', MESSAGE);

function rsaPair(): { readonly blob: Buffer; readonly privateKey: KeyObject } {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { e = '', n = '' } = publicKey.export({ format: 'jwk' });
  return { blob: Buffer.concat([wireString('ssh-rsa'), wireMpint(Buffer.from(e, 'base64url')), wireMpint(Buffer.from(n, 'base64url'))]), privateKey };
}

describe('SSHSIG', () => {
  const directory = temporaryDirectory();

  for (const [type, bits] of PLAIN_KINDS) {
    it(`accepts what ssh-keygen signs and nothing near it: ${type} ${bits}`, () => {
      const file = path.join(directory, `${type}${bits}`);
      const key = makeKey(file, type, bits);
      const raw = stockSign(file);
      const result = verify(raw);
      assert.deepEqual([result.key.fingerprint, result.presence, result.origin], [key.fingerprint, undefined, undefined]);
      assert.throws(() => verifySshsig(raw, Buffer.from('another'), NAMESPACE), refused);
      assert.throws(() => verifySshsig(raw, MESSAGE, 'git'), refused);
      sweep(raw, type === 'ed25519' || bits === '256' ? 1 : 13);
      assert.ok(verify(stockSign(file, NAMESPACE, MESSAGE, '-O', 'hashalg=sha256')));
    });
  }

  it('makes what stock ssh-keygen accepts', () => {
    const rsa = rsaPair();
    const ed = ed25519Pair();
    const ec = (['256', '384', '521'] as const).map((bits) => {
      const type = `ecdsa-sha2-nistp${bits}`;
      const { blob, privateKey } = ecPair(type, `nistp${bits}`);
      return composed(blob, type, ecdsaBytes(data, privateKey, bits === '521' ? 'sha512' : `sha${bits}`));
    });
    const made = [
      composed(ed.blob, 'ssh-ed25519', sign(null, data, ed.privateKey)),
      composed(rsa.blob, 'rsa-sha2-512', sign('sha512', data, rsa.privateKey)),
      composed(rsa.blob, 'rsa-sha2-256', sign('sha256', data, rsa.privateKey)),
      ...ec,
      emulate({ kind: 'sk-ed25519' }).raw,
      emulate({ kind: 'sk-ecdsa', flags: 5 }).raw,
      emulate({ kind: 'passkey', flags: 0x1d, application: 'example.com', origin: 'https://approve.example.com' }).raw,
    ];
    for (const raw of made) {
      const { key } = verify(raw);
      const line = formatRosterLine({ principal: 'bob@example.com', key, namespaces: [NAMESPACE] });
      assert.ok(stockVerify(directory, `${line}\n`, 'bob@example.com', raw), key.type);
    }
  });

  it('reports touch and PIN from the signature, and leaves judging them to the policy', () => {
    for (const kind of ['sk-ed25519', 'sk-ecdsa', 'passkey'] as const) {
      const presence = (flags: number): unknown => verify(emulate({ kind, flags }).raw).presence;
      assert.deepEqual(presence(0), { touched: false, verified: false });
      assert.deepEqual(presence(1), { touched: true, verified: false });
      assert.deepEqual(presence(0x1d), { touched: true, verified: true });
    }
    assert.equal(verify(emulate({ kind: 'passkey' }).raw).origin, 'http://localhost:8417');
  });

  it('refuses every change to a security key or passkey signature', () => {
    for (const kind of ['sk-ed25519', 'sk-ecdsa', 'passkey'] as const) sweep(emulate({ kind, flags: 5 }).raw, 7);
  });

  it('refuses flags that promise other data than there is', () => {
    for (const kind of ['sk-ed25519', 'passkey'] as const) for (const flags of [0x41, 0x81]) assert.throws(() => verify(emulate({ kind, flags }).raw), refused);
    const extensions = Buffer.of(0xa0);
    assert.throws(() => verify(emulate({ kind: 'passkey', flags: 1, extensions }).raw), refused);
    assert.ok(verify(emulate({ kind: 'passkey', flags: 0x81, extensions }).raw));
  });

  it('refuses passkeys used elsewhere, for something else or inside a frame', () => {
    const passkey = (more: Omit<Parameters<typeof emulate>[0], 'kind'>) => () => verify(emulate({ kind: 'passkey', ...more }).raw);
    for (const [application, origin] of [
      ['localhost', 'http://localhost.evil.example'],
      ['localhost', 'https://localhost:1/path'],
      ['example.com', 'http://example.com'],
      ['example.com', 'https://badexample.com'],
      ['example.com', 'https://EXAMPLE.com'],
      ['ssh:', 'https://example.com'],
      ['example.com', 'example.com'],
    ] as const) {
      assert.throws(passkey({ application, origin }), refused, origin);
    }
    const changes: readonly (readonly [string, string])[] = [
      ['webauthn.get', 'webauthn.create'],
      ['"crossOrigin":false', '"crossOrigin":true'],
      ['"crossOrigin":false', '"topOrigin":"https://evil.example"'],
      ['"crossOrigin":false', '"challenge":"AAAA"'],
      ['"crossOrigin":false', '"origin":"https://evil.example"'],
      ['"crossOrigin":false}', ''],
      ['{"type"', ' {"type"'],
    ];
    for (const [from, to] of changes) assert.throws(passkey({ clientData: (text) => text.replace(from, to) }), refused, to);
    assert.ok(passkey({ clientData: (text) => text.replace('}', ',"other_keys_can_be_added_here":"x"}') })());
  });

  it('refuses signatures whose algorithm is not that of the key', () => {
    const rsa = rsaPair();
    assert.throws(() => verify(composed(rsa.blob, 'ssh-rsa', sign('sha1', data, rsa.privateKey))), refused);
    assert.throws(() => verify(composed(rsa.blob, 'rsa-sha2-256', sign('sha512', data, rsa.privateKey))), refused);
    assert.throws(() => verify(composed(rsa.blob, 'ssh-ed25519', sign('sha512', data, rsa.privateKey))), refused);
    const ed = ed25519Pair();
    const sk = ed25519Pair('sk-ssh-ed25519@openssh.com', 'ssh:');
    // A security key's type must never be satisfied by a plain signature without flags.
    assert.throws(() => verify(composed(sk.blob, 'ssh-ed25519', sign(null, data, sk.privateKey))), refused);
    assert.throws(() => verify(composed(ed.blob, 'constructor', sign(null, data, ed.privateKey))), refused);
    assert.ok(verify(composed(ed.blob, 'ssh-ed25519', sign(null, data, ed.privateKey))));
  });

  it('refuses second forms of a signature where the format has a first', () => {
    const ed = ed25519Pair();
    const good = sign(null, data, ed.privateKey);
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const scalar = BigInt(`0x${Buffer.from(good.subarray(32)).reverse().toString('hex')}`) + order;
    const twin = Buffer.concat([good.subarray(0, 32), Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex').reverse()]);
    assert.throws(() => verify(composed(ed.blob, 'ssh-ed25519', twin)), { ...refused, message: /canonical/ });
    const rsa = rsaPair();
    assert.throws(() => verify(composed(rsa.blob, 'rsa-sha2-512', Buffer.concat([Buffer.of(0), sign('sha512', data, rsa.privateKey)]))), { ...refused, message: /length/ });
    const ec = ecPair('ecdsa-sha2-nistp256', 'nistp256');
    const ecdsa = ecdsaBytes(data, ec.privateKey);
    const padded = Buffer.concat([wireString(Buffer.concat([Buffer.of(0, 0), read(ecdsa).mpint()])), ecdsa.subarray(4 + ecdsa.readUInt32BE(0))]);
    assert.throws(() => verify(composed(ec.blob, 'ecdsa-sha2-nistp256', padded)), refused);
    assert.throws(() => verify(composed(ec.blob, 'ecdsa-sha2-nistp256', Buffer.concat([ecdsa, Buffer.of(0)]))), refused);
    assert.throws(() => verify(composed(ec.blob, 'ecdsa-sha2-nistp256', Buffer.concat([wireMpint(Buffer.alloc(33, 1)), wireMpint(Buffer.alloc(32, 1))]))), refused);
  });

  it('accepts both (r, s) and (r, n - s), as OpenSSH makes either', () => {
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
    const { blob, privateKey } = ecPair('ecdsa-sha2-nistp256', 'nistp256');
    const integers = read(ecdsaBytes(data, privateKey));
    const r = integers.mpint();
    const s = BigInt(`0x${integers.mpint().toString('hex')}`);
    for (const either of [s, order - s]) {
      const bytes = Buffer.concat([wireMpint(r), wireMpint(Buffer.from(either.toString(16).padStart(64, '0'), 'hex'))]);
      assert.ok(verify(composed(blob, 'ecdsa-sha2-nistp256', bytes)));
    }
  });

  it('refuses envelopes that are not the one encoding', () => {
    const ed = ed25519Pair();
    const signature = Buffer.concat([wireString('ssh-ed25519'), wireString(sign(null, data, ed.privateKey))]);
    const envelope = ({ magic = 'SSHSIG', version = 1, namespace = NAMESPACE, reserved = '', hash = 'sha512', tail = '' }): Buffer =>
      Buffer.concat([Buffer.from(magic), Buffer.of(0, 0, 0, version), ...[ed.blob, namespace, reserved, hash, signature].map((field) => wireString(field)), Buffer.from(tail)]);
    assert.ok(verify(envelope({})));
    assert.equal(parseSshsig(envelope({})).namespace, NAMESPACE);
    // stock ssh-keygen says "Good" to the filled reserved field
    for (const change of [{ reserved: 'x' }, { tail: 'x' }, { version: 2 }, { magic: 'SSHSIK' }, { hash: 'sha1' }, { hash: 'sha384' }, { namespace: '' }, { namespace: `${NAMESPACE}\0` }]) {
      assert.throws(() => parseSshsig(envelope(change)), refused, JSON.stringify(change));
    }
    assert.throws(() => verifySshsig(envelope({ namespace: '' }), MESSAGE, ''), refused);
    assert.throws(() => parseSshsig(Buffer.concat([envelope({}), Buffer.alloc(10_000)])), { ...refused, message: /too long/ });
    assert.throws(() => verify(composeSshsig({ publicKeyBlob: Buffer.from('rubbish'), namespace: NAMESPACE, signature })), refused);
  });

  it('keeps no view on the caller’s buffer', () => {
    const { raw } = emulate({ kind: 'sk-ed25519' });
    const { key } = verify(raw);
    const before = key.fingerprint;
    raw.fill(0);
    assert.equal(key.fingerprint, before);
  });

  it('wraps and unwraps the text form', () => {
    const { raw } = emulate({ kind: 'passkey' });
    assert.deepEqual(dearmor(armor(raw)), raw);
    assert.deepEqual(dearmor(`\n${armor(raw).replaceAll('\n', '\r\n')}  `), raw);
    const oneLine = armor(raw).trim().replaceAll('\n', ' ');
    for (const bad of ['', oneLine, armor(raw).replace('END', 'BEGIN'), armor(raw).replace('U1NI', 'U1N!'), `${armor(raw)}x`, `x${armor(raw)}`, 'A'.repeat(100_000)]) {
      assert.throws(() => dearmor(bad), refused);
    }
  });

  it('answers random bytes and text with nothing but its own error', () => {
    const { raw } = emulate({ kind: 'passkey' });
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => !accepted(Buffer.from(bytes))));
    fc.assert(fc.property(fc.nat(raw.length - 1), fc.uint8Array({ minLength: 1, maxLength: 20 }), (at, bytes) => {
      const changed = Buffer.concat([raw.subarray(0, at), Buffer.from(bytes), raw.subarray(at)]);
      return !accepted(changed);
    }));
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.throws(() => dearmor(text), refused);
    }));
  });

  it('reads a key out of each signature without trusting it', () => {
    const { blob, raw } = emulate({ kind: 'sk-ecdsa' });
    assert.deepEqual(parsePublicKeyBlob(parseSshsig(raw).publicKey).blob, blob);
  });
});
