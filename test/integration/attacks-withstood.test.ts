import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { eventName } from '../../src/broker/store.js';
import { hexOf } from '../../src/core/approval/canonical.js';
import { checkToken } from '../../src/core/approval/judge.js';
import { formatRequest, parseRequest } from '../../src/core/approval/request.js';
import { parseRoster } from '../../src/core/approval/roster.js';
import { APPROVAL_NAMESPACE, formatToken, parseToken, statementBytes } from '../../src/core/approval/token.js';
import { trustOf } from '../../src/core/approval/trust.js';
import type { RequestView } from '../../src/core/ledger/fold.js';
import { decide } from '../../src/core/policy/decide.js';
import { parsePolicy } from '../../src/core/policy/policy.js';
import { spoken } from '../../src/core/say.js';
import { createTeam, deployments, git, type Person, type Team } from '../demo/team.js';
import { createMallory, eventCommit, forgeRecord, forgeRequest, forgeToken, pushEvents } from './attacks-tools.js';
import { emulate } from '../unit/core/approval/ssh-fixtures.js';
import { meetAnew, Seat, TestClock } from './people.js';
import { sentence } from '../../src/core/say.js';

/** The table of attacks in order, as far as main-job.test.ts does not have them. */
describe('attacks that are withstood', () => {
  let team: Team;
  let clock: TestClock;
  let ana: Seat;
  let ben: Seat;
  let mallory: Person;
  let held: Awaited<ReturnType<Seat['hold']>>;
  let view: RequestView;

  beforeEach(async () => {
    team = createTeam();
    clock = new TestClock();
    ana = await Seat.of(team.ana, clock);
    ben = await Seat.of(team.ben, clock);
    mallory = createMallory(team);
    held = await ana.hold();
    ({ view } = held);
  });
  afterEach(async () => {
    held.stop.abort();
    await held.end.catch(() => undefined);
    team.dispose();
  });

  const ran = () => deployments(team.ana).length;
  /** Puts an event where anybody with push rights can put one, and lets Ana read it. */
  const plant = async (kind: 'approval' | 'denial' | 'withdrawal' | 'use' | 'outcome', text: string) => {
    const name = kind === 'use' ? eventName(kind, hexOf(view.digest)) : eventName(kind, hexOf(view.digest), '0123456789abcdef');
    pushEvents(mallory, new Map([[name, eventCommit(mallory, text)]]));
    return ana.see(view);
  };
  const take = async (line: string) => ben.desk.takeRequest(line);
  /** Rules that Ben brings to the protected branch, that Ana fetches, and that count: attacks-rules.test.ts is about those that do not. */
  const publish = (file: string, change: (text: string) => string) => {
    const full = path.join(team.ben.clone, '.countersign', file);
    writeFileSync(full, change(readFileSync(full, 'utf8')));
    git(team.ben, team.ben.clone, 'commit', '--quiet', '-am', 'Other rules');
    git(team.ben, team.ben.clone, 'push', '--quiet', 'origin', 'main');
    git(team.ana, team.ana.clone, 'fetch', '--quiet', 'origin');
    meetAnew(team.ana, team.ben);
  };

  it('2: a token whose signature has a filled reserved field, or another spelling', async () => {
    const token = parseToken(await ben.approve(view));
    const { signature } = token;
    // magic, version, key, namespace: then comes the reserved field's length.
    let at = 10;
    for (let field = 0; field < 2; field += 1) at += 4 + signature.readUInt32BE(at);
    const filled = Buffer.concat([signature.subarray(0, at), Buffer.from([0, 0, 0, 1, 0x78]), signature.subarray(at + 4)]);
    await assert.rejects(ana.desk.takeToken(formatToken({ ...token, signature: filled })), /changed on its way/);
    const text = formatToken(token);
    for (const other of [`${text}=`, text.replace('cs1.', 'CS1.'), text.replace(/.$/, (last) => `${last}A`), `${text}.x`]) await assert.rejects(ana.desk.takeToken(other), other);
  });

  it('6: a request in another person’s name', async () => {
    const forged = await take(forgeRequest({ ...view.signed.request, by: team.ben.email, nonce: '0'.repeat(32) }, team.ana.key));
    assert.equal(forged.state, 'invalid');
    assert.match(forged.problems.map((problem) => spoken(problem)).join(), /not signed by the person it names/);
    await assert.rejects(ben.desk.approve(forged), /not valid/);
    await assert.rejects(ana.desk.approve(forged), /not valid/);
  });

  it('6: a request by nobody on the roster, and one whose words were changed after it was signed', async () => {
    const stranger = await take(forgeRequest({ ...view.signed.request, nonce: '1'.repeat(32) }, mallory.key));
    assert.equal(stranger.state, 'invalid');
    await assert.rejects(take(formatRequest({ ...view.signed.request, reason: 'agreed with Ben' }, view.signed.signature)), /cut or changed on its way/);
    assert.equal(parseRequest(ana.desk.textOf(view)).digest, view.digest);
  });

  it('7: one approver who signs twice, where two have to', async () => {
    held.stop.abort();
    await held.end;
    publish('policy.yaml', (text) => text.replace('approvals: 1', 'approvals: 2'));
    held = await ana.hold();
    ({ view } = held);
    await ben.approve(view);
    const seen = await plant('approval', forgeToken({ digest: view.digest, expires: view.signed.request.expires - 60 }, team.ben.key));
    assert.deepEqual([seen.state, seen.approvals.length, seen.problems], ['waiting', 1, []]);
    assert.equal(ran(), 0);
  });

  it('12: an approval by a security key that nobody touched, which stock ssh-keygen accepts', async () => {
    const { policy } = await ana.desk.trust();
    const roster = readFileSync(path.join(team.ana.clone, '.countersign', 'allowed_signers'), 'utf8');
    const statement = { digest: view.digest, expires: view.signed.request.expires };
    const checked = (flags: number) => {
      const { blob, raw } = emulate({ kind: 'sk-ed25519', flags, message: statementBytes(statement), namespace: APPROVAL_NAMESPACE });
      const trust = trustOf(policy, parseRoster(`${roster}carl@payments.example sk-ssh-ed25519@openssh.com ${blob.toString('base64')}\n`), 'here');
      return checkToken(formatToken({ statement, signature: raw }), view.signed, team.ana.email, view.quorum, trust, clock.seconds);
    };
    assert.throws(() => checked(0), /security key that nobody touched/);
    assert.equal(checked(1).person, 'carl@payments.example');
  });

  it('19: an approval by a key whose time on the roster is over', async () => {
    held.stop.abort();
    await held.end;
    publish('allowed_signers', (text) => text.replace(/^(ben@\S+) namespaces/m, '$1 valid-before="20200101Z",namespaces'));
    held = await ana.hold();
    ({ view } = held);
    const seen = await plant('approval', forgeToken({ digest: view.digest, expires: view.signed.request.expires }, team.ben.key));
    assert.equal(seen.state, 'waiting');
    assert.match(seen.problems.map((problem) => spoken(problem)).join(), /expired at 2020-01-01/);
  });

  it('11: an approval by a plain key, which anything that reaches the agent could have made, where a touch is asked for', async () => {
    held.stop.abort();
    await held.end;
    publish('policy.yaml', (text) => `${text.replace(/^environments:\n(  .*\n)*/m, '')}environments:\n  production: { presence: touch }\n`);
    held = await ana.hold();
    ({ view } = held);
    await assert.rejects(ben.approve(view), /asks for a security key or passkey/);
    assert.equal((await plant('approval', forgeToken({ digest: view.digest, expires: view.signed.request.expires }, team.ben.key))).state, 'waiting');
    assert.equal(ran(), 0);
  });

  it('nothing is asked for, and nothing that was approved runs, while production is frozen', async () => {
    const day = (days: number) => new Date((clock.seconds + days * 86_400) * 1000).toISOString().slice(0, 10);
    const freeze = `environments:\n  production: { freeze: [{ from: ${day(-1)}, until: ${day(2)}, reason: Holidays }] }\n`;
    writeFileSync(path.join(team.ana.clone, '.countersign', 'policy.yaml'), `version: 1\n${freeze}`);
    await ben.approve(view);
    await ana.desk.sync();
    const result = await held.end;
    assert.match('reason' in result ? spoken(result.reason) : '', /Nothing changes here until .* Holidays/);
    await assert.rejects(ana.hold(), /Nothing changes here until/);
    assert.equal(ran(), 0);
  });

  it('14: a signature that Ben made for something else', async () => {
    const { digest } = view;
    const { expires } = view.signed.request;
    for (const namespace of ['git', 'file', 'countersign-request', APPROVAL_NAMESPACE.toUpperCase()]) {
      await assert.rejects(ana.desk.takeToken(forgeToken({ digest, expires }, team.ben.key, namespace)), /changed on its way/);
    }
    assert.equal((await ana.see(view)).state, 'waiting');
  });

  it('15: a roster or a policy that only the working copy has', async () => {
    const key = readFileSync(`${mallory.key}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
    appendFileSync(path.join(team.ana.clone, '.countersign', 'allowed_signers'), `mallory@elsewhere.example ${key}\n`);
    const seen = await plant('approval', forgeToken({ digest: view.digest, expires: view.signed.request.expires }, mallory.key));
    assert.equal(seen.state, 'waiting');
    assert.match(seen.problems.map((problem) => spoken(problem)).join(), /not on the list of allowed signers/);
  });

  it('15, 16: rules that changed between the request and the run', async () => {
    for (const [file, word] of [['policy.yaml', /policy changed/], ['allowed_signers', /allowed signers changed/]] as const) {
      await ben.approve(view);
      publish(file, (text) => `${text}# another rule\n`);
      await ana.desk.sync();
      const result = await held.end;
      assert.equal(result.run, false);
      assert.match('reason' in result ? spoken(result.reason) : '', word);
      held = await ana.hold();
      ({ view } = held);
    }
    assert.equal(ran(), 0);
  });

  it('17: nothing that changes production is let through, whatever its effect is called', async () => {
    const trust = await ana.desk.trust();
    const assessment = { effect: 'write', reversible: 'no', findings: [], inputs: [], steps: [], targets: [{ environment: 'production', kind: 'host', name: 'x', evidence: sentence('x') }] } as const;
    assert.equal(decide(assessment, 'person', trust.policy).action, 'approve');
    for (const effect of ['write', 'destroy', 'unknown'] as const) assert.equal(decide({ ...assessment, effect }, 'person', trust.policy).action, 'approve');
    const named = { ...assessment, effect: 'read', targets: [{ environment: 'production', kind: 'task label', name: 'x', evidence: sentence('x') }] } as const;
    assert.equal(decide(named, 'person', trust.policy).action, 'approve');
  });

  it('18: a roster line that lets any key be anybody holds everything', async () => {
    const key = readFileSync(`${mallory.key}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
    for (const line of [`* ${key}`, `*@payments.example ${key}`, `ben@payments.example cert-authority ${key}`]) {
      publish('allowed_signers', (text) => `${text.split('\n').slice(0, 2).join('\n')}\n${line}\n`);
      await assert.rejects(ana.desk.trust(), { code: 'roster' });
      await assert.rejects(ana.desk.takeToken(forgeToken({ digest: view.digest, expires: view.signed.request.expires }, mallory.key)), { code: 'roster' });
    }
    assert.equal(ran(), 0);
  });

  it('20, 21: a token that outlives its request, a request of a year, a request of tomorrow', async () => {
    const { request } = view.signed;
    const long = await plant('approval', forgeToken({ digest: view.digest, expires: request.expires + 3600 }, team.ben.key));
    assert.match(long.problems.map((problem) => spoken(problem)).join(), /lasts longer than its request/);
    assert.equal(long.state, 'waiting');
    const year = await take(forgeRequest({ ...request, nonce: '2'.repeat(32), expires: request.notBefore + 365 * 86_400 }, team.ana.key));
    assert.match(year.problems.map((problem) => spoken(problem)).join(), /longer than the policy allows/);
    await assert.rejects(ben.desk.approve(year), /not valid/);
    const tomorrow = await take(forgeRequest({ ...request, nonce: '3'.repeat(32), notBefore: request.notBefore + 86_400, expires: request.expires + 86_400 }, team.ana.key));
    assert.match(tomorrow.problems.map((problem) => spoken(problem)).join(), /from the future/);
  });

  it('a denial, a withdrawal, a use or an outcome by somebody who may not say so', async () => {
    const common = { v: 1, request: view.digest, at: clock.seconds } as const;
    const foreign = [
      plant('denial', forgeRecord({ ...common, by: team.ben.email, event: 'denial', reason: 'x' }, mallory.key)),
      plant('withdrawal', forgeRecord({ ...common, by: team.ana.email, event: 'withdrawal', reason: 'x' }, team.ben.key)),
    ];
    for (const seen of await Promise.all(foreign)) assert.equal(seen.state, 'waiting');
    const own = await plant('outcome', forgeRecord({ ...common, by: team.ana.email, event: 'outcome', exitCode: 0 }, mallory.key));
    assert.equal(own.state, 'waiting');
    await ben.approve(view);
    const used = await plant('use', forgeRecord({ ...common, by: team.ana.email, event: 'use', nonce: '0'.repeat(32), approvers: [] }, mallory.key));
    assert.notEqual(used.state, 'finished');
    assert.ok(ran() <= 1);
  });

  it('26: the same again and again after a denial, until somebody gives in', async () => {
    await ben.desk.deny(await ben.see(view), 'Not on a Friday');
    await ana.desk.sync();
    await held.end;
    await assert.rejects(ana.hold(), /denied exactly this: Not on a Friday\. It can be asked for again in 30 minutes/);
    // Something else may be asked for, and so may this once people had time to talk.
    const other = await ana.hold(ana.deployment({ text: './scripts/deploy.sh production --dry' }));
    other.stop.abort();
    await other.end;
    clock.seconds += 30 * 60 + 1;
    const later = await ana.hold();
    later.stop.abort();
    assert.equal((await later.end).run, false);
  });

  it('26: a flood of requests in which one slips through', async () => {
    const more = await Promise.all(['a', 'b', 'c', 'd'].map(async (word) => ana.hold(ana.deployment({ text: `./scripts/deploy.sh production ${word}` }))));
    await assert.rejects(ana.hold(ana.deployment({ text: './scripts/deploy.sh production e' })), /5 requests open already/);
    for (const { stop, end } of more) {
      stop.abort();
      await end;
    }
    const next = await ana.hold(ana.deployment({ text: './scripts/deploy.sh production e' }));
    next.stop.abort();
    await next.end;
  });

  it('27: a denial in Ben’s name that Ana signed', async () => {
    const seen = await plant('denial', forgeRecord({ v: 1, request: view.digest, at: clock.seconds, by: team.ben.email, event: 'denial', reason: 'x' }, team.ana.key));
    assert.equal(seen.state, 'waiting');
  });

  it('events that are no events, and names that stand in each other’s way, hide nothing', async () => {
    await ben.desk.sync();
    const name = hexOf(view.digest);
    git(mallory, mallory.clone, 'push', '--quiet', 'origin', `:${git(mallory, mallory.clone, 'ls-remote', 'origin', `refs/countersign/req/${name}/*`).split('\t')[1] ?? ''}`);
    const junk = eventCommit(mallory, 'x'.repeat(2_000_000));
    pushEvents(mallory, new Map([[`req/${name}/${'0'.repeat(16)}`, junk], ['odd/name\u202e', junk], [`ok/${name}/ffffffffffffffff`, junk], [`no/${name}/ffffffffffffffff`, junk], [`req/${'e'.repeat(64)}`, junk]]));
    await ana.desk.withdraw(view, 'changed my mind');
    assert.equal((await ben.see(view)).state, 'withdrawn');
  });

  it('a policy with anchors, tags, odd keys or thousands of brackets is an error and no crash', () => {
    for (const text of ['version: !!js/function 1', 'version: 1\n<<: {x: 1}', `version: 1\nx: ${'['.repeat(2_000)}`, 'version: 1\n__proto__: {environments: {}}', 'version: 1\nenvironments: {production: {approvals: -1}}', 'version: 1\nversion: 1', 'version: 1\nenvironments: {production: null}']) {
      assert.throws(() => parsePolicy(text), { code: 'policy' }, text.slice(0, 60));
    }
  });
});
