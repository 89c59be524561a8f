import assert from 'node:assert/strict';
import fc from 'fast-check';
import { canonicalBase64, WireReader, wireMpint, wireString, wireU32 } from '../../../../src/core/approval/ssh-wire.js';

const read = (bytes: Buffer): WireReader => new WireReader(bytes, 'signature', 'The signature');
const refused = { name: 'CountersignError', code: 'signature' };

describe('ssh wire format', () => {
  it('reads back what it writes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(0xffffffff), (bytes, number) => {
        const reader = read(Buffer.concat([wireString(Buffer.from(bytes)), wireU32(number)]));
        assert.deepEqual([...reader.string()], [...bytes]);
        assert.equal(reader.u32(), number);
        reader.end();
      }),
    );
  });

  it('writes positive integers in their one minimal form, and reads only that', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 2n ** 600n), (number) => {
        const hex = number.toString(16);
        const encoded = wireMpint(Buffer.from(hex.padStart(hex.length + (hex.length % 2) + 4, '0'), 'hex'));
        assert.equal(BigInt(`0x${read(encoded).mpint().toString('hex')}`), number);
      }),
    );
    for (const bad of ['', '00', '80', 'ff01', '0001', '007f', '000080']) {
      assert.throws(() => read(wireString(Buffer.from(bad, 'hex'))).mpint(), refused, bad);
    }
    assert.equal(read(wireString(Buffer.from('0080', 'hex'))).mpint().toString('hex'), '80');
  });

  it('refuses what is cut off, what is left over and names that are not plain text', () => {
    assert.throws(() => read(Buffer.alloc(0)).u8(), refused);
    assert.throws(() => read(Buffer.alloc(3)).u32(), refused);
    assert.throws(() => read(Buffer.from('ffffffff00', 'hex')).string(), refused);
    assert.throws(() => read(Buffer.of(1)).end(), refused);
    for (const name of ['a\0b', 'a\nb', 'é', '\x7f']) assert.throws(() => read(wireString(name)).cstring(), refused);
  });

  it('decodes base64 in its one form only', () => {
    assert.deepEqual(canonicalBase64('AQI='), Buffer.of(1, 2));
    for (const bad of ['AQI', 'AQJ=', 'AQI= ', 'AQ-_', 'A QI=', 'AQI==', 'AQI=\n']) assert.equal(canonicalBase64(bad), undefined, bad);
  });
});
