import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { reviewText, titleOf } from '../../src/broker/review.js';
import { reviewFacts } from '../../src/broker/review-facts.js';
import { hexOf } from '../../src/core/approval/canonical.js';
import { parseRequest } from '../../src/core/approval/request.js';
import { foldThread, type RequestView } from '../../src/core/ledger/fold.js';
import { createTeam, deployments, git, type Person, type Team } from '../demo/team.js';
import { createMallory, eventCommit, forgeRequest, forgeToken, gitInput, pushEvents, treeCommit } from './attacks-tools.js';
import { Seat, TestClock } from './people.js';

/** Mallory has no key on the roster but may push; Ana has one and may push; Ben reads what they wrote. */
describe('attacks through the store and on the review: it never happens that', () => {
  let team: Team;
  let clock: TestClock;
  let ana: Seat;
  let ben: Seat;
  let mallory: Person;
  beforeEach(async () => {
    team = createTeam();
    clock = new TestClock();
    ana = await Seat.of(team.ana, clock);
    ben = await Seat.of(team.ben, clock);
    mallory = createMallory(team);
  });
  afterEach(() => team.dispose());

  const review = async (view: RequestView) => {
    const trust = await ben.desk.trust();
    return reviewText(view, await reviewFacts(view, ben.desk.repository, trust, team.ben.home), trust, clock.seconds);
  };
  /** A request that Ana signed after writing into it what her editor would not have written. */
  const crafted = async (changes: Partial<RequestView['signed']['request']['operation']>): Promise<RequestView> => {
    const { view, end, stop } = await ana.hold();
    stop.abort();
    await end;
    const { request } = view.signed;
    const signed = parseRequest(forgeRequest({ ...request, operation: { ...request.operation, ...changes } }, team.ana.key));
    return foldThread({ signed, tokens: [], denials: [], withdrawals: [], uses: [], outcomes: [], glasses: [], reviews: [], releases: [] }, await ben.desk.trust(), clock.seconds);
  };

  it('3: two who use one approval in the same second push the same object, so that both think they were first', async () => {
    const second = { ...team.ana, clone: path.join(team.directory, 'ana', 'second') };
    git(team.ana, team.directory, 'clone', '--quiet', team.remote!, second.clone);
    const other = await Seat.of(second, clock);
    for (let race = 0; race < 5; race += 1) {
      const { view, end, stop } = await ana.hold(ana.deployment({ text: `./scripts/deploy.sh production ${race}` }));
      const seen = await other.see(view);
      // The clock stands still: but for what makes each record its own, both would be the same bytes.
      const results = await Promise.all([ana.desk.consume(view), other.desk.consume(seen)]);
      assert.deepEqual([...results].sort(), ['lost', 'won']);
      stop.abort();
      await end.catch(() => undefined);
    }
  });

  it('4: using an approval takes something away, which two can do at once', async () => {
    const { view, end } = await ana.hold();
    await ben.approve(view);
    const refs = () => git(mallory, team.remote!, 'for-each-ref', '--format=%(refname) %(objectname)', 'refs/countersign').split('\n');
    const before = refs();
    await ana.desk.sync();
    assert.equal((await end).run, true);
    const after = refs();
    assert.deepEqual(before.filter((ref) => !after.includes(ref)), [], 'nothing is gone');
    assert.equal(after.filter((ref) => ref.startsWith(`refs/countersign/used/${hexOf(view.digest)} `)).length, 1);
    // Whoever takes the approval away meanwhile, as a consumer by deletion would, has used nothing and keeps nobody from having used it.
    git(mallory, mallory.clone, 'push', '--quiet', 'origin', ...after.map((ref) => ref.split(' ')[0] ?? '').filter((name) => /\/(ok|used)\//.test(name)).map((name) => `:${name}`));
    assert.equal(await ana.desk.consume(await ana.see(view)), 'lost');
    assert.equal(deployments(team.ana).length, 1);
  });

  it('an event that is a folder hides the events after it', async () => {
    const { view, end, stop } = await ana.hold();
    const empty = gitInput(mallory, mallory.clone, '', 'mktree');
    pushEvents(mallory, new Map([[`gone/${'0'.repeat(64)}`, treeCommit(mallory, `040000 tree ${empty}\tevent\0`)]]));
    await ben.desk.sync();
    const seen = await ben.desk.requests();
    stop.abort();
    await end;
    assert.deepEqual(seen.map((request) => request.digest), [view.digest]);
  });

  it('a crafted event erases Ben’s denial, and what he denied runs', async () => {
    const { view } = await ana.hold();
    const elsewhere = { ...team.ana, clone: path.join(team.directory, 'ana', 'elsewhere') };
    cpSync(team.ana.clone, elsewhere.clone, { recursive: true, preserveTimestamps: true });
    await ben.approve(view);
    await ben.desk.deny(await ben.see(view), 'Stop, not now');
    // The folder's listing reads like the answer of `git cat-file --batch`, up to and with Ben's denial.
    const ref = git(team.ben, team.ben.clone, 'for-each-ref', '--format=%(objectname)', `refs/countersign/no/${hexOf(view.digest)}`);
    const denial = Number(git(team.ben, team.ben.clone, 'cat-file', '-s', `${ref}:event`));
    const swallowed = 1 + 20 + 1 + `${ref} blob ${denial}\n`.length + denial;
    const blob = gitInput(mallory, mallory.clone, 'x', 'hash-object', '-w', '--stdin');
    const inner = gitInput(mallory, mallory.clone, `100644 blob ${blob}\tblob ${swallowed}\n\0`, 'mktree', '-z');
    pushEvents(mallory, new Map([[`no/${hexOf(view.digest)}/${'0'.repeat(16)}`, treeCommit(mallory, `040000 tree ${inner}\tevent\0`)]]));
    const seat = await Seat.of(elsewhere, clock);
    await seat.desk.sync();
    await assert.rejects(seat.hold(), /denied exactly this: Stop, not now/);
    assert.equal(deployments(team.ana).length, 0);
  });

  it('events of many megabytes are all read into memory', async () => {
    const bomb = eventCommit(mallory, Buffer.alloc(48 * 1024 * 1024));
    pushEvents(mallory, new Map(Array.from({ length: 20 }, (_, index) => [`req/${index.toString(16).padStart(64, '0')}`, bomb])));
    await ben.desk.store.sync();
    const before = process.memoryUsage().rss;
    await ben.desk.requests();
    assert.ok(process.memoryUsage().rss - before < 300 * 1024 * 1024, `${Math.round((process.memoryUsage().rss - before) / 1024 / 1024)} MB more`);
  });

  it('two thousand forged tokens freeze the editor or bury the command', async () => {
    const { view, end, stop } = await ana.hold();
    const token = forgeToken({ digest: view.digest, expires: view.signed.request.expires }, mallory.key);
    const id = eventCommit(mallory, token);
    pushEvents(mallory, new Map(Array.from({ length: 2000 }, (_, index) => [`ok/${hexOf(view.digest)}/${index.toString(16).padStart(16, '0')}`, id])));
    await ben.desk.sync();
    await ben.desk.requests();
    const started = process.cpuUsage();
    const seen = await ben.desk.find(view.digest);
    const took = process.cpuUsage(started).user / 1000;
    stop.abort();
    await end;
    const lines = (await review(seen)).split('\n');
    assert.ok(lines.indexOf('What would run') < 40, `the command stands on line ${lines.indexOf('What would run')}`);
    // Two thousand signatures would be checked for longer than anybody waits.
    assert.ok(took < 1500, `one look took ${took} ms of computing`);
  });

  it('blanks push the end of a command out of sight', async () => {
    const text = await review(await crafted({ script: `./scripts/deploy.sh staging${' '.repeat(3000)}; terraform -chdir=infra destroy` }));
    const line = text.split('\n').find((candidate) => candidate.includes('destroy'))!;
    assert.ok(line.indexOf('terraform') < 300, `it starts at column ${line.indexOf('terraform')}`);
  });

  it('the kind of a target turns the line around on which it stands', async () => {
    const text = await review(await crafted({ targets: [{ environment: 'production', kind: 'host\u202e', name: 'prod-1', evidence: 'x' }] }));
    assert.ok(text.includes('host\\u{202e} "prod-1"') && !text.includes('\u202e'));
  });

  it('empty lines push the end of a command out of sight', async () => {
    const text = await review(await crafted({ script: `./scripts/deploy.sh staging${'\n'.repeat(3000)}terraform -chdir=infra destroy` }));
    const lines = text.split('\n');
    assert.ok(lines.findIndex((line) => line.includes('terraform')) < 100, 'or the review says above it how long the command is');
  });

  it('a label becomes a link or an icon in a notification', async () => {
    const { view, end, stop } = await ana.hold(ana.deployment({ label: '[Review…](command:countersign.approve) production $(check)', labels: ['production'] }));
    stop.abort();
    await end;
    // VS Code's parseLinkedText; NotificationMessageRenderer opens what it finds with allowCommands.
    assert.doesNotMatch(titleOf(view), /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i);
    assert.doesNotMatch(titleOf(view), /\$\([a-z-]+\)/);
  });

  it('a title shows the first line of several as if it were all', async () => {
    const view = await crafted({ kind: 'command', label: null, script: 'ls\nterraform -chdir=infra destroy' });
    assert.notEqual(titleOf(view), 'ls');
  });

  it('a blob’s text is shown as a commit of Ben’s', async () => {
    const tree = git(team.ana, team.ana.clone, 'rev-parse', 'HEAD^{tree}');
    const blob = gitInput(team.ana, team.ana.clone, `${tree}\0Ben\0Reviewed and released`, 'hash-object', '-w', '--stdin');
    pushEvents(team.ana, new Map([[`req/${'1'.repeat(64)}`, treeCommit(team.ana, `100644 blob ${blob}\tx\0`)]]));
    await ben.desk.sync();
    assert.doesNotMatch(await review(await crafted({ commit: blob })), /Reviewed and released|exactly that commit/);
  });

  it('an operation with many findings can never be approved', async () => {
    const many = Array.from({ length: 260 }, (_, index) => `rm -rf /srv/data-${index}`).join('\n');
    const { view, end, stop } = await ana.hold(ana.deployment({ text: `${many}\n./scripts/deploy.sh production` }));
    stop.abort();
    await end;
    assert.ok(view.signed.request.findings.length > 0);
  });
});
