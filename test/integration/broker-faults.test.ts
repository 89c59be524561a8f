import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { WindowEntry } from '../../src/broker/protocol.js';
import type { RequestView } from '../../src/core/ledger/fold.js';
import { REFUSED_STATUS, RUN_STATUS } from '../../src/guards/gate-shell.js';
import { createTeam, deployments, type Team } from '../demo/team.js';
import { which } from '../harness/paths.js';
import { waitFor } from '../harness/wait.js';
import { askSlowly, openWindow, startTask, terminalOf, type Running } from './broker-window.js';
import { Seat } from './people.js';

const DEPLOY = './scripts/deploy.sh production';
const HARMLESS = 'echo it-ran';
const DELETE = 'kubectl --context prod-eu delete namespace payments';
type Window = Awaited<ReturnType<typeof openWindow>>;

/** Real windows, gate shells and guards, as processes; the faults are real as well. */
describe('when the broker fails', function () {
  this.timeout(120_000);
  let team: Team;
  let ana: Seat;
  let ben: Seat;
  let env: Record<string, string>;
  let window: Window;
  const windows: Window[] = [];
  const guards: Running[] = [];

  const open = async (named = true) => {
    const opened = await openWindow(team.ana, named);
    windows.push(opened);
    return opened;
  };
  const task = (command: string, own = env) => {
    const running = startTask(team.ana, own, command);
    guards.push(running);
    return running;
  };
  const close = async (one: Window, signal: NodeJS.Signals) => {
    one.child.kill(signal);
    await one.ended;
  };
  const entryFile = () => path.join(team.ana.home, '.countersign', 'windows', `${window.name}.json`);
  const entry = () => JSON.parse(readFileSync(entryFile(), 'utf8')) as WindowEntry;
  const waiting = async (): Promise<readonly RequestView[]> => (await ben.desk.sync(), (await ben.desk.requests()).filter(({ state }) => state === 'waiting'));
  const ran = () => deployments(team.ana).length;

  beforeEach(async () => {
    team = createTeam();
    ana = await Seat.of(team.ana);
    ben = await Seat.of(team.ben);
    window = await open();
    env = terminalOf(team.ana, window.name);
  });
  afterEach(async () => {
    for (const running of [...guards.splice(0), ...windows.splice(0)]) running.kill();
    await ana.desk.sync();
    team.dispose();
  });

  /** Nothing that is production runs, everything else does, and why is said. */
  const decidesAlone = async (why: RegExp) => {
    const [production, harmless] = [task(DEPLOY), task(HARMLESS)];
    assert.equal(await harmless.ended, 0, harmless.text);
    assert.match(harmless.text, /it-ran/);
    assert.equal(await production.ended, REFUSED_STATUS);
    assert.match(production.text, why);
    assert.match(production.text, /Nothing was run\. Reload the window/);
    assert.equal(ran(), 0);
    for (const [kind, text, status] of [['line', DELETE, REFUSED_STATUS], ['shell', DELETE, REFUSED_STATUS], ['program', 'kubectl get pods', RUN_STATUS], ['line', 'git status', RUN_STATUS]] as const) {
      assert.equal(await askSlowly(team.ana, env, kind, text).ended, status, `${kind} ${text}`);
    }
  };

  it('by being killed: guards decide alone', async () => {
    await close(window, 'SIGKILL');
    assert.ok(existsSync(entryFile()), 'it could not tidy up');
    await decidesAlone(/No window has this folder open/);
  });

  it('by hanging: guards say so, and decide alone', async () => {
    window.child.kill('SIGSTOP');
    await decidesAlone(/slow to answer[^]*The window does not answer/);
  });

  it('by losing its socket: guards decide alone', async () => {
    rmSync(entry().socket);
    await decidesAlone(/ENOENT/);
  });

  it('by having another secret: guards decide alone', async () => {
    writeFileSync(entryFile(), JSON.stringify({ ...entry(), secret: '0'.repeat(64) }));
    await decidesAlone(/refused the question \(401\)/);
  });

  it('by speaking another version: guards decide alone', async () => {
    writeFileSync(entryFile(), JSON.stringify({ ...entry(), v: 2 }));
    await decidesAlone(/another version/);
  });

  it('by a full disk: what needs approval is refused with the reason, everything else runs', async function () {
    const prlimit = which('prlimit');
    if (prlimit === undefined) this.skip();
    // Nothing this process or its children write may hold a byte: what a full disk is to them.
    execFileSync(prlimit, ['--pid', String(window.child.pid), '--fsize=0']);
    const production = task(DEPLOY);
    const harmless = task(HARMLESS);
    assert.equal(await harmless.ended, 0, harmless.text);
    assert.equal(await production.ended, REFUSED_STATUS);
    assert.match(production.text, /Countersign: .+ Nothing was run\./);
    assert.equal(ran(), 0);
    assert.deepEqual(await waiting(), []);
  });

  for (const [how, signal] of [['reloaded', 'SIGTERM'], ['killed', 'SIGKILL']] as const) {
    it(`by being ${how} while something is held: it stays held, and the next window takes it up`, async () => {
      const held = task(DEPLOY);
      await held.says(/It runs by itself once approved/);
      const [view] = await waiting();
      await close(window, signal);
      await held.says(/The editor window went away while this was held/);
      assert.deepEqual((await waiting()).map(({ digest }) => digest), [view?.digest], 'the request stays open');
      // The editor tells a reloaded window nothing about tasks that it started before.
      window = await open(false);
      await waitFor(() => held.text.match(/It runs by itself once approved/g)?.length === 2, { message: 'being held again' });
      assert.deepEqual((await waiting()).map(({ digest }) => digest), [view?.digest], 'it is the same one');
      assert.ok(view);
      assert.equal(ran(), 0);
      await ben.approve(view);
      assert.equal(await held.ended, 0, held.text);
      assert.equal(ran(), 1);
    });
  }

  it('by being killed, and approved meanwhile: running the same again takes the approval up', async () => {
    const held = task(DEPLOY);
    await held.says(/It runs by itself once approved/);
    await close(window, 'SIGKILL');
    held.kill();
    const [view] = await waiting();
    assert.ok(view);
    await ben.approve(view);
    window = await open();
    const again = task(DEPLOY);
    assert.equal(await again.ended, 0, again.text);
    assert.equal(ran(), 1);
  });

  it('by hanging while something is held: it says so, and goes on when the window does', async () => {
    const held = task(DEPLOY);
    await held.says(/It runs by itself once approved/);
    window.child.kill('SIGSTOP');
    await held.says(/has stopped answering/);
    const [view] = await waiting();
    assert.ok(view);
    await ben.approve(view);
    assert.equal(ran(), 0);
    window.child.kill('SIGCONT');
    assert.equal(await held.ended, 0, held.text);
    assert.match(held.text, /answers again/);
    assert.equal(ran(), 1);
  });

  it('nothing does: two that are the same at once make one request, and the second says so', async () => {
    const both = [task(DEPLOY), task(DEPLOY)];
    const second = await Promise.race(both.map((one) => one.ended.then((code) => ({ one, code }))));
    assert.equal(second.code, REFUSED_STATUS);
    assert.match(second.one.text, /already waiting for approval/);
    const [view, ...more] = await waiting();
    assert.deepEqual(more, []);
    assert.ok(view);
    await ben.approve(view);
    const first = both.find((one) => one !== second.one);
    assert.equal(await first?.ended, 0, first?.text);
    assert.equal(ran(), 1);
  });

  it('nothing does: of two windows that hold the same one runs it', async () => {
    const other = await open();
    const both = [task(DEPLOY), task(DEPLOY, { ...env, COUNTERSIGN_WINDOW: other.name })];
    for (const one of both) await one.says(/It runs by itself once approved|already/);
    for (const view of await waiting()) await ben.approve(view);
    const codes = await Promise.all(both.map((one) => one.ended));
    assert.ok(codes.includes(0), both.map(({ text }) => text).join('\n'));
    assert.equal(ran(), codes.filter((code) => code === 0).length);
  });

  it('nothing does: a text that is too long for an argument comes in', async () => {
    const text = `${DELETE} # ${'x'.repeat(200_000)}`;
    assert.equal(await askSlowly(team.ana, env, 'line', '-', HARMLESS).ended, RUN_STATUS);
    await close(window, 'SIGKILL');
    const long = askSlowly(team.ana, env, 'line', '-', text);
    assert.equal(await long.ended, REFUSED_STATUS, long.text);
    assert.deepEqual(readdirSync(path.dirname(entryFile())).filter((name) => name.endsWith('.tmp')), []);
  });
});
