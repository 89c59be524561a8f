import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { anchor } from '../../src/broker/anchoring.js';
import { verifyLedger } from '../../src/broker/ledger-report.js';
import { acceptRulesByHand, proposalOf, proposeRules, settleRules } from '../../src/broker/rule-changes.js';
import { reviewOf } from '../../src/broker/review-rules.js';
import type { Trust } from '../../src/core/approval/trust.js';
import type { RequestView } from '../../src/core/ledger/fold.js';
import { spoken } from '../../src/core/say.js';
import { createTeam, DEMO_POLICY, git, type Person, type Team, type TeamOptions } from '../demo/team.js';
import { createMallory, forgeToken } from './attacks-tools.js';
import { meetAnew, Seat, TestClock } from './people.js';

const OPEN = 'version: 1\nenvironments:\n  production:\n    approvals: 0\n';
const TWO = 'version: 1\nenvironments:\n  production:\n    approvals: 2\n    expires: 20m\n';

/** Mallory may push to the remote, or sits at Ana's keyboard; Ana and Ben were in charge when she came. */
/** Why other rules on the protected branch do not count; empty while there are none. */
function problemOf({ pending }: Trust): string {
  return pending ? spoken(pending.problem) : '';
}

describe('attacks on the rules of the protected branch: they are withstood', () => {
  let team: Team;
  let clock: TestClock;
  let ana: Seat;
  let ben: Seat;
  const sit = async (options: TeamOptions = {}) => {
    team = createTeam(options);
    clock = new TestClock();
    [ana, ben] = [await Seat.of(team.ana, clock), await Seat.of(team.ben, clock)];
    await Promise.all([ana.desk.trust(), ben.desk.trust()]);
  };
  afterEach(() => team.dispose());

  const policyOf = (person: Person) => path.join(person.clone, '.countersign', 'policy.yaml');
  const rosterOf = (person: Person) => path.join(person.clone, '.countersign', 'allowed_signers');
  const commit = (person: Person) => git(person, person.clone, 'commit', '--quiet', '--allow-empty', '-am', 'Other rules');
  const push = (person: Person, ...how: string[]) => git(person, person.clone, 'push', '--quiet', ...how, 'origin', 'main');
  const publish = (person: Person, file: string, text: string) => {
    writeFileSync(file, text);
    commit(person);
    push(person);
  };
  /** Puts Mallory's key on the roster of somebody's working copy. */
  const enlist = (person: Person) => {
    const mallory = createMallory(team);
    const key = readFileSync(`${mallory.key}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
    appendFileSync(rosterOf(person), `mallory@elsewhere.example ${key}\n`);
    return mallory;
  };
  const fetched = async (seat: Seat) => {
    await seat.desk.sync();
    return seat.desk.trust();
  };
  /** Ana proposes what her working copy says, Ben agrees. */
  const agree = async (text = TWO): Promise<RequestView> => {
    writeFileSync(policyOf(team.ana), text);
    const { to } = await proposalOf(ana.desk);
    const view = await proposeRules(ana.desk, to, 'we agreed');
    await ben.approve(view);
    await ana.desk.sync();
    return view;
  };
  /** Ben's pinned rules as they are now, to be put back as if he had been away since. */
  const pins = () => {
    const [here, kept] = [path.join(team.ben.home, '.countersign', 'rules'), path.join(team.directory, 'kept')];
    cpSync(here, kept, { recursive: true });
    return {
      restore: () => {
        rmSync(here, { recursive: true });
        cpSync(kept, here, { recursive: true });
      },
    };
  };
  const approvals = async (seat: Seat) => (await fetched(seat)).policy.environments.find(({ name }) => name === 'production')?.approvals;

  it('16: a policy that Mallory weakened on the protected branch counts for nothing, and the next step is said', async () => {
    await sit();
    publish(team.ben, policyOf(team.ben), OPEN);
    const trust = await fetched(ana);
    assert.equal(trust.policy.environments[0]?.approvals, 1);
    assert.match(problemOf(trust), /changed and nobody approved the change.*countersign rules propose/);
    assert.equal((await ana.judge(ana.deployment())).verdict.action, 'approve');
  });

  it('16: a policy that is stricter than the pinned one holds more at once, but decides about no approval', async () => {
    await sit();
    publish(team.ben, policyOf(team.ben), 'version: 1\nenvironments:\n  tills: { match: ["*till*"], approvals: 2 }\n');
    await fetched(ana);
    assert.equal((await ana.judge(ana.deployment({ text: './scripts/deploy.sh', label: 'tills', labels: ['tills'] }))).verdict.action, 'approve');
  });

  it('15: a key that Mallory put on the roster of the protected branch signs nothing', async () => {
    await sit();
    const mallory = enlist(team.ben);
    commit(team.ben);
    push(team.ben);
    const { view, end, stop } = await ana.hold();
    await assert.rejects(ana.desk.takeToken(forgeToken({ digest: view.digest, expires: view.signed.request.expires }, mallory.key)), /not on the list of allowed signers/);
    await ben.approve(view);
    await ana.desk.sync();
    assert.equal((await end).run, true, 'and nobody who was in charge is kept from signing');
    stop.abort();
  });

  it('15, 16: rules that those in charge agreed to count once they are on the protected branch, for everybody', async () => {
    await sit();
    const view = await agree();
    assert.equal(await approvals(ana), 1, 'not before they are there');
    commit(team.ana);
    push(team.ana);
    for (const seat of [ana, ben]) assert.equal(await approvals(seat), 2);
    assert.equal((await ana.desk.trust()).pending, undefined);
    await settleRules(ana.desk);
    // Carl was away until long after the request had closed.
    clock.seconds += 3 * 24 * 3600;
    const trust = await fetched(ben);
    assert.equal(trust.pinned?.how, 'approved');
    assert.equal((await ben.desk.find(view.digest)).state, 'finished');
  });

  it('16: who was away while the rules changed twice follows both steps, also after the requests have closed', async () => {
    await sit();
    const away = pins();
    for (const minutes of [10, 20]) {
      await agree(DEMO_POLICY.replace('30m', `${minutes}m`));
      commit(team.ana);
      push(team.ana);
      for (const seat of [ana, ben]) assert.equal((await fetched(seat)).policy.environments[0]?.lifetime, minutes * 60);
      await settleRules(ana.desk);
    }
    clock.seconds += 2 * 24 * 3600;
    away.restore();
    assert.equal((await fetched(ben)).policy.environments[0]?.lifetime, 20 * 60);
  });

  it('16: one approval does not bring back what was given up since, whether somebody was away meanwhile or not', async () => {
    await sit();
    const loose = `${DEMO_POLICY}    presence: none\n`;
    const away = pins();
    for (const text of [loose, DEMO_POLICY]) {
      await agree(text);
      commit(team.ana);
      push(team.ana);
      for (const seat of [ana, ben]) await fetched(seat);
    }
    // The same text as the first time, by somebody who may push.
    git(team.ben, team.ben.clone, 'pull', '--quiet', 'origin', 'main');
    publish(team.ben, policyOf(team.ben), loose);
    for (const seat of [ana, ben]) assert.match(problemOf((await fetched(seat))), /nobody approved the change/);
    away.restore();
    const trust = await fetched(ben);
    assert.match(problemOf(trust), /nobody approved the change/);
    assert.equal(trust.policy.digest, (await fetched(ana)).policy.digest);
  });

  it('16: a remote that was rewound or rewritten changes nothing (CVE-2026-44544)', async () => {
    await sit();
    const old = git(team.ana, team.ana.clone, 'rev-parse', 'HEAD');
    await agree();
    commit(team.ana);
    push(team.ana);
    assert.equal(await approvals(ben), 2);
    git(team.ana, team.ana.clone, 'reset', '--quiet', '--hard', old);
    push(team.ana, '--force');
    const trust = await fetched(ben);
    assert.equal(trust.policy.environments[0]?.approvals, 2);
    assert.match(problemOf(trust), /no longer contains the commit that the pinned rules come from.*stay in force/);
    git(team.ana, team.ana.clone, 'checkout', '--quiet', '--orphan', 'other');
    writeFileSync(policyOf(team.ana), OPEN);
    commit(team.ana);
    git(team.ana, team.ana.clone, 'push', '--quiet', '--force', 'origin', 'other:main');
    assert.equal(await approvals(ben), 2);
  });

  it('16: another remote, another branch or a second clone by the same person is no second first contact', async () => {
    await sit();
    const evil = path.join(team.directory, 'evil.git');
    git(team.ben, team.directory, 'clone', '--quiet', '--bare', team.remote!, evil);
    writeFileSync(policyOf(team.ben), OPEN);
    commit(team.ben);
    git(team.ben, team.ben.clone, 'push', '--quiet', evil, 'main');
    git(team.ana, team.ana.clone, 'remote', 'set-url', 'origin', evil);
    assert.equal(await approvals(ana), 1);
    git(team.ana, team.ana.clone, 'update-ref', 'refs/remotes/origin/main', git(team.ana, team.ana.clone, 'rev-parse', 'origin/main'));
    git(team.ana, team.ana.clone, 'remote', 'set-url', 'origin', team.remote!);
    push(team.ben);
    const second = path.join(team.directory, 'ana', 'second');
    git(team.ana, team.directory, 'clone', '--quiet', team.remote!, second);
    const seat = await Seat.of({ ...team.ana, clone: second }, clock);
    assert.equal(await approvals(seat), 1);
    assert.match(problemOf((await seat.desk.trust())), /nobody approved/);
  });

  it('15: a change of the rules that its own author approved, or the new roster alone, does not count', async () => {
    await sit();
    const mallory = enlist(team.ana);
    const { to } = await proposalOf(ana.desk);
    const view = await proposeRules(ana.desk, to, '');
    await assert.rejects(ana.desk.approve(view), /another person on the list/);
    await assert.rejects(ana.desk.takeToken(forgeToken({ digest: view.digest, expires: view.signed.request.expires }, mallory.key)), /not on the list/);
    commit(team.ana);
    push(team.ana);
    assert.match(problemOf((await fetched(ana))), /nobody approved/);
    await ben.desk.deny(await ben.see(view), 'Who is that?');
    assert.match(problemOf((await fetched(ana))), /nobody approved/);
  });

  it('8: an approval of a command is none of the rules, and one of other texts is none of these', async () => {
    await sit();
    const { view, end, stop } = await ana.hold();
    await ben.approve(view);
    await agree(TWO);
    publish(team.ben, policyOf(team.ben), OPEN);
    assert.match(problemOf((await fetched(ana))), /nobody approved/);
    stop.abort();
    await end.catch(() => undefined);
  });

  it('what an approver reads of a change of the rules are the very texts that are signed, compared with the rules in force', async () => {
    await sit();
    writeFileSync(policyOf(team.ana), OPEN);
    const { to } = await proposalOf(ana.desk);
    const view = await proposeRules(ana.desk, to, 'only a typo\u202e');
    const text = await reviewOf(await ben.see(view), ben.desk, team.ben.home, clock.seconds);
    assert.match(text, /^ {2}\+ {5}approvals: 0$/m);
    assert.match(text, /^ {2}- {5}approvals: 1$/m);
    assert.match(text, /Change .*needs fewer approvals/);
    assert.ok(!text.includes('\u202e'));
    assert.match(text, /Waiting for 1 signature\. Can sign: ben/);
  });

  it('29: rules are taken over by hand only with the fingerprint that was shown, and everybody sees that it was done', async () => {
    await sit();
    publish(team.ben, policyOf(team.ben), TWO);
    const { pending } = await fetched(ana);
    await assert.rejects(acceptRulesByHand(ana.desk, '0000-0000-0000-0000-0000-0000', clock.seconds), /says something else by now/);
    assert.equal(await acceptRulesByHand(ana.desk, pending?.fingerprint ?? '', clock.seconds), undefined);
    const trust = await fetched(ana);
    assert.deepEqual([trust.policy.environments[0]?.approvals, trust.pinned?.how, trust.pending], [2, 'by hand', undefined]);
    await ben.desk.sync();
    const { incidents } = await ben.desk.read();
    assert.equal(incidents[0]?.incident.name, 'Rules taken over by hand');
  });

  it('16: what was done under rules that nobody agreed to proves nothing, although they stand on the protected branch', async () => {
    await sit();
    const mallory = enlist(team.ana);
    commit(team.ana);
    push(team.ana);
    // On Ana's account her own rules count, and her second self approves.
    meetAnew(team.ana);
    ana = await Seat.of(team.ana, clock);
    const secondSelf = await Seat.of(team.ana, clock, mallory.key);
    const { view, end } = await ana.hold();
    await secondSelf.approve(view);
    await ana.desk.sync();
    assert.equal((await end).run, true);
    await ana.desk.recordOutcome(view.digest, 0);
    assert.ok((await anchor(ana.desk, clock.seconds)).folded > 0);
    assert.deepEqual((await verifyLedger(ana.desk, undefined, clock.seconds)).problems, []);
    await ben.desk.sync();
    const report = await verifyLedger(ben.desk, undefined, clock.seconds);
    assert.deepEqual(report.requests, []);
    assert.match(report.problems.join('\n'), /rules that were never in force/);
    assert.equal((await anchor(ben.desk, clock.seconds)).folded, 0);
  });

  it('what was done under rules that were agreed to is proved also to whoever was away while they were in force', async () => {
    await sit();
    const away = pins();
    for (const minutes of [20, 25]) {
      await agree(DEMO_POLICY.replace('30m', `${minutes}m`));
      commit(team.ana);
      push(team.ana);
      await fetched(ana);
      await settleRules(ana.desk);
      const { view, end } = await ana.hold();
      await ben.approve(view);
      await ana.desk.sync();
      assert.equal((await end).run, true);
      await ana.desk.recordOutcome(view.digest, 0);
    }
    await anchor(ana.desk, clock.seconds);
    away.restore();
    ben = await Seat.of(team.ben, clock);
    await ben.desk.sync();
    const { problems, requests } = await verifyLedger(ben.desk, undefined, clock.seconds);
    assert.deepEqual(problems, []);
    assert.equal(requests.filter(({ state, signed }) => state === 'finished' && signed.request.operation.kind === 'task').length, 2);
  });

  it('16: the policy of one time and the roster of another were never in force together', async () => {
    await sit();
    const [first] = (await ana.desk.history()).everybody();
    await agree(TWO);
    assert.ok(first);
    publish(team.ana, rosterOf(team.ana), `${readFileSync(rosterOf(team.ana), 'utf8')}# Ana leads.\n`);
    meetAnew(team.ana);
    const history = await (await Seat.of(team.ana, clock)).desk.history();
    const [now] = history.everybody();
    assert.ok(now && now.rosterDigest !== first.rosterDigest && now.policy.digest !== first.policy.digest);
    const digests = (policy: typeof now, roster: typeof now) => ({ policy: policy.policy.digest, roster: roster.rosterDigest });
    assert.ok(history.at(digests(first, first)) && history.at(digests(now, now)));
    assert.equal(history.at(digests(first, now)), undefined);
    assert.equal(history.at(digests(now, first)), undefined);
  });

  it('a pin that was damaged holds everything, and nobody but the person can read it', async () => {
    await sit();
    const directory = path.join(team.ana.home, '.countersign', 'rules');
    assert.equal(statSync(directory).mode & 0o077, 0);
    for (const name of readdirSync(directory)) {
      assert.equal(statSync(path.join(directory, name)).mode & 0o077, 0, name);
      if (name.endsWith('.json')) writeFileSync(path.join(directory, name), '{"v":1}');
    }
    await assert.rejects(ana.desk.trust(), { code: 'policy' });
  });

  it('a shallow clone keeps the pinned rules and says how it can see more', async () => {
    await sit();
    await agree();
    commit(team.ana);
    push(team.ana);
    const shallow = path.join(team.directory, 'ben', 'shallow');
    git(team.ben, team.directory, 'clone', '--quiet', '--depth=1', `file://${team.remote ?? ''}`, shallow);
    const seat = await Seat.of({ ...team.ben, clone: shallow }, clock);
    // First contact is what a shallow clone says, as for any other.
    assert.equal((await seat.desk.trust()).pinned?.how, 'first contact');
    publish(team.ana, policyOf(team.ana), OPEN);
    git(team.ben, shallow, 'fetch', '--quiet', '--depth=1', 'origin', '+main:refs/remotes/origin/main');
    assert.match(problemOf((await seat.desk.trust())), /too shallow.*--unshallow/);
  });

  it('without a remote the local default branch is pinned in the same way', async () => {
    await sit({ remote: false });
    writeFileSync(policyOf(team.ana), OPEN);
    commit(team.ana);
    const trust = await ana.desk.trust();
    assert.equal(trust.policy.environments[0]?.approvals, 1);
    assert.match(problemOf(trust), /rules on main changed/);
  });

  it('the first roster of a repository is pinned when it is seen, and nothing before', async () => {
    await sit({ bare: true });
    assert.equal((await ana.desk.trust()).pinned, undefined);
    const line = (person: Person) => `${person.email} ${readFileSync(`${person.key}.pub`, 'utf8').split(' ').slice(0, 2).join(' ')}\n`;
    mkdirSync(path.dirname(rosterOf(team.ana)), { recursive: true });
    writeFileSync(rosterOf(team.ana), [team.ana, team.ben].map(line).join(''));
    git(team.ana, team.ana.clone, 'add', '--all');
    commit(team.ana);
    push(team.ana);
    const trust = await ana.desk.trust();
    assert.deepEqual([trust.pinned?.how, trust.pinned?.announced, trust.people.all().length], ['first contact', false, 2]);
    assert.equal((await fetched(ben)).pinned?.fingerprint, trust.pinned?.fingerprint, 'two people see the same fingerprint');
  });
});
