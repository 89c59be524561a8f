import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { hexOf } from '../../src/core/approval/canonical.js';
import { parseRequest } from '../../src/core/approval/request.js';
import { APPROVAL_NAMESPACE, formatToken, statementBytes } from '../../src/core/approval/token.js';
import { createTeam, deployments, environmentOf, git, type Person, type Team } from '../demo/team.js';
import { repositoryRoot } from '../harness/paths.js';
import { skip } from '../harness/skip.js';
import { emulate } from '../unit/core/approval/ssh-fixtures.js';
import { forgeToken } from './attacks-tools.js';
import { countersign, createJob, createOutsider, keyWords } from './jobs-tools.js';
import { softwareSecurityKey } from './ssh-agent-fixture.js';

const DEPLOY = './scripts/deploy.sh production';
const document = readFileSync(path.join(repositoryRoot(), 'docs', 'ci.md'), 'utf8');
/** The first YAML block below a heading. */
const example = (heading: string): unknown => parse(new RegExp(`## ${heading}\\n[^#]*?\`\`\`yaml\\n([\\s\\S]*?)\`\`\``).exec(document)![1]!);

describe('the documented jobs', function () {
  // Many real programs, one after the other, on whatever machine this is.
  this.timeout(180_000);
  let team: Team;
  let job: Person;
  beforeEach(() => {
    team = createTeam();
    job = createJob(team);
  });
  afterEach(() => team.dispose());

  const approved = () => {
    const asked = countersign(team.ana, 'request', '--', DEPLOY).out.trim();
    return { asked, token: countersign(team.ben, 'approve', '--yes', asked).out.trim() };
  };
  const shell = (script: string, env: Readonly<Record<string, string>>) => spawnSync('bash', ['-e', '-o', 'pipefail', '-c', script], { cwd: job.clone, env: { ...environmentOf(job), ...env }, encoding: 'utf8' });

  it('GitHub Actions: its deploy step runs what was approved, once', () => {
    const workflow = example('GitHub Actions') as { jobs: { deploy: { steps: { name?: string; uses?: string; with?: Record<string, unknown>; env?: Record<string, string>; run?: string }[] } }; permissions: unknown };
    assert.deepEqual(workflow.permissions, { contents: 'write' });
    const { steps } = workflow.jobs.deploy;
    assert.equal(steps.find(({ uses }) => uses?.startsWith('actions/checkout@'))?.with?.['fetch-depth'], 0);
    const deploy = steps.find(({ name }) => name === 'Deploy')!;
    assert.deepEqual(Object.keys(deploy.env!), ['COUNTERSIGN_PRIVATE_KEY']);
    const temporary = path.join(team.directory, 'runner-temp');
    mkdirSync(path.join(temporary, 'countersign', 'extension'), { recursive: true });
    symlinkSync(path.join(repositoryRoot(), 'out'), path.join(temporary, 'countersign', 'extension', 'out'));
    const env = { RUNNER_TEMP: temporary, COUNTERSIGN_PRIVATE_KEY: readFileSync(job.key, 'utf8').trimEnd() };
    const once = () => shell(deploy.run!.replace('--wait 20m ', ''), env);
    assert.equal(once().status, 126);
    approved();
    const run = once();
    assert.equal(run.status, 0, run.stderr);
    assert.equal(once().status, 126);
    assert.equal(deployments(job).length, 1);
  });

  it('GitLab CI: its script runs what was approved', () => {
    const { deploy } = example('GitLab CI') as { deploy: { variables: Record<string, string>; script: string[] } };
    assert.deepEqual([deploy.variables['GIT_DEPTH'], deploy.variables['GIT_STRATEGY']], ['0', 'clone']);
    approved();
    // Only what names the other machine differs here: the server's address and two paths.
    const script = deploy.script.map((line) => line.replace(/"https:.*"/, '"$REMOTE"').replaceAll('/tmp/', `${team.directory}/`).replace('/opt/countersign/extension', repositoryRoot()).replace('--wait 20m ', ''));
    const run = shell(script.join('\n'), { REMOTE: team.remote!, COUNTERSIGN_KEY_FILE: job.key });
    assert.equal(run.status, 0, run.stderr);
    assert.equal(deployments(job).length, 1);
  });

  describe('with stock tools', () => {
    const signers = () => {
      const file = path.join(team.directory, 'signers');
      writeFileSync(file, git(job, job.clone, 'show', 'origin/main:.countersign/allowed_signers'));
      return file;
    };
    const verify = (roster: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
      const { status, stdout, stderr } = spawnSync('sh', [path.join(repositoryRoot(), 'docs', 'verify-approval.sh'), roster, ...args], { env: { ...environmentOf(job), ...env }, encoding: 'utf8' });
      return { code: status, text: stdout + stderr };
    };

    it('the right token is good, and every wrong one is refused with its reason', () => {
      const { asked, token } = approved();
      const roster = signers();
      const { digest, request } = parseRequest(asked);
      const accepted = 'cleo@payments.example ben@payments.example';
      const commit = git(job, job.clone, 'rev-parse', 'HEAD');
      const good = verify(roster, [asked, token, accepted, commit, DEPLOY]);
      assert.equal(good.code, 0, good.text);
      assert.match(good.text, new RegExp(`ben@payments\\.example approved ${hexOf(digest)} \\(asked by ana@payments\\.example\\)`));
      const other = countersign(team.ana, 'request', '--', `${DEPLOY} --other`).out.trim();
      const statement = { digest, expires: request.expires };
      const mallory = createOutsider(team, 'mallory');
      const cases: readonly (readonly [RegExp, readonly string[]])[] = [
        [/not signed by anybody you accept/, [asked, forgeToken(statement, mallory.key), accepted]],
        [/not signed by anybody you accept/, [asked, token, 'cleo@payments.example']],
        [/asked for this and cannot approve/, [asked, forgeToken(statement, team.ana.key), `${accepted} ana@payments.example`]],
        [/for another request/, [other, token, accepted]],
        [/has expired/, [asked, forgeToken({ digest, expires: Math.floor(Date.now() / 1000) - 5 }, team.ben.key), accepted]],
        [/not signed by anybody you accept/, [asked, forgeToken(statement, team.ben.key, 'countersign-record'), accepted]],
        [/another commit/, [asked, token, accepted, '0'.repeat(40)]],
        [/another command/, [asked, token, accepted, commit, './scripts/deploy.sh']],
        [/request is not whole/, [asked.slice(0, -3), token, accepted]],
        [/token is not whole/, [asked, `${token}=`, accepted]],
        [/no request/, [token, asked, accepted]],
      ];
      for (const [reason, args] of cases) {
        const { code, text } = verify(roster, args);
        assert.equal(code, 4, text);
        assert.match(text, reason);
      }
      assert.match(verify(roster, [asked, token, accepted], { PRESENCE: 'touch' }).text, /plain key was used/);
      writeFileSync(roster, `${readFileSync(roster, 'utf8')}\nsecond@payments.example ${keyWords(team.ana.key)}\n`);
      assert.match(verify(roster, [asked, forgeToken(statement, team.ana.key), 'second@payments.example']).text, /asked for this and cannot approve/);
      writeFileSync(roster, `* ${keyWords(mallory.key)}\n${readFileSync(roster, 'utf8')}`);
      assert.match(verify(roster, [asked, token, accepted]).text, /pattern or a certificate authority/);
      assert.equal(verify(roster, [asked]).code, 2);
    });

    it('a security key counts when it was touched, and not when it was not, nor without its PIN where that is asked for', function () {
      const provider = softwareSecurityKey();
      if (provider === undefined) skip(this, 'OpenSSH’s sk-dummy.so is not installed (Debian package openssh-tests)');
      const asked = countersign(team.ana, 'request', '--', DEPLOY).out.trim();
      const { digest, request } = parseRequest(asked);
      const statement = { digest, expires: request.expires };
      const key = path.join(team.directory, 'sk');
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519-sk', '-N', '', '-w', provider, '-f', key]);
      const raw = execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-f', key, '-n', APPROVAL_NAMESPACE], { input: statementBytes(statement), env: { ...process.env, SSH_SK_PROVIDER: provider }, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
      const touched = formatToken({ statement, signature: Buffer.from(raw.replace(/-----.*-----/g, ''), 'base64') });
      const roster = signers();
      const listed = readFileSync(roster, 'utf8');
      writeFileSync(roster, `${listed}\nben@payments.example ${keyWords(key)}\n`);
      assert.equal(verify(roster, [asked, touched, team.ben.email], { PRESENCE: 'touch' }).code, 0);
      assert.match(verify(roster, [asked, touched, team.ben.email], { PRESENCE: 'pin' }).text, /needs the PIN/);
      for (const [flags, presence, code] of [[0, 'none', 4], [1, 'pin', 4], [5, 'pin', 0], [4, 'none', 4]] as const) {
        const { blob, raw: signature } = emulate({ kind: 'sk-ed25519', flags, message: statementBytes(statement) });
        writeFileSync(roster, `${listed}\nben@payments.example sk-ssh-ed25519@openssh.com ${blob.toString('base64')}\n`);
        const { code: got, text } = verify(roster, [asked, formatToken({ statement, signature }), team.ben.email], { PRESENCE: presence });
        assert.equal(got, code, `flags ${flags}: ${text}`);
      }
    });
  });
});
