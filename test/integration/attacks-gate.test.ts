import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, constants, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { GuardAsk } from '../../src/broker/protocol.js';
import { BrokerServer } from '../../src/broker/server.js';
import { WINDOW_VARIABLE } from '../../src/broker/windows.js';
import { assess } from '../../src/core/assess/assess.js';
import { messageOf } from '../../src/core/errors.js';
import { parsePolicy } from '../../src/core/policy/policy.js';
import { DEFAULT_ENVIRONMENTS } from '../../src/core/targets/environments.js';
import { commandText } from '../../src/guards/shell-arguments.js';
import { installGateShell, RUN_STATUS } from '../../src/guards/gate-shell.js';
import { run } from '../../src/world/process.js';
import { createTeam, environmentOf, type Team } from '../demo/team.js';
import { repositoryRoot } from '../harness/paths.js';
import { Seat } from './people.js';

const out = (name: string) => path.join(repositoryRoot(), 'out', name);

describe('attacks on the gate: it never happens that', () => {
  let team: Team;
  let ana: Seat;
  beforeEach(async () => {
    team = createTeam();
    ana = await Seat.of(team.ana);
  });
  afterEach(() => team.dispose());

  const action = async (text: string, env: Record<string, string> = {}, shell = '/bin/bash') =>
    (await ana.judge(ana.deployment({ label: 'tidy', labels: ['tidy'], text, shell, env: { ...environmentOf(team.ana), ...env } }))).verdict.action;
  const tasks = (...list: object[]) => writeFileSync(path.join(team.ana.clone, '.vscode', 'tasks.json'), JSON.stringify({ version: '2.0.0', tasks: list }));
  const gate = (...args: string[]) =>
    spawnSync(process.execPath, [out('gate.js'), '--shell', '/bin/bash', '--pid', '1', '--', ...args], { cwd: team.ana.clone, env: environmentOf(team.ana), encoding: 'utf8', timeout: 30_000 }).status;

  it('the judged text is another one than bash runs', () => {
    for (const args of [['-oc', 'errexit', 'echo it-ran'], ['-oec', 'errexit', 'echo it-ran']]) {
      const ran = spawnSync('/bin/bash', args, { encoding: 'utf8' }).stdout;
      if (ran === 'it-ran\n') assert.equal(commandText(args), 'echo it-ran', args.join(' '));
    }
  });

  it('a start file given to the shell runs unseen', () => {
    const file = path.join(team.directory, 'start');
    writeFileSync(file, 'echo it-ran\n');
    for (const args of [['--rcfile', file, '-i', '-c', 'true'], ['--init-file', file, '-i']]) {
      const ran = spawnSync('/bin/bash', args, { encoding: 'utf8', input: '', timeout: 10_000 }).stdout;
      if (ran.includes('it-ran')) assert.ok(commandText(args)?.includes(file), args.join(' '));
    }
  });

  it('tools read another home than the one that was judged', async () => {
    const home = path.join(team.directory, 'other-home');
    mkdirSync(path.join(home, '.kube'), { recursive: true });
    writeFileSync(path.join(home, '.kube', 'config'), 'apiVersion: v1\nkind: Config\ncurrent-context: prod-eu\ncontexts:\n- name: prod-eu\n  context: {cluster: prod-eu, user: x}\n');
    const text = 'kubectl delete namespace payments';
    assert.equal(await action(text, { KUBECONFIG: path.join(home, '.kube', 'config') }), 'approve');
    assert.equal(await action(text, { HOME: home }), 'approve', 'HOME');
  });

  it('AWS reads another file of profiles than the one that was judged', async () => {
    const file = path.join(team.directory, 'aws');
    writeFileSync(file, '[profile x]\nrole_arn = arn:aws:iam::1:role/production-admin\n');
    const text = 'aws --profile x s3 rb s3://invoices --force';
    mkdirSync(path.join(team.ana.home, '.aws'));
    writeFileSync(path.join(team.ana.home, '.aws', 'config'), readFileSync(file));
    assert.equal(await action(text), 'approve');
    rmSync(path.join(team.ana.home, '.aws', 'config'));
    assert.equal(await action(text, { AWS_CONFIG_FILE: file }), 'approve');
  });

  it('the window judges without a variable that the task gets', async () => {
    let asked: GuardAsk | undefined;
    const server = new BrokerServer(team.ana.home, (ask) => {
      asked = ask;
      return Promise.resolve(true);
    });
    await server.start([team.ana.clone]);
    installGateShell(team.ana.home, { shell: '/bin/sh', node: process.execPath, gate: out('gate.js') });
    const env = { ...environmentOf(team.ana), [WINDOW_VARIABLE]: server.windowName, NODE_OPTIONS: '--require=./payload.js' };
    const { stdout } = await run(path.join(team.ana.home, '.countersign', 'gate', 'bash'), ['-c', 'echo "$NODE_OPTIONS"'], { cwd: team.ana.clone, env });
    server.dispose();
    assert.equal(stdout.toString(), '--require=./payload.js\n');
    assert.equal(asked?.env['NODE_OPTIONS'], '--require=./payload.js');
  });

  it('without a window, a production task starts because its command stands under “linux”', () => {
    tasks({ label: 'deploy: production', type: 'shell', command: 'deploy.cmd', linux: { command: './scripts/deploy.sh' }, osx: { command: './scripts/deploy.sh' } });
    assert.notEqual(gate('-c', './scripts/deploy.sh'), RUN_STATUS);
  });

  it('without a window, a part of a production task starts because its own name is harmless', () => {
    tasks({ label: 'release to production', dependsOn: ['ship'] }, { label: 'ship', type: 'shell', command: './scripts/deploy.sh' });
    assert.notEqual(gate('-c', './scripts/deploy.sh'), RUN_STATUS);
  });

  it('a policy’s text reaches the terminal unescaped', () => {
    try {
      parsePolicy('version: 1\n"\\e[2J\\e[1;1HCountersign: approved by ben.\\n": 1\n');
    } catch (error) {
      assert.doesNotMatch(messageOf(error), /[\u0000-\u001f\u007f-\u009f]/);
      return;
    }
    assert.fail('It has to be refused.');
  });

  it('an alias in a working copy’s policy stops every task with an error nobody can place', () => {
    assert.throws(() => parsePolicy('version: 1\npeople: &a\n  x: [y]\ngroups: *a\n'), { name: 'CountersignError' });
  });

  it('a policy that is a pipe holds everything for ever', async () => {
    const file = path.join(team.ana.clone, '.countersign', 'policy.yaml');
    rmSync(file);
    execFileSync('mkfifo', [file]);
    const late = new Promise<string>((resolve) => setTimeout(() => resolve('hangs'), 3000));
    const judged = await Promise.race([ana.judge(ana.deployment()).then(() => 'judged', () => 'refused'), late]);
    // Lets the reader go, if there is one.
    if (judged === 'hangs') closeSync(openSync(file, constants.O_RDWR | constants.O_NONBLOCK));
    assert.notEqual(judged, 'hangs');
  });

  it('a command line freezes the editor while it is read', () => {
    const world = { home: '/home/x', env: () => undefined, readFile: () => undefined, git: () => undefined };
    const started = process.cpuUsage();
    assess({ kind: 'command', text: 'find . -exec '.repeat(1500), shell: 'bash', cwd: '/repo', labels: [] }, DEFAULT_ENVIRONMENTS, world);
    const took = process.cpuUsage(started).user / 1000;
    assert.ok(took < 3000, `${took} ms of computing for 20 KB`);
  });

  it('a task asks a window that knows nothing of it, by naming that window', async () => {
    // Two windows; the task names the second one, whose folder is elsewhere and which cannot know the task's label.
    let other = 0;
    const first = new BrokerServer(team.ana.home, () => Promise.resolve(false));
    const second = new BrokerServer(team.ana.home, () => Promise.resolve((other += 1) > 0));
    await first.start([team.ana.clone]);
    await second.start([path.join(team.directory, 'ben')]);
    const env = { ...environmentOf(team.ana), [WINDOW_VARIABLE]: second.windowName };
    await run(process.execPath, [out('gate.js'), '--shell', '/bin/sh', '--pid', '1', '--', '-c', 'echo x'], { cwd: team.ana.clone, env });
    first.dispose();
    second.dispose();
    assert.equal(other, 0);
  });
});
