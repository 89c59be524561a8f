import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { CountersignError } from '../../../../src/core/errors.js';
import { parsePublicKeyBlob, publicKeyLine } from '../../../../src/core/approval/public-key.js';
import { authorise, emptyRoster, formatRosterLine, parseRoster, People } from '../../../../src/core/approval/roster.js';
import { ecPair, ed25519Pair, emulate, NAMESPACE, stockVerify, temporaryDirectory } from './ssh-fixtures.js';

const refused = { name: 'CountersignError', code: 'roster' };
const keys = [ed25519Pair().blob, ecPair('ecdsa-sha2-nistp521', 'nistp521').blob, emulate({ kind: 'sk-ecdsa' }).blob].map(parsePublicKeyBlob);
const [alice, bob, carol] = keys as [(typeof keys)[number], (typeof keys)[number], (typeof keys)[number]];
const A = publicKeyLine(alice);
const B = publicKeyLine(bob);
const C = publicKeyLine(carol);

describe('roster', () => {
  const directory = temporaryDirectory();

  it('reads the format of ssh-keygen', () => {
    const text = [
      '# The team',
      '',
      `alice@example.com ${A} Alice's laptop, "home`,
      `\t"bob@example.com,bob"  namespaces="git,${NAMESPACE}",Valid-After="20260101Z",valid-before="202701312359Z"\t${B}\r`,
      `carol@example.com valid-before="20270131235958Z" ${C}`,
    ].join('\n');
    const roster = parseRoster(text);
    assert.deepEqual(
      roster.entries.map(({ principals, key, namespaces, validAfter, validBefore, line }) => [principals, key.blob, namespaces, validAfter, validBefore, line]),
      [
        [['alice@example.com'], alice.blob, undefined, undefined, undefined, 3],
        [['bob@example.com', 'bob'], bob.blob, ['git', NAMESPACE], Date.UTC(2026, 0, 1) / 1000, Date.UTC(2027, 0, 31, 23, 59) / 1000, 4],
        [['carol@example.com'], carol.blob, undefined, undefined, Date.UTC(2027, 0, 31, 23, 59, 58) / 1000, 5],
      ],
    );
    assert.equal(roster.sha256, createHash('sha256').update(text).digest('hex'));
    assert.deepEqual(emptyRoster().entries, []);
  });

  const bad: Readonly<Record<string, string>> = {
    wildcard: `* ${A}`,
    'partial wildcard': `*@example.com ${A}`,
    'single wildcard': `a?ice ${A}`,
    negation: `alice,!bob ${A}`,
    'certificate authority': `alice cert-authority ${A}`,
    'certificate authority in capitals': `alice CERT-AUTHORITY,namespaces="git" ${A}`,
    'unknown option': `alice no-touch-required ${A}`,
    'unknown option with value': `alice from="10.0.0.1" ${A}`,
    'option twice': `alice namespaces="git",NAMESPACES="file" ${A}`,
    'option without quotes': `alice namespaces=git ${A}`,
    'option without value': `alice namespaces ${A}`,
    'option with a comma at its end': `alice namespaces="git", ${A}`,
    'options joined by a blank': `alice namespaces="git" valid-before="20270101Z" ${A}`,
    'namespace pattern': `alice namespaces="*" ${A}`,
    'namespace negation': `alice namespaces="!git" ${A}`,
    'empty namespace': `alice namespaces="" ${A}`,
    'escaped quote': String.raw`alice namespaces="git\"" ${A}`,
    'missing quote': `alice namespaces="git ${A}`,
    'local time': `alice valid-before="20270131" ${A}`,
    'not a day': `alice valid-before="20270230Z" ${A}`,
    'not an hour': `alice valid-before="202701312400Z" ${A}`,
    'not a time': `alice valid-before="always" ${A}`,
    'time zero, which ssh-keygen takes for none': `alice valid-before="19700101Z" ${A}`,
    'end before start': `alice valid-after="20270101Z",valid-before="20270101Z" ${A}`,
    'no key': 'alice',
    'no principal': A,
    'empty principal': `alice,,bob ${A}`,
    'empty quoted principal': `"" ${A}`,
    'blank in principal': `"alice smith" ${A}`,
    'quote inside principal': `al"ic"e ${A}`,
    'Cyrillic look-alike': `\u0430lice@example.com ${A}`,
    'zero-width space': `ali\u200bce@example.com ${A}`,
    'bidi override in a comment': `# \u202e ecila`,
    'control character in a comment': `alice ${A} \x1b[2K`,
    'carriage return inside': `alice ${A}\rbob ${B}`,
    'line separator': `# note\u2028bob ${B}`,
    'replacement character': `# \ufffd`,
    'byte order mark': `\ufeffalice ${A}`,
    'RSA below 2048': `alice ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAAQ==`,
    'type of another key': `alice ${B.replace('nistp521', 'nistp256')}`,
    'base64 with stray bits': `alice ${A.slice(0, -1)}`,
    'dsa': 'alice ssh-dss AAAAB3NzaC1kc3M=',
    'capitals that differ': `alice ${A}\nAlice ${B}`,
  };
  for (const [name, text] of Object.entries(bad)) it(`refuses: ${name}`, () => assert.throws(() => parseRoster(text), refused));

  it('names the line, and the way out', () => {
    assert.throws(() => parseRoster(`alice ${A}\n\nbob valid-before="20270131" ${B}`), { message: /^Line 3 .*20270131Z/ });
    assert.throws(() => parseRoster(`\ufeffalice ${A}`), { message: /byte order mark/ });
    assert.throws(() => parseRoster(`alice cert-authority ${A}`), { message: /Certificate authorities/ });
    assert.throws(() => parseRoster(`alice namespaces="git ${A}`), { message: /quotation mark is missing/ });
  });

  it('agrees with stock ssh-keygen on who may sign', () => {
    const { blob, raw } = emulate({ kind: 'sk-ed25519' });
    const key = parsePublicKeyBlob(blob);
    const now = Math.floor(Date.now() / 1000);
    for (const options of ['', `namespaces="git,${NAMESPACE}" `, 'namespaces="git" ', 'valid-before="20200101Z" ', 'valid-after="20200101Z" ', 'valid-after="29990101Z" ']) {
      const text = `alice,a.smith ${options}${publicKeyLine(key)} her key\n`;
      const ours = (): unknown => authorise(parseRoster(text), key, NAMESPACE, now);
      if (stockVerify(directory, text, 'a.smith', raw)) assert.doesNotThrow(ours, options);
      else assert.throws(ours, refused, options);
    }
  });

  it('authorises a key, or says precisely why not', () => {
    const start = Date.UTC(2026, 0, 1) / 1000;
    const end = Date.UTC(2027, 0, 1) / 1000;
    const roster = parseRoster(`alice namespaces="x" ${A}\nalice.old valid-before="20260101Z" ${A}\nbob namespaces="x",valid-after="20260101Z",valid-before="20270101Z" ${B}`);
    const attempt = (key: typeof alice, namespace: string, at: number) => () => authorise(roster, key, namespace, at);
    assert.equal(attempt(alice, 'x', end)().principal, 'alice');
    assert.equal(attempt(alice, 'y', start)().entry.line, 2);
    for (const at of [start, end]) assert.equal(attempt(bob, 'x', at)().principal, 'bob');
    assert.throws(attempt(bob, 'x', start - 1), { ...refused, message: /bob .*not valid before 2026-01-01/ });
    assert.throws(attempt(bob, 'x', end + 1), { ...refused, message: /bob .*expired at 2027-01-01.*line 3/ });
    assert.throws(attempt(bob, 'y', start), { ...refused, message: /may not sign for "y"/ });
    assert.throws(attempt(alice, 'y', end), { ...refused, message: /expired/ });
    assert.throws(attempt(carol, 'x', start), { ...refused, message: /not on the list/ });
    // A time that is no number is never in time.
    for (const limit of ['valid-after="20260101Z"', 'valid-before="20270101Z"']) {
      assert.throws(() => authorise(parseRoster(`bob ${limit} ${B}`), bob, 'x', Number.NaN), refused);
    }
  });

  it('reads back what it writes', () => {
    const name = fc.stringMatching(/^[a-z0-9_][a-zA-Z0-9_.+%=@'-]{0,20}$/);
    const namespace = fc.stringMatching(/^[a-z][a-z0-9@.-]{0,20}$/);
    const comment = fc.string({ unit: fc.constantFrom('a', ' ', '"', "'", '#', ',', '=', '*', 'é', '漢') });
    fc.assert(
      fc.property(name, fc.constantFrom(...keys), fc.array(namespace, { minLength: 1, maxLength: 4 }), comment, (principal, key, namespaces, said) => {
        const [entry, ...others] = parseRoster(`${formatRosterLine({ principal, key, namespaces, comment: said })}\n`).entries;
        assert.deepEqual([entry?.principals, entry?.key.blob, entry?.namespaces, others], [[principal], key.blob, namespaces, []]);
      }),
    );
    const write = (change: object) => () => formatRosterLine({ principal: 'alice', key: alice, namespaces: ['x'], ...change });
    for (const change of [{ principal: '*' }, { principal: 'a b' }, { principal: '#a' }, { namespaces: [] }, { namespaces: ['*'] }, { comment: `x\nbob ${B}` }]) {
      assert.throws(write(change), refused);
    }
  });

  it('answers random text with nothing but its own error', () => {
    const piece = fc.oneof(fc.constantFrom(A, B, 'alice', ' ', '\t', '"', ',', '=', '\n', 'namespaces="x"', 'valid-before="20270101Z"', '#', '\\'), fc.string({ unit: 'binary', maxLength: 5 }));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        try {
          parseRoster(pieces.join(''));
        } catch (error) {
          assert.ok(error instanceof CountersignError && error.code === 'roster');
        }
      }),
      { numRuns: 500 },
    );
  });

  it('reads a large roster quickly and hostile lines in linear time', () => {
    const lines = Array.from({ length: 500 }, (_, index) => `user${index}@example.com namespaces="x" ${index % 2 ? A : B}`);
    parseRoster(lines.join('\n'));
    const started = performance.now();
    assert.equal(parseRoster(lines.join('\n')).entries.length, 500);
    for (const hostile of [`${'a,'.repeat(200_000)}a ${A}`, `a ${'namespaces="x",'.repeat(50_000)} ${A}`, `a ${A}${' '.repeat(500_000)}x`, '"'.repeat(500_001), `a ${'-'.repeat(500_000)} ${A}`]) {
      try {
        parseRoster(hostile);
      } catch (error) {
        assert.ok(error instanceof CountersignError);
      }
    }
    assert.ok(performance.now() - started < 1_500);
  });
});

describe('people', () => {
  const people = (text: string, map: Readonly<Record<string, readonly string[]>> = {}): People => new People(parseRoster(text), new Map(Object.entries(map)));

  it('counts persons, not keys or names', () => {
    const found = people(`alice@example.com,alice ${A}\nalice@home.example ${A}\nbob@example.com ${B}\nalice@example.com ${C}`);
    assert.deepEqual(found.all(), ['alice@example.com', 'bob@example.com']);
    for (const name of ['alice', 'alice@home.example', 'ALICE@example.com']) assert.equal(found.personOf(name), 'alice@example.com');
    assert.deepEqual(found.principalsOf('alice@example.com'), ['alice@example.com', 'alice', 'alice@home.example']);
    assert.equal(found.personOf('mallory'), undefined);
    assert.deepEqual(found.principalsOf('mallory'), []);
  });

  it('joins by the policy and shows its names', () => {
    const found = people(`a1 ${A}\na2 ${B}\nc ${C}`, { Alice: ['a1', 'a2'], Nobody: ['x'] });
    assert.deepEqual(found.all(), ['Alice', 'c']);
    assert.deepEqual(found.principalsOf('Alice'), ['a1', 'a2']);
    assert.equal(found.personOf('x'), 'Nobody');
  });

  it('never lets one human be two persons', () => {
    // two names of the policy that share a key, a name that is somebody's principal, and another case of it
    assert.deepEqual(people(`a ${A}\nb ${A}`, { Alice: ['a'], Bob: ['b'] }).all(), ['Alice']);
    assert.deepEqual(people(`a ${A}\nb ${B}`, { b: ['a'] }).all(), ['b']);
    assert.deepEqual(people(`a ${A}\nb ${B}`, { Alice: ['A', 'B'] }).all(), ['Alice']);
  });

  it('joins however long the chain', () => {
    const names = Array.from({ length: 50 }, (_, index) => `n${index}`);
    const map = Object.fromEntries(names.slice(1).map((name, index) => [`p${index}`, [name, names[index] ?? '']]));
    assert.equal(people(`n0 ${A}\nn49 ${B}`, map).all().length, 1);
  });
});
