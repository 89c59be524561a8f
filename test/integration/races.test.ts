import assert from 'node:assert/strict';
import path from 'node:path';
import { openStore } from '../../src/broker/desk.js';
import { eventName, type Store } from '../../src/broker/store.js';
import { defaultPolicy } from '../../src/core/policy/policy.js';
import type { StorePolicy } from '../../src/core/policy/store-policy.js';
import { Repository } from '../../src/world/repository.js';
import { createTeam, environmentOf, git, type Person, type Team } from '../demo/team.js';
import { serveDaemon, serveHttp, type GitServer } from '../harness/git-servers.js';
import { postgresBinaries, startPostgres, type PostgresServer } from '../harness/postgres.js';
import { skip } from '../harness/skip.js';

/** The full number with COUNTERSIGN_RACES=200; over git a race takes a good part of a second. */
const RACES = Number(process.env['COUNTERSIGN_RACES'] ?? 12);
const FULL = Math.max(RACES, 200);
const GIT_STORE: StorePolicy = { postgres: undefined, offline: 'hold' };

describe('of several who use one approval at the same moment exactly one wins', function () {
  this.timeout(0);
  let team: Team;
  let server: GitServer | undefined;
  beforeEach(() => (team = createTeam()));
  afterEach(async () => {
    await server?.stop();
    server = undefined;
    team.dispose();
  });

  const open = async (person: Person, clone: string, store = GIT_STORE, env: Record<string, string> = {}) =>
    openStore((await Repository.at(clone, environmentOf(person)))!, () => Promise.resolve({ ...defaultPolicy(), store }), { ...environmentOf(person), ...env });
  /** Three consumers, each with a record of their own, as each signs one: two clones of Ana's and one of Ben's. */
  const race = async (stores: readonly Store[], races: number) => {
    for (let at = 0; at < races; at += 1) {
      const name = eventName('use', at.toString(16).padStart(64, '0'));
      const results = await Promise.all(stores.map((store, index) => store.consume(name, `consumer ${index}`)));
      assert.equal(results.filter((result) => result === 'won').length, 1, `race ${at}: ${results.join()}`);
      // And everybody reads the same winner.
      if (at % 20 !== 0) continue;
      await Promise.all(stores.map((store) => store.sync()));
      const held = await Promise.all(stores.map(async (store) => (await store.events()).find((event) => event.name === name)?.text));
      assert.deepEqual(new Set(held), new Set([`consumer ${results.indexOf('won')}`]));
    }
  };
  const clones = async (url: string) => {
    const second = path.join(team.directory, 'ana', 'second');
    git(team.ana, team.directory, 'clone', '--quiet', team.remote!, second);
    for (const clone of [team.ana.clone, second, team.ben.clone]) git(team.ana, clone, 'remote', 'set-url', 'origin', url);
    return Promise.all([open(team.ana, team.ana.clone), open(team.ana, second), open(team.ben, team.ben.clone)]);
  };

  it(`over a remote that is a directory, ${RACES} times`, async () => race(await clones(team.remote!), RACES));

  it(`over HTTP, ${RACES} times`, async () => {
    git(team.ana, team.remote!, 'config', 'http.receivepack', 'true');
    server = await serveHttp(team.directory);
    await race(await clones(server.url('payments.git')), RACES);
  });

  it(`over git's own protocol, ${RACES} times`, async () => {
    server = await serveDaemon(team.directory);
    await race(await clones(server.url('payments.git')), RACES);
  });

  it(`in one clone without a remote, ${RACES} times`, async () => {
    git(team.ana, team.ana.clone, 'remote', 'remove', 'origin');
    await race(await Promise.all([1, 2, 3].map(() => open(team.ana, team.ana.clone))), RACES);
  });

  it(`in PostgreSQL, ${FULL} times`, async function () {
    if (postgresBinaries() === undefined) skip(this, 'PostgreSQL is not installed here.');
    const postgres: PostgresServer = await startPostgres();
    try {
      postgres.create('countersign', 'ana', 'ben');
      const url = (login: string) => ({ COUNTERSIGN_DATABASE: `postgresql:///countersign?user=${login}&host=${encodeURIComponent(postgres.socket)}&port=${postgres.port}` });
      const policy: StorePolicy = { postgres: { repository: 'payments', variable: 'COUNTERSIGN_DATABASE' }, offline: 'hold' };
      const second = path.join(team.directory, 'ana', 'second');
      git(team.ana, team.directory, 'clone', '--quiet', team.remote!, second);
      await race(await Promise.all([open(team.ana, team.ana.clone, policy, url('ana')), open(team.ana, second, policy, url('ana')), open(team.ben, team.ben.clone, policy, url('ben'))]), FULL);
    } finally {
      await postgres.dispose();
    }
  });
});
