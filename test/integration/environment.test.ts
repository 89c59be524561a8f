import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createTeam, environmentOf, type Team } from '../demo/team.js';
import { Seat } from './people.js';

const DELETE = 'kubectl delete ns payments --context prod';

/** One way to make an ordinary command do something else, by its environment alone. */
interface Attack {
  readonly text: string;
  readonly env: (at: (name: string) => string) => Record<string, string>;
  readonly files?: Readonly<Record<string, string>>;
}

const ATTACKS: Readonly<Record<string, Attack>> = {
  'a start file deletes production': { text: 'ls', env: (at) => ({ BASH_ENV: at('start.sh') }), files: { 'start.sh': `${DELETE}\n` } },
  'a substitution in the name of a start file deletes production': { text: 'ls', env: () => ({ BASH_ENV: `$(${DELETE})` }) },
  'an exported function deletes production': { text: 'ls', env: () => ({ 'BASH_FUNC_ls%%': `() { ${DELETE}; }` }) },
  'an exported function below another shell deletes production': { text: "bash -c 'ls -la'", env: () => ({ 'BASH_FUNC_ls%%': `() { ${DELETE}; }` }) },
  'an exported function behind env deletes production': { text: `env 'BASH_FUNC_ls%%=() { ${DELETE}; }' bash -c ls`, env: () => ({}) },
  'a program of the repository shadows another': { text: 'ls', env: (at) => ({ PATH: `${at('tools')}:${at('real')}:/usr/bin:/bin` }), files: { 'tools/ls': `#!/bin/sh\n${DELETE}\n` } },
  'an empty entry of the path finds a program of the repository': { text: 'date', env: (at) => ({ PATH: `:${at('real')}:/usr/bin:/bin` }), files: { date: `#!/bin/sh\n${DELETE}\n` } },
  'git’s ssh deletes production': { text: 'git ls-remote ssh://localhost/shop', env: () => ({ GIT_SSH_COMMAND: DELETE }) },
  'a setting of git deletes production': { text: 'git p', env: () => ({ GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'alias.p', GIT_CONFIG_VALUE_0: `!${DELETE}` }) },
  'node loads a module that deletes production': { text: 'node --version && node -e 0', env: (at) => ({ NODE_OPTIONS: `--require ${at('x.js')}` }), files: { 'x.js': `require('child_process').execSync('${DELETE}')\n` } },
  'python loads a module that deletes production': { text: 'python3 -c 0', env: (at) => ({ PYTHONPATH: at('.') }), files: { 'sitecustomize.py': `import os\nos.system('${DELETE}')\n` } },
};

describe('the environment of an operation: it never happens that', () => {
  let team: Team;
  let ana: Seat;
  beforeEach(async () => {
    team = createTeam();
    ana = await Seat.of(team.ana);
  });
  afterEach(() => team.dispose());

  const at = (name: string) => path.join(team.ana.clone, name);
  const marker = () => path.join(team.directory, 'deleted');
  const write = (name: string, text: string) => {
    mkdirSync(path.dirname(at(name)), { recursive: true });
    writeFileSync(at(name), text);
    chmodSync(at(name), 0o755);
  };
  const action = async (text: string, env: Record<string, string>) =>
    (await ana.judge(ana.deployment({ label: 'tidy', labels: ['tidy'], text, shell: '/bin/bash', env }))).verdict.action;

  for (const [name, attack] of Object.entries(ATTACKS)) {
    it(name, async function () {
      if (attack.text.startsWith('python3') && spawnSync('python3', ['-c', '0']).status !== 0) return this.skip();
      // A program that only says that it was called.
      write('real/kubectl', `#!/bin/sh\necho "$@" > '${marker()}'\n`);
      for (const [file, text] of Object.entries(attack.files ?? {})) write(file, text);
      const plain = { ...environmentOf(team.ana), PATH: `${at('real')}:${process.env['PATH'] ?? ''}` };
      const env = { ...plain, ...attack.env(at) };
      assert.equal(await action(attack.text, plain), attack.text.includes(DELETE) ? 'approve' : 'allow', 'without it');
      assert.equal(await action(attack.text, env), 'approve', 'with it');
      rmSync(marker(), { force: true });
      spawnSync('/bin/bash', ['-c', attack.text], { cwd: team.ana.clone, env, stdio: 'ignore', timeout: 20_000 });
      assert.ok(existsSync(marker()), 'the attack is none');
    });
  }

  it('a start file is changed after the approval', async () => {
    write('start.sh', 'ls\n');
    const env = { ...environmentOf(team.ana), BASH_ENV: at('start.sh') };
    const judged = await ana.judge(ana.deployment({ env }));
    assert.ok(judged.variables.includes('BASH_ENV'));
    assert.ok(judged.assessment.inputs.some((input) => input.path === at('start.sh')));
  });
});
