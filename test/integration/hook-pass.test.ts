import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { settingsFile } from '../../src/assistants/settings.js';
import { passOn } from '../../src/broker/client.js';
import { PROTOCOL_VERSION } from '../../src/broker/protocol.js';
import { findWindow } from '../../src/broker/find-window.js';
import { sha256 } from '../../src/core/approval/canonical.js';
import type { RequestView } from '../../src/core/ledger/fold.js';
import { gateDirectory, installGuards } from '../../src/guards/install.js';
import { createTeam, environmentOf, type Team } from '../demo/team.js';
import { repositoryRoot } from '../harness/paths.js';
import { waitFor } from '../harness/wait.js';
import { Seat } from './people.js';
import { Terminal } from './pty.js';
import { EDITOR, RealWindow } from './real-window.js';

const DELETE = 'kubectl --context prod-eu delete namespace payments';
const SCRIPT = './cleanup.sh prod-eu';

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

/** The assistant is this process: it runs its hook, and then what it was allowed, as assistants do. */
describe('what an assistant’s hook let go passes the guards once, without a second question', function () {
  this.timeout(120_000);
  let team: Team;
  let ana: Seat;
  let ben: Seat;
  let window: RealWindow;
  let env: Record<string, string>;
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
    writeFileSync(path.join(home, 'snapshot.sh'), 'unalias -a 2>/dev/null || true\nshopt -s extglob\n');
    writeFileSync(path.join(clone, 'cleanup.sh'), '#!/bin/sh\nkubectl --context "$1" delete namespace payments\n');
    chmodSync(path.join(clone, 'cleanup.sh'), 0o755);
    installGuards(home, { shell: '/bin/bash', node: process.execPath, gate: path.join(repositoryRoot(), 'out', 'gate.js') });
    writeFileSync(settingsFile(home), '{"wait":0}');
    const gate = gateDirectory(home);
    const own = environmentOf(team.ana);
    env = { ...own, SHLVL: '1', PATH: `${path.join(home, 'bin')}:${own['PATH'] ?? ''}`, COUNTERSIGN_WINDOW: window.name, COUNTERSIGN_GATE: gate, PROMPT_COMMAND: '. "$COUNTERSIGN_GATE/guard.bash"', BASH_ENV: path.join(gate, 'guard.bash') };
  });
  afterEach(() => {
    window.close();
    team.dispose();
  });

  async function run(program: string, args: readonly string[], input = ''): Promise<Ended> {
    const child = spawn(program, args, { cwd: team.ana.clone, env });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.stdin.end(input);
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, said };
  }

  const hook = (command: string) =>
    run(process.execPath, [path.join(repositoryRoot(), 'out', 'cli.js'), 'hook'], JSON.stringify({ session_id: 's1', transcript_path: '/x/.claude/t', cwd: team.ana.clone, hook_event_name: 'PreToolUse', tool_name: 'Bash', tool_input: { command } }));
  const happened = () => (existsSync(effects) ? readFileSync(effects, 'utf8').trim().split('\n') : []);
  const requests = async (): Promise<readonly RequestView[]> => (await ana.desk.sync(), ana.desk.requests());

  /** The hook says no, a teammate signs, and the hook says nothing against it. */
  async function approved(command: string): Promise<RequestView> {
    assert.equal((await hook(command)).code, 2);
    const view = (await requests()).find(({ state }) => state === 'waiting');
    assert.ok(view);
    await ben.approve(view);
    assert.deepEqual(await hook(command), { code: 0, said: '' });
    assert.deepEqual(happened(), []);
    return view;
  }

  /** Runs it and cancels when a guard asks for approval anew. */
  async function asksAnew(args: readonly string[], program = 'bash'): Promise<void> {
    const before = (await requests()).length;
    const child = spawn(program, args, { cwd: team.ana.clone, env, stdio: 'ignore', detached: true });
    try {
      await waitFor(async () => (await requests()).length > before, { message: 'a request of the guard', timeout: 60_000 });
    } finally {
      process.kill(-(child.pid ?? 0), 'SIGKILL');
    }
  }

  const claude = (command: string) => `source ${path.join(team.ana.home, 'snapshot.sh')} && eval '${command}' \\< /dev/null && pwd -P >| ${path.join(team.ana.home, 'cwd')}`;

  for (const [name, args] of [
    ['as it stands', (command: string) => ['-c', command]],
    ['as Claude Code wraps it', (command: string) => ['-c', claude(command)]],
    ['as Gemini CLI wraps it', (command: string) => ['-c', `shopt -u promptvars nullglob extglob nocaseglob dotglob; { ${command}; }; __code=$?; exit $__code;`]],
  ] as const) {
    it(name, async () => {
      const view = await approved(DELETE);
      const { code, said } = await run('bash', args(DELETE));
      assert.deepEqual([code, happened()], [0, ['--context prod-eu delete namespace payments']], said);
      await waitFor(async () => (await requests()).find(({ digest }) => digest === view.digest)?.state === 'finished', { message: 'its outcome', timeout: 30_000 });
      assert.equal((await requests()).length, 1, 'it was asked for once');
      await asksAnew(args(DELETE));
      assert.equal(happened().length, 1);
    });
  }

  it('typed into a terminal', async () => {
    writeFileSync(path.join(team.ana.home, '.bashrc'), "PS1='ready> '\n");
    const terminal = await Terminal.start('/bin/bash', [], { cwd: team.ana.clone, env });
    await terminal.waitFor(/ready> $/);
    await approved(DELETE);
    terminal.write(`${DELETE}\r`);
    await waitFor(() => happened().length === 1, { message: 'its effect', timeout: 30_000 });
    assert.equal((await requests()).length, 1);
    await terminal.kill();
  });

  it('and what it starts below it', async () => {
    await approved(SCRIPT);
    const { code, said } = await run('bash', ['-c', SCRIPT]);
    assert.deepEqual([code, happened()], [0, ['--context prod-eu delete namespace payments']], said);
    assert.equal((await requests()).length, 1);
  });

  /** Puts a directory with a program in front of the search path, as extensions of the editor do for its terminals. */
  function putInFront(program: string): void {
    const directory = path.join(team.ana.home, 'of-an-extension');
    mkdirSync(directory);
    writeFileSync(path.join(directory, program), '#!/bin/sh\nexit 9\n', { mode: 0o755 });
    env = { ...env, PATH: `${directory}:${env['PATH'] ?? ''}` };
  }

  it('in a terminal, to which the editor and its extensions gave more than to the hook', async () => {
    await approved(DELETE);
    putInFront('of-an-extension');
    env = { ...env, GIT_PAGER: 'cat', GIT_EDITOR: ':', GIT_ASKPASS: path.join(EDITOR, 'extensions/git/dist/askpass.sh') };
    const { code, said } = await run('bash', ['-c', DELETE]);
    assert.deepEqual([code, happened()], [0, ['--context prod-eu delete namespace payments']], said);
    assert.equal((await requests()).length, 1);
  });

  describe('but not', () => {
    it('where another program of the same name comes first', async () => {
      await approved(DELETE);
      putInFront('kubectl');
      await asksAnew(['-c', DELETE]);
      assert.deepEqual(happened(), []);
    });

    it('when a file it runs was changed after the hook looked', async () => {
      await approved(SCRIPT);
      writeFileSync(path.join(team.ana.clone, 'cleanup.sh'), '#!/bin/sh\nkubectl --context "$1" delete namespace everything\n');
      await asksAnew(['-c', SCRIPT]);
      assert.deepEqual(happened(), []);
    });

    for (const [name, value] of [['KUBECONFIG', '/elsewhere'], ['GIT_ASKPASS', '/elsewhere/askpass.sh']] as const) {
      it(`with another ${name} than was approved`, async () => {
        await approved(DELETE);
        env = { ...env, [name]: value };
        await asksAnew(['-c', DELETE]);
        assert.deepEqual(happened(), []);
      });
    }

    for (const [name, text] of [
      ['twice', `${DELETE}; ${DELETE}`],
      ['in a loop', `for i in 1 2; do ${DELETE}; done`],
      ['with more', `${DELETE} orders`],
      ['before something else of production', `eval '${DELETE}'; kubectl --context prod-us delete namespace payments`],
    ] as const) {
      it(`when it is run ${name}`, async () => {
        await approved(DELETE);
        await asksAnew(['-c', text]);
        assert.deepEqual(happened(), []);
      });
    }

    it('wrapped by a process that is not the assistant', async () => {
      await approved(DELETE);
      await asksAnew(['-c', 'setsid bash -c "$1" & wait', 'sh', claude(DELETE)], 'sh');
      assert.deepEqual(happened(), []);
    });

    it('for a claim without an approval, or without the secret', async () => {
      await hook(DELETE);
      const [view] = await requests();
      const entry = findWindow(team.ana.home, team.ana.clone, window.name);
      assert.ok(view && entry);
      const pass = { v: PROTOCOL_VERSION, request: view.digest, ask: { text: DELETE, shell: '/bin/sh', cwd: team.ana.clone, pid: process.pid, env } } as const;
      assert.equal(await passOn({ ...entry, secret: '0' }, pass), false);
      assert.equal(await passOn(entry, { ...pass, request: sha256('another') }), true);
      assert.equal(await passOn(entry, pass), true, 'it takes note, and looks when it matters');
      // Whoever has her account can sign that it was used; nobody can sign for Ben.
      await ana.desk.consume(view);
      await asksAnew(['-c', DELETE]);
      assert.deepEqual(happened(), []);
    });
  });
});
