import assert from 'node:assert/strict';
import fc from 'fast-check';
import { rosterWith } from '../../../../src/core/approval/key-list.js';
import { parsePublicKeyLine } from '../../../../src/core/approval/public-key.js';
import { accountOf, hostingOf, teammatesIn } from '../../../../src/core/approval/teammates.js';
import { keyListUrl } from '../../../../src/world/key-lists.js';

const log = (...authors: readonly (readonly [name: string, email: string])[]): string => authors.map((author) => author.join('\0')).join('\n');
const emails = (text: string, known: readonly string[] = []): readonly string[] => teammatesIn(text, known).map(({ email }) => email);

const ana = ['Ana', 'ana@example.com'] as const;
const ben = ['Ben', 'ben@example.com'] as const;
const cleo = ['Cleo', '7+cleo@users.noreply.github.com'] as const;

describe('the people of a history', () => {
  it('stand in it with most commits first, then the latest', () => {
    assert.deepEqual(teammatesIn(log(cleo, ana, ben, ana), []), [
      { name: 'Ana', email: 'ana@example.com', commits: 2 },
      { name: 'Cleo', email: '7+cleo@users.noreply.github.com', commits: 1 },
      { name: 'Ben', email: 'ben@example.com', commits: 1 },
    ]);
  });

  it('are one for each address, called as they are now', () => {
    assert.deepEqual(teammatesIn(log(['Ben Neu', 'Ben@Example.com'], ben), []), [{ name: 'Ben Neu', email: 'Ben@Example.com', commits: 2 }]);
  });

  it('are not whoever is known already, by name or address', () => {
    assert.deepEqual(emails(log(ana, ['ana', 'ana@home.example'], ben, cleo), ['Ana', 'ANA@example.com', 'ben@EXAMPLE.com']), ['7+cleo@users.noreply.github.com']);
  });

  it('are thirty at most', () => {
    assert.equal(teammatesIn(log(...Array.from({ length: 99 }, (_, index) => ['P', `p${index}@example.com`] as const)), []).length, 30);
  });

  const nobody: readonly (readonly [what: string, name: string, email: string])[] = [
    ['a GitHub app', 'dependabot[bot]', '49699333+dependabot[bot]@users.noreply.github.com'],
    ['a bot by its name', 'renovate-bot', 'team@example.com'],
    ['a bot by its address', 'Release', 'release-bot@example.com'],
    ['a bot without a sign of being one', 'Dependabot', 'support@example.com'],
    ['a job of a pipeline', 'GitHub Actions', 'actions@example.com'],
    ['the hosting service itself', 'GitHub', 'noreply@github.com'],
    ['an address without mail', 'Dora', 'no-reply@example.com'],
    ['another one', 'Dora', 'do-not-reply@example.com'],
    ['a private address of a service that lists no keys', 'Dora', 'dora@users.noreply.example.com'],
    ['an address that is none', 'Dora', 'dora'],
    ['no address', 'Dora', ''],
    ['a pattern', 'Dora', '*@example.com'],
    ['an address with a blank', 'Dora', 'dora @example.com'],
    ['two addresses', 'Dora', 'dora@example.com,ana@example.com'],
    ['an address that looks like another', 'Dora', 'd\u043era@example.com'],
    ['an address that turns round', 'Dora', '\u202edora@example.com'],
  ];
  for (const [what, name, email] of nobody) it(`are not ${what}`, () => assert.deepEqual(emails(log([name, email], ben)), ['ben@example.com']));

  const somebody: readonly (readonly [name: string, email: string])[] = [
    ['Ann Abbot', 'ann.abbot@example.com'],
    ['Jan Bot', 'jan@example.com'],
    ['Dora', '12-dora@users.noreply.gitlab.com'],
    ['', 'nameless@example.com'],
    ['Rep Ly', 'arnoreply@example.com'],
  ];
  for (const [name, email] of somebody) it(`are ${email} too`, () => assert.deepEqual(emails(log([name, email])), [email]));

  it('can all stand on a roster, whatever the history holds', () => {
    const { key } = parsePublicKeyLine(`ssh-ed25519 ${Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from('ssh-ed25519'), Buffer.from([0, 0, 0, 32]), Buffer.alloc(32, 7)]).toString('base64')}`);
    const address = fc.oneof(fc.emailAddress(), fc.tuple(fc.string({ unit: 'binary' }), fc.string()).map((parts) => parts.join('@')));
    const lines = fc.array(fc.oneof(fc.string(), fc.tuple(fc.string({ unit: 'binary' }), address).map((author) => author.join('\0'))));
    fc.assert(fc.property(lines, fc.array(address), (commits, known) => {
      const found = teammatesIn(commits.join('\n'), known);
      assert.ok(found.reduce((sum, { commits: count }) => sum + count, 0) <= commits.join('\n').split('\n').length);
      for (const [index, { email, commits: count }] of found.entries()) {
        assert.ok(count <= (found[index - 1]?.commits ?? Infinity));
        assert.ok(!known.some((text) => text.toLowerCase() === email.toLowerCase()));
        assert.match(rosterWith('', [{ principal: email, key }]), /ssh-ed25519/);
      }
    }));
  });
});

describe('where a remote is hosted', () => {
  const urls: readonly (readonly [url: string, expected: string | undefined])[] = [
    ['https://github.com/acme/payments.git', 'github acme'],
    ['https://someone:secret@github.com/acme/payments', 'github acme'],
    ['git@github.com:acme/payments.git', 'github acme'],
    ['github.com:acme/payments.git', 'github acme'],
    ['ssh://git@ssh.github.com:443/acme/payments.git', 'github acme'],
    ['git@gitlab.com:acme/team/payments.git', 'gitlab acme'],
    ['https://GitLab.com/acme/payments', 'gitlab acme'],
    ['https://github.com.evil.example/acme/payments', undefined],
    ['https://evil.example/github.com/acme', undefined],
    ['https://github.com@evil.example/acme/payments', undefined],
    ['https://github.com', undefined],
    ['git@github.com:../acme', undefined],
    ['https://git.example.com/acme/payments', undefined],
    ['/srv/git/github.com:acme/payments.git', undefined],
    ['../payments.git', undefined],
    ['https://[', undefined],
    ['', undefined],
  ];
  for (const [url, expected] of urls) {
    it(`is ${expected ?? 'not known'} for ${url === '' ? 'none' : url}`, () => {
      const hosting = hostingOf(url);
      assert.equal(hosting && `${hosting.service} ${hosting.owner}`, expected);
    });
  }
});

describe('the account behind an address', () => {
  const accounts: readonly (readonly [email: string, remote: string, expected: string | undefined])[] = [
    ['7+cleo@users.noreply.github.com', '', 'github:cleo'],
    ['cleo@users.noreply.github.com', '', 'github:cleo'],
    ['7-cleo@users.noreply.gitlab.com', '', 'gitlab:cleo'],
    ['7-cleo-b@users.noreply.gitlab.com', 'git@github.com:acme/payments', 'gitlab:cleo-b'],
    ['cleo@example.com', 'git@github.com:Cleo/payments', 'github:Cleo'],
    ['cleo@example.com', 'git@gitlab.com:cleo/payments', 'gitlab:cleo'],
    ['cleo@example.com', 'git@github.com:acme/payments', undefined],
    ['cleo@example.com', 'git@git.example.com:cleo/payments', undefined],
    ['cleo@example.com', '', undefined],
    ['cleo@users.noreply.github.com.evil.example', '', undefined],
    ['7+../x@users.noreply.github.com', '', undefined],
    ['7+-@users.noreply.github.com', '', undefined],
  ];
  for (const [email, remote, expected] of accounts) it(`of ${email} with ${remote === '' ? 'no remote' : remote} is ${expected ?? 'not known'}`, () => assert.equal(accountOf(email, hostingOf(remote)), expected));

  it('is one that keys can be fetched from, whatever the address and the remote', () => {
    const user = fc.string({ maxLength: 12 });
    const email = fc.tuple(user, fc.constantFrom('users.noreply.github.com', 'users.noreply.gitlab.com', 'example.com')).map((parts) => parts.join('@'));
    const numbered = fc.tuple(fc.nat(), fc.constantFrom('+', '-'), email).map((parts) => parts.join(''));
    const remote = fc.tuple(fc.constantFrom('https://github.com/', 'git@gitlab.com:', ''), user).map((parts) => parts.join(''));
    fc.assert(fc.property(fc.oneof(email, numbered), remote, (address, url) => {
      const account = accountOf(address, hostingOf(url));
      if (account !== undefined) assert.match(keyListUrl(account)?.href ?? '', /^https:\/\/git(hub|lab)\.com\/[^/]+\.keys$/);
    }));
  });
});
