import assert from 'node:assert/strict';
import fc from 'fast-check';
import { canonicalText, digestOf, fromBase64Url } from '../../../../src/core/approval/canonical.js';
import { inert, inline, show, showLines } from '../../../../src/core/approval/display.js';
import { spoken } from '../../../../src/core/say.js';
import { changedParts, operationDigest, saltedDigest, type Operation } from '../../../../src/core/approval/operation.js';
import { formatRecord, parseRecord, type EventRecord } from '../../../../src/core/approval/record.js';
import { formatRequest, parseRequest, requestDigest, type ApprovalRequest } from '../../../../src/core/approval/request.js';
import { formatToken, parseToken, statementBytes } from '../../../../src/core/approval/token.js';
import { CountersignError } from '../../../../src/core/errors.js';

const HEX = 'a'.repeat(64);

const operation: Operation = {
  kind: 'task',
  label: 'deploy: production',
  script: './scripts/deploy.sh production',
  shell: '/bin/bash',
  directory: '.',
  environment: { AWS_PROFILE: `sha256:${HEX}` },
  inputs: [{ path: 'scripts/deploy.sh', sha256: HEX }],
  repository: 'b'.repeat(40),
  commit: 'c'.repeat(40),
  worktree: 'd'.repeat(40),
  targets: [{ environment: 'production', kind: 'task label', name: 'deploy: production', evidence: 'the task is called so' }],
};

const request: ApprovalRequest = {
  v: 1,
  nonce: '0'.repeat(32),
  operation,
  operationDigest: operationDigest(operation),
  by: 'ana@payments.example',
  agent: null,
  policy: `sha256:${HEX}`,
  roster: `sha256:${HEX}`,
  findings: ['Would change production'],
  reason: '',
  notBefore: 1_700_000_000,
  expires: 1_700_001_800,
  uses: 1,
};

const isRefused = (work: () => unknown): boolean => {
  try {
    work();
    return false;
  } catch (error) {
    if (error instanceof CountersignError) return true;
    throw error;
  }
};

describe('the canonical text', () => {
  it('is the same for the same value, whatever the order of its keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.oneof(fc.string({ unit: 'grapheme' }), fc.maxSafeInteger().filter((number) => !Object.is(number, -0)), fc.boolean()), { noNullPrototype: true }), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        const text = canonicalText(value);
        assert.equal(canonicalText(reversed), text);
        assert.match(text, /^[\x20-\x7e]*$/);
        assert.deepEqual(JSON.parse(text), { ...value });
      }),
    );
  });

  it('does not exist for values that could be read in two ways', () => {
    for (const value of [0.5, NaN, -0, 2 ** 60, '\ud800', undefined, () => 0, new Date(), new Map()]) assert.throws(() => canonicalText(value), { code: 'canonical' });
  });

  it('has a digest that any change changes', () => {
    assert.notEqual(digestOf(['a', 'b c']), digestOf(['a b', 'c']));
    assert.notEqual(saltedDigest('n1', 'X', 'secret'), saltedDigest('n2', 'X', 'secret'));
  });

  it('comes from one spelling of base64url only', () => {
    assert.throws(() => fromBase64Url('QQ=='), { code: 'token' });
    assert.throws(() => fromBase64Url('QR'), { code: 'token' });
  });
});

describe('a request', () => {
  const line = formatRequest(request, Buffer.from('signature'));

  it('is read back as it was written, with the same digest', () => {
    const read = parseRequest(`  ${line}\n`);
    assert.deepEqual(read.request, request);
    assert.equal(read.digest, requestDigest(request));
  });

  it('is refused after any change of any single character', () => {
    for (let at = 0; at < line.indexOf('.', 5); at += 1) {
      const changed = `${line.slice(0, at)}${line[at] === 'A' ? 'B' : 'A'}${line.slice(at + 1)}`;
      const read = (() => {
        try {
          return parseRequest(changed).digest;
        } catch (error) {
          assert.ok(error instanceof CountersignError);
          return undefined;
        }
      })();
      // What still parses is another request, with another name.
      assert.notEqual(read, requestDigest(request));
    }
  });

  it('is refused with unknown fields, wrong types, or an operation that is not the one it names', () => {
    const bad: unknown[] = [
      { ...request, extra: 1 },
      { ...request, uses: 2 },
      { ...request, expires: '1700001800' },
      { ...request, operation: { ...operation, script: 'rm -rf /' } },
      { ...request, operation: { ...operation, hidden: true } },
      null,
      [],
    ];
    for (const value of bad) {
      const text = `csr1.${Buffer.from(canonicalText(value)).toString('base64url')}.${Buffer.from('x').toString('base64url')}`;
      assert.throws(() => parseRequest(text), { code: 'request' });
    }
  });

  it('is never read from rubbish', () => {
    fc.assert(fc.property(fc.string(), (text) => isRefused(() => parseRequest(text)) && isRefused(() => parseRequest(`csr1.${text}`))));
  });

  it('says which parts differ', () => {
    assert.deepEqual(changedParts(operation, { ...operation, commit: 'e'.repeat(40), script: 'x' }).map((part) => spoken(part)), ['the command line', 'the commit']);
  });
});

describe('a token', () => {
  const token = { statement: { digest: requestDigest(request), expires: request.expires }, signature: Buffer.from('signature') };
  const line = formatToken(token);

  it('says one ASCII line and is about 400 characters with an ed25519 signature', () => {
    assert.equal(statementBytes(token.statement).toString(), `countersign/1 approve ${requestDigest(request)} 1700001800\n`);
    assert.ok(formatToken({ ...token, signature: Buffer.alloc(192) }).length <= 410);
  });

  it('is read back as it was written, white space around it aside', () => {
    assert.deepEqual(parseToken(`\t${line} \n`), token);
  });

  it('has one spelling', () => {
    const [head, body, signature] = line.split('.') as [string, string, string];
    const statement = (text: string) => `${head}.${Buffer.from(text).toString('base64url')}.${signature}`;
    const digest = requestDigest(request);
    const bad = [
      `${line}.x`, `${head}.${body}`, `${head}.${body}.`, `CS1.${body}.${signature}`, `${line}=`, `${head}.${body}\n.${signature}`,
      statement(`countersign/1 approve ${digest} 1700001800`),
      statement(`countersign/1 approve ${digest} 01700001800\n`),
      statement(`countersign/1 approve  ${digest} 1700001800\n`),
      statement(`countersign/1 deny ${digest} 1700001800\n`),
      statement(`countersign/2 approve ${digest} 1700001800\n`),
      statement(`countersign/1 approve ${digest.toUpperCase()} 1700001800\n`),
      statement(`countersign/1 approve ${digest} 1700001800\n\n`),
      statement(`countersign/1 approve ${digest} 17000018000\n`),
    ];
    for (const text of bad) assert.throws(() => parseToken(text), { code: 'token' }, text);
  });

  it('is never read from rubbish', () => {
    fc.assert(fc.property(fc.string(), (text) => isRefused(() => parseToken(text)) && isRefused(() => parseToken(`cs1.${text}`))));
  });
});

describe('a record', () => {
  const records: EventRecord[] = [
    { v: 1, event: 'denial', request: requestDigest(request), by: 'ben@payments.example', at: 1_700_000_100, reason: 'Not on a Friday' },
    { v: 1, event: 'withdrawal', request: requestDigest(request), by: 'ana@payments.example', at: 1_700_000_100, reason: '' },
    { v: 1, event: 'use', request: requestDigest(request), by: 'ana@payments.example', at: 1_700_000_100, nonce: '1'.repeat(32), approvers: ['Ben'] },
    { v: 1, event: 'outcome', request: requestDigest(request), by: 'ana@payments.example', at: 1_700_000_100, exitCode: null },
  ];
  for (const record of records) {
    it(`of a ${record.event} is read back as it was written`, () => {
      assert.deepEqual(parseRecord(formatRecord(record, Buffer.from('x'))).record, record);
    });
  }

  it('is never read from rubbish', () => {
    fc.assert(fc.property(fc.string(), (text) => isRefused(() => parseRecord(text)) && isRefused(() => parseRecord(`cse1.${text}`))));
  });
});

describe('what people are shown', () => {
  const hostile: Record<string, string> = {
    'a terminal escape': 'safe\u001b[2J\u001b]8;;http://x\u0007',
    'a bidirectional override': 'deploy \u202etxt.hs',
    'a zero-width joiner': 'pro\u200dduction',
    'a look-alike letter': 'pr\u043eduction',
    'a carriage return': 'harmless\rrm -rf /',
    'a tag character': 'x\u{e0041}',
    'a no-break space': 'a\u00a0b',
  };
  for (const [name, text] of Object.entries(hostile)) {
    it(`has ${name} made visible, and counts it`, () => {
      const shown = show(text);
      assert.match(shown.text, /^[\x20-\x7e]*$/);
      assert.ok(shown.escaped > 0);
    });
  }

  it('can be turned back into exactly what it was: nothing is lost, nothing looks like something else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const back = show(text).text.replace(/\\\\|\\u\{([0-9a-f]+)\}/g, (_whole, point?: string) => (point === undefined ? '\\' : String.fromCodePoint(parseInt(point, 16))));
        assert.equal(back, text);
      }),
    );
  });

  it('is no link and no picture in a notification or a row, whoever wrote it', () => {
    assert.equal(inline('[Review…](command:x) $(check)'), '[Review\\u{2026}]\\u{28}command:x) $\\u{28}check)');
    assert.equal(inert('From “csr1.” on: [a](command:b)\u202e\n'), 'From “csr1.” on: [a]\\u{28}command:b)\\u{202e}\\u{a}');
  });

  it('keeps line breaks where they are, one line each', () => {
    assert.deepEqual(showLines('a\nb\r').map((line) => line.text), ['a', 'b\\u{d}']);
  });
});
