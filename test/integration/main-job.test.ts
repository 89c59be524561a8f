import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { APPROVAL_NAMESPACE, formatToken, parseToken, statementBytes } from '../../src/core/approval/token.js';
import { eventName } from '../../src/broker/store.js';
import { WindowClosing } from '../../src/broker/window-closing.js';
import { hexOf } from '../../src/core/approval/canonical.js';
import { armor } from '../../src/core/approval/sshsig.js';
import { spoken } from '../../src/core/say.js';
import { createTeam, DEMO_POLICY, deployments, environmentOf, git, type Team, type TeamOptions } from '../demo/team.js';
import { Seat, TestClock } from './people.js';

/** Real git, real SSH keys, two clones: everything but the editor. */
describe('the main job, between two clones', () => {
  let team: Team;
  let clock: TestClock;
  let ana: Seat;
  let ben: Seat;

  const sit = async (options: TeamOptions = {}) => {
    team = createTeam(options);
    clock = new TestClock();
    ana = await Seat.of(team.ana, clock);
    ben = await Seat.of(team.ben, clock);
  };
  afterEach(() => team.dispose());

  const ran = () => deployments(team.ana).length;

  it('runs exactly once after the other person signed, and asks again the next time', async () => {
    await sit();
    const { view, end } = await ana.hold();
    assert.equal(ran(), 0);
    await ben.approve(view);
    assert.equal(ran(), 0, 'nothing runs before the requester fetched and verified');
    await ana.desk.sync();
    const result = await end;
    assert.equal(result.run, true);
    assert.equal(ran(), 1);
    await ana.desk.recordOutcome(view.digest, 0);
    assert.equal((await ben.see(view)).state, 'finished');

    const again = await ana.hold();
    assert.notEqual(again.view.digest, view.digest);
    again.stop.abort();
    assert.equal((await again.end).run, false);
    assert.equal(ran(), 1);
  });

  it('runs when another process of the same clone has fetched the approval', async () => {
    await sit();
    const { view, end } = await ana.hold();
    await ben.approve(view);
    await (await Seat.of(team.ana, clock)).desk.sync();
    assert.equal((await end).run, true);
    assert.equal(ran(), 1);
  });

  it('ends with the reason when it is denied, and a denial wins over an approval', async () => {
    await sit();
    const { view, end } = await ana.hold();
    await ben.approve(view);
    await ben.desk.deny(await ben.see(view), 'Not on a Friday');
    await ana.desk.sync();
    const result = await end;
    assert.equal(result.run, false);
    assert.match('reason' in result ? spoken(result.reason) : '', /Denied by ben@payments\.example: Not on a Friday/);
    assert.equal(ran(), 0);
  });

  it('is not decided on by somebody who looks at how it was: what others said meanwhile is fetched first', async () => {
    await sit();
    const { view, end, stop } = await ana.hold();
    const seen = await ben.see(view);
    stop.abort();
    assert.equal((await end).run, false);
    await assert.rejects(ben.desk.approve(seen), /This request is withdrawn: there is nothing to approve/);
    await assert.rejects(ben.desk.deny(seen, 'Not on a Friday'), /This request is withdrawn: there is nothing to deny/);

    const second = await ana.hold();
    const asSeen = await ben.see(second.view);
    assert.equal((await ben.desk.approve(asSeen)).view.state, 'approved');
    await ana.desk.sync();
    assert.equal((await second.end).run, true);
    await assert.rejects(ben.desk.deny(asSeen, 'Not on a Friday'), /This request is running: there is nothing to deny/);
  });

  it('ends when it expires', async () => {
    await sit();
    const { view } = await ana.hold();
    clock.seconds = view.signed.request.expires + 1;
    assert.equal((await ben.see(view)).state, 'expired');
    await assert.rejects(ben.approve(view), /expired/);
  });

  it('stops waiting when it expires, and says so', async () => {
    await sit();
    const { view } = await ana.hold();
    clock.seconds = view.signed.request.expires;
    // Taken up again a second before its end, so that the wait is a real one and short.
    const { end } = await (await Seat.of(team.ana, clock)).hold();
    clock.seconds += 1;
    const result = await end;
    assert.equal(result.run, false);
    assert.match('reason' in result ? spoken(result.reason) : '', /expired/);
    assert.equal(ran(), 0);
  });

  it('is withdrawn when the requester cancels', async () => {
    await sit();
    const { view, end, stop } = await ana.hold();
    stop.abort();
    assert.deepEqual((await end).run, false);
    assert.equal((await ben.see(view)).state, 'withdrawn');
  });

  it('goes on with the same request when the window was closed meanwhile', async () => {
    await sit();
    const { view, end: left, stop } = await ana.hold();
    stop.abort(new WindowClosing());
    assert.equal((await left).run, false);
    const reopened = await Seat.of(team.ana, clock);
    await ben.approve(view);
    await reopened.desk.sync();
    const { view: same, end } = await reopened.hold();
    assert.equal(same.digest, view.digest);
    assert.equal((await end).run, true);
  });

  it('does not let two processes wait for the same thing', async () => {
    await sit();
    const { stop, end } = await ana.hold();
    await assert.rejects(ana.hold(), /already waiting/);
    stop.abort();
    await end;
  });

  it('works without a remote, with the request and the token carried as text', async () => {
    await sit({ remote: false });
    const { view, end } = await ana.hold();
    const carried = await ben.desk.takeRequest(ana.desk.textOf(view));
    const { token } = await ben.desk.approve(carried);
    await ana.desk.takeToken(`\n ${token}  \n`);
    assert.equal((await end).run, true);
    assert.equal(ran(), 1);
  });

  it('goes on by itself when a remote is added while something is held', async () => {
    await sit({ remote: false });
    const remote = path.join(team.directory, 'payments.git');
    git(team.ana, team.directory, 'clone', '--quiet', '--bare', team.ana.clone, remote);
    const { view, end } = await ana.hold();
    for (const { clone } of [team.ana, team.ben]) {
      git(team.ana, clone, 'remote', 'add', 'origin', remote);
      git(team.ana, clone, 'fetch', '--quiet', 'origin');
    }
    await ana.desk.sync();
    await ben.approve(view);
    await ana.desk.sync();
    assert.equal((await end).run, true);
    assert.equal(ran(), 1);
  });

  it('asks nobody to sign twice while it waits for others', async () => {
    await sit({ policy: DEMO_POLICY.replace('approvals: 1', 'approvals: 2'), others: 1 });
    const { view, end, stop } = await ana.hold();
    await ben.approve(view);
    await assert.rejects(ben.approve(view), /You have signed this already: it waits for others\./);
    stop.abort();
    assert.equal((await end).run, false);
  });

  it('asks an approver for the passphrase every time, and a requester once', async () => {
    await sit({ passphrase: 'open sesame' });
    let asked = 0;
    const seat = await Seat.of(team.ben, clock, team.ben.key, () => {
      asked += 1;
      return Promise.resolve('open sesame');
    });
    for (const round of [1, 2]) {
      const { view, end, stop } = await ana.hold(ana.deployment({ text: `./scripts/deploy.sh production ${round}` }));
      await seat.approve(view);
      assert.equal(asked, round);
      stop.abort();
      await end;
    }
    const own = await seat.hold(seat.deployment());
    own.stop.abort();
    await own.end;
    assert.equal(asked, 3, 'for the request; the withdrawal uses the same');
  });

  it('makes tokens that stock ssh-keygen accepts', async () => {
    await sit();
    const { view, end, stop } = await ana.hold();
    const token = parseToken(await ben.approve(view));
    const signature = path.join(team.directory, 'token.sig');
    writeFileSync(signature, armor(token.signature));
    const roster = path.join(team.ana.clone, '.countersign', 'allowed_signers');
    const args = ['-Y', 'verify', '-f', roster, '-I', team.ben.email, '-n', APPROVAL_NAMESPACE, '-s', signature];
    const said = execFileSync('ssh-keygen', args, { input: statementBytes(token.statement), encoding: 'utf8' });
    assert.match(said, /Good "countersign-approval" signature for ben@payments\.example/);
    stop.abort();
    await end;
  });

  describe('never', () => {
    it('lets the requester approve her own request', async () => {
      await sit();
      const { view, end, stop } = await ana.hold();
      await assert.rejects(ana.desk.approve(view), /You asked for this yourself/);
      stop.abort();
      await end;
    });

    it('counts a self-signed token that got into the store, whichever of her keys made it', async () => {
      team = createTeam();
      const second = path.join(team.ana.home, '.ssh', 'second');
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', second]);
      const key = readFileSync(`${second}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
      // The second key stands under another address, which the policy says is hers as well.
      appendFileSync(path.join(team.ana.clone, '.countersign', 'allowed_signers'), `ana@home.example ${key}\n`);
      writeFileSync(path.join(team.ana.clone, '.countersign', 'policy.yaml'), `${DEMO_POLICY}people:\n  Ana: [ana@payments.example, ana@home.example]\n`);
      git(team.ana, team.ana.clone, 'commit', '--quiet', '-am', 'A second key');
      git(team.ana, team.ana.clone, 'push', '--quiet', 'origin', 'main');
      clock = new TestClock();
      ana = await Seat.of(team.ana, clock);
      const { view, end, stop } = await ana.hold();
      for (const privateKey of [team.ana.key, second]) {
        const token = await forge(view.digest, view.signed.request.expires, privateKey);
        await ana.desk.store.put(eventName('approval', hexOf(view.digest), hexOf(view.digest).slice(0, 15) + (privateKey === second ? '1' : '0')), token);
      }
      await ana.desk.sync();
      const seen = await ana.see(view);
      assert.equal(seen.state, 'waiting');
      assert.equal(seen.problems.filter((problem) => /cannot approve it as well/.test(spoken(problem))).length, 2);
      stop.abort();
      await end;
      assert.equal(ran(), 0);
    });

    it('takes a token for another request', async () => {
      await sit();
      const first = await ana.hold();
      const second = await ana.hold(ana.deployment({ text: './scripts/deploy.sh production --all' }));
      const token = await ben.approve(first.view);
      await ana.desk.store.put(eventName('approval', hexOf(second.view.digest), '0123456789abcdef'), token);
      assert.equal((await ana.see(second.view)).state, 'waiting');
      for (const held of [first, second]) held.stop.abort();
      await Promise.all([first.end, second.end]);
    });

    it('runs on another commit, with another file, or with a changed script than was approved', async () => {
      const changes: Record<string, (clone: string) => void> = {
        'the commit': (clone) => {
          writeFileSync(path.join(clone, 'NOTES'), 'x');
          git(team.ana, clone, 'add', 'NOTES');
          git(team.ana, clone, 'commit', '--quiet', '-m', 'Another commit');
        },
        'files in the working copy': (clone) => writeFileSync(path.join(clone, 'new-file'), 'x'),
        'the files it would run': (clone) => appendFileSync(path.join(clone, 'scripts', 'deploy.sh'), 'echo more\n'),
      };
      for (const [part, change] of Object.entries(changes)) {
        await sit();
        const { view, end } = await ana.hold();
        await ben.approve(view);
        change(team.ana.clone);
        await ana.desk.sync();
        const result = await end;
        assert.equal(result.run, false, part);
        assert.match('reason' in result ? spoken(result.reason) : '', new RegExp(`no longer what was approved.*${part}`));
        assert.equal(ran(), 0);
        team.dispose();
      }
      await sit();
    });

    it('uses an expired approval', async () => {
      await sit();
      const { view } = await ana.hold();
      const token = await ben.approve(view);
      clock.seconds = view.signed.request.expires + 1;
      await assert.rejects(ana.desk.takeToken(token), /expired/);
    });

    it('uses one approval twice, even from two windows at once', async () => {
      await sit();
      const { view, end, stop } = await ana.hold();
      await ben.approve(view);
      stop.abort();
      await end.catch(() => undefined);
      await sit();
      const held = await ana.hold();
      const approved = held.view;
      const token = await ben.approve(approved);
      const window = await Seat.of(team.ana, clock);
      await Promise.all([ana.desk.sync(), window.desk.sync()]);
      await held.end;
      assert.equal(ran(), 1);
      assert.equal(await window.desk.consume(await window.see(approved)), 'lost');
      await assert.rejects(window.desk.takeToken(token), /used already/);
    });

    it('has two winners when two clones of the requester consume at the same moment', async () => {
      await sit();
      const { view, stop, end } = await ana.hold();
      const elsewhere = path.join(team.directory, 'ana', 'elsewhere');
      git(team.ana, team.directory, 'clone', '--quiet', team.remote!, elsewhere);
      const other = await Seat.of({ ...team.ana, clone: elsewhere }, clock);
      const seen = await other.see(view);
      const results = await Promise.allSettled([ana.desk.consume(view), other.desk.consume(seen)]);
      assert.equal(results.filter((result) => result.status === 'fulfilled' && result.value === 'won').length, 1, JSON.stringify(results));
      stop.abort();
      await end.catch(() => undefined);
    });

    it('runs when the use cannot be recorded at the remote', async () => {
      await sit();
      const { view, end } = await ana.hold();
      const token = await ben.approve(view);
      renameSync(team.remote!, `${team.remote!}.away`);
      await ana.desk.takeToken(token);
      await assert.rejects(end, /cannot be reached to make sure/);
      assert.equal(ran(), 0);
    });

    it('runs when the key, git or the roster is missing', async () => {
      await sit();
      rmSync(path.join(team.ana.home, '.ssh'), { recursive: true });
      await assert.rejects(ana.hold(), /not an SSH key that can sign/);
      const noGit = { ...environmentOf(team.ana), PATH: '/nonexistent' };
      const { openDesk } = await import('../../src/broker/desk.js');
      await assert.rejects(openDesk(team.ana.clone, { home: team.ana.home, env: noGit, configuredKey: () => undefined, askPassphrase: () => Promise.resolve(undefined) }, clock.now), /Git cannot be started/);
      team.dispose();
      await sit({ bare: true });
      await assert.rejects(ana.hold(), /Nobody can approve yet/);
      assert.equal(ran(), 0);
    });

    it('lets the working copy loosen the policy, or its roster count', async () => {
      await sit();
      writeFileSync(path.join(team.ana.clone, '.countersign', 'policy.yaml'), 'version: 1\nenvironments:\n  production:\n    approvals: 0\n');
      assert.equal((await ana.judge(ana.deployment())).verdict.action, 'approve');
      writeFileSync(path.join(team.ana.clone, '.countersign', 'policy.yaml'), 'version: 1\nenvironments:\n  staging:\n    approvals: 1\n');
      assert.equal((await ana.judge(ana.deployment({ label: 'deploy: staging', labels: ['deploy: staging'], text: './scripts/deploy.sh staging' }))).verdict.action, 'approve', 'it may tighten');
    });
  });

  async function forge(digest: `sha256:${string}`, expires: number, privateKey: string): Promise<string> {
    const { dearmor } = await import('../../src/core/approval/sshsig.js');
    const statement = { digest, expires };
    const signed = execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-f', privateKey, '-n', APPROVAL_NAMESPACE], { input: statementBytes(statement), encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
    return formatToken({ statement, signature: dearmor(signed) });
  }
});
