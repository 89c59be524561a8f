import assert from 'node:assert/strict';
import path from 'node:path';
import fc from 'fast-check';
import { canonicalText } from '../../../../src/core/approval/canonical.js';
import { spoken } from '../../../../src/core/say.js';
import { changedParts, operationDigest, type Operation } from '../../../../src/core/approval/operation.js';
import { jobDifferences } from '../../../../src/core/approval/job.js';
import { formatRecord, parseRecord, RECORD_NAMESPACE, type EventRecord } from '../../../../src/core/approval/record.js';
import { releasesOf } from '../../../../src/core/approval/release.js';
import { formatRosterLine, parseRoster } from '../../../../src/core/approval/roster.js';
import { formatLayer, formatSealed, isSealedName, pairsFor, readSealed, sealedBytes, sealedDigest, secretIn, type SealedItem } from '../../../../src/core/approval/sealed.js';
import { trustOf, type Trust } from '../../../../src/core/approval/trust.js';
import { CountersignError } from '../../../../src/core/errors.js';
import { defaultPolicy, parsePolicy, policyProblems } from '../../../../src/core/policy/policy.js';
import { makeKey, stockSign, temporaryDirectory } from './ssh-fixtures.js';

const HEX = 'a'.repeat(64);
const recipient = (letter: string) => `age1${letter.repeat(58)}`;
const [ANA, BEN, CLEO] = ['q', 'p', 'z'].map(recipient) as [string, string, string];
const PEOPLE = ['ana@payments.example', 'ben@payments.example', 'cleo@payments.example'];

const ITEM: SealedItem = {
  v: 1,
  event: 'sealed',
  name: 'DATABASE_URL',
  environment: 'production',
  kind: 'variable',
  by: 'ana@payments.example',
  at: 1_700_000_000,
  payload: 'cGF5bG9hZA',
  keys: [{ requester: ANA, approver: BEN, key: 'a2V5' }],
};

const isRefused = (work: () => unknown): boolean => {
  try {
    work();
    return false;
  } catch (error) {
    return error instanceof CountersignError && error.code === 'sealed';
  }
};

describe('a sealed item', () => {
  const directory = temporaryDirectory();
  let trust: Trust;
  let sign: (item: SealedItem, namespace?: string) => string;
  let text: string;
  before(() => {
    const keys = PEOPLE.map((_, at) => makeKey(path.join(directory, String(at)), 'ed25519', '256'));
    const roster = keys.map((key, at) => `${formatRosterLine({ principal: PEOPLE[at] ?? '', key, namespaces: ['countersign-record'] })}\n`).join('');
    trust = trustOf(parsePolicy('version: 1\nrunners: [cleo@payments.example]\n'), parseRoster(roster), 'origin/main');
    sign = (item, namespace = RECORD_NAMESPACE) => formatSealed(item, stockSign(path.join(directory, String(PEOPLE.indexOf(item.by))), namespace, Buffer.from(sealedBytes(item))));
    text = sign(ITEM);
  });

  it('is read back as it was written', () => assert.deepEqual(readSealed('DATABASE_URL', text, trust), ITEM));

  it('is refused after any change of any single character, cut anywhere, or with anything around it', () => {
    fc.assert(fc.property(fc.nat(text.length - 1), fc.constantFrom('A', 'z', '0', '-', '_', '.', '\n', ' '), (at, letter) => text[at] === letter || isRefused(() => readSealed('DATABASE_URL', `${text.slice(0, at)}${letter}${text.slice(at + 1)}`, trust))));
    fc.assert(fc.property(fc.nat(text.length - 1), (length) => isRefused(() => readSealed('DATABASE_URL', text.slice(0, length), trust))));
    for (const other of [`${text}\n`, ` ${text}`, text.trim(), text.replace('\n', '\r\n'), `\ufeff${text}`]) assert.ok(isRefused(() => readSealed('DATABASE_URL', other, trust)), JSON.stringify(other.slice(-9)));
  });

  it('is never read from rubbish', () => {
    fc.assert(fc.property(fc.string(), (rubbish) => isRefused(() => readSealed('DATABASE_URL', rubbish, trust)) && isRefused(() => readSealed('DATABASE_URL', `css1.${rubbish}\n`, trust))));
  });

  const BAD: readonly (readonly [what: string, change: object])[] = [
    ['a field of somebody’s own', { extra: 1 }],
    ['another kind', { kind: 'directory' }],
    ['no keys', { keys: [] }],
    ['bytes in another spelling', { payload: 'QR' }],
    ['a recipient that is none', { keys: [{ requester: 'age1x', approver: BEN, key: 'a2V5' }] }],
    ['a name that makes shells run something', { name: 'BASH_ENV' }],
    ['an environment without a name', { environment: '' }],
    ['a key that is no text', { keys: [{ requester: ANA, approver: BEN, key: 7 }] }],
  ];
  for (const [what, change] of BAD) {
    it(`is refused with ${what}, whoever signed it`, () => {
      const item = { ...ITEM, ...change } as SealedItem;
      assert.ok(isRefused(() => readSealed(item.name, sign(item), trust)));
    });
  }

  it('is refused under another name, for another purpose, by a job, and by somebody else than it says', () => {
    assert.ok(isRefused(() => readSealed('OTHER', text, trust)));
    assert.ok(isRefused(() => readSealed('DATABASE_URL', sign(ITEM, 'countersign-request'), trust)));
    assert.ok(isRefused(() => readSealed('DATABASE_URL', sign({ ...ITEM, by: PEOPLE[2]! }), trust)));
    const byBen = formatSealed(ITEM, stockSign(path.join(directory, '1'), RECORD_NAMESPACE, Buffer.from(sealedBytes(ITEM))));
    assert.ok(isRefused(() => readSealed('DATABASE_URL', byBen, trust)));
  });

  it('has a digest that says everything about it but who can open it', () => {
    assert.equal(sealedDigest({ ...ITEM, keys: [] }), sealedDigest(ITEM));
    for (const change of [{ name: 'X' }, { environment: 'staging' }, { kind: 'file' }, { by: 'x' }, { at: 1 }, { payload: 'YQ' }]) assert.notEqual(sealedDigest({ ...ITEM, ...change } as SealedItem), sealedDigest(ITEM));
  });

  it('is sealed for those who can ask with those who can approve, never for a job, never for one person alone', () => {
    const rules = (more: string) => trustOf(parsePolicy(`version: 1\nrecipients: { ana@payments.example: ${ANA}, ben@payments.example: ${BEN}, cleo@payments.example: ${CLEO} }\n${more}`), trust.roster, '');
    const [ana, ben, cleo] = [ANA, BEN, CLEO];
    const pair = (requester: string, approver: string) => ({ requester, approver });
    assert.deepEqual(pairsFor(rules(''), 'production'), [pair(ana, ben), pair(ana, cleo), pair(ben, ana), pair(ben, cleo), pair(cleo, ana), pair(cleo, ben)]);
    assert.deepEqual(pairsFor(rules('environments: { production: { approvals: 1, approvers: [ben@payments.example] } }\n'), 'production'), [pair(ana, ben), pair(cleo, ben)]);
    assert.deepEqual(pairsFor(rules('runners: [cleo@payments.example]\n'), 'production'), [pair(ana, ben), pair(ben, ana)]);
    assert.deepEqual(pairsFor(rules('people: { Ana: [ana@payments.example, ben@payments.example] }\nrunners: [cleo@payments.example]\n'), 'production'), []);
    assert.deepEqual(pairsFor(trustOf(defaultPolicy(), trust.roster, ''), 'production'), []);
  });
});

describe('the name of a sealed item', () => {
  it('is that of an ordinary variable', () => {
    for (const name of ['DATABASE_URL', 'KUBECONFIG', '_x9']) assert.ok(isSealedName(name), name);
    for (const name of ['', '9', 'A-B', '../x', 'a/b', 'a b', 'é', 'x'.repeat(101), 'PATH', 'HOME', 'BASH_ENV', 'LD_PRELOAD', 'NODE_OPTIONS', 'PROMPT_COMMAND', 'COUNTERSIGN_KEY', 'A\n']) assert.ok(!isSealedName(name), name);
  });
});

describe('a layer of a key', () => {
  const [item, other] = [sealedDigest(ITEM), sealedDigest({ ...ITEM, name: 'X' })];

  it('opens for its own part and its own item', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 100 }), (secret) => secretIn(formatLayer('approver', item, secret), 'approver', item) === secret));
  });

  it('opens for no other', () => {
    assert.equal(secretIn(formatLayer('requester', item, 'x'), 'approver', item), undefined);
    assert.equal(secretIn(formatLayer('approver', other, 'x'), 'approver', item), undefined);
    for (const text of [` ${formatLayer('approver', item, 'x')}`, canonicalText({ v: 1, for: 'approver', item, secret: 'x', more: 1 }), canonicalText({ v: 2, for: 'approver', item, secret: 'x' }), '']) assert.equal(secretIn(text, 'approver', item), undefined);
    fc.assert(fc.property(fc.string(), (rubbish) => secretIn(rubbish, 'approver', item) === undefined));
  });
});

describe('a release', () => {
  const record: EventRecord = { v: 1, event: 'release', request: `sha256:${HEX}`, by: 'ben@payments.example', at: 1_700_000_100, keys: [{ item: `sha256:${HEX}`, key: 'a2V5' }] };

  it('is read back as it was written, and in no other spelling', () => {
    assert.deepEqual(parseRecord(formatRecord(record, Buffer.from('x'))).record, record);
    for (const keys of [[], [{ item: HEX, key: 'a2V5' }], [{ item: `sha256:${HEX}`, key: 'QR' }], [{ item: `sha256:${HEX}`, key: '' }], Array.from({ length: 21 }, () => record.keys[0])]) {
      assert.throws(() => parseRecord(formatRecord({ ...record, keys } as EventRecord, Buffer.from('x'))), { code: 'request' });
    }
  });

  it('counts when it holds every item and its giver approved', () => {
    const sealed = { recipient: ANA, items: [{ name: 'A', environment: 'production', kind: 'variable', sha256: HEX }, { name: 'B', environment: 'production', kind: 'variable', sha256: 'b'.repeat(64) }] } as const;
    const all = [`sha256:${HEX}`, `sha256:${'b'.repeat(64)}`].map((item) => ({ item, key: 'x' }));
    const given = (person: string, keys: readonly { item: string; key: string }[]) => releasesOf([{ person, keys: [...keys] }], { ...sealed, items: [...sealed.items] }, ['Ben']).length;
    assert.deepEqual([given('Ben', all), given('Cleo', all), given('Ben', all.slice(1)), given('Ben', [])], [1, 0, 0, 0]);
  });
});

describe('an operation with sealed items', () => {
  const bare: Operation = { kind: 'command', label: null, script: 'x', shell: '/bin/sh', directory: '.', environment: {}, inputs: [], repository: 'r', commit: 'c'.repeat(40), worktree: 'd'.repeat(40), targets: [] };
  const item = { name: 'A', environment: 'production', kind: 'variable', sha256: HEX } as const;
  const given: Operation = { ...bare, sealed: { recipient: ANA, items: [item] } };

  it('is another one with another item or another run, and none that a job could do', () => {
    const others = [bare, { ...given, sealed: { recipient: BEN, items: [item] } }, { ...given, sealed: { recipient: ANA, items: [{ ...item, sha256: 'b'.repeat(64) }] } }];
    for (const other of others) {
      assert.notEqual(operationDigest(other), operationDigest(given));
      assert.deepEqual(changedParts(given, other).map((part) => spoken(part)), ['the sealed items']);
    }
    assert.deepEqual(jobDifferences(given, bare), ['what it would be given']);
    assert.deepEqual(jobDifferences(bare, bare), []);
  });
});

describe('recipients in the policy', () => {
  const problems = (recipients: string) => policyProblems(`version: 1\nrecipients: ${recipients}\n`).map(({ problem }) => problem);

  it('are age’s, and each of them one person’s', () => {
    assert.deepEqual(problems(`{ ana: ${ANA}, ben: ${BEN} }`), []);
    assert.match(problems(`{ ana: ${ANA}, ben: ${ANA} }`).join(), /two people cannot have one recipient/);
    for (const wrong of ['age1x', `${ANA}q`, ANA.toUpperCase(), 'ssh-ed25519 AAAA', `AGE-SECRET-KEY-1${'Q'.repeat(58)}`]) assert.match(problems(`{ ana: "${wrong}" }`).join(), /must be what "countersign seal --recipient" prints/, wrong);
  });
});
