import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { compareEdit } from '../../../../src/core/edits/compare.js';
import type { Comparison } from '../../../../src/core/edits/compare.js';
import { PROJECT, worldOf } from '../assess/fake-world.js';
import { unmark } from '../files/cases.js';
import { runs } from '../../../runs.js';
import { spoken } from '../../../../src/core/say.js';

function compare(path: string, before: string | undefined, after: string | undefined): Comparison {
  return compareEdit({ path: `${PROJECT}/${path}`, before, after }, [], worldOf());
}

const db = (body: string, name = 'main'): string => `resource "aws_db_instance" "${name}" {\n  engine = "postgres"\n${body}}\n`;
const job = (head: string, run = 'make deploy'): string => `on: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n${head}    steps:\n      - run: ${run}\n`;
const policy = (body: string): string => `version: 1\nenvironments:\n  production:\n${body}`;

describe('an edit that takes protections away', () => {
  const cases: readonly (readonly [title: string, path: string, before: string, after: string, rules: readonly string[]])[] = [
    ['prevent_destroy', 'a.tf', db('  lifecycle {\n    «prevent_destroy = true»\n  }\n'), db(''), ['terraform-file/prevent-destroy-lost']],
    ['prevent_destroy that is turned', 'a.tf', db('  lifecycle {\n    «prevent_destroy = true»\n  }\n'), db('  lifecycle {\n    prevent_destroy = false\n  }\n'), ['terraform-file/prevent-destroy-lost']],
    ['deletion protection', 'a.tf', db('  «deletion_protection = true»\n'), db(''), ['terraform-file/deletion-protection-lost']],
    ['days of backups', 'a.tf', db('  «backup_retention_period = 7»\n'), db('  backup_retention_period = 1\n'), ['terraform-file/backups-lost']],
    ['protection in JSON', 'a.tf.json', '{"resource":{"aws_db_instance":{"main":{«"deletion_protection": true»}}}}\n', '{"resource":{"aws_db_instance":{"main":{}}}}\n', ['terraform-file/deletion-protection-lost']],
    ['a policy of a template', 'a.yaml', 'Resources:\n  B:\n    Type: AWS::S3::Bucket\n    «DeletionPolicy: Retain»\n', 'Resources:\n  B:\n    Type: AWS::S3::Bucket\n', ['cloudformation-file/deletion-policy-lost']],
    ['a policy of CDK', 'a.ts', "import 'aws-cdk-lib';\nx({ «removalPolicy: RemovalPolicy.RETAIN» });\n", "import 'aws-cdk-lib';\nx({ removalPolicy: RemovalPolicy.DESTROY });\n", ['infrastructure-code/protection-lost']],
    ['an environment behind a merge', '.gitlab-ci.yml', '.x: &x\n  «environment: production»\na:\n  <<: *x\n  script: ls\n', '.x: &x\n  tags: [a]\na:\n  <<: *x\n  script: ls\n', ['workflow/environment-removed']],
    ['a question of a pipeline', 'Jenkinsfile', "«input message: 'Sure?'»\nsh 'ls'\n", "sh 'ls'\n", ['script/prompt-lost']],
    ['a resource', 'a.tf', `${db('')}«resource "aws_s3_bucket" "x" {»\n}\n`, db(''), ['terraform-file/resource-removed']],
    ['finalizers', 'a.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  finalizers: [«foo/bar»]\n', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  finalizers: []\n', ['kubernetes-file/finalizer-lost']],
    ['a keep policy', 'a.yaml', 'apiVersion: v1\nkind: Secret\nmetadata:\n  annotations:\n    «helm.sh/resource-policy: keep»\n', 'apiVersion: v1\nkind: Secret\nmetadata: {}\n', ['kubernetes-file/keep-policy-lost']],
    ['a claim', 'a.yaml', 'apiVersion: v1\nkind: Service\n---\n«apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: a}»\n', 'apiVersion: v1\nkind: Service\n', ['kubernetes-file/resource-removed']],
    ['set -e', 'x.sh', '#!/bin/sh\n«set -e»\nls\n', '#!/bin/sh\nls\n', ['script/errexit-lost']],
    ['pipefail', 'x.sh', '«set -euo pipefail»\nls\n', 'set -eu\nls\n', ['script/pipefail-lost']],
    ['--dry-run', 'x.sh', '«helm uninstall shop --dry-run»\n', 'helm uninstall shop\n', ['script/dry-run-lost']],
    ['--dry-run in a pipeline', '.gitlab-ci.yml', 'x:\n  script:\n    «- kubectl delete ns a --dry-run=client»\n', 'x:\n  script:\n    - kubectl delete ns a\n', ['script/dry-run-lost']],
    ['a question', 'x.sh', '«read -p "Sure? " answer»\nls\n', 'ls\n', ['script/prompt-lost']],
    ['an insistence', 'x.sh', '«rm -rf "${DIR:?}/x"»\n', 'rm -rf "${DIR}/x"\n', ['script/required-variable-lost']],
    ['a check', 'x.sh', '«[ "$ENV" != production ] || exit 1»\nls\n', 'ls\n', ['script/check-lost']],
    ['a WHERE', 'x.sql', '«DELETE FROM users WHERE id = 1»;\n', 'DELETE FROM users;\n', ['sql/where-lost']],
    ['a WHERE of an UPDATE', 'x.sql', '«UPDATE t SET a = 1 WHERE id = 1»;\n', 'UPDATE t SET a = 1;\n', ['sql/where-lost']],
    ['a ROLLBACK', 'x.sql', 'BEGIN;\n«ROLLBACK»;\n', 'BEGIN;\nCOMMIT;\n', ['sql/rollback-lost']],
    ['an environment', '.github/workflows/x.yml', job('    «environment: production»\n'), job(''), ['workflow/environment-removed']],
    ['a condition', '.github/workflows/x.yml', job("    «if: github.ref == 'refs/heads/main'»\n"), job(''), ['workflow/guard-removed']],
    ['a manual job', '.gitlab-ci.yml', 'x:\n  script: ls\n  «when: manual»\n', 'x:\n  script: ls\n', ['workflow/manual-step-removed']],
    ['reviewers', '.github/settings.yml', 'branches:\n  - name: main\n    protection:\n      «required_approving_review_count: 2»\n', 'branches:\n  - name: main\n    protection:\n      required_approving_review_count: 1\n', ['workflow/reviewers-removed']],
    ['owners', 'CODEOWNERS', '* @a\n«/infra @ops»\n', '* @a\n', ['codeowners/owner-removed']],
    ['approvals', '.countersign/policy.yaml', policy('    «approvals: 2»\n'), policy('    approvals: 1\n'), ['policy/approvals-lowered']],
    ['a pattern', '.countersign/policy.yaml', policy('    «match: [prod, live]»\n'), policy('    match: [prod]\n'), ['policy/match-removed']],
    ['a touch', '.countersign/policy.yaml', policy('    «presence: touch»\n'), policy('    approvals: 1\n'), ['policy/presence-lowered']],
    ['a branch', '.countersign/policy.yaml', policy("    «branches: [main, 'release/*']»\n"), policy('    branches: [main]\n'), ['policy/branch-removed']],
    ['a freeze', '.countersign/policy.yaml', policy('    «freeze: [{ from: 2026-12-24, until: 2026-12-27, reason: x }]»\n'), policy('    approvals: 1\n'), ['policy/freeze-removed']],
    ['what assistants get', '.countersign/policy.yaml', policy('    «agents: deny»\n'), policy('    agents: confirm\n'), ['policy/agents-allowed']],
    ['a protected path', '.countersign/policy.yaml', "version: 1\n«protectedPaths: [{ paths: ['infra/**', 'db/**'], edits: approve }]»\n", "version: 1\nprotectedPaths: [{ paths: ['infra/**'], edits: approve }]\n", ['policy/path-unprotected']],
    ['a path that needs less', '.countersign/policy.yaml', "version: 1\n«protectedPaths: [{ paths: ['infra/**'], edits: deny }]»\n", "version: 1\nprotectedPaths: [{ paths: ['infra/**'], edits: confirm }]\n", ['policy/path-unprotected']],
    ['a path that is protected from assistants only', '.countersign/policy.yaml', "version: 1\n«protectedPaths: [{ paths: ['infra/**'], edits: deny, by: everyone }]»\n", "version: 1\nprotectedPaths: [{ paths: ['infra/**'], edits: deny }]\n", ['policy/path-unprotected']],
    ['times of broken glass', '.countersign/policy.yaml', 'version: 1\nbreakGlass: { «perWeek: 1» }\n', 'version: 1\nbreakGlass: { perWeek: 5 }\n', ['policy/glass-easier']],
    ['a store that holds', '.countersign/policy.yaml', 'version: 1\nstore: { «offline: hold» }\n', 'version: 1\nstore: { offline: run }\n', ['policy/offline-run']],
    ['a chat that is told', '.countersign/policy.yaml', 'version: 1\n«notify: { kind: slack, variable: COUNTERSIGN_WEBHOOK }»\n', 'version: 1\n', ['policy/notify-removed']],
    ['a list of approvers', '.countersign/policy.yaml', policy('    «approvers: [ada]»\n'), policy('    approvals: 1\n'), ['policy/approvers-widened']],
  ];
  for (const [title, path, marked, after, rules] of cases) {
    it(title, () => {
      const { text, spans } = unmark(marked);
      const { lostProtections, hunks } = compare(path, text, after);
      assert.deepEqual(lostProtections.map(({ rule, span }) => [rule, span.start, span.end]), rules.map((rule, index) => [rule, ...(spans[index] ?? [])]));
      assert.deepEqual(hunks.flatMap((hunk) => hunk.lostProtections), lostProtections);
      for (const { message, safer } of lostProtections) {
        assert.match(spoken(message), /^\S[^\n]*\.$/);
        assert.ok(safer);
      }
      assert.deepEqual(compare(path, text, undefined).lostProtections.filter(({ rule }) => rules.includes(rule)).length > 0, true, 'a deleted file loses it too');
      assert.deepEqual(compare(path, text, `${path.endsWith('.sql') ? '--' : '#'} a new first line\n${text}`).lostProtections, [], 'moving it loses nothing');
    });
  }
});

describe('an edit that takes nothing away', () => {
  const cases: readonly (readonly [title: string, path: string, before: string, after: string])[] = [
    ['a resource under another name', 'a.tf', db('  deletion_protection = true\n'), `${db('  deletion_protection = true\n', 'other')}moved {\n  from = aws_db_instance.main\n  to = aws_db_instance.other\n}\n`],
    ['more backups', 'a.tf', db('  backup_retention_period = 7\n'), db('  backup_retention_period = 14\n')],
    ['other spaces', 'a.tf', db('  deletion_protection = true\n'), db('  deletion_protection   =   true # keep\n')],
    ['a rehearsal that goes', 'x.sh', 'helm uninstall shop --dry-run\nls\n', 'ls\n'],
    ['set in another form', 'x.sh', 'set -e\nset -u\n', 'set -eu\n'],
    ['a WHERE that goes with its statement', 'x.sql', 'DELETE FROM users WHERE id = 1;\nSELECT 1;\n', 'SELECT 1;\n'],
    ['jobs in another order', '.github/workflows/x.yml', 'jobs:\n  a:\n    environment: production\n  b:\n    runs-on: x\n', 'jobs:\n  b:\n    runs-on: x\n  a:\n    environment: production\n'],
    ['more approvals', '.countersign/policy.yaml', policy('    approvals: 1\n'), policy('    approvals: 2\n')],
    ['fewer approvers', '.countersign/policy.yaml', policy('    approvers: [ada, bob]\n'), policy('    approvers: [ada]\n')],
    ['the same text', 'x.sh', 'set -e\n', 'set -e\n'],
  ];
  for (const [title, path, before, after] of cases) {
    it(title, () => assert.deepEqual(compare(path, before, after).lostProtections.map(({ rule, message }) => `${rule}: ${spoken(message)}`), []));
  }
});

describe('an edit that adds reasons to care', () => {
  const rules = ({ added }: Comparison): readonly string[] => added.map(({ rule }) => rule);

  it('gives only what is new, with its place', () => {
    const before = 'rm -rf /srv\nls\n';
    const after = 'ls\necho\nrm  -rf   /srv\nterraform destroy\n';
    const { added, hunks } = compare('x.sh', before, after);
    assert.deepEqual(added.map(({ rule, span }) => [rule, after.slice(span.start, span.end)]), [['terraform/destroy', 'terraform destroy']]);
    assert.deepEqual(hunks.flatMap((hunk) => hunk.added.map(({ rule }) => [rule, after.slice(hunk.afterSpan.start, hunk.afterSpan.end).includes('terraform destroy')])), [['terraform/destroy', true]]);
  });
  it('counts a second one of the same', () => {
    const after = 'rm -rf /srv\nls\nrm -rf /srv\n';
    const { added } = compare('x.sh', 'rm -rf /srv\nls\n', after);
    assert.deepEqual(added.map(({ span }) => span.start), [after.lastIndexOf('rm')]);
  });
  it('sees a variable that changes what a line does', () => assert.deepEqual(rules(compare('x.sh', 'D=dist\nrm -rf $D\n', 'D=/srv\nrm -rf $D\n')), ['filesystem/remove-recursive']));
  it('takes a new file for all new', () => assert.deepEqual(rules(compare('x.tf', undefined, 'resource "a" "b" {\n  force_destroy = true\n}\n')), ['terraform-file/force-destroy']));
  it('has nothing to say of a harmless new file', () => assert.deepEqual(compare('x.sh', undefined, 'ls\n').added, []));
  it('names a new signer', () => assert.deepEqual(rules(compare('.countersign/allowed_signers', 'ada ssh-ed25519 AAAA\n', 'ada ssh-ed25519 AAAA\nbob ssh-ed25519 BBBB\n')), ['policy/signer-added']));
  it('names a new approver in another’s place', () => assert.deepEqual(rules(compare('.countersign/policy.yaml', policy('    approvers: [ada]\n'), policy('    approvers: [bob]\n'))), ['policy/approvers-widened']));
  const exception = (until: string) => `version: 1\nexceptions: [{ environment: production, command: make x, reason: Moving, until: ${until} }]\n`;
  const told = (kind: string, variable = 'COUNTERSIGN_WEBHOOK') => `version: 1\nnotify: { kind: ${kind}, variable: ${variable} }\n`;
  it('names another chat, and another address of one, each way', () => {
    for (const other of [told('teams'), told('slack', 'COUNTERSIGN_WEBHOOK_OTHER')]) {
      assert.deepEqual(rules(compare('.countersign/policy.yaml', told('slack'), other)), ['policy/notify-changed']);
      assert.deepEqual(rules(compare('.countersign/policy.yaml', other, told('slack'))), ['policy/notify-changed']);
      assert.deepEqual(compare('.countersign/policy.yaml', told('slack'), other).lostProtections, []);
    }
  });
  const added: readonly (readonly [what: string, before: string, after: string, message: RegExp])[] = [
    ['a new exception', 'version: 1\n', exception('2026-12-24'), /^make x goes ahead in production without approval until 2026-12-24T00:00Z: Moving$/],
    ['an exception that lasts longer', exception('2026-12-24'), exception('2027-12-24'), /until 2027-12-24/],
    ['another job that may use approvals', 'version: 1\n', 'version: 1\nrunners: [ci@x.example]\n', /^ci@x\.example may use approvals/],
    ['rules that need fewer signatures', 'version: 1\nrules: { approvals: 2 }\n', 'version: 1\nrules: { approvals: 1 }\n', /^A change of the rules themselves needs less\.$/],
    ['rules that need fewer than the environments did', policy('    approvals: 3\n'), `${policy('    approvals: 3\n')}rules: { approvals: 1 }\n`, /needs less/],
    ['rules that need no touch', 'version: 1\nrules: { approvals: 1, presence: touch }\n', 'version: 1\nrules: { approvals: 1 }\n', /needs less/],
    ['somebody else who may change the rules', 'version: 1\nrules: { approvals: 1, approvers: [ada] }\n', 'version: 1\nrules: { approvals: 1, approvers: [ada, bob] }\n', /^bob may approve changes of the rules/],
    ['everybody who may change the rules', 'version: 1\nrules: { approvals: 1, approvers: [ada] }\n', 'version: 1\nrules: { approvals: 1 }\n', /^Everybody on the roster may approve/],
    ['a chat that is told of requests', 'version: 1\n', told('slack'), /^A Slack channel hears of every request from now on .* the address that COUNTERSIGN_WEBHOOK holds\.$/],
  ];
  for (const [what, before, after, message] of added) it(`names ${what}, and not the way back`, () => {
    assert.match(compare('.countersign/policy.yaml', before, after).added.map((finding) => spoken(finding.message)).join(), message);
    assert.deepEqual(compare('.countersign/policy.yaml', after, before).added, []);
  });
  it('gives every changed place', () => {
    const { hunks } = compare('x.txt', 'a\nb\nc\n', 'a\nB\nc\nd\n');
    assert.deepEqual(hunks.map(({ before, after }) => [before, after]), [[{ start: 1, count: 1 }, { start: 1, count: 1 }], [{ start: 3, count: 0 }, { start: 3, count: 1 }]]);
  });
});

describe('comparing any two texts', () => {
  const paths = ['a.tf', 'a.yaml', 'x.sh', 'x.sql', '.github/workflows/x.yml', '.countersign/policy.yaml', 'CODEOWNERS', 'x.py', 'package.json', 'Makefile'];
  const pieces = fc.array(fc.constantFrom('resource "a" "b" {', 'lifecycle {', 'prevent_destroy = true', '}', '"', '\n', '\r\n', '  ', '- ', 'finalizers: [a]', 'apiVersion: v1\nkind: Namespace\n', '---\n', 'set -e\n', 'DELETE FROM t WHERE a=1;', 'if: github.ref == 1\n', 'rm -rf /srv\n', '${', '«', '\u{1f600}', '|\n', 'environments:\n  production:\n    approvals: 1\n', '{{', "'"), { maxLength: 30 }).map((parts) => parts.join(''));

  it('never throws, and keeps every range inside its text', () => {
    fc.assert(
      fc.property(fc.constantFrom(...paths), pieces, pieces, (path, before, after) => {
        const { added, lostProtections, hunks } = compare(path, before, after);
        for (const { span } of added) assert.ok(span.start <= span.end && span.end <= after.length);
        for (const { span } of lostProtections) assert.ok(span.start <= span.end && span.end <= before.length);
        assert.equal(hunks.reduce((sum, hunk) => sum + hunk.added.length, 0), added.length);
        assert.equal(hunks.reduce((sum, hunk) => sum + hunk.lostProtections.length, 0), lostProtections.length);
        // Put together again, the changes give the other text.
        let text = '';
        let at = 0;
        for (const { beforeSpan, afterSpan } of hunks) {
          text += before.slice(at, beforeSpan.start) + after.slice(afterSpan.start, afterSpan.end);
          at = beforeSpan.end;
        }
        assert.equal(text + before.slice(at), after);
      }),
      { numRuns: runs(300) },
    );
  });
});
