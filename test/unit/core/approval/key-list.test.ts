import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { readKeyList, rosterWith, type Member } from '../../../../src/core/approval/key-list.js';
import { parsePublicKeyLine } from '../../../../src/core/approval/public-key.js';
import { parseRoster } from '../../../../src/core/approval/roster.js';

/** A public key as `ssh-keygen -t ed25519` writes it. */
function keyLine(comment = ''): string {
  const raw = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const field = (bytes: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  return `ssh-ed25519 ${Buffer.concat([field(Buffer.from('ssh-ed25519')), field(raw)]).toString('base64')}${comment === '' ? '' : ` ${comment}`}`;
}

describe('a list of keys', () => {
  const [one, two] = [keyLine('ben@laptop'), keyLine()];

  it('is public keys, roster lines, or both, each once', () => {
    const listed = readKeyList(`# from a file\r\n${one}\r\n\n${two}\n${one}\nana@example.com ${two}\n`);
    assert.deepEqual(listed.map(({ principal, comment }) => [principal, comment]), [[undefined, 'ben@laptop'], [undefined, ''], ['ana@example.com', 'ana@example.com']]);
  });

  const broken: readonly [what: string, text: string, problem: RegExp][] = [
    ['no key', '# nobody\n', /no public key/],
    ['a web page', `${two}\n<html>`, /^Line 2: /],
    ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----\n', /./],
    ['a pattern', `*@example.com ${two}`, /is a pattern/],
    ['a certificate authority', `ana@example.com cert-authority ${two}`, /Certificate authorities/],
    ['a damaged key', one.replace(/A{4}/, 'AAAB'), /./],
    ['a megabyte', 'x'.repeat(1024 * 1024 + 1), /too long/],
  ];
  for (const [what, text, problem] of broken) it(`is not ${what}`, () => assert.throws(() => readKeyList(text), (error: Error & { code?: string }) => error.code === 'key' && problem.test(error.message)));

  it('never makes the reader fail in another way', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.string().map((text) => `${one}\n${text}`)), (text) => {
      try {
        assert.ok(readKeyList(text).length > 0);
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'key');
      }
    }));
  });
});

describe('a roster that gets new members', () => {
  const member = (principal: string): Member => ({ principal, key: parsePublicKeyLine(keyLine()).key });
  const [ana, ben] = [member('ana@example.com'), member('ben@example.com')];

  it('keeps what it says and adds each once', () => {
    const first = rosterWith(undefined, [ana, ana]);
    assert.equal(parseRoster(first).entries.length, 1);
    const second = rosterWith(`${first.trimEnd()} # ours`, [ana, ben]);
    assert.ok(second.startsWith(first.trimEnd()));
    assert.deepEqual(parseRoster(second).entries.map(({ principals }) => principals), [['ana@example.com'], ['ben@example.com']]);
    assert.equal(rosterWith(second, [ana, ben]), second);
  });

  it('lets its keys ask, approve and record, and nothing else', () => {
    assert.deepEqual(parseRoster(rosterWith('', [ana])).entries[0]?.namespaces, ['countersign-request', 'countersign-approval', 'countersign-record', 'countersign-break-glass']);
  });
});
