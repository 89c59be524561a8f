import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { RUN_STATUS } from '../../src/guards/gate-shell.js';
import { createTeam, deployments, environmentOf, git, type Person, type Team } from '../demo/team.js';
import { repositoryRoot } from '../harness/paths.js';
import { Terminal } from './pty.js';

/** The built command line, as people and gates run it. */
const countersign = (person: Person, ...args: string[]) => program('cli.js', person, ...args);

function program(name: string, person: Person, ...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(repositoryRoot(), 'out', name), ...args], { cwd: person.clone, env: environmentOf(person), encoding: 'utf8', timeout: 30_000 });
  return { code: status, out: stdout, err: stderr };
}

const DEPLOY = 'terraform -chdir=infra destroy -var-file=production.tfvars';

describe('the command line', () => {
  let team: Team;
  beforeEach(() => (team = createTeam()));
  afterEach(() => team.dispose());

  it('says what a command would do, with an exit code for each verdict', () => {
    assert.equal(countersign(team.ana, 'check', '--', 'ls -la').code, 0);
    const held = countersign(team.ana, 'check', '--', DEPLOY);
    assert.equal(held.code, 3);
    assert.match(held.out, /^Would be held for approval\./);
    const json = JSON.parse(countersign(team.ana, 'check', '--json', '--', ...DEPLOY.split(' ')).out) as { verdict: { action: string }; findings: { rule: string }[] };
    assert.equal(json.verdict.action, 'approve');
    assert.ok(json.findings.some((finding) => finding.rule === 'terraform/destroy'));
  });

  it('answers many questions in one go, one line each, in order', () => {
    const questions = [{ command: 'ls' }, { command: DEPLOY, actor: 'agent' }, 'nonsense', { command: 'terraform destroy -var-file=production.tfvars', cwd: 'infra' }, { command: 'rm -rf /', cwd: '/nonexistent' }];
    const input = questions.map((question) => (typeof question === 'string' ? question : JSON.stringify(question))).join('\n');
    const { status, stdout } = spawnSync(process.execPath, [path.join(repositoryRoot(), 'out', 'cli.js'), 'check', '--batch'], { cwd: team.ana.clone, env: environmentOf(team.ana), input, encoding: 'utf8' });
    const answers = stdout.trim().split('\n').map((line) => JSON.parse(line) as { verdict?: string; error?: string; effect?: string });
    assert.deepEqual(answers.map((answer) => answer.verdict ?? answer.error), ['allow', 'approve', 'This line is not a JSON object with a "command".', 'approve', 'warn']);
    assert.equal(status, 1, 'a line could not be answered');
  });

  it('says what files would do, and what an edit changed for the worse, with the place', () => {
    const scanned = countersign(team.ana, 'scan', 'migrations/20261101_drop_legacy_charges.sql', 'src/fees.js');
    assert.equal(scanned.code, 3, scanned.err);
    assert.match(scanned.out, /^migrations\/20261101_drop_legacy_charges\.sql:3:1: \w+: /);
    assert.doesNotMatch(scanned.out, /fees\.js/);
    assert.equal(countersign(team.ana, 'scan', 'src/fees.js').code, 0);
    assert.equal(countersign(team.ana, 'scan', '--since', 'HEAD').code, 0);
    const terraform = path.join(team.ana.clone, 'infra', 'main.tf');
    writeFileSync(terraform, readFileSync(terraform, 'utf8').replace('deletion_protection = true', 'deletion_protection = false').replace('prevent_destroy = true', ''));
    const changed = countersign(team.ana, 'scan', '--since', 'HEAD');
    assert.equal(changed.code, 3, changed.err);
    assert.match(changed.out, /infra\/main\.tf:16:\d+: /);
    assert.match(changed.out, /infra\/main\.tf:19:\d+: .*prevent_destroy/);
    assert.equal(countersign(team.ana, 'scan', '--since', 'no-such-revision').code, 1);
  });

  it('scans a whole repository but for what git ignores, and says what was silenced and why', () => {
    mkdirSync(path.join(team.ana.clone, 'build'));
    writeFileSync(path.join(team.ana.clone, '.gitignore'), 'build/\n');
    writeFileSync(path.join(team.ana.clone, 'build', 'gone.sh'), 'rm -rf /srv/payments\n');
    writeFileSync(path.join(team.ana.clone, 'fresh.sh'), '# countersign-ignore filesystem/remove-recursive: a scratch disk\nrm -rf /srv/scratch\n');
    writeFileSync(path.join(team.ana.clone, 'm.js'), "require('node:fs').rmSync('/srv/payments', { recursive: true });\n");
    const all = countersign(team.ana, 'scan');
    rmSync(path.join(team.ana.clone, 'm.js'));
    assert.equal(all.code, 3, all.err);
    const names = all.out.trim().split('\n').map((line) => line.slice(0, line.indexOf(':')));
    assert.ok(names.includes('m.js') && names.includes('fresh.sh'));
    assert.deepEqual(names, names.toSorted(), 'in the order of their names, whichever reader was first');
    assert.match(all.out, /^migrations\/20261101_drop_legacy_charges\.sql:3:1: critical: /m);
    assert.match(all.out, /^fresh\.sh:2:1: suppressed \(a scratch disk\): /m);
    assert.doesNotMatch(all.out, /gone/);
    assert.equal(countersign(team.ana, 'scan', 'fresh.sh').code, 0, 'what was silenced does not fail a job');
    const { runs } = JSON.parse(countersign(team.ana, 'scan', '--sarif', 'migrations', 'fresh.sh').out) as { runs: { results: { ruleId: string; suppressions?: object[] }[] }[] };
    assert.deepEqual(runs[0]?.results.map(({ ruleId, suppressions }) => [ruleId, suppressions?.length]), [['sql/drop-table', undefined], ['filesystem/remove-recursive', 1]]);
  });

  it('asks, lists, reviews, approves, verifies and runs once, with no editor open', () => {
    writeFileSync(path.join(team.ana.clone, 'deploy-now.sh'), './scripts/deploy.sh production\nkubectl --context prod-eu apply -f k8s/deployment.yaml >/dev/null 2>&1 || true\n');
    git(team.ana, team.ana.clone, 'add', '--all');
    git(team.ana, team.ana.clone, 'commit', '--quiet', '-m', 'A script');
    git(team.ana, team.ana.clone, 'push', '--quiet', 'origin', 'main');
    git(team.ben, team.ben.clone, 'pull', '--quiet');
    const asked = countersign(team.ana, 'request', '--reason', 'the weekly release', '--', 'sh deploy-now.sh');
    assert.equal(asked.code, 0, asked.err);
    assert.match(asked.out, /^csr1\./);
    const pending = countersign(team.ben, 'pending');
    const [name] = pending.out.split(' ');
    assert.match(pending.out, /sh deploy-now\.sh .*ana@payments\.example/);
    const review = countersign(team.ben, 'review', name!);
    assert.match(review.out, /the weekly release/);
    assert.match(review.out, /deploy-now\.sh is as in the commit/);
    assert.match(review.out, /\[1\] +sh deploy-now\.sh\n  Call 1 +sh\n +deploy-now\.sh\n/);
    const approved = countersign(team.ben, 'approve', '--yes', name!);
    assert.equal(approved.code, 0, approved.err);
    const verified = countersign(team.ana, 'verify', approved.out.trim());
    assert.equal(verified.code, 0, verified.err);
    const run = countersign(team.ana, 'run', '--', 'sh deploy-now.sh');
    assert.equal(run.code, 0, run.err);
    assert.match(run.err, /approved by ben@payments\.example/);
    assert.equal(deployments(team.ana).length, 1);
    assert.equal(countersign(team.ana, 'verify', approved.out.trim()).code, 4, 'a used approval counts no more');
    assert.match(countersign(team.ben, 'pending').out, /Nothing waits/);
    assert.match(review.out, /Today +nothing else of this requester\n +Before +this never ran with an approval/);

    writeFileSync(path.join(team.ana.clone, 'notes\u202e.txt'), 'notes\n');
    writeFileSync(path.join(team.ana.clone, 'deploy-now.sh'), './scripts/deploy.sh production\n');
    git(team.ana, team.ana.clone, 'add', '--all');
    git(team.ana, team.ana.clone, 'commit', '--quiet', '-m', 'Another \u202e script');
    git(team.ana, team.ana.clone, 'push', '--quiet', 'origin', 'main');
    git(team.ben, team.ben.clone, 'pull', '--quiet');
    const again = countersign(team.ben, 'review', countersign(team.ana, 'request', '--', 'sh deploy-now.sh').out.trim());
    assert.match(again.out, /Today +1 other request of this requester\n.*sh deploy-now\.sh: finished/);
    assert.match(again.out, /Before +ran last at .* approved by ben@payments\.example, and ended with exit code 0/);
    assert.match(again.out, /Since then +the files it would run or obey \(deploy-now\.sh and k8s\/deployment\.yaml\); the commit; files in the working copy(?:; where it would land)? are not as before/);
    assert.match(again.out, /Commits +1 more\n +[0-9a-f]+ Another \\u\{202e\} script\n +Files +2 differ between the two commits\n +deploy-now\.sh\n +notes\\u\{202e\}\.txt/);
  });

  it('shows nothing of a name as it is that could turn or hide text, wherever a review or an explanation quotes it', () => {
    const hostile = ['kubectl', '--context', 'production', 'delete', 'namespace', 'a\u202eb'];
    const review = countersign(team.ben, 'review', countersign(team.ana, 'request', '--', ...hostile).out.trim()).out;
    const explained = countersign(team.ana, 'check', '--explain', '--', ...hostile).out;
    for (const text of [review, explained]) {
      assert.match(text, /Deletes namespace a\\u\{202e\}b/);
      assert.match(text, /kubernetes\/delete: .*a\\u\{202e\}b/);
      assert.ok(!text.includes('\u202e'));
    }
  });

  it('shows how far a command reaches, to whoever would run it and to whoever reviews it', () => {
    const explained = countersign(team.ana, 'check', '--explain', '--', DEPLOY);
    assert.match(explained.out, /reach: Resources: .*: 1 resource \(as the files here declare/);
    const asked = countersign(team.ana, 'request', '--', DEPLOY);
    const review = countersign(team.ben, 'review', asked.out.trim());
    assert.match(review.out, /How far it reaches\n {2}Resources .*: 1 resource \(as the files in commit [0-9a-f]{8} declare.*\n +aws_db_instance\.ledger\n/);
    assert.doesNotMatch(countersign(team.ana, 'check', '--', DEPLOY).out, /reach:/);
  });

  it('signs what cannot be undone only when it is told where it lands, whatever was said yes to', () => {
    const name = countersign(team.ana, 'request', '--', DEPLOY).out.trim();
    for (const words of [['--yes'], ['--yes', '--target', 'production'], ['--target', '']]) {
      const refused = countersign(team.ben, 'approve', ...words, name);
      assert.equal(refused.code, 4, words.join(' '));
      assert.match(refused.err, /This cannot be undone, so nothing was signed: type where it lands, “production\.tfvars”, exactly, or give it with --target\./);
    }
    assert.match(countersign(team.ben, 'approve', '--target', 'production.tfvars', name).out, /^cs1\./);
  });

  it('signs it only when it is told every place where it lands, when there are several', async () => {
    const name = countersign(team.ana, 'request', '--', 'kubectl --context prod-eu delete namespace payments && kubectl --context prod-us delete namespace payments').out.trim();
    const refusals: readonly (readonly string[])[] = [['prod-eu'], ['prod-us'], ['prod-eu', 'prod-eu'], ['prod-eu prod-us'], ['prod-eu', 'prod-us', 'prod-ap']];
    for (const given of refusals) {
      const refused = countersign(team.ben, 'approve', '--yes', ...given.flatMap((target) => ['--target', target]), name);
      assert.equal(refused.code, 4, given.join(' '));
      assert.match(refused.err, /nothing was signed: type where it lands, “prod-eu” and “prod-us”, exactly, or give each with --target\./);
    }
    const terminal = await Terminal.start(process.execPath, [path.join(repositoryRoot(), 'out', 'cli.js'), 'approve', name], { cwd: team.ben.clone, env: environmentOf(team.ben) });
    for (const place of ['prod-eu', 'prod-us']) {
      await terminal.waitFor(new RegExp(`type where it lands, “${place}”: `), 60_000);
      terminal.write('prod-eu\r');
    }
    assert.equal(await terminal.exited, 4, terminal.output);
    assert.match(countersign(team.ben, 'approve', '--target', 'prod-us', '--target', 'prod-eu', name).out, /^cs1\./);
  });

  it('refuses what is not a token, not a request, or its own author’s approval', () => {
    assert.equal(countersign(team.ana, 'verify', 'cs1.x.y').code, 4);
    assert.match(countersign(team.ana, 'verify', 'hello').err, /not an approval token/);
    assert.match(countersign(team.ana, 'approve', '--yes', 'abcd').err, /There is no request/);
    const asked = countersign(team.ana, 'request', '--', DEPLOY);
    const own = countersign(team.ana, 'approve', '--target', 'production.tfvars', asked.out.trim());
    assert.equal(own.code, 4);
    assert.match(own.err, /You asked for this yourself/);
  });

  it('says that nobody knows of a request while the remote is away, gives it as text, and sends it as soon as it is back', () => {
    renameSync(team.remote!, `${team.remote!}.away`);
    const asked = countersign(team.ana, 'request', '--', DEPLOY);
    assert.equal(asked.code, 0, asked.err);
    assert.match(asked.err, /The others do not know of it yet, for git remote “origin” cannot be reached\. It is sent as soon as that works; until then the text below carries it\./);
    assert.match(asked.out, /^csr1\./);
    renameSync(`${team.remote!}.away`, team.remote!);
    assert.doesNotMatch(countersign(team.ana, 'pending').err, /Trouble/);
    assert.match(countersign(team.ben, 'pending').out, /terraform .*ana@payments\.example/);
  });

  it('denies with a reason, and only with one', () => {
    const asked = countersign(team.ana, 'request', '--', DEPLOY);
    assert.equal(countersign(team.ben, 'deny', asked.out.trim()).code, 2);
    assert.equal(countersign(team.ben, 'deny', '--reason', 'no', asked.out.trim()).code, 0);
    assert.match(countersign(team.ben, 'review', asked.out.trim()).out, /Denied by ben@payments\.example: no/);
  });

  it('tells how it is used', () => {
    assert.equal(countersign(team.ana).code, 2);
    assert.equal(countersign(team.ana, '--help').code, 0);
    assert.equal(countersign(team.ana, 'check', '--nonsense', '--', 'ls').code, 2);
    assert.equal(countersign(team.ana, 'conjure', 'x').code, 2);
  });

  describe('as the gate, with no window to ask', () => {
    const gate = (...args: string[]) => program('gate.js', team.ana, '--shell', '/bin/sh', '--pid', '1', '--', ...args);

    it('lets through what cannot be production', () => {
      for (const command of ['node --test src', './scripts/deploy.sh staging', 'echo hello']) assert.equal(gate('-c', command).code, RUN_STATUS, command);
      assert.equal(gate('-i').code, RUN_STATUS);
    });

    it('refuses what is production, or could be the task that is called so', () => {
      for (const command of [DEPLOY, './scripts/deploy.sh production']) {
        const { code, err } = gate('-c', command);
        assert.equal(code, 126, command);
        assert.match(err, /Nothing was run\. Reload the window/);
      }
    });

    it('refuses when the policy cannot be read', () => {
      writeFileSync(path.join(team.ana.clone, '.countersign', 'policy.yaml'), 'version: nine\n');
      const { code, err } = gate('-c', DEPLOY);
      assert.equal(code, 126);
      assert.match(err, /Line 1 of \.countersign\/policy\.yaml/);
    });
  });
});
