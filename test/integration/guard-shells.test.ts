import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { WINDOW_VARIABLE } from '../../src/broker/windows.js';
import { gateDirectory, installGuards } from '../../src/guards/install.js';
import { createTeam, environmentOf, type Team } from '../demo/team.js';
import { repositoryRoot, which } from '../harness/paths.js';
import { skip } from '../harness/skip.js';
import { waitFor } from '../harness/wait.js';
import { PROMPT } from './bash-stage.js';
import { Seat } from './people.js';
import { Terminal } from './pty.js';
import { RealWindow } from './real-window.js';
import { FISH, ZSH } from './shell-stage.js';

const DELETE = 'kubectl delete ns payments --context prod';
/** Everyday lines, none of which may cost a second question. */
const EVERYDAY: Readonly<Record<string, readonly string[]>> = {
  zsh: ['git log --oneline | head -3', 'x=1; echo "$x" ${x:-2}', 'for f in *(N); do print -r -- $f; done', 'mkdir -p tmp && cd tmp && cd ..', 'autoload -Uz zmv; whence -v zmv', '[[ -d tmp ]] && print yes', 'setopt extended_glob; print -l *~tmp', 'helper one', 'll', 'kubectl --context prod get pods | wc -l'],
  fish: ['git log --oneline | head -3', 'set x 1; echo "$x"', 'for f in *; echo $f; end', 'mkdir -p tmp; and cd tmp; and cd ..', 'test -d tmp; and echo yes', 'string upper (date +%Y)', 'helper one', 'll', 'kubectl --context prod get pods | wc -l'],
};

describe('guards for shells with a real window', function () {
  this.timeout(150_000);
  let team: Team;
  let log: string;
  let window: RealWindow;
  let terminal: Terminal | undefined;
  let polling: NodeJS.Timeout;

  beforeEach(async () => {
    team = createTeam();
    log = path.join(team.directory, 'log');
    const tools = path.join(team.directory, 'tools');
    mkdirSync(tools);
    writeFileSync(path.join(tools, 'kubectl'), `#!/bin/sh\n# fish asks for completions while one types.\n[ "$1" = completion ] || echo "$*" >> '${log}'\n`);
    chmodSync(path.join(tools, 'kubectl'), 0o755);
    const { home } = team.ana;
    installGuards(home, { shell: '/bin/bash', node: process.execPath, gate: path.join(repositoryRoot(), 'out', 'gate.js') });
    writeFileSync(path.join(home, '.zshrc'), `PS1='${PROMPT}'\nPATH=${tools}:$PATH\nalias ll='ls -l'\nhelper() { print "$@" | cat }\n`);
    mkdirSync(path.join(home, '.config', 'fish'), { recursive: true });
    mkdirSync(path.join(home, '.local', 'share', 'fish', 'generated_completions'), { recursive: true });
    writeFileSync(path.join(home, '.config', 'fish', 'config.fish'), `function fish_prompt; echo -n '${PROMPT}'; end\nset -gx PATH ${tools} $PATH\nfunction helper; echo $argv | cat; end\n`);
    const ana = await Seat.of(team.ana);
    window = await RealWindow.open(ana);
    polling = setInterval(() => void ana.desk.sync(), 200);
  });
  afterEach(async () => {
    clearInterval(polling);
    await terminal?.kill();
    window.close();
    team.dispose();
  });

  for (const [shell, loader] of [['zsh', ZSH], ['fish', FISH]] as const) {
    describe(shell, () => {
      const program = which(shell);
      before(function () {
        if (program === undefined) skip(this, `${shell} is not installed (Debian package ${shell})`);
      });
      beforeEach(async () => {
        const env = { ...environmentOf(team.ana), ...loader(gateDirectory(team.ana.home)), [WINDOW_VARIABLE]: window.name };
        terminal = await Terminal.start(program ?? '', [], { cwd: team.ana.clone, env });
        await terminal.waitFor(PROMPT);
      });

      it('lets everyday lines run at once', async () => {
        // The first question reads the rules, which may take longer than a shell waits.
        for (const line of ['git status; true', ...(EVERYDAY[shell] ?? [])]) {
          terminal!.write(`${line}\r`);
          await terminal!.waitFor(/\n[^\n]*ready> /, 60_000);
        }
        assert.deepEqual(window.slow.filter((line) => !line.includes('git status; true') && !line.includes('git status\ntrue')), []);
        await waitFor(() => existsSync(log), { message: 'the last line did not run' });
        assert.equal(readFileSync(log, 'utf8'), '--context prod get pods\n');
      });

      it('runs once what a colleague approved, and nothing before', async () => {
        const ben = await Seat.of(team.ben);
        terminal!.write(`${DELETE}\r`);
        const view = await waitFor(async () => {
          await ben.desk.sync();
          return (await ben.desk.requests())[0];
        }, { message: 'no request', timeout: 60_000 });
        assert.ok(!existsSync(log));
        await ben.approve(view);
        await waitFor(() => existsSync(log), { message: 'the approved line did not run', timeout: 60_000 });
        await terminal!.waitFor(/\n[^\n]*ready> /, 60_000);
        assert.equal(readFileSync(log, 'utf8'), `${DELETE.slice('kubectl '.length)}\n`);
      });

      it('gives the line back when a colleague denies it', async () => {
        const ben = await Seat.of(team.ben);
        terminal!.write(`${DELETE}\r`);
        const view = await waitFor(async () => {
          await ben.desk.sync();
          return (await ben.desk.requests())[0];
        }, { message: 'no request', timeout: 60_000 });
        await ben.desk.deny(await ben.see(view), 'not today');
        await terminal!.waitFor(/not today[\s\S]*ready> [\s\S]*payments/, 60_000);
        assert.ok(!existsSync(log));
      });
    });
  }
});
