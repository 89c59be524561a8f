import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import path from 'node:path';
import { openStore } from '../../src/broker/desk.js';
import { tryOnce } from '../../src/broker/hold.js';
import { eventName } from '../../src/broker/store.js';
import { defaultPolicy } from '../../src/core/policy/policy.js';
import { Repository } from '../../src/world/repository.js';
import { createTeam, environmentOf, git, type Person, type Team } from '../demo/team.js';
import { serveDaemon, serveHttp } from '../harness/git-servers.js';
import { Seat } from './people.js';

const HEX = 'ab'.repeat(32);

describe('the git store', () => {
  let team: Team;
  const storeOf = async (person: Person, clone = person.clone, remote = 'origin') =>
    openStore((await Repository.at(clone, environmentOf(person)))!, () => Promise.resolve({ ...defaultPolicy(), remote }), environmentOf(person));
  beforeEach(() => (team = createTeam()));
  afterEach(() => team.dispose());

  it('carries events to the other clone, and leaves branches, tags, index and FETCH_HEAD alone', async () => {
    const before = git(team.ben, team.ben.clone, 'for-each-ref', 'refs/heads', 'refs/tags', 'refs/remotes');
    assert.equal(await (await storeOf(team.ana)).put(eventName('request', HEX), 'hello'), 'delivered');
    const bens = await storeOf(team.ben);
    assert.deepEqual(await bens.sync(), { problem: undefined, reached: true, changed: true });
    assert.deepEqual((await bens.events()).map(({ name, text }) => ({ name, text })), [{ name: `req/${HEX}`, text: 'hello' }]);
    assert.deepEqual(await bens.sync(), { problem: undefined, reached: true, changed: false });
    assert.equal(git(team.ben, team.ben.clone, 'for-each-ref', 'refs/heads', 'refs/tags', 'refs/remotes'), before);
    assert.equal(git(team.ben, team.ben.clone, 'status', '--porcelain'), '');
    assert.throws(() => git(team.ben, team.ben.clone, 'rev-parse', '--verify', '--quiet', 'FETCH_HEAD'));
  });

  it('keeps what cannot be delivered and delivers it later', async () => {
    const store = await storeOf(team.ana);
    renameSync(team.remote!, `${team.remote!}.away`);
    assert.equal(await store.put(eventName('request', HEX), 'hello'), 'pending');
    assert.match((await store.sync()).problem ?? '', /\S/);
    assert.equal((await store.events()).length, 1);
    renameSync(`${team.remote!}.away`, team.remote!);
    assert.deepEqual(await (await storeOf(team.ana)).sync(), { problem: undefined, reached: true, changed: false });
    const bens = await storeOf(team.ben);
    await bens.sync();
    assert.equal((await bens.events()).length, 1);
  });

  it('is not troubled by other processes that fetch and deliver the same at the same time', async () => {
    for (let round = 0; round < 6; round += 1) {
      git(team.ben, team.ben.clone, 'commit', '--quiet', '--allow-empty', '--message', `round ${round}`);
      git(team.ben, team.ben.clone, 'push', '--quiet', 'origin', 'HEAD');
      renameSync(team.remote!, `${team.remote!}.away`);
      const name = eventName('outcome', HEX, round.toString(16).padStart(16, '0'));
      assert.equal(await (await storeOf(team.ana)).put(name, `outcome ${round}`), 'pending');
      renameSync(`${team.remote!}.away`, team.remote!);
      const results = await Promise.all([1, 2, 3].map(async () => (await storeOf(team.ana)).sync()));
      assert.deepEqual(results.map(({ problem }) => problem), [undefined, undefined, undefined]);
    }
    const bens = await storeOf(team.ben);
    await bens.sync();
    assert.equal((await bens.events()).length, 6);
  });

  it('does not forget what it saw when the remote loses or rewrites it', async () => {
    await (await storeOf(team.ana)).put(eventName('use', HEX), 'used');
    const bens = await storeOf(team.ben);
    await bens.sync();
    git(team.ben, team.remote!, 'update-ref', '-d', `refs/countersign/used/${HEX}`);
    await bens.sync();
    assert.equal((await bens.events())[0]?.text, 'used');
    git(team.ben, team.remote!, 'update-ref', `refs/countersign/used/${HEX}`, git(team.ben, team.ben.clone, 'rev-parse', 'HEAD'));
    assert.match((await bens.sync()).problem ?? '', /rewrote events/);
    assert.equal((await bens.events())[0]?.text, 'used');
  });

  it('says who is in the way of events, and what to do, and delivers them once it is gone', async () => {
    const head = git(team.ben, team.ben.clone, 'rev-parse', 'HEAD');
    const store = await storeOf(team.ana);
    const voice = '0'.repeat(16);
    for (const [blocker, name] of [['no', eventName('denial', HEX, voice)], [`ok/${HEX}`, eventName('approval', HEX, voice)], [`used/${HEX}/${voice}`, eventName('use', HEX)]] as const) {
      git(team.ben, team.ben.clone, 'push', '--quiet', 'origin', `${head}:refs/countersign/${blocker}`);
      assert.equal(await store.put(name, 'said'), 'pending');
      const { problem = '', reached } = await store.sync();
      assert.match(problem, new RegExp(`made the ref refs/countersign/${blocker} there, .* “git push origin :refs/countersign/${blocker}”`));
      // What can be reached may never be done without.
      assert.equal(reached, true);
      git(team.ben, team.ben.clone, 'push', '--quiet', 'origin', `:refs/countersign/${blocker}`);
      assert.equal((await store.sync()).problem, undefined);
      assert.ok(git(team.ben, team.remote!, 'for-each-ref', '--format=%(refname)', 'refs/countersign').includes(name));
    }
  });

  for (const transport of ['file', 'http', 'git daemon'] as const) {
    it(`loses nothing, and runs nothing, while a ref stands where all requests belong: ${transport}`, async () => {
      const server = transport === 'file' ? undefined : await (transport === 'http' ? serveHttp : serveDaemon)(team.directory);
      try {
        if (server) for (const { clone } of [team.ana, team.ben]) git(team.ana, clone, 'remote', 'set-url', 'origin', server.url(path.basename(team.remote!)));
        const [ana, ben] = [await Seat.of(team.ana), await Seat.of(team.ben)];
        const ask = ana.deployment();
        const attempt = async () => tryOnce(ask, await ana.judge(ask), ana.context, { reason: '', agent: null });
        const { view } = await attempt();
        await ben.approve(view);
        await ana.desk.sync();
        // Whoever may push takes every event away and puts a ref where requests belong.
        const events = git(team.ben, team.remote!, 'for-each-ref', '--format=%(refname)', 'refs/countersign/').split('\n');
        git(team.ben, team.ben.clone, 'push', '--quiet', team.remote!, ...events.map((ref) => `:${ref}`));
        git(team.ben, team.ben.clone, 'push', '--quiet', team.remote!, 'HEAD:refs/countersign/req');

        const sentence = /Somebody made the ref refs\/countersign\/req there, which keeps events out\. Anybody who may push can remove it with “git push origin :refs\/countersign\/req”; what waits here is sent then\./;
        await assert.rejects(attempt(), new RegExp(`is in trouble, so nothing was run: ${sentence.source}`));
        const other = ana.deployment({ text: './scripts/deploy.sh production other' });
        const { view: asked } = await tryOnce(other, await ana.judge(other), ana.context, { reason: '', agent: null });
        assert.match((await ana.desk.sync()).problem ?? '', sentence);

        git(team.ben, team.ben.clone, 'push', '--quiet', team.remote!, ':refs/countersign/req');
        assert.equal((await ana.desk.sync()).problem, undefined);
        assert.equal((await ben.see(asked)).state, 'waiting', 'what waited was sent');
        assert.equal((await attempt()).run, true, 'what was approved before still is');
      } finally {
        await server?.stop();
      }
    });
  }

  it('goes by a clone’s only remote, whatever it is called', async () => {
    for (const { clone } of [team.ana, team.ben]) git(team.ana, clone, 'remote', 'rename', 'origin', 'github');
    assert.equal(await (await storeOf(team.ana)).put(eventName('request', HEX), 'hello'), 'delivered');
    const bens = await storeOf(team.ben);
    await bens.sync();
    assert.equal((await bens.events()).length, 1);
    assert.equal(bens.name, 'git remote “github”');
  });

  it('goes by a remote that is added later, and takes along what was said until then', async () => {
    for (const { clone } of [team.ana, team.ben]) git(team.ana, clone, 'remote', 'remove', 'origin');
    const [anas, bens] = [await storeOf(team.ana), await storeOf(team.ben)];
    await anas.put(eventName('request', HEX), 'hello');
    assert.equal(await anas.consume(eventName('use', HEX), 'used'), 'won');
    await bens.sync();
    assert.deepEqual([anas.shared, bens.shared, await anas.owes(HEX), (await bens.events()).length], [false, false, false, 0]);

    for (const { clone } of [team.ana, team.ben]) git(team.ana, clone, 'remote', 'add', 'origin', team.remote!);
    // Whether it was open meanwhile, or is opened anew.
    for (const store of [await storeOf(team.ana), anas]) {
      assert.equal((await store.sync()).problem, undefined);
      assert.equal(await store.owes(HEX), false);
      await bens.sync();
      assert.deepEqual((await bens.events()).map(({ text }) => text), ['hello', 'used']);
    }
  });

  it('goes by the remote that the rules name now, and takes along what was said until then', async () => {
    const second = path.join(team.directory, 'second.git');
    git(team.ana, team.directory, 'clone', '--quiet', '--bare', team.remote!, second);
    for (const { clone } of [team.ana, team.ben]) git(team.ana, clone, 'remote', 'add', 'second', second);
    let remote = 'origin';
    const open = async (person: Person) => openStore((await Repository.at(person.clone, environmentOf(person)))!, () => Promise.resolve({ ...defaultPolicy(), remote }), environmentOf(person));
    const [anas, bens] = [await open(team.ana), await open(team.ben)];
    await anas.put(eventName('request', HEX), 'hello');
    remote = 'second';
    await anas.sync();
    assert.equal(anas.name, 'git remote “second”');
    renameSync(team.remote!, `${team.remote!}.away`);
    assert.deepEqual(await bens.sync(), { problem: undefined, reached: true, changed: true });
    assert.equal((await bens.events()).length, 1);
  });

  for (const left of [[], ['fork']]) {
    it(`asks nobody instead of those it cannot reach any more when their remote is taken away, with ${left[0] ?? 'no other'} left`, async () => {
      const fork = path.join(team.directory, 'fork.git');
      git(team.ana, team.directory, 'clone', '--quiet', '--bare', team.remote!, fork);
      for (const name of left) git(team.ana, team.ana.clone, 'remote', 'add', name, fork);
      const store = await storeOf(team.ana);
      git(team.ana, team.ana.clone, 'remote', 'remove', 'origin');
      const { problem, reached } = await store.sync();
      assert.match(problem ?? '', /origin/);
      assert.equal(reached, false);
      await assert.rejects(store.consume(eventName('use', HEX), 'used'), /so nothing was run/);
      assert.equal(git(team.ana, fork, 'for-each-ref', 'refs/countersign'), '');
    });
  }

  it('keeps its way while the rules cannot be read', async () => {
    let rules: () => Promise<ReturnType<typeof defaultPolicy>> = () => Promise.resolve(defaultPolicy());
    const store = await openStore((await Repository.at(team.ana.clone, environmentOf(team.ana)))!, () => rules(), environmentOf(team.ana));
    rules = () => Promise.reject(new Error('not readable'));
    assert.deepEqual(await store.sync(), { problem: undefined, reached: true, changed: false });
    assert.equal(store.shared, true);
  });

  it('ignores refs that are no events and objects that hold none', async () => {
    const head = git(team.ana, team.ana.clone, 'rev-parse', 'HEAD');
    for (const name of ['rubbish', `req/${'cd'.repeat(32)}/x/y`, 'req/short', `ok/${HEX}/zz`]) git(team.ana, team.ana.clone, 'update-ref', `refs/countersign/${name}`, head);
    git(team.ana, team.ana.clone, 'update-ref', `refs/countersign/req/${HEX}`, head);
    assert.deepEqual((await (await storeOf(team.ana)).events()).map(({ name, text }) => ({ name, text })), [{ name: `req/${HEX}`, text: '' }]);
  });
});
