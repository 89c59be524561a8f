import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { WINDOW_VARIABLE } from '../../src/broker/windows.js';
import { gateDirectory, installGuards } from '../../src/guards/install.js';
import { installShims, shimsDirectory } from '../../src/guards/shims.js';
import { installStrict, isStrictInstalled, PRELOAD, removeStrict, strictLibrary } from '../../src/guards/strict.js';
import { createTeam, environmentOf, type Team } from '../demo/team.js';
import { repositoryRoot } from '../harness/paths.js';
import { Seat } from './people.js';
import { RealWindow } from './real-window.js';

/** A tool that writes down how it was called. */
const TOOL = `#include <stdio.h>
#include <stdlib.h>
int main(int n, char **v) {
  FILE *f = fopen(getenv("CALLS"), "a");
  for (int i = 0; i < n; i++) fprintf(f, "%s%c", v[i], i + 1 < n ? ' ' : '\\n');
  fclose(f);
  return getenv("CODE") ? atoi(getenv("CODE")) : 0;
}
`;

/** Starts a program by the function it is told: starter FUNCTION PROGRAM. */
const STARTER = `#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
extern char **environ;
static int ended(pid_t p, int e) { int s; if (e) { errno = e; perror("spawn"); return 77; } waitpid(p, &s, 0); return WEXITSTATUS(s); }
int main(int n, char **v) {
  char *how = v[1], *file = v[2], **argv = v + 2;
  char *one = n > 3 ? v[3] : NULL, *two = n > 4 ? v[4] : NULL;
  pid_t p;
  if (!strcmp(how, "execve")) execve(file, argv, environ);
  if (!strcmp(how, "execv")) execv(file, argv);
  if (!strcmp(how, "execvp")) execvp(file, argv);
  if (!strcmp(how, "execvpe")) execvpe(file, argv, environ);
  if (!strcmp(how, "execl")) execl(file, file, one, two, NULL);
  if (!strcmp(how, "execlp")) execlp(file, file, one, two, NULL);
  if (!strcmp(how, "execle")) execle(file, file, one, two, NULL, environ);
  if (!strcmp(how, "fexecve")) fexecve(open(file, O_RDONLY | O_CLOEXEC), argv, environ);
  if (!strcmp(how, "vfork")) { int s; if ((p = vfork()) == 0) { execv(file, argv); _exit(errno == EACCES ? 76 : 77); } waitpid(p, &s, 0); return WEXITSTATUS(s); }
  if (!strcmp(how, "posix_spawn")) { int e = posix_spawn(&p, file, NULL, NULL, argv, environ); return ended(p, e); }
  if (!strcmp(how, "posix_spawnp")) { int e = posix_spawnp(&p, file, NULL, NULL, argv, environ); return ended(p, e); }
  perror(how);
  return 77;
}
`;
const FUNCTIONS = ['execve', 'execv', 'execvp', 'execvpe', 'execl', 'execlp', 'execle', 'fexecve', 'vfork', 'posix_spawn', 'posix_spawnp'];

describe('strict mode', function () {
  this.timeout(90_000);
  let team: Team;
  let gate: string;
  let tools: string;
  let log: string;
  let env: Record<string, string>;
  let window: RealWindow;

  const cc = (text: string, file: string, ...flags: string[]) => spawnSync('cc', ['-O1', '-x', 'c', '-o', file, '-', ...flags], { input: text, encoding: 'utf8' });
  const at = (name: string) => path.join(tools, name);
  const calls = (): string[] => (existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : []);
  /** The window answers in this process, so nothing here may wait for a child without letting it. */
  const start = async (program: string, args: readonly string[], more: Record<string, string | undefined> = {}) => {
    const child = spawn(program, args, { cwd: team.ana.clone, env: { ...env, ...more }, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    return { code, signal, stdout, stderr };
  };
  /** Starts something that is held, and ends it. */
  const isHeld = async (program: string, args: readonly string[], more: Record<string, string | undefined> = {}): Promise<void> => {
    const before = window.slow.length;
    const child = spawn(program, args, { cwd: team.ana.clone, env: { ...env, ...more }, stdio: 'ignore', detached: true });
    const end = once(child, 'close').then(() => 'ended' as const);
    while (window.slow.length === before) {
      const news = await Promise.race([end, new Promise((resolve) => setTimeout(resolve, 20))]);
      if (news === 'ended') assert.fail(`${program} ${args.join(' ')} was not held, calls: ${calls().join('; ')}`);
    }
    assert.match(window.slow.at(-1) ?? '', /^approve: program /);
    process.kill(-child.pid!, 'SIGTERM');
    await end;
    assert.deepEqual(calls(), []);
  };

  before(function () {
    if (process.platform !== 'linux' || spawnSync('cc', ['--version']).error) this.skip();
  });
  beforeEach(async () => {
    team = createTeam();
    gate = gateDirectory(team.ana.home);
    tools = path.join(team.directory, 'tools');
    log = path.join(team.directory, 'calls');
    mkdirSync(tools);
    assert.equal(cc(TOOL, at('psql')).status, 0);
    assert.equal(cc(TOOL, at('terraform'), '-static').status, 0);
    assert.equal(cc(STARTER, at('starter')).status, 0);
    writeFileSync(at('gcloud'), `#!/bin/sh -e\necho "gcloud $*" >> "$CALLS"\n`);
    chmodSync(at('gcloud'), 0o755);
    installGuards(team.ana.home, { shell: '/bin/bash', node: process.execPath, gate: path.join(repositoryRoot(), 'out', 'gate.js') });
    const library = await installStrict(gate, process.env['PATH'] ?? '/usr/bin:/bin');
    window = await RealWindow.open(await Seat.of(team.ana));
    env = { ...environmentOf(team.ana), PATH: `${tools}:${process.env['PATH'] ?? '/usr/bin:/bin'}`, [PRELOAD]: library, CALLS: log, [WINDOW_VARIABLE]: window.name };
  });
  afterEach(() => {
    window.close();
    team.dispose();
  });

  const DESTROY = ['destroy', '-var-file=prod.tfvars'];
  const DROP = ['-h', 'db.prod.example.com', '-c', 'DROP TABLE payments'];
  const DELETE = ['projects', 'delete', 'shop-prod'];

  it('holds a program that is started by its full path, without a shell', async () => {
    const node = (file: string, args: readonly string[]) => ['-e', `process.exit(require('child_process').spawnSync(${JSON.stringify(file)}, ${JSON.stringify(args)}, { stdio: 'inherit' }).status)`];
    await isHeld(process.execPath, node(at('psql'), DROP));
    await isHeld(process.execPath, node(at('terraform'), DESTROY));
    await isHeld(process.execPath, node(at('gcloud'), DELETE));
  });
  it('holds what the editor itself would start, when the loader reaches it', async () => {
    await isHeld(at('psql'), DROP);
    await isHeld(at('gcloud'), DELETE);
    await isHeld('/bin/sh', [at('gcloud'), ...DELETE]);
  });
  for (const name of FUNCTIONS) {
    it(`holds a static program behind ${name}, and starts it as it would have been`, async () => {
      await isHeld(at('starter'), [name, at('terraform'), ...DESTROY]);
      const { code, stderr } = await start(at('starter'), [name, at('terraform'), '-chdir=x', 'plan'], { CODE: '5' });
      assert.deepEqual([code, stderr], [5, '']);
      assert.deepEqual(calls(), [`${at('terraform')} -chdir=x plan`]);
    });
  }
  it('holds a program under another name', async () => {
    symlinkSync(at('psql'), at('look'));
    symlinkSync(at('terraform'), at('glimpse'));
    await isHeld(at('look'), DROP);
    await isHeld('/bin/sh', ['-c', `exec ${at('glimpse')} ${DESTROY.join(' ')}`]);
  });
  it('holds a program that would not load it', async () => {
    await isHeld('env', ['-u', PRELOAD, at('psql'), ...DROP]);
    await isHeld('env', [`${PRELOAD}=`, at('gcloud'), ...DELETE]);
  });
  it('holds what make and python start', async () => {
    writeFileSync(path.join(team.ana.clone, 'Makefile'), `all:\n\t@${at('terraform')} ${DESTROY.join(' ')}\n`);
    await isHeld('make', ['all']);
    if (spawnSync('python3', ['-c', '0']).status === 0) await isHeld('python3', ['-c', `import subprocess; subprocess.run(${JSON.stringify([at('terraform'), ...DESTROY])})`]);
  });
  it('asks once for what a shim has asked about, when the program is static', async () => {
    installShims(gate, `${tools}:/usr/bin:/bin`);
    await start('/bin/sh', ['-c', 'terraform -chdir=x plan'], { PATH: `${shimsDirectory(gate)}:${env['PATH'] ?? ''}` });
    assert.deepEqual(calls(), ['terraform -chdir=x plan']);
    assert.deepEqual(window.quick.map(({ text }) => text), ["terraform '-chdir=x' 'plan'"]);
  });
  it('refuses without a window what it cannot clear, and says so', async () => {
    window.close();
    const dynamic = await start(at('psql'), DROP);
    assert.equal(dynamic.code, 126);
    assert.match(dynamic.stderr, /Countersign holds this command/);
    assert.equal((await start('/bin/sh', ['-c', `${at('terraform')} ${DESTROY.join(' ')}`])).code, 126);
    rmSync(path.join(gate, 'strict', 'hold'));
    assert.equal((await start(at('psql'), DROP)).code, 126);
    assert.equal((await start(at('starter'), ['vfork', at('terraform'), ...DESTROY])).code, 76, 'permission denied');
    assert.deepEqual(calls(), []);
  });
  it('runs a held program once, when a colleague approves it', async () => {
    const ana = await Seat.of(team.ana);
    const ben = await Seat.of(team.ben);
    window.close();
    window = await RealWindow.open(ana);
    const end = start(at('psql'), DROP, { [WINDOW_VARIABLE]: window.name });
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
    assert.equal(calls().length, 1);
  });

  describe('leaves other programs alone:', () => {
    const same = async (program: string, args: readonly string[]) => assert.deepEqual(await start(program, args), await start(program, args, { [PRELOAD]: undefined }));
    it('they end as they did', async () => {
      await same('/bin/true', []);
      await same(process.execPath, ['-e', 'process.exit(9)']);
      await same('/bin/sh', ['-c', 'exit 3']);
      await same('/bin/sh', ['-c', 'no-such-program']);
      await same('/bin/sh', ['-c', '/etc/passwd; /nowhere/x; echo $?']);
      await same('/bin/bash', ['-c', 'kill -TERM $$']);
      await same('env', ['no-such-program']);
      await same(at('starter'), ['execvp', 'no-such-program']);
      await same(at('starter'), ['posix_spawnp', 'no-such-program']);
      await same(at('starter'), ['execvp', 'echo', 'a', 'b']);
      assert.equal(window.quick.length, 0);
    });
    it('they have no more open files', async () => {
      await same('/bin/sh', ['-c', 'ls /proc/self/fd | wc -l']);
      await same(process.execPath, ['-e', `console.log(require('fs').readdirSync('/proc/self/fd').length)`]);
    });
    it('a name that only looks like a tool’s is none', async () => {
      symlinkSync('/bin/echo', at('psqlx'));
      symlinkSync('/bin/echo', at('terra'));
      await same(at('psqlx'), ['a']);
      await same('/bin/sh', ['-c', `${at('terra')} b`]);
      assert.equal(window.quick.length, 0);
    });
    it('a long list of arguments arrives', async () => {
      const { code } = await start('/bin/sh', ['-c', `exec ${at('terraform')} plan $(seq 1 7000)`]);
      assert.equal(code, 0);
      assert.equal(calls()[0]?.split(' ').length, 7002);
      assert.equal((await start('/bin/sh', ['-c', `exec ${at('terraform')} plan $(seq 1 9000)`])).code, 126);
    });
  });

  it('is built once, for what is in it', async () => {
    const library = strictLibrary(gate);
    assert.ok(isStrictInstalled(gate));
    assert.equal(await installStrict(gate, '/nowhere:/bin'), library, 'no compiler is needed again');
    assert.deepEqual(readdirSync(path.dirname(library)).sort(), [path.basename(library), 'hold'].sort());
    removeStrict(gate);
    assert.ok(!isStrictInstalled(gate));
    await assert.rejects(installStrict(gate, '/nowhere'), /needs a C compiler/);
    await assert.rejects(installStrict(path.join(team.directory, 'a b'), '/bin'), /a blank or a colon/);
  });
});
