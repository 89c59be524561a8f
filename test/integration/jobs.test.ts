import assert from 'node:assert/strict';
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createTeam, deployments, git, type Person, type Team } from '../demo/team.js';
import { forgeToken } from './attacks-tools.js';
import { checkOut, countersign, countersignWith, createJob, createOutsider } from './jobs-tools.js';

const DEPLOY = './scripts/deploy.sh production';

/** What an approval is worth where the credential is: in a job that believes nothing but the protected branch. */
describe('a job', function () {
  // Many real programs, one after the other, on whatever machine this is.
  this.timeout(180_000);
  let team: Team;
  let job: Person;
  beforeEach(() => {
    team = createTeam();
    job = createJob(team);
  });
  afterEach(() => team.dispose());

  const verify = (...args: string[]) => countersign(job, 'verify', '--json', ...args, '--', DEPLOY);
  const standing = (...args: string[]) => {
    const { code, out, err } = verify(...args);
    return { code, ...(JSON.parse(out || JSON.stringify({ reason: err })) as { state?: string; used?: boolean; reason?: string; operation?: { commit: string } }) };
  };
  const request = (...words: string[]) => countersign(team.ana, 'request', '--', ...(words.length > 0 ? words : [DEPLOY])).out.trim();
  const approve = (asked: string) => countersign(team.ben, 'approve', '--yes', asked).out.trim();

  it('runs what somebody asked for and another person approved, once, and says so in the ledger', () => {
    assert.deepEqual([standing().code, standing().state], [3, 'waiting']);
    const asked = request();
    assert.match(standing().reason ?? '', /waits for 1 signature/);
    approve(asked);
    const good = standing();
    assert.deepEqual([good.code, good.state, good.used], [0, 'approved', false]);
    assert.equal(good.operation?.commit, git(job, job.clone, 'rev-parse', 'HEAD'));
    const ran = countersign(job, 'run', '--', DEPLOY);
    assert.equal(ran.code, 0, ran.err);
    assert.match(ran.err, /approved by ben@payments\.example/);
    assert.equal(deployments(job).length, 1);
    assert.match(countersign(team.ben, 'review', asked).out, /Finished with exit code 0, signed by ben@payments\.example/);
    const again = countersign(job, 'run', '--', DEPLOY);
    assert.equal(again.code, 126);
    assert.match(again.err, /used already/);
    assert.equal(standing().code, 4);
    assert.equal(deployments(job).length, 1);
  });

  it('uses an approval up with --consume, of two checkouts at once exactly one', () => {
    approve(request());
    const second = { ...job, home: createOutsider(team, 'other').home, clone: path.join(team.directory, 'second') };
    checkOut(team, second);
    const key = { COUNTERSIGN_KEY: job.key };
    const codes = [job, second].map((person) => countersignWith(person, key, 'verify', '--consume', '--', DEPLOY).code);
    assert.deepEqual(codes, [0, 4]);
  });

  it('takes its evidence from arguments, a file or the environment', () => {
    const asked = request();
    const token = approve(asked);
    // What travels by hand must do without the store.
    git(team.ana, team.remote!, 'for-each-ref', '--format=%(refname)', 'refs/countersign/').split('\n').forEach((ref) => git(team.ana, team.remote!, 'update-ref', '-d', ref));
    const file = path.join(team.directory, 'evidence');
    writeFileSync(file, `${asked}\n${token}\n`);
    const empty = () => {
      rmSync(job.clone, { recursive: true });
      checkOut(team, job);
      git(team.ana, team.remote!, 'for-each-ref', '--format=%(refname)', 'refs/countersign/').split('\n').filter(Boolean).forEach((ref) => git(team.ana, team.remote!, 'update-ref', '-d', ref));
    };
    assert.equal(standing().code, 3);
    assert.equal(verify(asked, token).code, 0);
    empty();
    assert.equal(verify('--from', file).code, 0);
    empty();
    assert.equal(countersignWith(job, { COUNTERSIGN_APPROVAL: `${asked} ${token}` }, 'verify', '--', DEPLOY).code, 0);
    assert.equal(verify('--from', path.join(team.directory, 'missing')).code, 4);
    assert.equal(verify('cs1.x.y').code, 4);
  });

  it('waits as long as it was told to for an approval that is not there yet', () => {
    approve(request());
    assert.equal(verify('--wait', '30s').code, 0, 'what is there is not waited for');
    assert.equal(countersign(job, 'verify', '--wait', '1s', '--', `${DEPLOY} --other`).code, 3);
    assert.equal(verify('--wait', 'long').code, 2);
  });

  it('refuses another command, commit, file or directory than what was approved', () => {
    approve(request());
    assert.equal(countersign(job, 'verify', '--', `${DEPLOY} --force`).code, 3);
    assert.equal(countersign({ ...job, clone: path.join(job.clone, 'infra') }, 'verify', '--', DEPLOY).code, 4);
    appendFileSync(path.join(job.clone, 'scripts', 'deploy.sh'), 'echo more\n');
    assert.match(standing().reason ?? '', /files in the working copy, the files it would run differ/);
    git(job, job.clone, 'checkout', '--quiet', '.');
    assert.equal(standing().code, 0);
    git(job, job.clone, 'commit', '--quiet', '--allow-empty', '-m', 'another');
    assert.match(standing().reason ?? '', /not what was asked for: the commit differs/);
    assert.equal(countersign(job, 'run', '--', DEPLOY).code, 126);
    assert.equal(deployments(job).length, 0);
  });

  it('refuses where the command would land somewhere else from here', () => {
    const command = 'kubectl apply -f k8s/deployment.yaml';
    const config = (cluster: string) => `apiVersion: v1\nkind: Config\ncurrent-context: ${cluster}\ncontexts:\n- name: ${cluster}\n  context: {cluster: ${cluster}, user: x}\nclusters:\n- name: ${cluster}\n  cluster: {server: https://${cluster}.example}\nusers: []\n`;
    for (const [person, cluster] of [[team.ana, 'prod-eu'], [job, 'prod-us']] as const) writeFileSync(path.join(person.home, 'kubeconfig'), config(cluster));
    const asked = countersignWith(team.ana, { KUBECONFIG: path.join(team.ana.home, 'kubeconfig') }, 'request', '--', command).out.trim();
    approve(asked);
    const there = countersignWith(job, { KUBECONFIG: path.join(job.home, 'kubeconfig') }, 'verify', '--json', '--', command);
    assert.match(there.out, /where it would land/);
    assert.equal(there.code, 4);
  });

  it('refuses a denied request, an approval by its own author or by nobody on the roster', () => {
    const asked = request();
    const { request: signed } = JSON.parse(countersign(job, 'verify', '--json', asked, '--', DEPLOY).out) as { request: `sha256:${string}` };
    const expires = Math.floor(Date.now() / 1000) + 60;
    for (const key of [team.ana.key, createOutsider(team, 'mallory').key, job.key]) assert.equal(verify(forgeToken({ digest: signed, expires }, key)).code, 4);
    approve(asked);
    assert.equal(countersign(team.ben, 'deny', '--reason', 'not now', asked).code, 0);
    assert.match(standing().reason ?? '', /Denied by ben@payments\.example: not now/);
  });

  it('never asks, signs or denies with its own key, whatever the roster lets that key sign', () => {
    const asked = request();
    assert.equal(countersign(job, 'request', '--', DEPLOY).code, 1);
    assert.notEqual(countersign(job, 'approve', '--yes', asked).code, 0);
    assert.notEqual(countersign(job, 'deny', '--reason', 'x', asked).code, 0);
    assert.equal(countersign(job, 'run', '--', 'echo harmless').code, 126, 'in a job nothing runs unasked');
    assert.equal(standing().state, 'waiting');
  });

  it('does not let a bystander use somebody else’s approval', () => {
    const asked = request();
    approve(asked);
    const used = countersign(team.ben, 'verify', '--consume', '--', DEPLOY);
    assert.equal(used.code, 4);
    assert.match(used.out, /neither the requester nor a job/);
    assert.equal(standing().code, 0);
  });

  it('says what is wrong with a shallow checkout, and with a remote that cannot be reached', () => {
    rmSync(job.clone, { recursive: true });
    git(job, team.directory, 'clone', '--quiet', '--depth', '1', `file://${team.remote!}`, job.clone);
    const shallow = verify();
    assert.equal(shallow.code, 1);
    assert.match(shallow.err, /fetch-depth: 0/);
    git(job, job.clone, 'remote', 'set-url', 'origin', path.join(team.directory, 'nowhere'));
    const lost = verify();
    assert.equal(lost.code, 1);
    assert.match(lost.err, /cannot be reached, so it cannot be told/);
  });
});
