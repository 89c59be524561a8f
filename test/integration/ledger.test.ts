import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { anchor } from '../../src/broker/anchoring.js';
import { verifyLedger } from '../../src/broker/ledger-report.js';
import { eventName } from '../../src/broker/store.js';
import { hexOf } from '../../src/core/approval/canonical.js';
import { chainPath, chainText, ledgerPath } from '../../src/core/ledger/chain.js';
import { createTeam, deployments, environmentOf, git, type Person, type Team } from '../demo/team.js';
import { repositoryRoot } from '../harness/paths.js';
import { createMallory, eventCommit, forgeRecord, gitInput, pushEvents } from './attacks-tools.js';
import { Seat, TestClock } from './people.js';

const BRANCH = 'refs/heads/countersign-ledger';
const DAY = 24 * 3600;

describe('the ledger branch', () => {
  let team: Team;
  let clock: TestClock;
  let ana: Seat;
  let ben: Seat;
  beforeEach(async () => {
    team = createTeam();
    clock = new TestClock();
    ana = await Seat.of(team.ana, clock);
    ben = await Seat.of(team.ben, clock);
  });
  afterEach(() => team.dispose());

  /** A deployment that Ben approved and that ran, with its outcome. */
  const deploy = async (text = './scripts/deploy.sh production') => {
    const held = await ana.hold(ana.deployment({ text }));
    await ben.approve(held.view);
    await ana.desk.sync();
    assert.equal((await held.end).run, true);
    await ana.desk.recordOutcome(held.view.digest, 0);
    return held.view;
  };
  const fold = (seat = ben) => anchor(seat.desk, clock.seconds);
  const prove = async (seat = ben, since?: string) => (await seat.desk.sync(), verifyLedger(seat.desk, since, clock.seconds));
  const atRemote = () => git(team.ana, team.remote!, 'for-each-ref', '--format=%(refname)', 'refs/countersign').split('\n').filter(Boolean);
  /** A commit on top of the ledger, made with stock git by somebody who may push there. */
  const push = (person: Person, files: Readonly<Record<string, string>>, parent = git(person, team.remote!, 'rev-parse', BRANCH)) => {
    git(person, person.clone, 'fetch', '--quiet', 'origin', BRANCH);
    const body = Object.entries(files).map(([file, text]) => `M 100644 inline ${file}\ndata ${Buffer.byteLength(text)}\n${text}\n`).join('');
    gitInput(person, person.clone, `commit refs/heads/x\ncommitter x <x> 1 +0000\ndata 1\nx\nfrom ${parent}\n${body}`, 'fast-import', '--quiet', '--force');
    git(person, person.clone, 'push', '--quiet', '--force', 'origin', `refs/heads/x:${BRANCH}`);
  };
  const refused = async (word: RegExp) => {
    const { problem, reached } = await ben.desk.sync();
    assert.match(problem ?? '', word);
    assert.equal(reached, true);
  };

  it('takes in what is finished, proves it, and is a branch that a host can protect', async () => {
    const view = await deploy();
    const open = await ana.hold(ana.deployment({ text: './scripts/deploy.sh production --all' }));
    assert.equal((await fold()).folded, 4);
    assert.equal((await fold(ana)).folded, 0);
    const report = await prove(ana);
    assert.deepEqual(report.problems, []);
    assert.deepEqual([report.commits, report.events, report.requests.map(({ digest, state }) => [digest, state])], [1, 4, [[view.digest, 'finished']]]);
    // What protects a branch protects it: https://git-scm.com/docs/git-config receive.denyNonFastForwards
    for (const setting of ['receive.denyNonFastForwards', 'receive.denyDeletes']) git(team.ana, team.remote!, 'config', setting, 'true');
    assert.throws(() => git(team.ana, team.ana.clone, 'push', '--quiet', 'origin', `:${BRANCH}`));
    assert.throws(() => git(team.ana, team.ana.clone, 'push', '--quiet', '--force', 'origin', `HEAD:${BRANCH}`));
    open.stop.abort();
    await open.end;
    assert.equal((await fold()).folded, 2);
    assert.deepEqual((await prove()).problems, []);
    assert.equal((await prove(ben, 'refs/countersign-ledger/tip~1')).requests[0]?.state, 'withdrawn');
  });

  it('is proved by git, sha256sum and ssh-keygen alone', async () => {
    await deploy();
    await fold();
    await deploy('./scripts/deploy.sh production --all');
    await fold();
    const script = path.join(repositoryRoot(), 'docs', 'verify-ledger.sh');
    const fresh = path.join(mkdtempSync(path.join(team.directory, 'auditor-')), 'payments');
    const audit = () => execFileSync('sh', [script], { cwd: fresh, env: environmentOf(team.ben), encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    git(team.ben, team.directory, 'clone', '--quiet', team.remote!, fresh);
    assert.match(audit(), /^Good: 2 commits, 8 signed events\.$/m);
    // A signature that was changed; the list says what is there, so that only ssh-keygen can tell.
    const tip = git(team.ana, team.remote!, 'rev-parse', BRANCH);
    const last = { path: chainPath(2), text: `${git(team.ana, team.remote!, 'show', `${tip}:${chainPath(2)}`)}\n` };
    const [file = ''] = git(team.ana, team.remote!, 'ls-tree', '-r', '--name-only', tip).split('\n').filter((name) => name.includes('/ok-'));
    const token = git(team.ana, team.remote!, 'show', `${tip}:${file}`);
    const bad = { path: ledgerPath(eventName('approval', 'e'.repeat(64), '0'.repeat(16))), text: token.replace(/.{12}$/, (end) => `${end.slice(6)}${end.slice(0, 6)}`) };
    push(team.ana, { [bad.path]: bad.text, [chainPath(3)]: chainText(last, [bad]) });
    git(team.ben, fresh, 'fetch', '--quiet');
    assert.throws(audit, /signed by nobody|is not signed/);
    assert.match((await prove()).problems.join(), /signed by nobody who could say so/);
  });

  it('is folded by several at once without losing or doubling anything', async () => {
    await deploy();
    await deploy('./scripts/deploy.sh production --all');
    await Promise.all([ana.desk.sync(), ben.desk.sync()]);
    const [first, second] = await Promise.all([fold(ana), fold(ben)]);
    // Within the same second both make the very same commit, and both say so.
    assert.ok(first.folded + second.folded >= 8);
    const { events, problems } = await prove();
    assert.equal(events, 8);
    assert.deepEqual(problems, []);
  });

  it('22: a ledger that is rewound, deleted or replaced by another is not followed, and nothing runs meanwhile', async () => {
    await deploy();
    await fold();
    await ben.desk.sync();
    const tip = git(team.ana, team.remote!, 'rev-parse', BRANCH);
    await deploy('./scripts/deploy.sh production --all');
    await fold();
    const held = await ana.hold(ana.deployment({ text: './scripts/deploy.sh production --more' }));
    const token = await ben.approve(held.view);
    const newest = git(team.ana, team.remote!, 'rev-parse', BRANCH);
    git(team.ana, team.remote!, 'update-ref', BRANCH, tip);
    await refused(/ledger branch countersign-ledger was rewritten/);
    git(team.ana, team.remote!, 'update-ref', BRANCH, git(team.ana, team.remote!, 'rev-parse', 'main'));
    await refused(/was rewritten/);
    git(team.ana, team.remote!, 'update-ref', '-d', BRANCH);
    await refused(/is gone .*git push --force origin [0-9a-f]{12}:refs\/heads\/countersign-ledger/);
    await ana.desk.takeToken(token);
    await assert.rejects(held.end, /cannot be reached to make sure|ledger/);
    assert.equal(deployments(team.ana).length, 2);
    // The way out that the sentence names.
    git(team.ben, team.ben.clone, 'push', '--quiet', '--force', 'origin', `${newest.slice(0, 12)}:${BRANCH}`);
    assert.equal((await ben.desk.sync()).problem, undefined);
  });

  it('22: entries that are taken out or changed by a commit on top are not followed', async () => {
    const view = await deploy();
    await fold();
    const tip = git(team.ana, team.remote!, 'rev-parse', BRANCH);
    const used = ledgerPath(eventName('use', hexOf(view.digest)));
    push(team.ana, { [used]: 'another' }, tip);
    await refused(/lost or changed entries/);
    gitInput(team.ana, team.ana.clone, `commit refs/heads/y\ncommitter x <x> 1 +0000\ndata 1\nx\nfrom ${tip}\nD ${used}\n`, 'fast-import', '--quiet');
    git(team.ana, team.ana.clone, 'push', '--quiet', '--force', 'origin', `refs/heads/y:${BRANCH}`);
    await refused(/lost or changed entries/);
  });

  it('22: rubbish that anybody with push rights stores is never folded, and what is pushed past us is named', async () => {
    const view = await deploy();
    const mallory = createMallory(team);
    const forged = forgeRecord({ v: 1, request: view.digest, at: clock.seconds, by: team.ben.email, event: 'denial', reason: 'x' }, mallory.key);
    pushEvents(mallory, new Map([[eventName('denial', hexOf(view.digest), '0'.repeat(16)), eventCommit(mallory, forged)], [eventName('approval', hexOf(view.digest), '1'.repeat(16)), eventCommit(mallory, 'cs1.x.y')]]));
    assert.equal((await fold()).folded, 4);
    assert.deepEqual((await prove()).problems, []);
    const tip = git(team.ana, team.remote!, 'rev-parse', BRANCH);
    push(mallory, { [ledgerPath(eventName('denial', hexOf(view.digest), '0'.repeat(16)))]: forged, 'notes.txt': 'x' });
    const { problems } = await prove();
    assert.match(problems.join('\n'), /adds notes\.txt, which is no event/);
    assert.match(problems.join('\n'), /has no list chain\/00000002/);
    assert.match(problems.join('\n'), /no\/[0-9a-f]{64}\/0{16} is signed by nobody who could say so/);
    // What was looked at once need not be told again.
    assert.notEqual(git(team.ana, team.remote!, 'rev-parse', BRANCH), tip);
    await assert.rejects(prove(ben, 'HEAD'), /does not descend from/);
  });

  it('1: what was used stays used after it was folded away, for everybody and for a new clone', async () => {
    const view = await deploy();
    await fold();
    clock.seconds += 2 * DAY;
    const { dropped } = await fold();
    assert.equal(dropped, 4);
    assert.deepEqual(atRemote(), []);
    assert.equal((await ben.see(view)).state, 'finished', 'this clone still shows the last days');
    clock.seconds += 7 * DAY;
    await fold();
    assert.deepEqual(await ben.desk.store.events(), []);
    // Somebody brings the request and its approval back.
    const fresh = path.join(team.directory, 'ana', 'fresh');
    git(team.ana, team.directory, 'clone', '--quiet', team.remote!, fresh);
    const seat = await Seat.of({ ...team.ana, clone: fresh }, clock);
    await seat.desk.sync();
    assert.equal(await seat.desk.store.consume(eventName('use', hexOf(view.digest)), 'again'), 'lost');
    assert.deepEqual((await prove(seat)).problems, []);
  });

  it('keeps events until they are in the ledger and their request has been closed for a day', async () => {
    await deploy();
    clock.seconds += 3600;
    assert.deepEqual([(await fold()).dropped, atRemote().length], [0, 4]);
    git(team.ana, team.remote!, 'update-ref', '-d', BRANCH);
    git(team.ben, team.ben.clone, 'update-ref', '-d', 'refs/countersign-ledger/tip');
    git(team.ben, team.ben.clone, 'update-ref', '-d', 'refs/countersign-ledger/found');
    git(team.ana, team.remote!, 'config', 'receive.denyCurrentBranch', 'refuse');
    // Nobody may push the branch: then nothing is taken away either.
    execFileSync('sh', ['-c', 'printf "#!/bin/sh\\ncase $1 in refs/heads/countersign-ledger) echo protected >&2; exit 1;; esac\\n" > hooks/update && chmod +x hooks/update'], { cwd: team.remote! });
    clock.seconds += 2 * DAY;
    await assert.rejects(fold(), /could not be pushed .* Somebody who may push to the branch countersign-ledger/);
    assert.equal(atRemote().length, 4);
  });
});
