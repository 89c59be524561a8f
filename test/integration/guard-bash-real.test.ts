import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gateDirectory, installGuards } from '../../src/guards/install.js';
import { createTeam, environmentOf, type Team } from '../demo/team.js';
import { repositoryRoot } from '../harness/paths.js';
import { waitFor } from '../harness/wait.js';
import { Seat } from './people.js';
import { Terminal } from './pty.js';
import { RealWindow } from './real-window.js';

const PROMPT = /ready> $/;

describe('the guard for bash with the real broker', function () {
  this.timeout(60_000);
  let team: Team;
  let ana: Seat;
  let ben: Seat;
  let window: RealWindow;
  let terminal: Terminal;
  let effects: string;

  beforeEach(async () => {
    team = createTeam();
    ana = await Seat.of(team.ana);
    ben = await Seat.of(team.ben);
    window = await RealWindow.open(ana);
    const { home, clone } = team.ana;
    effects = path.join(home, 'effects');
    mkdirSync(path.join(home, 'bin'));
    writeFileSync(path.join(home, 'bin', 'kubectl'), `#!/bin/sh\necho "$*" >> '${effects}'\n`);
    chmodSync(path.join(home, 'bin', 'kubectl'), 0o755);
    writeFileSync(path.join(home, '.bashrc'), "PS1='ready> '\nHISTFILE=/dev/null\n");
    installGuards(home, { shell: '/bin/bash', node: process.execPath, gate: path.join(repositoryRoot(), 'out', 'gate.js') });
    const gate = gateDirectory(home);
    const own = environmentOf(team.ana);
    terminal = await Terminal.start('/bin/bash', [], {
      cwd: clone,
      env: { ...own, PATH: `${path.join(home, 'bin')}:${own['PATH'] ?? ''}`, COUNTERSIGN_WINDOW: window.name, COUNTERSIGN_GATE: gate, PROMPT_COMMAND: '. "$COUNTERSIGN_GATE/guard.bash"', BASH_ENV: path.join(gate, 'guard.bash') },
    });
    await terminal.waitFor(PROMPT);
  });
  afterEach(async () => {
    await terminal.kill();
    window.close();
    team.dispose();
  });

  const happened = () => (existsSync(effects) ? readFileSync(effects, 'utf8').trim().split('\n') : []);

  /** Waits for a request, signs it at the other desk and has both see it. */
  async function approve(): Promise<void> {
    const view = await waitFor(async () => (await ana.desk.requests()).find(({ state }) => state === 'waiting'), { message: 'nothing was asked for' });
    assert.deepEqual(happened(), []);
    await ben.approve(view);
    await ana.desk.sync();
  }

  it('lets harmless lines run at once and says nothing', async () => {
    terminal.write('git status --short | wc -l; x=$(echo 1); (cd /; pwd); for f in *; do :; done\r');
    await terminal.waitFor(/\r\n\/\r\n/);
    await terminal.waitFor(PROMPT);
    assert.equal(window.quick.length, 1);
    assert.deepEqual(window.slow, []);
  });

  it('holds a line for production with words, runs it once when a teammate has signed, and asks once for all that it starts', async () => {
    terminal.write(`( bash -c "bash -c 'kubectl --context prod-eu delete namespace payments'" )\r`);
    await terminal.waitFor(/prod-eu[\s\S]*Ctrl\+C/);
    await approve();
    await terminal.waitFor(PROMPT);
    assert.deepEqual(happened(), ['--context prod-eu delete namespace payments']);
    assert.equal((await ana.desk.requests()).length, 1);
  });

  it('withdraws the request with Ctrl+C', async () => {
    terminal.write('kubectl --context prod-eu delete namespace payments\r');
    await terminal.waitFor(/prod-eu[\s\S]*Ctrl\+C/);
    terminal.write('\u0003');
    await terminal.waitFor(/ready> [\s\S]*kubectl --context prod-eu delete namespace payments/);
    await waitFor(async () => (await ana.desk.requests()).every(({ state }) => state === 'withdrawn'), { message: 'the request stands' });
    assert.deepEqual(happened(), []);
  });
});
