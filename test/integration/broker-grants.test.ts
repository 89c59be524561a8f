import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Gatekeeper } from '../../src/broker/gatekeeper.js';
import { PROTOCOL_VERSION, type GuardAsk } from '../../src/broker/protocol.js';
import type { QuickAsk } from '../../src/broker/quick-protocol.js';
import { ancestry, processes } from '../../src/world/process-tree.js';
import { createTeam, environmentOf, type Team } from '../demo/team.js';
import { waitFor } from '../harness/wait.js';
import { quickAsk } from './broker-window.js';
import { Seat } from './people.js';

const RESTART = 'kubectl --context prod-eu rollout restart deployment/payments';
const DELETE = 'kubectl --context prod-eu delete namespace payments';

/** A real shell that starts real processes when it is told to. */
class Shell {
  private readonly child: ChildProcess = spawn('bash', ['--norc'], { stdio: ['pipe', 'pipe', 'ignore'] });
  private readonly lines = createInterface({ input: this.child.stdout! });

  get pid(): number {
    return this.child.pid!;
  }

  /** A process that sleeps, `depth` shells further down. */
  async job(depth = 0): Promise<number> {
    const sleeper = 'sleep 300 & echo $!';
    this.child.stdin!.write(depth === 0 ? `${sleeper}\n` : `bash --norc -c '${sleeper}; wait' &\n`);
    const [line] = (await once(this.lines, 'line')) as [string];
    return Number(line);
  }

  async end(): Promise<void> {
    const all = await processes();
    for (const pid of all.keys()) if (pid !== this.pid && (await ancestry(pid)).some((info) => info.pid === this.pid)) process.kill(pid, 'SIGKILL');
    this.child.kill('SIGKILL');
  }
}

describe('a grant', () => {
  let team: Team;
  let ana: Seat;
  let ben: Seat;
  let gatekeeper: Gatekeeper;
  let shell: Shell;

  beforeEach(async () => {
    team = createTeam();
    ana = await Seat.of(team.ana);
    ben = await Seat.of(team.ben);
    shell = new Shell();
    gatekeeper = new Gatekeeper({
      home: team.ana.home,
      now: () => Math.floor(Date.now() / 1000),
      desksFor: () => Promise.resolve([ana.desk]),
      identify: () => Promise.resolve(undefined),
      confirm: () => Promise.resolve(true),
      log: () => undefined,
    });
  });
  afterEach(async () => {
    await shell.end();
    team.dispose();
  });

  const guardAsk = (text: string, changes: Partial<GuardAsk> = {}): GuardAsk => ({ v: PROTOCOL_VERSION, kind: 'line', text, shell: '/bin/bash', cwd: team.ana.clone, pid: shell.pid, env: environmentOf(team.ana), ...changes });
  /** Holds it, has it approved, and lets it run. */
  const approved = async (ask: GuardAsk) => {
    const end = gatekeeper.decide(ask, () => undefined, new AbortController().signal);
    const [view] = await waitFor(async () => {
      const open = (await ana.desk.requests()).filter(({ state }) => state === 'waiting');
      return open.length > 0 ? open : undefined;
    }, { message: 'the request' });
    assert.ok(view);
    await ben.approve(view);
    await ana.desk.sync();
    assert.equal(await end, true);
    return view;
  };
  const quick = async (pid: number, text: string, changes: Partial<QuickAsk> = {}) => (await gatekeeper.quick(quickAsk(team.ana, text, { kind: 'program', pid, ...changes }), () => Promise.resolve(''))).run;

  it('covers the same, fewer and lesser things below the process that was let run', async () => {
    await approved(guardAsk(DELETE));
    for (const depth of [0, 1]) {
      const pid = await shell.job(depth);
      assert.equal(await quick(pid, DELETE), true);
      assert.equal(await quick(pid, RESTART), true);
      assert.equal(await quick(pid, DELETE, { kind: 'shell' }), true);
    }
    const pid = await shell.job();
    assert.equal(await gatekeeper.decide(guardAsk(DELETE, { kind: 'program', pid }), () => undefined, new AbortController().signal), true, 'the slow way as well');
  });

  it('never widens', async () => {
    await approved(guardAsk(RESTART));
    const pid = await shell.job();
    assert.equal(await quick(pid, RESTART), true);
    assert.equal(await quick(pid, DELETE), false, 'a worse effect');
    assert.equal(await quick(pid, RESTART.replace('prod-eu', 'prod-us')), false, 'another target');
    assert.equal(await quick(pid, `${RESTART}; ${RESTART.replace('prod-eu', 'prod-us')}`), false, 'one more target');
    assert.equal(await quick(pid, `${RESTART}; ./unknown --context prod-eu "$X"; kubectl --context prod-us $Y`), false, 'what cannot be known');
  });

  it('is not for others', async () => {
    const before = await shell.job();
    await approved(guardAsk(DELETE));
    assert.equal(await quick(before, DELETE), false, 'a background job from before');
    assert.equal(await quick(process.pid, DELETE), false, 'a process beside it');
    assert.equal(await quick(process.ppid, DELETE), false, 'a process above it');
    assert.equal(await quick(2 ** 22 + 1, DELETE), false, 'a process that is not there');
  });

  it('of a line ends with the next line', async () => {
    await approved(guardAsk(DELETE));
    const pid = await shell.job();
    assert.equal(await quick(pid, DELETE), true);
    assert.equal(await quick(shell.pid, DELETE, { kind: 'line' }), false);
    assert.equal(await quick(pid, DELETE), false);
  });

  it('of a line ends soon after the prompt, and its outcome is recorded', async () => {
    const view = await approved(guardAsk(DELETE));
    const pid = await shell.job();
    gatekeeper.prompted(shell.pid);
    assert.equal(await quick(pid, DELETE), true, 'what the line left behind');
    await waitFor(async () => !(await quick(pid, DELETE)), { message: 'its end' });
    await waitFor(async () => (await ana.desk.find(view.digest)).state === 'finished', { message: 'the outcome' });
  });

  it('of a task lasts until it ends, and its outcome is recorded', async () => {
    const view = await approved(guardAsk(DELETE, { kind: 'task' }));
    const pid = await shell.job();
    gatekeeper.prompted(shell.pid);
    assert.equal(await quick(shell.pid, DELETE, { kind: 'shell' }), true);
    await gatekeeper.ended(shell.pid, 3);
    assert.equal(await quick(pid, DELETE), false);
    assert.equal((await ana.desk.find(view.digest)).state, 'finished');
  });

  it('is not given to a process that is gone', async () => {
    const gone = spawn('true');
    await once(gone, 'close');
    await approved(guardAsk(DELETE, { kind: 'program', pid: gone.pid! }));
    assert.equal(await quick(gone.pid!, DELETE), false);
  });

  it('is given for what the person confirmed', async () => {
    const text = 'kubectl --context blue-1 delete namespace payments';
    assert.equal(await gatekeeper.decide(guardAsk(text), () => undefined, new AbortController().signal), true);
    assert.equal(await quick(await shell.job(), text), true);
    assert.equal(await quick(process.pid, text), false);
  });

  it('does not make up for an environment that is not known', async () => {
    await approved(guardAsk(DELETE));
    const pid = await shell.job();
    assert.equal(await quick(pid, DELETE, { environment: '' }), false, 'an environment that is not known');
  });
});
