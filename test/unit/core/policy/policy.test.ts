import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Assessment, Effect, Reversible } from '../../../../src/core/assess/assessment.js';
import { decide, strictest, type Action, type ActorKind } from '../../../../src/core/policy/decide.js';
import { defaultPolicy, environmentsUnder, guardedEnvironment, parsePolicy } from '../../../../src/core/policy/policy.js';
import { environmentsOf } from '../../../../src/core/targets/environments.js';
import { describeFreeze, freezeOf } from '../../../../src/core/policy/freeze.js';
import { describeQuorum, isMet, quorumFor } from '../../../../src/core/policy/quorum.js';
import { sentence, spoken } from '../../../../src/core/say.js';

const assessment = (effect: Effect, reversible: Reversible, environment: string | undefined, kind = 'kubernetes context'): Assessment => ({
  effect,
  reversible,
  findings: [],
  inputs: [],
  steps: [],
  targets: environment === undefined ? [] : [{ environment, kind, name: 'x', evidence: sentence('a test says so') }],
});

describe('the default policy', () => {
  const rows: [environment: string | undefined, effect: Effect, reversible: Reversible, person: Action, agent: Action][] = [
    ['production', 'read', 'yes', 'allow', 'allow'],
    ['production', 'write', 'yes', 'approve', 'approve'],
    ['production', 'destroy', 'yes', 'approve', 'approve'],
    ['production', 'destroy', 'no', 'approve', 'approve'],
    ['production', 'unknown', 'no', 'approve', 'approve'],
    ['shared', 'read', 'yes', 'allow', 'allow'],
    ['shared', 'write', 'yes', 'allow', 'allow'],
    ['shared', 'destroy', 'with-effort', 'warn', 'confirm'],
    ['shared', 'destroy', 'no', 'confirm', 'confirm'],
    ['shared', 'unknown', 'no', 'allow', 'allow'],
    ['staging', 'destroy', 'no', 'confirm', 'confirm'],
    [undefined, 'write', 'yes', 'allow', 'allow'],
    [undefined, 'destroy', 'yes', 'allow', 'warn'],
    [undefined, 'destroy', 'no', 'warn', 'confirm'],
    [undefined, 'unknown', 'no', 'allow', 'allow'],
  ];
  for (const [environment, effect, reversible, person, agent] of rows) {
    for (const [actor, action] of [['person', person], ['agent', agent]] as [ActorKind, Action][]) {
      it(`${effect} (${reversible}) in ${environment ?? 'local'} by ${actor}: ${action}`, () => {
        assert.equal(decide(assessment(effect, reversible, environment), actor, defaultPolicy()).action, action);
      });
    }
  }

  it('holds a task that is called production even when it only reads', () => {
    assert.equal(decide(assessment('read', 'yes', 'production', 'task label'), 'person', defaultPolicy()).action, 'approve');
  });
});

describe('a second policy', () => {
  const loose = parsePolicy('version: 1\nenvironments:\n  production: { approvals: 0 }\n');
  const strict = parsePolicy('version: 1\nenvironments:\n  production: { approvals: 2, expires: 5m, approvers: [sre, dba] }\n');

  it('may only tighten the verdict', () => {
    const verdicts = [defaultPolicy(), loose].map((policy) => decide(assessment('write', 'yes', 'production'), 'person', policy));
    assert.deepEqual(verdicts.map((verdict) => verdict.action), ['approve', 'allow']);
    assert.equal(strictest(verdicts).action, 'approve');
    assert.equal(strictest([...verdicts].reverse()).action, 'approve');
  });

  it('may only tighten the quorum', () => {
    const targets = [{ environment: 'production' }];
    const mine = { count: 1, of: undefined };
    const two = { count: 2, of: ['sre', 'dba'] };
    assert.deepEqual(quorumFor(targets, [defaultPolicy(), strict]), { requirements: [[mine], [two]], presence: 'none', lifetime: 300 });
    assert.deepEqual(quorumFor(targets, [strict, defaultPolicy(), loose]), { requirements: [[two], [mine]], presence: 'none', lifetime: 300 });
    const touched = parsePolicy('version: 1\nenvironments:\n  production: { approvals: 2, approvers: [sre, dba], presence: touch }\n');
    assert.deepEqual(quorumFor(targets, [strict, touched]), { requirements: [[two]], presence: 'touch', lifetime: 300 });
  });
});

describe('a quorum', () => {
  const groups: Readonly<Record<string, readonly string[]>> = { sre: ['ana', 'ben', 'cleo'], dba: ['cleo', 'dora'] };
  const met = (approvals: string, persons: readonly string[]) => {
    const policy = parsePolicy(`version: 1\nenvironments:\n  production: { approvals: ${approvals} }\n`);
    return isMet(quorumFor([{ environment: 'production' }], [policy]), persons, (person, { of }) => of === undefined || of.some((name) => groups[name]?.includes(person) ?? name === person));
  };
  const cases: readonly [approvals: string, persons: readonly string[], enough: boolean][] = [
    ['1', [], false],
    ['1', ['zoe'], true],
    ['2', ['ana'], false],
    ['2', ['ana', 'ana'], false],
    ['["2 of sre", "1 of dba"]', ['ana', 'ben', 'dora'], true],
    ['["2 of sre", "1 of dba"]', ['ana', 'ben', 'cleo'], true],
    ['["2 of sre", "1 of dba"]', ['ana', 'cleo', 'dora'], true],
    ['["2 of sre", "1 of dba"]', ['ana', 'cleo'], false],
    ['["2 of sre", "1 of dba"]', ['ana', 'ben'], false],
    ['["1 of dba", "2 of sre"]', ['cleo', 'ana', 'ben'], true],
    ['["2 of dba"]', ['cleo', 'ana', 'ben'], false],
    ['["1 of dora", "1 of sre"]', ['dora', 'zoe'], false],
    ['["1 of dora", "1 of sre"]', ['dora', 'ben'], true],
  ];
  for (const [approvals, persons, enough] of cases) it(`of ${approvals} is ${enough ? '' : 'not '}met by ${persons.join(', ') || 'nobody'}`, () => assert.equal(met(approvals, persons), enough));

  it('does not depend on the order in which people sign, and more people never make it fail', () => {
    const people = fc.uniqueArray(fc.constantFrom('ana', 'ben', 'cleo', 'dora', 'zoe'));
    const asked = fc.constantFrom('1', '3', '["2 of sre", "1 of dba"]', '["1 of dba", "1 of cleo"]', '["1 of sre", "1 of dba", "1 of zoe"]');
    fc.assert(fc.property(asked, people, people, (approvals, persons, more) => {
      assert.equal(met(approvals, persons), met(approvals, [...persons].reverse()));
      if (met(approvals, persons)) assert.ok(met(approvals, [...persons, ...more]));
    }));
  });

  it('is said in words', () => {
    const said = (environment: string) => describeQuorum(quorumFor([{ environment: 'production' }], [parsePolicy(`version: 1\nenvironments:\n  production: ${environment}\n`)]));
    assert.equal(said('{}'), '1 signature');
    assert.equal(said('{ approvals: 2 }'), '2 signatures');
    assert.equal(said('{ approvals: ["2 of sre", "1 of dba"], presence: pin }'), '2 of sre and 1 of dba, each with a security key and its PIN');
  });
});

describe('a freeze', () => {
  const policy = parsePolicy('version: 1\nenvironments:\n  production:\n    freeze:\n      - { from: 2026-12-24, until: 2027-01-02T08:00Z, reason: Holidays }\n');
  const at = (time: string, environment = 'production') => freezeOf([{ environment }], [policy], Date.parse(time) / 1000);

  it('holds from its first second to its last, for its environment', () => {
    assert.equal(at('2026-12-23T23:59:59Z'), undefined);
    assert.equal(at('2026-12-24T00:00:00Z')?.reason, 'Holidays');
    assert.ok(at('2027-01-02T07:59:59Z'));
    assert.equal(at('2027-01-02T08:00:00Z'), undefined);
    assert.equal(at('2026-12-25T00:00:00Z', 'staging'), undefined);
  });

  it('says until when and why', () => {
    const freeze = at('2026-12-25T00:00:00Z');
    assert.equal(freeze && spoken(describeFreeze(freeze)), 'Nothing changes here until 2027-01-02 08:00 UTC: Holidays. Ask again then.');
  });
});

describe('names', () => {
  const production = ['production', 'prod', 'deploy: production', 'prod-eu', 'PRD', 'deployProd', 'go live', 'npm: deploy:prod', 'production and staging', 'prod after pre-prod'];
  const other = ['product', 'reproduce', 'delivery', 'alive', 'staging', 'pre-prod', 'nonprod', 'preproduction', 'test', ''];
  for (const name of production) it(`“${name}” is production`, () => assert.equal(guardedEnvironment(defaultPolicy(), name)?.name, 'production'));
  for (const name of other) it(`“${name}” is not`, () => assert.equal(guardedEnvironment(defaultPolicy(), name), undefined));

  it('belong to the environments of all policies that have a say, the best protected ones first', () => {
    const one = parsePolicy('version: 1\nenvironments:\n  moonbase: { approvals: 1 }\n');
    const other = parsePolicy('version: 1\nenvironments:\n  staging: { match: [moonbase] }\n  mars: { approvals: 2 }\n');
    const under = environmentsOf(environmentsUnder([other, one]));
    assert.deepEqual(['moonbase', 'mars', 'earth'].map((name) => under.of(name)), ['moonbase', 'mars', undefined]);
    assert.equal(environmentsUnder([one]), one.environments);
  });

  it('may have letters that English does without', () => {
    const policy = parsePolicy('version: 1\nenvironments:\n  прод: { approvals: 1 }\n  produção: { approvals: 1 }\n');
    const cases: readonly (readonly [string, string | undefined])[] = [
      ['деплой-прод', 'прод'],
      ['ДеплойПрод', 'прод'],
      ['деплой', undefined],
      ['deploy-produção', 'produção'],
      ['deploy-produc\u0327a\u0303o', 'produção'],
      ['produto', undefined],
      ['—', undefined],
    ];
    for (const [name, environment] of cases) assert.equal(guardedEnvironment(policy, name)?.name, environment, name);
  });

  it('is guarded once something says who signs for it, and how', () => {
    const settings: readonly (readonly [string, number])[] = [['approvers: [sre]', 1], ['presence: touch', 1], ['expires: 1h', 1], ['match: [moon]', 0], ['approvals: 0, approvers: [sre]', 0], ['approvals: 2, expires: 1h', 2]];
    for (const [setting, approvals] of settings) assert.equal(parsePolicy(`version: 1\nenvironments:\n  moonbase: { ${setting} }\n`).environments.find(({ name }) => name === 'moonbase')?.approvals, approvals, setting);
  });

  it('knows an environment that says nothing about names by its own', () => {
    const policy = parsePolicy('version: 1\nenvironments:\n  prod-eu: { approvals: 2 }\n  moonbase: { approvals: 1 }\n');
    const cases: readonly (readonly [string, string | undefined])[] = [
      ['deploy: moonbase', 'moonbase'],
      ['gke_acme_prod-eu', 'prod-eu'],
      ['prod-us', 'production'],
      ['moonbases', undefined],
    ];
    for (const [name, environment] of cases) assert.equal(guardedEnvironment(policy, name)?.name, environment, name);
  });

  it('belong to the best protected environment of those that fit', () => {
    const policy = parsePolicy('version: 1\nenvironments:\n  a: { match: ["x*"] }\n  b: { match: ["x-y"], approvals: 1 }\n');
    assert.equal(guardedEnvironment(policy, 'x-y')?.name, 'b');
  });
});

describe('the policy file', () => {
  const broken: [text: string, line: number, problem: RegExp][] = [
    ['version: 2\n', 1, /version/],
    ['version: 1\nenvironment:\n  production: {}\n', 2, /"environment" is not a setting/],
    ['version: 1\nenvironments:\n  production:\n    approvals: many\n', 4, /approvals/],
    ['version: 1\nenvironments:\n  production:\n    expires: soon\n', 4, /minutes or hours/],
    ['version: 1\nenvironments:\n  production: {\n', 4, /./],
    ['version: 1\nversion: 1\n', 2, /unique/],
    ['version: 1\nenvironments:\n  Production: { approvals: 2 }\n', 3, /"Production" and "production" would be two environments/],
    ['version: 1\nenvironments:\n  eu: { approvals: 2 }\n  EU: { approvals: 1 }\n', 4, /"EU" and "eu" would be two environments/],
    ["version: 1\nenvironments:\n  production:\n    match: ['prod-*', '@(live|prd)']\n", 4, /one pattern for each/],
    ["version: 1\nenvironments:\n  production:\n    branches: ['release/+(a|b)']\n", 4, /one pattern for each/],
    ["version: 1\nenvironments:\n  production:\n    branches: ['!(dev)']\n", 4, /has a group in parentheses/],
    ["version: 1\nenvironments:\n  production:\n    match: ['?(pre)prod']\n", 4, /has a group in parentheses/],
    ["version: 1\nprotectedPaths:\n  - { paths: ['infra/@(a|b)/**'], edits: approve }\n", 3, /one pattern for each/],
    ['', 1, /./],
    ['- a\n- b\n', 1, /./],
    ['version: 1\npeople:\n  ana: ana@example.com\n', 3, /people\.ana/],
    ['version: 1\nenvironments:\n  production:\n    approvals: [two of sre]\n', 4, /"2 of sre"|approvals/],
    ['version: 1\nenvironments:\n  production:\n    approvals: ["6 of a", "5 of b"]\n', 4, /asks for 11 persons/],
    ['version: 1\nenvironments:\n  production:\n    approvals: ["1 of a"]\n    approvers: [b]\n', 5, /no meaning/],
    ['version: 1\nenvironments:\n  production:\n    freeze: [{ from: 2026-02-30T00:00Z, until: 2026-02-20, reason: x }]\n', 4, /before it begins|does not exist/],
    ['version: 1\nenvironments:\n  production:\n    presence: finger\n', 4, /presence/],
  ];
  for (const [text, line, problem] of broken) {
    it(`is refused with its line: ${JSON.stringify(text)}`, () => {
      assert.throws(() => parsePolicy(text), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'policy');
        assert.match(error.message, new RegExp(`^Line ${line} of `));
        assert.match(error.message, problem);
        return true;
      });
    });
  }

  it('cannot keep a request open for longer than a day', () => {
    const policy = parsePolicy('version: 1\nenvironments:\n  production: { expires: 900h }\n');
    assert.equal(quorumFor([{ environment: 'production' }], [policy]).lifetime, 86_400);
  });
});
