import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Assessment, Effect, Finding, Target } from '../../../../src/core/assess/assessment.js';
import { decide, type Action, type ActorKind } from '../../../../src/core/policy/decide.js';
import { decideEdit } from '../../../../src/core/policy/edits.js';
import { matchesCommand, type Occasion } from '../../../../src/core/policy/exceptions.js';
import { defaultPolicy, parsePolicy } from '../../../../src/core/policy/policy.js';
import { sentence, spoken } from '../../../../src/core/say.js';

const finding = (rule: string, effect: Effect): Finding => ({ rule, effect, severity: 'high', reversible: 'no', message: sentence('{0}', rule), safer: undefined, file: undefined, span: { start: 0, end: 0 }, via: [] });
const target = (environment: string, kind = 'kubernetes context'): Target => ({ environment, kind, name: 'x', evidence: sentence('a test says so') });
const seen = (effect: Effect, findings: readonly Finding[], targets = [target('production')]): Assessment => ({ effect, reversible: 'yes', findings, targets, inputs: [], steps: [] });
const day = (text: string) => Date.parse(text) / 1000;
const occasion = (more: Partial<Occasion> = {}): Occasion => ({ kind: 'command', text: 'kubectl apply -f x.yaml', labels: [], now: day('2026-12-01'), ...more });
const policyWith = (exception: string, more = '') => parsePolicy(`version: 1\n${more}exceptions:\n  - { environment: production, reason: Moving the queue, until: 2026-12-24, ${exception} }\n`);

describe('an exception', () => {
  const write = seen('write', [finding('kubectl/apply', 'write')]);
  const destroy = seen('destroy', [finding('kubectl/delete', 'destroy')]);
  const cases: readonly [what: string, exception: string, assessment: Assessment, occasion: Occasion, action: Action][] = [
    ['lets through what its command names', "command: 'kubectl apply -f *'", write, occasion(), 'warn'],
    ['names a whole command, not its beginning', "command: 'kubectl apply'", write, occasion(), 'approve'],
    ['does not let a wildcard hide a second command', "command: 'kubectl apply -f *'", write, occasion({ text: 'kubectl apply -f x;kubectl delete ns pay' }), 'approve'],
    ['does not let a wildcard hide a substitution', "command: 'kubectl apply -f *'", write, occasion({ text: 'kubectl apply -f $(evil)' }), 'approve'],
    ['does not let a wildcard take another word', "command: 'kubectl apply -f *'", write, occasion({ text: 'kubectl apply -f x --context other' }), 'approve'],
    ['has no effect from its end on', "command: 'kubectl apply -f *'", write, occasion({ now: day('2026-12-24') }), 'approve'],
    ['holds to the last second', "command: 'kubectl apply -f *'", write, occasion({ now: day('2026-12-24') - 1 }), 'warn'],
    ['without rules covers nothing that destroys', "command: 'kubectl apply -f *'", destroy, occasion(), 'approve'],
    ['covers what its rules name', "rules: ['kubectl/*']", destroy, occasion(), 'warn'],
    ['does not cover one finding more', "rules: ['kubectl/*']", seen('destroy', [...destroy.findings, finding('sql/drop', 'destroy')]), occasion(), 'approve'],
    ['does not cover an effect that no finding explains', "rules: ['kubectl/*']", seen('destroy', []), occasion(), 'approve'],
    ['never covers what cannot be known', "rules: ['**'], command: 'kubectl apply -f *'", seen('unknown', write.findings), occasion(), 'approve'],
    ['for a task is not one for a command', "task: 'deploy: *'", write, occasion({ labels: ['deploy: docs'] }), 'approve'],
    ['lets the task it names through', "task: 'deploy: *'", seen('read', [], [target('production', 'task label')]), occasion({ kind: 'task', labels: ['deploy: docs'] }), 'warn'],
    ['is for its environment alone', "command: 'kubectl apply -f *'", seen('write', write.findings, [target('production'), target('payments')]), occasion(), 'approve'],
  ];
  for (const [what, exception, assessment, when, action] of cases) {
    it(what, () => assert.equal(decide(assessment, 'person', policyWith(exception, 'environments:\n  payments: { approvals: 1, match: [pay] }\n'), when).action, action));
  }

  it('is never for an assistant', () => {
    assert.equal(decide(write, 'agent', policyWith("command: 'kubectl apply -f *'"), occasion()).action, 'approve');
  });

  it('does not open a freeze', () => {
    const frozen = policyWith("command: 'kubectl apply -f *'", 'environments:\n  production:\n    freeze: [{ from: 2026-11-30, until: 2026-12-02, reason: Sale }]\n');
    assert.equal(decide(write, 'person', frozen, occasion()).action, 'approve');
  });

  it('says why and until when', () => {
    assert.match(decide(write, 'person', policyWith("command: 'kubectl apply -f *'"), occasion()).reasons.map((reason) => spoken(reason)).join(' '), /Excepted until 2026-12-24 00:00 UTC: Moving the queue\./);
  });

  const broken: readonly [text: string, line: number][] = [
    ['version: 1\nexceptions:\n  - { environment: production, reason: x, until: 2026-12-24 }\n', 3],
    ['version: 1\nexceptions:\n  - environment: prodution\n    task: x\n    reason: x\n    until: 2026-12-24\n', 3],
    ['version: 1\nexceptions:\n  - environment: production\n    task: x\n    reason: x\n    until: 2026-13-24\n', 6],
    ['version: 1\nexceptions:\n  - environment: production\n    task: x\n    until: 2026-12-24\n', 3],
    ['version: 1\nexceptions:\n  - environment: production\n    task: x\n    reason: " "\n    until: 2026-12-24\n', 5],
    ['version: 1\nexceptions:\n  - environment: production\n    task: x\n    reason: x\n', 3],
    ['version: 1\nrules: { approvals: 0 }\n', 2],
    ['version: 1\nprotectedPaths:\n  - paths: [a]\n    edits: approve\n  - paths: [b]\n    edits: maybe\n', 6],
  ];
  for (const [text, line] of broken) it(`is refused at its line: ${JSON.stringify(text)}`, () => assert.throws(() => parsePolicy(text), new RegExp(`^CountersignError: Line ${line} of `)));
});

describe('a command pattern', () => {
  const cases: readonly [pattern: string, text: string, fits: boolean][] = [
    ['a * c', 'a b c', true],
    ['a * c', 'a  c', true],
    ['*', '', true],
    ['*', 'a b', false],
    ['a*b*c', 'aXbbYc', true],
    ['a*', 'a"b"', false],
    ['a*', "a\nb", false],
    ['a ; b', 'a ; b', true],
    ['a?', 'ab', false],
  ];
  for (const [pattern, text, fits] of cases) it(`${JSON.stringify(pattern)} ${fits ? 'fits' : 'does not fit'} ${JSON.stringify(text)}`, () => assert.equal(matchesCommand(pattern, text), fits));

  it('lets no wildcard stand for anything that a shell gives a meaning', () => {
    const text = fc.string({ unit: fc.constantFrom(...Array.from('ab*;|&$`"\'\\<>(){}[]!#~\n\t '), 'é') });
    fc.assert(fc.property(text, (middle) => assert.equal(matchesCommand('a *', `a ${middle}`), /^[ab]*$/.test(middle))));
  });
});

describe('what an assistant may do', () => {
  const policy = (agents: string) => parsePolicy(`version: 1\nenvironments:\n  production: { agents: ${agents} }\n  staging: { agents: ${agents} }\n`);
  const cases: readonly [agents: string, environment: string, effect: Effect, actor: ActorKind, action: Action][] = [
    ['deny', 'production', 'write', 'agent', 'deny'],
    ['deny', 'production', 'write', 'person', 'approve'],
    ['deny', 'production', 'read', 'agent', 'allow'],
    ['confirm', 'production', 'write', 'agent', 'approve'],
    ['confirm', 'staging', 'write', 'agent', 'confirm'],
    ['approve', 'staging', 'unknown', 'agent', 'approve'],
    ['approve', 'staging', 'write', 'person', 'allow'],
  ];
  for (const [agents, environment, effect, actor, action] of cases) {
    it(`agents: ${agents}: ${effect} in ${environment} by ${actor} is ${action}`, () => assert.equal(decide(seen(effect, [], [target(environment)]), actor, policy(agents)).action, action));
  }
});

describe('an edit', () => {
  const policy = parsePolicy(`version: 1
protectedPaths:
  - { paths: ['infra/**', '*.tf'], edits: approve }
  - { paths: ['infra/prod/**'], edits: deny, by: everyone }
  - { paths: ['migrations/**'], edits: confirm, environment: staging }
`);
  const cases: readonly [path: string, actor: ActorKind, action: Action][] = [
    ['src/fees.js', 'agent', 'allow'],
    ['infra/main.tf', 'agent', 'approve'],
    ['INFRA/main.tf', 'agent', 'approve'],
    ['infra/main.tf', 'person', 'allow'],
    ['infra/prod/main.tf', 'person', 'deny'],
    ['infra/prod/main.tf', 'agent', 'deny'],
    ['migrations/1.sql', 'agent', 'confirm'],
    ['.countersign/policy.yaml', 'agent', 'confirm'],
    ['.vscode/settings.json', 'agent', 'confirm'],
    ['.claude/settings.json', 'agent', 'confirm'],
    ['/home/ana/.bashrc', 'agent', 'confirm'],
    ['.vscode/settings.json', 'person', 'allow'],
  ];
  for (const [path, actor, action] of cases) it(`of ${path} by ${actor}: ${action}`, () => assert.equal(decideEdit(path, actor, policy).action, action));

  describe('is of a protected path, however the path is written', () => {
    const paths: readonly (readonly [glob: string, path: string, so: boolean])[] = [
      ['infra', 'infra/main.tf', true],
      ['infra/', 'infra/eu/main.tf', true],
      ['/infra/', 'infra/main.tf', true],
      ['./infra/*.tf', 'infra/main.tf', true],
      ['*.tf', 'infra/eu/main.tf', true],
      ['Dockerfile', 'images/api/Dockerfile', true],
      ['infra/prod', 'infra/prod/main.tf', true],
      ['/etc/**', '/etc/hosts', true],
      ['/infra/', 'modules/infra/main.tf', false],
      ['infra/*.tf', 'infra/eu/main.tf', false],
      ['infra', 'infrastructure/main.tf', false],
      ['Dockerfile', 'Dockerfile.md', false],
      ['(a)/b', '(a)/b', true],
    ];
    for (const [glob, path, so] of paths) it(`“${glob}” ${so ? 'protects' : 'leaves out'} ${path}`, () => {
      const rules = parsePolicy(`version: 1\nprotectedPaths:\n  - { paths: ['${glob}'], edits: deny }\n`);
      assert.equal(decideEdit(path, 'agent', rules).action, so ? 'deny' : 'allow');
    });
  });

  it('names the environment whose approvals it needs', () => {
    assert.equal(decideEdit('infra/main.tf', 'agent', policy).environment, 'production');
    assert.equal(decideEdit('migrations/1.sql', 'agent', policy).environment, 'staging');
  });

  it('of what gates rest on is never an assistant’s alone, whatever the policy says (trust table 31)', () => {
    assert.equal(decideEdit('.countersign/policy.yaml', 'agent', defaultPolicy()).action, 'confirm');
  });
});
