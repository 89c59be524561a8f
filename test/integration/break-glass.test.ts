import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { anchor } from '../../src/broker/anchoring.js';
import { askForGlass, breakGlass } from '../../src/broker/break-glass.js';
import { tryOnce } from '../../src/broker/hold.js';
import { verifyLedger } from '../../src/broker/ledger-report.js';
import { reviewText } from '../../src/broker/review.js';
import { reviewFacts } from '../../src/broker/review-facts.js';
import { eventName } from '../../src/broker/store.js';
import { SealedRun } from '../../src/broker/unsealing.js';
import { hexOf } from '../../src/core/approval/canonical.js';
import { BREAK_GLASS_NAMESPACE, formatRecord, RECORD_NAMESPACE, recordBytes, type EventRecord } from '../../src/core/approval/record.js';
import type { RequestView } from '../../src/core/ledger/fold.js';
import { newIdentity, recipientOfIdentity } from '../../src/world/age.js';
import { keepIdentity } from '../../src/world/identity.js';
import { createTeam, deployments, environmentOf, git, type Person, type Team } from '../demo/team.js';
import { repositoryRoot } from '../harness/paths.js';
import { skip } from '../harness/skip.js';
import { emulate } from '../unit/core/approval/ssh-fixtures.js';
import { eventCommit, pushEvents, signWith } from './attacks-tools.js';
import { changeRules, countersign, keyWords } from './jobs-tools.js';
import { Seat, TestClock } from './people.js';
import { Terminal } from './pty.js';
import { push, SECRET, sealAs } from './sealed-tools.js';
import { softwareSecurityKey } from './ssh-agent-fixture.js';

const DAY = 24 * 3600;

describe('break-glass', function () {
  // Many real programs, one after the other, on whatever machine this is.
  this.timeout(180_000);
  let provider: string;
  let team: Team;
  let clock: TestClock;
  let ana: Seat;
  let ben: Seat;
  before(function () {
    const found = softwareSecurityKey();
    if (found === undefined) skip(this, 'OpenSSH’s sk-dummy.so is not installed (Debian package openssh-tests)');
    provider = found;
  });
  beforeEach(async () => {
    team = createTeam();
    clock = new TestClock();
    for (const person of [team.ana, team.ben]) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519-sk', '-N', '', '-w', provider, '-f', securityKeyOf(person)]);
    ana = await seat(team.ana);
    ben = await seat(team.ben);
  });
  afterEach(() => team.dispose());

  const securityKeyOf = (person: Person) => path.join(person.home, '.ssh', 'id_ed25519_sk');
  const seat = (person: Person) => Seat.of(person, clock, person.key, undefined, { SSH_SK_PROVIDER: provider });
  const enrolKeys = (policy = '') =>
    changeRules(team, (rules) => {
      for (const person of [team.ana, team.ben]) appendFileSync(path.join(rules, 'allowed_signers'), `${person.email} namespaces="countersign-break-glass" ${keyWords(securityKeyOf(person))}\n`);
      appendFileSync(path.join(rules, 'policy.yaml'), policy);
    });
  const said = { environments: 'production', reason: 'Payments are down' };
  const breakIt = async (view: RequestView, words = said) => breakGlass(await ana.see(view), words, ana.desk, clock.seconds);

  it('29: runs what is held, once, with the requester’s own security key, told to everybody before it runs, and not again before another person reviewed it', async () => {
    enrolKeys();
    const { view, end } = await ana.hold();
    await assert.rejects(breakIt(view, { ...said, environments: 'prod' }), /Type exactly “production”/);
    await assert.rejects(breakIt(view, { ...said, reason: ' ' }), /Say why/);
    assert.equal(deployments(team.ana).length, 0);
    await breakIt(view);
    assert.equal((await end).run, true);
    assert.equal(deployments(team.ana).length, 1);
    const seen = await ben.see(view);
    assert.deepEqual([seen.glass?.reason, seen.glass?.environments, seen.approvals.length], ['Payments are down', ['production'], 0]);
    assert.ok((seen.glass?.at ?? 0) <= (seen.use?.at ?? 0), 'it was written before it ran');
    const text = reviewText(seen, await reviewFacts(seen, ben.desk.repository, await ben.desk.trust(), team.ben.home), await ben.desk.trust(), clock.seconds);
    assert.match(text, /Break-glass +without approval at .*\n +Because +Payments are down\n +Reviewed +not yet/);
    const next = await ana.hold(ana.deployment({ text: './scripts/deploy.sh production again' }));
    await assert.rejects(breakIt(next.view), /Nobody has looked yet at what you did/);
    await assert.rejects(ana.desk.reviewGlass(await ana.see(view), 'fine'), /another person has to look at it/);
    await ben.desk.reviewGlass(seen, 'It was right');
    assert.equal((await ana.see(view)).glassReview?.note, 'It was right');
    clock.seconds += 1;
    await breakIt(next.view);
    assert.equal((await next.end).run, true);
    await ben.desk.reviewGlass(await ben.see(next.view), 'Right again');
    clock.seconds += 1;
    const third = await ana.hold(ana.deployment({ text: './scripts/deploy.sh production once more' }));
    await assert.rejects(askForGlass(await ana.see(third.view), ana.desk, clock.seconds), /2 times in the last seven days/);
    third.stop.abort();
    await third.end;
    assert.equal(deployments(team.ana).length, 2);
  });

  it('29: without a security key on the roster, without a remote to tell the others, or where the policy says never, it is not there', async () => {
    const { view, end, stop } = await ana.hold();
    await assert.rejects(breakIt(view), /Break-glass needs a security key of your own/);
    stop.abort();
    await end;
    enrolKeys();
    await ana.desk.sync();
    const held = await ana.hold();
    const here = await ana.see(held.view);
    renameSync(team.remote!, `${team.remote!}.away`);
    await assert.rejects(breakGlass(here, said, ana.desk, clock.seconds), /cannot be reached to tell the others, so nothing was run/);
    renameSync(`${team.remote!}.away`, team.remote!);
    held.stop.abort();
    await held.end;
    writeFileSync(path.join(team.ana.clone, '.countersign', 'policy.yaml'), 'version: 1\nbreakGlass: { perWeek: 0 }\n');
    const other = await ana.hold(ana.deployment({ text: './scripts/deploy.sh production other' }));
    await assert.rejects(askForGlass(await ana.see(other.view), ana.desk, clock.seconds), /does not let anybody break the glass/);
    other.stop.abort();
    await other.end;
    assert.equal(deployments(team.ana).length, 0);
  });

  it('29: no signature but that of a touched security key of the requester breaks it, and no denied request runs', async () => {
    const emulated = (record: EventRecord, flags: number) => emulate({ kind: 'sk-ed25519', flags, message: recordBytes(record), namespace: BREAK_GLASS_NAMESPACE });
    enrolKeys();
    const { view, end } = await ana.hold();
    const record: EventRecord = { v: 1, event: 'break-glass', request: view.digest, by: team.ana.email, at: clock.seconds, reason: 'x', environments: ['production'] };
    const sk = (person: Person, namespace: string) => {
      process.env['SSH_SK_PROVIDER'] = provider;
      try {
        return signWith(securityKeyOf(person), namespace, recordBytes(record));
      } finally {
        delete process.env['SSH_SK_PROVIDER'];
      }
    };
    const forged: readonly [Buffer, EventRecord][] = [
      [signWith(team.ana.key, BREAK_GLASS_NAMESPACE, recordBytes(record)), record],
      [signWith(team.ana.key, RECORD_NAMESPACE, recordBytes(record)), record],
      [sk(team.ben, BREAK_GLASS_NAMESPACE), record],
      [sk(team.ana, RECORD_NAMESPACE), record],
      [emulated(record, 0).raw, record],
      [sk(team.ana, BREAK_GLASS_NAMESPACE), { ...record, environments: ['staging'] }],
    ];
    pushEvents(team.ben, new Map(forged.map(([signature, forgedRecord], index) => [eventName('break-glass', hexOf(view.digest), index.toString(16).padStart(16, '0')), eventCommit(team.ben, formatRecord(forgedRecord, signature))])));
    const seen = await ana.see(view);
    assert.equal(seen.glass, undefined);
    assert.equal(seen.problems.length, forged.length);
    await ben.desk.deny(await ben.see(view), 'No');
    await ana.desk.sync();
    assert.equal((await end).run, false);
    await assert.rejects(breakIt(view), /only be broken for a request that waits/);
    // Also of a key that is on the roster: untouched it counts for nothing, touched it would.
    for (const [flags, counts] of [[0, false], [1, true]] as const) {
      const { blob, raw } = emulated(record, flags);
      changeRules(team, (rules) => appendFileSync(path.join(rules, 'allowed_signers'), `${team.ana.email} sk-ssh-ed25519@openssh.com ${blob.toString('base64')}\n`));
      pushEvents(team.ben, new Map([[eventName('break-glass', hexOf(view.digest), `f${flags.toString().padStart(15, '0')}`), eventCommit(team.ben, formatRecord(record, raw))]]));
      assert.equal((await ana.see(view)).glass !== undefined, counts);
    }
    assert.equal(deployments(team.ana).length, 0);
  });

  it('29: an untouched key on the roster, or a touch where the policy asks for the PIN, counts for nothing', async () => {
    enrolKeys('breakGlass: { presence: pin }\n');
    await ana.desk.sync();
    const { view, end, stop } = await ana.hold();
    await assert.rejects(breakIt(view), /asks for the PIN of the security key to break the glass/);
    stop.abort();
    await end;
    assert.equal(deployments(team.ana).length, 0);
  });

  it('29: stays where everybody reads it until it was reviewed and its week is over, and stands in the ledger from then on', async () => {
    enrolKeys();
    const { view, end } = await ana.hold();
    await breakIt(view);
    assert.equal((await end).run, true);
    await ana.desk.recordOutcome(view.digest, 0);
    const fold = () => anchor(ben.desk, clock.seconds);
    const glasses = () => git(team.ana, team.remote!, 'for-each-ref', '--format=%(refname)', 'refs/countersign/glass/').split('\n').filter(Boolean).length;
    assert.equal((await fold()).folded, 0, 'nobody has looked at it');
    clock.seconds += 30 * DAY;
    assert.deepEqual([await fold(), glasses()], [{ folded: 0, dropped: 0, problem: undefined }, 1], 'and after a month nobody has');
    await ben.desk.reviewGlass(await ben.see(view), 'It was right');
    const late = await fold();
    assert.deepEqual([late.folded, late.dropped, glasses()], [5, 5, 0], 'request, break-glass, use, outcome and review');
    const fresh = { ...team.ana, clone: path.join(team.directory, 'ana', 'fresh') };
    git(team.ana, team.directory, 'clone', '--quiet', team.remote!, fresh.clone);
    const reader = await seat(fresh);
    await reader.desk.sync();
    const { problems, requests } = await verifyLedger(reader.desk, undefined, clock.seconds);
    assert.deepEqual(problems, []);
    assert.deepEqual(requests.map(({ state, glass, glassReview, approvals }) => [state, glass?.reason, glassReview?.note, approvals.length]), [['finished', 'Payments are down', 'It was right', 0]]);

    // Also for whoever had not looked before the review was folded away.
    assert.equal((await ana.see(view)).glassReview?.note, 'It was right');
    // Reviewed at once, it still counts towards the week.
    const next = await ana.hold(ana.deployment({ text: './scripts/deploy.sh production again' }));
    await breakIt(next.view);
    assert.equal((await next.end).run, true);
    await ana.desk.recordOutcome(next.view.digest, 0);
    await ben.desk.reviewGlass(await ben.see(next.view), 'Right again');
    clock.seconds += 6 * DAY;
    assert.deepEqual([(await fold()).folded, glasses()], [0, 1]);
    clock.seconds += 2 * DAY;
    assert.deepEqual([(await fold()).folded, glasses()], [5, 0]);
    assert.deepEqual((await verifyLedger(ben.desk, undefined, clock.seconds)).problems, []);
  });

  it('29: opens nothing that is sealed: that takes the approver’s key, not their absence', async () => {
    const identities = [await newIdentity(), await newIdentity()] as const;
    [team.ana, team.ben].forEach(({ home }, at) => keepIdentity(home, identities[at]!));
    const [recipient, other] = await Promise.all(identities.map(recipientOfIdentity));
    enrolKeys(`recipients: { ${team.ana.email}: ${recipient!}, ${team.ben.email}: ${other!} }\n`);
    await sealAs(team.ana, 'DATABASE_URL', SECRET);
    push(team);
    await ben.desk.sync();
    const sealed = await SealedRun.prepare(['DATABASE_URL'], ana.desk, team.ana.home, clock.seconds);
    const ask = { ...ana.deployment(), sealed: sealed.binding };
    const attempt = async () => tryOnce(ask, await ana.judge(ask), ana.context, { reason: '', agent: null });
    const { view } = await attempt();
    await breakIt(view);
    assert.equal((await ana.see(view)).glass?.reason, 'Payments are down', 'it is broken');
    const still = await attempt();
    assert.deepEqual([still.view.digest, still.run, 'reason' in still && still.reason], [view.digest, false, undefined], 'and the run still waits');
    assert.deepEqual((await ana.see(view)).releases, []);
    await assert.rejects(sealed.open(await ana.see(view)), /could be opened/);
    await ben.approve(view);
    await ana.desk.sync();
    const approved = await attempt();
    assert.equal(approved.run, true, 'with an approval it runs');
    assert.equal(Buffer.from((await sealed.open(approved.view))[0]!.value).toString(), SECRET);
  });

  it('from the command line needs a person at a terminal', async () => {
    enrolKeys();
    const command = 'kubectl --context prod-eu delete namespace payments >/dev/null 2>&1 || true; ./scripts/deploy.sh production';
    const piped = countersign(team.ana, 'break-glass', '--', command);
    assert.deepEqual([piped.code, /Only a person at a terminal/.test(piped.err)], [4, true]);
    const terminal = await Terminal.start(process.execPath, [path.join(repositoryRoot(), 'out', 'cli.js'), 'break-glass', '--', command], { cwd: team.ana.clone, env: { ...environmentOf(team.ana), SSH_SK_PROVIDER: provider } });
    await terminal.waitFor(/Type where it lands, “production”: /, 60_000);
    terminal.write('production\r');
    await terminal.waitFor(/Why\? /);
    terminal.write('Payments are down\r');
    assert.equal(await terminal.exited, 0, terminal.output);
    assert.equal(deployments(team.ana).length, 1);
    const row = countersign(team.ben, 'review', (await ben.desk.sync(), (await ben.desk.requests())[0]!.digest));
    assert.match(row.out, /Reviewed +not yet/);
    assert.equal(countersign(team.ben, 'reviewed', '--reason', 'Right', (await ben.desk.requests())[0]!.digest).code, 0);
    assert.match(countersign(team.ben, 'review', (await ben.desk.requests())[0]!.digest).out, /Reviewed +by ben@payments\.example .*: Right/);
    assert.match(git(team.ana, team.remote!, 'for-each-ref', '--format=%(refname)', 'refs/countersign/glass/'), /refs\/countersign\/glass\//);
  });
});
