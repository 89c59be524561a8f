import assert from 'node:assert/strict';
import type { Assessment, Effect, Reversible } from '../../../../src/core/assess/assessment.js';
import { decide, strictest, type Action, type ActorKind } from '../../../../src/core/policy/decide.js';
import { defaultPolicy, guardedEnvironment, parsePolicy } from '../../../../src/core/policy/policy.js';
import { quorumFor } from '../../../../src/core/policy/quorum.js';

const assessment = (effect: Effect, reversible: Reversible, environment: string | undefined, kind = 'kubernetes context'): Assessment => ({
  effect,
  reversible,
  findings: [],
  inputs: [],
  steps: [],
  targets: environment === undefined ? [] : [{ environment, kind, name: 'x', evidence: 'a test says so' }],
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
    assert.deepEqual(quorumFor(targets, [defaultPolicy(), strict]), { required: 2, approvers: ['sre', 'dba'], lifetime: 300 });
    assert.deepEqual(quorumFor(targets, [strict, defaultPolicy(), loose]), { required: 2, approvers: ['sre', 'dba'], lifetime: 300 });
    const other = parsePolicy('version: 1\nenvironments:\n  production: { approvers: [dba, intern] }\n');
    assert.deepEqual(quorumFor(targets, [strict, other]).approvers, ['dba'], 'only who may sign for both');
  });
});

describe('names', () => {
  const production = ['production', 'prod', 'deploy: production', 'prod-eu', 'PRD', 'deployProd', 'go live', 'npm: deploy:prod', 'production and staging', 'prod after pre-prod'];
  const other = ['product', 'reproduce', 'delivery', 'alive', 'staging', 'pre-prod', 'nonprod', 'preproduction', 'test', ''];
  for (const name of production) it(`“${name}” is production`, () => assert.equal(guardedEnvironment(defaultPolicy(), name)?.name, 'production'));
  for (const name of other) it(`“${name}” is not`, () => assert.equal(guardedEnvironment(defaultPolicy(), name), undefined));

  it('belong to the best protected environment of those that fit', () => {
    const policy = parsePolicy('version: 1\nenvironments:\n  a: { match: ["x*"] }\n  b: { match: ["x-y"], approvals: 1 }\n');
    assert.equal(guardedEnvironment(policy, 'x-y')?.name, 'b');
  });
});

describe('the policy file', () => {
  const broken: [text: string, line: number, problem: RegExp][] = [
    ['version: 2\n', 1, /version/],
    ['version: 1\nenvironment:\n  production: {}\n', 1, /"environment" is not a setting/],
    ['version: 1\nenvironments:\n  production:\n    approvals: many\n', 4, /approvals/],
    ['version: 1\nenvironments:\n  production:\n    expires: soon\n', 4, /minutes or hours/],
    ['version: 1\nenvironments:\n  production: {\n', 4, /./],
    ['version: 1\nversion: 1\n', 2, /unique/],
    ['', 1, /./],
    ['- a\n- b\n', 1, /./],
    ['version: 1\npeople:\n  ana: ana@example.com\n', 3, /people\.ana/],
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
