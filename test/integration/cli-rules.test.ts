import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createTeam, environmentOf, git, type Person, type Team } from '../demo/team.js';
import { repositoryRoot } from '../harness/paths.js';

const countersign = (person: Person, args: readonly string[], input = '') => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(repositoryRoot(), 'out', 'cli.js'), ...args], { cwd: person.clone, env: environmentOf(person), encoding: 'utf8', timeout: 120_000, input });
  return { code: status, out: stdout, err: stderr };
};

describe('countersign rules', () => {
  let team: Team;
  beforeEach(() => (team = createTeam()));
  afterEach(() => team.dispose());
  const file = (name: string) => path.join(team.ana.clone, '.countersign', name);

  it('says which rules are in force, proposes others, and follows them once they are approved and there', () => {
    const first = countersign(team.ana, ['rules', 'status']);
    assert.equal(first.code, 0, first.err);
    assert.match(first.out, /^The rules of origin\/main are in force: (\w{4}-){5}\w{4}\n {2}since .* by first contact.*\n {2}2 people on the roster: ana@payments\.example, ben@payments\.example\n {2}Nobody vouched/);
    const fingerprint = (person: Person) => (JSON.parse(countersign(person, ['rules', 'status', '--json']).out) as { pinned: { fingerprint: string } }).pinned.fingerprint;
    assert.equal(fingerprint(team.ana), fingerprint(team.ben));
    assert.match(countersign(team.ana, ['rules', 'propose']).err, /nothing to propose/);
    writeFileSync(file('policy.yaml'), 'version: nine\n');
    assert.match(countersign(team.ana, ['rules', 'propose']).err, /^Line 1 of \.countersign\/policy\.yaml/);
    writeFileSync(file('policy.yaml'), 'version: 1\nenvironments:\n  production: { approvals: 1, expires: 5m }\n');
    const proposed = countersign(team.ana, ['rules', 'propose', '--reason', 'quicker']);
    assert.equal(proposed.code, 0, proposed.err);
    const [, request = ''] = /^Request ([0-9a-f]{8}) waits for 1 signature/.exec(proposed.err) ?? [];
    assert.match(countersign(team.ben, ['review', request]).out, /^ {2}\+ {3}production: \{ approvals: 1, expires: 5m \}$/m);
    git(team.ana, team.ana.clone, 'commit', '--quiet', '-am', 'Quicker');
    git(team.ana, team.ana.clone, 'push', '--quiet', 'origin', 'main');
    const pending = countersign(team.ben, ['rules', 'status']);
    assert.equal(pending.code, 3);
    assert.match(pending.out, /nobody approved the change/);
    assert.equal(countersign(team.ben, ['approve', '--yes', request]).code, 0);
    for (const person of [team.ana, team.ben]) assert.match(countersign(person, ['rules', 'status']).out, /by approved.*\n.*\n {2}before: /);
    assert.equal(fingerprint(team.ana), fingerprint(team.ben));
    const settled = countersign(team.ben, ['review', request]).out;
    assert.match(settled, /^ {2}Note +these are the rules in force here$/m);
    assert.doesNotMatch(settled, /Attention|Ask again/);
  });

  it('takes rules over by hand from nobody who did not type it', () => {
    assert.match(countersign(team.ana, ['rules', 'accept']).out, /nothing to accept/);
    writeFileSync(path.join(team.ben.clone, '.countersign', 'policy.yaml'), 'version: 1\nenvironments:\n  production: { approvals: 0 }\n');
    git(team.ben, team.ben.clone, 'commit', '--quiet', '-am', 'No approvals');
    git(team.ben, team.ben.clone, 'push', '--quiet', 'origin', 'main');
    const refused = countersign(team.ana, ['rules', 'accept'], 'yes\n');
    assert.equal(refused.code, 4);
    assert.match(refused.err, /without the approval of those in charge[^]*needs fewer approvals[^]*was not typed/);
    assert.match(countersign(team.ana, ['rules', 'status']).out, /nobody approved the change/);
  });

  it('imports keys from a file or standard input, shown as a difference first', () => {
    const key = path.join(team.ana.home, 'carl');
    execFileSync('ssh-keygen', ['-q', '-t', 'ecdsa', '-N', '', '-C', 'carl', '-f', key]);
    const before = readFileSync(file('allowed_signers'), 'utf8');
    assert.match(countersign(team.ana, ['rules', 'import', `${key}.pub`]).err, /not said whose keys/);
    const shown = countersign(team.ana, ['rules', 'import', '--as', 'carl@payments.example', `${key}.pub`]);
    assert.equal(shown.code, 4, 'nobody said yes');
    assert.match(shown.err, /^ {2}\+ carl@payments\.example namespaces=/m);
    assert.equal(readFileSync(file('allowed_signers'), 'utf8'), before);
    const text = readFileSync(`${key}.pub`, 'utf8');
    assert.equal(countersign(team.ana, ['rules', 'import', '--yes', '--as', 'carl@payments.example', '-'], text).code, 0);
    const after = readFileSync(file('allowed_signers'), 'utf8');
    assert.ok(after.startsWith(before) && after.includes('carl@payments.example'));
    assert.match(countersign(team.ana, ['rules', 'import', '--yes', '--as', 'carl@payments.example', `${key}.pub`]).out, /on the roster already/);
    assert.match(countersign(team.ana, ['rules', 'import', '--yes', '--as', 'carl@payments.example', key]).err, /neither a public key|Line/, 'the private half');
    assert.equal(countersign(team.ana, ['rules']).code, 2);
    assert.equal(countersign(team.ana, ['rules', 'abolish']).code, 2);
  });
});
