import assert from 'node:assert/strict';
import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { WINDOW_VARIABLE } from '../../src/broker/windows.js';
import { gateDirectory, installGuards } from '../../src/guards/install.js';
import { installShims, removeShims, shimsDirectory } from '../../src/guards/shims.js';
import { createTeam, environmentOf, type Team } from '../demo/team.js';
import { repositoryRoot } from '../harness/paths.js';
import { runs } from '../runs.js';
import { Seat } from './people.js';
import { Terminal } from './pty.js';
import { RealWindow } from './real-window.js';

const DELETE = ['delete', 'ns', 'payments', '--context', 'prod'];
const has = (program: string) => spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;

describe('shims', function () {
  this.timeout(60_000);
  let team: Team;
  let gate: string;
  let tools: string;
  let log: string;
  let env: Record<string, string>;
  let window: RealWindow | undefined;

  beforeEach(() => {
    team = createTeam();
    gate = gateDirectory(team.ana.home);
    tools = path.join(team.directory, 'tools');
    log = path.join(team.directory, 'log');
    mkdirSync(tools);
    // The real tool: it writes down what it was given, byte for byte.
    tool('kubectl', `printf '%s\\0' "$@" >> '${log}'; printf '\\1' >> '${log}'\nexit "\${CODE-0}"`);
    installGuards(team.ana.home, { shell: '/bin/bash', node: process.execPath, gate: path.join(repositoryRoot(), 'out', 'gate.js') });
    installShims(gate, `${tools}:/usr/bin:/bin`);
    env = { ...environmentOf(team.ana), PATH: `${shimsDirectory(gate)}:${tools}:${process.env['PATH'] ?? '/usr/bin:/bin'}` };
  });
  afterEach(() => {
    window?.close();
    window = undefined;
    team.dispose();
  });

  function tool(name: string, text: string, directory = tools): void {
    writeFileSync(path.join(directory, name), `#!/bin/sh\n${text}\n`);
    chmodSync(path.join(directory, name), 0o755);
  }
  const open = async (seat?: Seat): Promise<RealWindow> => {
    window = await RealWindow.open(seat ?? (await Seat.of(team.ana)));
    env[WINDOW_VARIABLE] = window.name;
    return window;
  };
  const run = (program: string, args: readonly string[], more: object = {}): SpawnSyncReturns<string> => spawnSync(program, args, { cwd: team.ana.clone, env, encoding: 'utf8', timeout: 30_000, ...more });
  /** The window answers in this process, so nothing here may wait for a child without letting it. */
  const start = async (program: string, args: readonly string[], more: Record<string, string> = {}): Promise<{ code: number | null; signal: string | null; stderr: string; stdout: string }> => {
    const child = spawn(program, args, { cwd: team.ana.clone, env: { ...env, ...more }, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    return { code, signal, stderr, stdout };
  };
  const calls = (): string[][] =>
    (existsSync(log) ? readFileSync(log, 'utf8') : '').split('\u0001').slice(0, -1).map((call) => call.split('\0').slice(0, -1));

  describe('without a window', () => {
    it('let what only looks run, and nothing that changes production', () => {
      assert.equal(run('kubectl', ['get', 'pods', '--context', 'prod']).status, 0);
      const { status, stderr } = run('kubectl', DELETE);
      assert.equal(status, 126);
      assert.match(stderr, /Countersign holds this command\..*prod.*Nothing was run\./s);
      assert.deepEqual(calls(), [['get', 'pods', '--context', 'prod']]);
    });
    it('decide by themselves on what is not production', () => {
      assert.equal(run('kubectl', ['apply', '-f', 'x.yaml', '--context', 'minikube']).status, 0);
      assert.deepEqual(calls(), [['apply', '-f', 'x.yaml', '--context', 'minikube']]);
    });
    it('hold when Countersign is gone', () => {
      rmSync(path.join(gate, 'ask'));
      const { status, stderr } = run('kubectl', ['apply', '-f', 'x']);
      assert.equal(status, 126);
      assert.match(stderr, /Countersign is gone, so kubectl was not run\. Open a new terminal\./);
      assert.deepEqual(calls(), []);
    });
    it('keep a text that no argument could hold', () => {
      const long = 'x'.repeat(110_000);
      assert.equal(run('kubectl', ['apply', '-f', long, '--context', 'minikube']).status, 0);
      assert.equal(run('kubectl', [...DELETE, long]).status, 126);
      assert.equal(calls().length, 1);
    });
  });

  describe('with a window', () => {
    const WAYS: Readonly<Record<string, (text: string) => readonly [string, readonly string[]]>> = {
      'sh -c': (text) => ['/bin/sh', ['-c', text]],
      'bash -c': (text) => ['/bin/bash', ['-c', text]],
      dash: (text) => ['dash', ['-c', text]],
      env: (text) => ['env', text.split(' ')],
      xargs: (text) => ['/bin/sh', ['-c', `echo '${text.split(' ').slice(1).join(' ')}' | xargs kubectl`]],
      make: (text) => {
        writeFileSync(path.join(team.ana.clone, 'Makefile'), `all:\n\t@${text}\n`);
        return ['make', ['--silent', 'all']];
      },
      'a script': (text) => {
        writeFileSync(path.join(team.ana.clone, 'x.sh'), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
        return ['./x.sh', []];
      },
      python: (text) => ['python3', ['-c', `import subprocess,sys; sys.exit(subprocess.run(${JSON.stringify(text.split(' '))}).returncode)`]],
      node: (text) => [process.execPath, ['-e', `process.exit(require('child_process').spawnSync('kubectl', ${JSON.stringify(text.split(' ').slice(1))}, { stdio: 'inherit' }).status)`]],
      perl: (text) => ['perl', ['-e', `exit(system(qw(${text})) >> 8)`]],
    };
    for (const [name, way] of Object.entries(WAYS)) {
      it(`hold what ${name} starts`, async function () {
        const [program, args] = way(`kubectl ${DELETE.join(' ')}`);
        if (!program.startsWith('.') && !has(program)) return this.skip();
        const { slow, quick } = await open();
        const held = spawn(program, args, { cwd: team.ana.clone, env, stdio: 'ignore', detached: true });
        const end = once(held, 'close');
        while (slow.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
        assert.deepEqual(calls(), [], 'before anybody said yes');
        assert.match(slow[0] ?? '', /^approve: program kubectl/);
        assert.deepEqual(quick.map(({ kind }) => kind), ['program']);
        process.kill(-held.pid!, 'SIGTERM');
        await end;
        assert.deepEqual(calls(), []);
      });
      it(`let what ${name} starts look, without a second question`, async function () {
        const [program, args] = way('kubectl --context prod get pods');
        if (!program.startsWith('.') && !has(program)) return this.skip();
        const { slow, quick } = await open();
        assert.deepEqual({ ...(await start(program, args)), stdout: '' }, { code: 0, signal: null, stderr: '', stdout: '' });
        assert.deepEqual(calls(), [['--context', 'prod', 'get', 'pods']]);
        assert.deepEqual(slow, []);
        assert.equal(quick.length, 1);
      });
    }
    it('ask no window for what only looks', async () => {
      const { quick } = await open();
      await start('kubectl', ['get', 'pods']);
      assert.equal(quick.length, 0);
      assert.equal(calls().length, 1);
    });
    it('leave what git sends over ssh to the judgement of git, and nothing that looks like it', async () => {
      const { quick } = await open();
      tool('ssh', `printf '%s\\0' "$@" >> '${log}'; printf '\\1' >> '${log}'`);
      installShims(gate, `${tools}:/usr/bin:/bin`);
      await start('git', ['ls-remote', 'ssh://git@git.prod.example.com:22/shop.git']);
      await start('ssh', ['-o', 'SendEnv=GIT_PROTOCOL', 'git@git.prod.example.com', "git-upload-pack '/shop.git'"]);
      assert.deepEqual(quick.map(({ text }) => text), []);
      assert.equal(calls().at(-1)?.at(-1), "git-upload-pack '/shop.git'");
      const asked = [['db.prod', "git-upload-pack 'x'; rm -rf /srv"], ['db.prod', "git-upload-pack 'x' 'y'"], ['-o', 'ProxyCommand=x', 'h', "git-upload-pack 'x'"], ['-F', 'x', 'h', "git-upload-pack 'x'"], ['-oProxyCommand=x', "git-upload-pack 'x'"]];
      for (const args of asked) {
        const held = spawn('ssh', args, { cwd: team.ana.clone, env, stdio: 'ignore', detached: true });
        const end = once(held, 'close');
        const before = quick.length;
        while (quick.length === before) await new Promise((resolve) => setTimeout(resolve, 20));
        process.kill(-held.pid!, 'SIGKILL');
        await end;
      }
      assert.equal(quick.length, asked.length);
    });
    it('run once what a colleague approved', async () => {
      const ana = await Seat.of(team.ana);
      const ben = await Seat.of(team.ben);
      await open(ana);
      const end = start('kubectl', DELETE);
      let view;
      while (!view) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        await ben.desk.sync();
        [view] = await ben.desk.requests();
      }
      assert.deepEqual(calls(), []);
      await ben.approve(view);
      const call = { ended: false };
      void end.finally(() => (call.ended = true));
      for (; !call.ended; await new Promise((resolve) => setTimeout(resolve, 50))) await ana.desk.sync();
      assert.equal((await end).code, 0);
      assert.deepEqual(calls(), [DELETE]);
    });
    it('give the broker the arguments as they are, for any arguments', async () => {
      const { quick } = await open();
      const piece = fc.constantFrom('', '-', '--', '-n', 'a b', '*', '?', '~', '$HOME', '`id`', '$(id)', '\\', "'", '"', "'\\''", '\n', '\t', '{a,b}', '!', '#', '&', ';', '|', '>', 'é', '\u202e', '%s', '\u0001', '-e', '=', '&&');
      await fc.assert(
        fc.asyncProperty(fc.array(fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join('')), { maxLength: 8 }), async (args) => {
          rmSync(log, { force: true });
          // What only looks whatever stands behind, asked the long way round the glance.
          const { code } = await start('kubectl', ['--v=0', 'get', '--', ...args]);
          const told = args.every((arg) => !arg.includes('\u0001'));
          assert.equal(code, 0);
          if (told) assert.deepEqual(calls(), [['--v=0', 'get', '--', ...args]]);
          const text = quick.at(-1)?.text ?? '';
          const read = spawnSync('bash', ['-c', `set -- ${text.replace(/^kubectl/, '')}; for a; do printf '%s\\0' "$a"; done`], { encoding: 'utf8' }).stdout;
          assert.deepEqual(read.split('\0').slice(0, -1), ['--v=0', 'get', '--', ...args]);
        }),
        { numRuns: runs(60) },
      );
    });
  });

  describe('become the tool:', () => {
    it('exit codes are its own', () => {
      for (const code of ['0', '1', '2', '86', '126', '127', '255']) {
        env['CODE'] = code;
        assert.equal(run('kubectl', ['get']).status, Number(code));
      }
    });
    it('signals are its own', () => {
      tool('kubectl', 'kill -TERM $$');
      assert.equal(run('kubectl', ['get']).signal, 'SIGTERM');
      tool('kubectl', "trap 'echo caught; exit 9' USR1; kill -USR1 $$; sleep 1");
      assert.deepEqual([run('kubectl', ['get']).stdout, run('kubectl', ['get']).status], ['caught\n', 9]);
    });
    it('what was ignored stays ignored, and nothing else is', () => {
      tool('kubectl', "awk '/^SigIgn/ { print $2 }' /proc/self/status");
      if (!existsSync('/proc/self/status')) return;
      const ignored = (script: string, search: string) => run('/bin/sh', ['-c', script], { env: { ...env, PATH: search } }).stdout;
      for (const script of ['exec kubectl get', "trap '' INT PIPE; exec kubectl get", "trap '' HUP; exec kubectl --context minikube apply"]) {
        assert.equal(ignored(script, env['PATH'] ?? ''), ignored(script, `${tools}:/usr/bin:/bin`), script);
      }
    });
    it('its process is the one that was started', () => {
      tool('kubectl', 'echo $$');
      const { stdout, pid } = run('kubectl', ['get']);
      assert.equal(Number(stdout), pid);
    });
    it('its name is the one that a shell gives it', () => {
      if (!has('cc')) return;
      writeFileSync(path.join(tools, 'x.c'), '#include <stdio.h>\nint main(int n, char **v) { printf("%d %s", n, v[0]); return 0; }\n');
      rmSync(path.join(tools, 'kubectl'));
      assert.equal(spawnSync('cc', ['-o', path.join(tools, 'kubectl'), path.join(tools, 'x.c')]).status, 0);
      assert.equal(run('/bin/sh', ['-c', 'kubectl get']).stdout, '2 kubectl');
    });
    it('standard input arrives whole, and open files stay open', () => {
      tool('kubectl', 'cat; cat <&9');
      const file = path.join(team.directory, 'nine');
      writeFileSync(file, 'nine');
      const input = 'line 1\nline 2 \\ \u0001\n'.repeat(5_000);
      for (const args of ['get', 'apply --context minikube']) {
        assert.equal(run('/bin/sh', ['-c', `kubectl ${args} 9<'${file}'`], { input }).stdout, `${input}nine`, args);
      }
    });
    it('the terminal is its own', async () => {
      tool('kubectl', '[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && stty size && read -r line && echo "got $line"');
      const terminal = await Terminal.start(path.join(shimsDirectory(gate), 'kubectl'), ['apply', '--context', 'minikube'], { cwd: team.ana.clone, env, columns: 91, rows: 37 });
      await terminal.waitFor('37 91');
      terminal.write('hello\r');
      await terminal.waitFor('got hello');
      assert.equal(await terminal.exited, 0);
    });
    it('Ctrl+C ends what is held, and the caller with it', async () => {
      await open();
      const terminal = await Terminal.start('/bin/sh', ['-c', `kubectl ${DELETE.join(' ')}; echo went-on`], { cwd: team.ana.clone, env });
      await terminal.waitFor(/Countersign holds/);
      terminal.write('\u0003');
      assert.notEqual(await terminal.exited, 0);
      assert.ok(!terminal.output.includes('went-on'), terminal.output);
      assert.deepEqual(calls(), []);
    });
    it('the environment is as it was', () => {
      tool('kubectl', 'env -0 | sort -z');
      env = { ...env, 'BASH_FUNC_f%%': '() {  echo hi\n}', 'odd.name': '1', EMPTY: '', LINES2: 'a\nb', SHELLOPTS: 'errexit:xtrace', PWD: team.ana.clone, SHLVL: '3', BASH_ENV: '/nowhere' };
      const seen = (search: string, call: string) =>
        new Map(run('/bin/sh', ['-c', `exec ${call} get`], { env: { ...env, PATH: search } }).stdout.split('\0').filter((entry) => entry !== '').map((entry): [string, string] => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]));
      const through = seen(env['PATH'] ?? '', 'kubectl');
      const straight = seen(env['PATH'] ?? '', path.join(tools, 'kubectl'));
      // Every shell says which options it has in the one that is exported to it.
      for (const map of [through, straight]) for (const name of ['_', 'SHELLOPTS']) map.delete(name);
      assert.deepEqual([...through], [...straight]);
    });
    it('no environment has a say in the shim itself', () => {
      const trap = path.join(team.directory, 'trap');
      writeFileSync(path.join(team.directory, 'evil'), `touch '${trap}'\nexit 0\n`);
      const evil = `() { touch '${trap}'; }`;
      run(path.join(shimsDirectory(gate), 'kubectl'), ['apply', '--context', 'minikube'], { env: { ...env, BASH_ENV: path.join(team.directory, 'evil'), ENV: path.join(team.directory, 'evil'), PS4: `$(touch '${trap}')`, SHELLOPTS: 'xtrace', IFS: '/', 'BASH_FUNC_printf%%': evil, 'BASH_FUNC_exec%%': evil, 'BASH_FUNC_read%%': evil, 'BASH_FUNC_[[%%': evil } });
      assert.ok(!existsSync(trap));
      assert.equal(calls().length, 1);
    });
    it('a window’s name leads nowhere else', () => {
      const file = path.join(team.ana.clone, 'evil.quick');
      writeFileSync(file, '1 0\n');
      env[WINDOW_VARIABLE] = path.relative(path.join(gate, '..', 'windows'), file).replace(/\.quick$/, '');
      assert.equal(run('kubectl', DELETE).status, 126);
    });
  });

  describe('find the real tool', () => {
    const which = (search: string) => run(path.join(shimsDirectory(gate), 'kubectl'), ['get'], { env: { ...env, PATH: search } });
    it('behind the shims, however often and by whatever name they are on the path', () => {
      const link = path.join(team.directory, 'link');
      symlinkSync(shimsDirectory(gate), link);
      const shims = shimsDirectory(gate);
      for (const search of [`${shims}:${tools}`, `${shims}:${shims}/:${tools}`, `${shims}:${link}:${tools}:${shims}`, `${shims}/../shims:${tools}`, `:${shims}::${tools}:`, `relative:${tools}`]) {
        assert.equal(which(`${search}:/usr/bin:/bin`).status, 0, search);
      }
      assert.equal(calls().length, 6);
    });
    it('not in the shims of another home', () => {
      const other = path.join(team.directory, 'other');
      installShims(other, `${tools}:/bin:/usr/bin`);
      const both = `${shimsDirectory(gate)}:${shimsDirectory(other)}`;
      assert.equal(which(`${both}:${tools}:/usr/bin:/bin`).status, 0);
      assert.equal(which(`${both}:/usr/bin/nothing`).status, 127);
      assert.equal(calls().length, 1);
    });
    it('in the working directory, where the path says so', () => {
      tool('kubectl', 'echo here', team.ana.clone);
      assert.equal(which(`${shimsDirectory(gate)}::${tools}:/bin`).stdout, 'here\n');
    });
    it('or say that there is none', () => {
      rmSync(path.join(tools, 'kubectl'));
      mkdirSync(path.join(tools, 'kubectl'));
      const { status, stderr } = which(`${shimsDirectory(gate)}:${tools}:/nowhere`);
      assert.deepEqual([status, stderr], [127, 'kubectl: command not found\n']);
    });
  });

  describe('are installed', () => {
    it('for tools that are there, and go with them', () => {
      tool('helm', 'true');
      const search = `${tools}:/nowhere`;
      assert.deepEqual(installShims(gate, search).added, ['helm']);
      assert.deepEqual([...installShims(gate, search).present].sort(), ['helm', 'kubectl']);
      assert.deepEqual(installShims(gate, `${shimsDirectory(gate)}:${search}`), { present: ['kubectl', 'helm'], added: [], removed: [] });
      rmSync(path.join(tools, 'helm'));
      assert.deepEqual(installShims(gate, search).removed, ['helm']);
      assert.deepEqual(readdirSync(shimsDirectory(gate)), ['kubectl']);
      removeShims(gate);
      assert.ok(!existsSync(shimsDirectory(gate)));
      assert.equal(run('kubectl', ['get']).status, 0);
    });
    it('in a home of any name', () => {
      const odd = path.join(team.directory, "it's a $(touch x) `home` \"q\" @TOOL@", 'gate');
      installShims(odd, `${tools}:/bin:/usr/bin`);
      const { status } = run(path.join(shimsDirectory(odd), 'kubectl'), ['get', 'x'], { env: { ...env, PATH: `${shimsDirectory(odd)}:${tools}:/bin` } });
      assert.equal(status, 0);
      assert.deepEqual(calls(), [['get', 'x']]);
    });
  });

  it('pass a thousand arguments through untouched', () => {
    const arg = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', '-', '--', '*', ' ', '\n', "'", '"', '\\', '$x', '-e', '~', '[a-z]'))
      .map((text) => text.replaceAll('\0', '').replaceAll('\u0001', ''));
    fc.assert(
      fc.property(fc.array(arg, { minLength: 10, maxLength: 20 }), (args) => {
        rmSync(log, { force: true });
        run('kubectl', ['get', ...args]);
        assert.deepEqual(calls(), [['get', ...args]]);
      }),
      { numRuns: runs(100) },
    );
  });
});
