import assert from 'node:assert/strict';
import fc from 'fast-check';
import { askRecord, formatRecord, greeting, MAX_RECORD, RecordReader, type QuickAsk, type QuickRecord } from '../../../src/broker/quick-protocol.js';

const TOKEN = 'a'.repeat(64);
const ASK: QuickAsk = { kind: 'line', shell: '/bin/bash', pid: 4711, cwd: '/repo', text: 'git status', definitions: '', environment: 'declare -x A="b"\n' };

/** Feeds bytes in pieces of the given sizes. */
function read(bytes: Buffer, sizes: readonly number[] = []): { readonly records: readonly QuickRecord[]; readonly reader: RecordReader } {
  const reader = new RecordReader();
  const records: QuickRecord[] = [];
  let at = 0;
  for (const size of [...sizes, bytes.length]) {
    records.push(...reader.push(bytes.subarray(at, at + size)));
    at += size;
  }
  return { records, reader };
}

const noNul = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', ''));
const asks: fc.Arbitrary<QuickAsk> = fc.record({
  kind: fc.constantFrom('line', 'shell', 'program'),
  shell: noNul.filter((text) => text !== ''),
  pid: fc.integer({ min: 1, max: 2 ** 31 }),
  cwd: noNul.map((text) => `/${text}`),
  text: noNul,
  definitions: noNul,
  environment: noNul,
}, { noNullPrototype: true });
const wellFormed = (ask: QuickAsk) => !/[\ud800-\udfff]/.test(Object.values(ask).join('').replace(/[\ud800-\udbff][\udc00-\udfff]/g, ''));

describe('the quick protocol', () => {
  it('gives back every ask, however it is cut into pieces', () => {
    fc.assert(
      fc.property(fc.array(asks.filter(wellFormed), { maxLength: 4 }), fc.array(fc.nat(40)), (list, sizes) => {
        const bytes = Buffer.from(greeting(TOKEN) + list.map(askRecord).join(''));
        const { records, reader } = read(bytes, sizes);
        assert.deepEqual(records, [{ type: 'greeting', version: 1, token: TOKEN }, ...list.map((ask) => ({ type: 'ask', ask }))]);
        assert.equal(reader.broken, false);
        assert.equal(reader.isHalfway, false);
      }),
    );
  });

  it('never throws, and never goes on after garbage', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(20)), (bytes, sizes) => {
        const { reader } = read(Buffer.from(bytes), sizes);
        if (reader.broken) assert.deepEqual(reader.push(Buffer.from(askRecord(ASK))), []);
      }),
    );
  });

  const broken: readonly (readonly [string, Buffer])[] = [
    ['another first word', Buffer.from(formatRecord('GET / HTTP/1.1'))],
    ['a name that every object has', Buffer.from(formatRecord('constructor', 'x'))],
    ['a long first word without an end', Buffer.alloc(101, 'x')],
    ['a token of another length', Buffer.from(formatRecord('countersign 1 abc'))],
    ['a prompt without a process', Buffer.from(formatRecord('prompt', ''))],
    ['a greeting of a process 0', Buffer.from(formatRecord('hello', 'bash', '0'))],
    ['a record that is too long', Buffer.concat([Buffer.from(formatRecord('ask', 'line')), Buffer.alloc(MAX_RECORD, 'x')])],
  ];
  for (const [name, bytes] of broken) {
    it(`ends the conversation at ${name}`, () => {
      const { records, reader } = read(bytes);
      assert.deepEqual(records, []);
      assert.equal(reader.broken, true);
    });
  }

  const unclear: readonly (readonly [string, Buffer])[] = [
    ['an unknown kind', Buffer.from(askRecord({ ...ASK, kind: 'task' as 'line' }))],
    ['a relative directory', Buffer.from(askRecord({ ...ASK, cwd: 'repo' }))],
    ['no shell', Buffer.from(askRecord({ ...ASK, shell: '' }))],
    ['a process that is none', Buffer.from(formatRecord('ask', 'line', 'bash', '-1', '/', 'ls', '', ''))],
    ['text that is no UTF-8', Buffer.concat([Buffer.from('ask\0line\0bash\x001\0/\0ls '), Buffer.from([0xff]), Buffer.from('\0\0\0')])],
    ['definitions that are no UTF-8', Buffer.concat([Buffer.from('definitions\0'), Buffer.from([0xc3]), Buffer.from('\0')])],
  ];
  for (const [name, bytes] of unclear) {
    it(`keeps its place over ${name}`, () => {
      const { records } = read(Buffer.concat([bytes, Buffer.from(askRecord(ASK))]));
      assert.deepEqual(records, [{ type: 'unclear' }, { type: 'ask', ask: ASK }]);
    });
  }

  it('holds as much as a record may be long, and reads it in linear time', () => {
    const text = 'x'.repeat(MAX_RECORD - 200);
    const bytes = Buffer.from(askRecord({ ...ASK, text }));
    const { records } = read(bytes, Array.from({ length: bytes.length / 7 }, () => 7));
    assert.equal(records[0]?.type === 'ask' && records[0].ask.text.length, text.length);
  });
});
