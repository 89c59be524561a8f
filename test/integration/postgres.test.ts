import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { eventName } from '../../src/broker/store.js';
import { databaseSettings, type Database } from '../../src/world/database.js';
import { connect } from '../../src/world/postgres.js';
import { createTeam, DEMO_POLICY, deployments, git, type Team } from '../demo/team.js';
import { repositoryRoot } from '../harness/paths.js';
import { postgresBinaries, startPostgres, type PostgresServer } from '../harness/postgres.js';
import { skip } from '../harness/skip.js';
import { waitFor } from '../harness/wait.js';
import { Seat, TestClock } from './people.js';

describe('the PostgreSQL store', function () {
  this.timeout(120_000);
  let server: PostgresServer;
  let team: Team;
  let clock: TestClock;
  let ana: Seat;
  let ben: Seat;
  let count = 0;
  before(async function () {
    if (postgresBinaries() === undefined) skip(this, 'PostgreSQL is not installed here.');
    server = await startPostgres();
  });
  after(() => (server as PostgresServer | undefined)?.dispose());
  const sit = async (offline = 'hold') => {
    const database = `team${(count += 1)}`;
    server.create(database, 'ana', 'ben');
    team = createTeam({ policy: `${DEMO_POLICY}store: { postgres: { repository: payments, service: approvals }, offline: ${offline} }\n` });
    for (const [person, login] of [[team.ana, 'ana'], [team.ben, 'ben']] as const) writeFileSync(path.join(person.home, '.pg_service.conf'), `[approvals]\nhost=${server.socket}\nport=${server.port}\ndbname=${database}\nuser=${login}\n`);
    clock = new TestClock();
    ana = await Seat.of(team.ana, clock);
    ben = await Seat.of(team.ben, clock);
    return database;
  };
  afterEach(() => (team as Team | undefined)?.dispose());
  const ran = () => deployments(team.ana).length;
  const as = (login: string, database: string, more = '', env: NodeJS.ProcessEnv = {}): Promise<Database> =>
    connect(databaseSettings({ repository: 'x', variable: 'URL' }, { URL: `postgresql:///${database}?user=${login}&port=${server.port}${more || `&host=${server.socket}`}`, ...env }), 'countersign', () => undefined);

  it('carries everything from the request to the outcome, and git carries none of it', async () => {
    await sit();
    const held = await ana.hold();
    await ben.approve(held.view);
    await ana.desk.sync();
    assert.equal((await held.end).run, true);
    await ana.desk.recordOutcome(held.view.digest, 0);
    assert.equal((await ben.see(held.view)).state, 'finished');
    assert.equal(ran(), 1);
    assert.equal(git(team.ana, team.remote!, 'for-each-ref', 'refs/countersign'), '');
    assert.equal(await ben.desk.consume(await ben.see(held.view)), 'lost');
    // Somebody who comes later reads what is open and what was said in the last two days.
    const later = await Seat.of(team.ben, clock);
    assert.equal((await later.see(held.view)).state, 'finished');
  });

  it('wakes whoever waits', async () => {
    await sit();
    await ben.desk.sync();
    const stop = ben.desk.onChange(() => undefined);
    const held = await ana.hold();
    await waitFor(async () => (await ben.desk.requests()).some(({ digest }) => digest === held.view.digest), { message: 'the request, without a look' });
    stop();
    held.stop.abort();
    await held.end;
  });

  it('lets clients add and read, and nothing else', async () => {
    const database = await sit();
    await ana.desk.store.put(eventName('request', 'ab'.repeat(32)), 'x');
    const client = await as('ana', database);
    const name = eventName('use', 'cd'.repeat(32));
    for (const statement of ['delete from countersign.event', "update countersign.event set text = 'y'", 'truncate countersign.event', 'drop table countersign.event', `insert into countersign.event (repository, name, text, recorded_at) values ('payments', '${name}', 'x', 'yesterday')`, 'alter table countersign.event disable trigger all', 'set role postgres']) {
      await assert.rejects(client.query(statement, []), /permission denied|must be owner/, statement);
    }
    for (const values of [`('payments', 'rubbish', 'x')`, `('no name', '${name}', 'x')`]) await assert.rejects(client.query(`insert into countersign.event (repository, name, text) values ${values}`, []), /violates check constraint/);
    await client.close();
    // The owner cannot by mistake, either.
    for (const statement of ['delete from countersign.event', 'truncate countersign.event']) assert.throws(() => server.sql(statement, database), /only ever added/);
    assert.equal(server.sql('select count(*) from countersign.event', database), '1');
  });

  it('connects over TCP only to the server that the certificate names, with a password', async () => {
    const database = await sit();
    const authorities = path.join(team.directory, 'ca.crt');
    writeFileSync(authorities, server.certificate);
    const good = `&host=localhost&password=secret%20of%20ana&sslrootcert=${authorities}`;
    const client = await as('ana', database, good);
    assert.equal((await client.query('select ssl::text as ssl from pg_stat_ssl where pid = pg_backend_pid()', []))[0]?.['ssl'], 'true');
    await client.close();
    await assert.rejects(as('ana', database, good.replace('localhost', '127.0.0.1')), /IP: 127\.0\.0\.1 is not|does not match/i);
    await assert.rejects(as('ana', database, '&host=localhost&password=secret%20of%20ana'), /self.signed/);
    await assert.rejects(as('ana', database, good.replace('ana&ssl', 'ben&ssl')), /password authentication failed/);
  });

  it('runs nothing and loses nothing while it is away', async () => {
    await sit();
    const held = await ana.hold();
    const token = await ben.approve(held.view);
    await server.kill();
    try {
      await ana.desk.takeToken(token);
      await assert.rejects(held.end, /the service “approvals” cannot be reached to make sure of it, so nothing was run: \S/);
      assert.equal(ran(), 0);
      const { problem, reached } = await ben.desk.sync();
      assert.match(problem ?? '', /\S\.$/);
      assert.equal(reached, false);
    } finally {
      await server.start();
    }
    assert.deepEqual(await ana.desk.sync(), { problem: undefined, reached: true, changed: false });
    const again = await ana.hold();
    assert.equal((await again.end).run, true, 'the same approval, now that it can be used up');
    assert.equal(ran(), 1);
  });

  it('22: rows that somebody with the owner’s rights took away stay true for whoever saw them', async () => {
    const database = await sit();
    const held = await ana.hold();
    await ben.approve(held.view);
    await ana.desk.sync();
    assert.equal((await held.end).run, true);
    server.sql('alter table countersign.event disable trigger all; delete from countersign.event where name like \'used/%\'', database);
    for (const seat of [ana, await Seat.of(team.ana, clock)]) {
      await seat.desk.sync();
      assert.equal((await seat.desk.find(held.view.digest)).state, 'running');
      assert.equal(await seat.desk.consume(held.view), 'lost');
    }
  });

  it('may be away where the policy says so, and then the run is recorded as unconfirmed', async () => {
    await sit('run');
    const held = await ana.hold();
    const token = await ben.approve(held.view);
    await server.kill();
    try {
      await ana.desk.takeToken(token);
      assert.equal((await held.end).run, true);
      assert.equal(ran(), 1);
      assert.equal((await ana.desk.find(held.view.digest)).use?.unconfirmed, true);
    } finally {
      await server.start();
    }
    await ana.desk.sync();
    const seen = await ben.see(held.view);
    assert.deepEqual([seen.state, seen.use?.unconfirmed], ['running', true]);
  });

  it('is asked for by nobody else: no driver is read where the policy names no database', () => {
    const read = (file: string) => readFileSync(path.join(repositoryRoot(), 'out', file), 'utf8');
    for (const file of ['cli.js', 'window.js', 'extension.js', 'gate.js']) assert.doesNotMatch(read(file), /SASLInitialResponse/, file);
    assert.match(read('postgres.js'), /SASLInitialResponse/);
  });

});
