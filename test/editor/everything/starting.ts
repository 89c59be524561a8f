import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { which } from '../../harness/paths.js';
import { skip } from '../../harness/skip.js';
import { waitFor } from '../../harness/wait.js';
import { Counter, countersign, extension, pending, settled, team, type Pending } from '../requester/stage.js';

/** Everything here goes through git, a remote and two sets of keys: a slow machine needs its time. Milliseconds. */
export const PATIENCE = 90_000;

/** Every operation is asked for once: what was approved before must not stand in the way of the next one. */
let round = 0;
export const deploy = (): string => `kubectl --context production delete namespace shop-${(round += 1)}`;

/** The request that waits for Ben. */
function waitingRequest(): Promise<Pending> {
  return waitFor(async () => (await pending()).find(({ state }) => state === 'waiting'), { message: 'a request to reach Ben', timeout: PATIENCE });
}

/** Opens a terminal with this shell and waits for its first prompt. */
export async function shellTerminal(name: string, options: vscode.TerminalOptions = {}): Promise<vscode.Terminal> {
  const terminal = vscode.window.createTerminal({ name, shellPath: which(name)!, cwd: team.ana.clone, ...options });
  await terminal.processId;
  await waitFor(() => terminal.shellIntegration, { message: `the prompt of ${name}`, timeout: 20_000 });
  return terminal;
}

/** Asserts that what was started waits, and that it runs exactly once when Ben signs. */
async function waitsThenRunsOnce(runs: Counter): Promise<void> {
  const { request } = await waitingRequest();
  assert.equal(runs.count, 0, 'it ran before anybody approved');
  await countersign(team.ben, 'approve', '--yes', '--target', 'production', request);
  await waitFor(() => runs.count === 1, { message: 'the approved operation to run', timeout: PATIENCE });
  await settled();
  assert.equal(runs.count, 1);
}

export function startingTests(): void {
  for (const name of ['bash', 'zsh', 'fish']) {
    describe(`${name}: what targets production waits`, function () {
      this.timeout(3 * PATIENCE);
      let terminal: vscode.Terminal;
      before(async function () {
        if (which(name) === undefined) skip(this, `this machine has no ${name}`);
        await extension().activate();
        terminal = await shellTerminal(name);
      });
      after(() => terminal.dispose());

      it('typed at the prompt', async () => {
        const runs = new Counter();
        terminal.sendText(deploy());
        await waitsThenRunsOnce(runs);
      });

      it('by executeCommand, with the exit code of what ran', async () => {
        const runs = new Counter();
        const command = deploy();
        const ended = new Promise<number | undefined>((resolve) => {
          const listener = vscode.window.onDidEndTerminalShellExecution((event) => {
            if (event.terminal !== terminal) return;
            listener.dispose();
            resolve(event.exitCode);
          });
        });
        terminal.shellIntegration!.executeCommand(command);
        await waitsThenRunsOnce(runs);
        assert.equal(await ended, 0);
      });

      it('not when it is denied, and the next line runs', async () => {
        const runs = new Counter();
        terminal.sendText(deploy());
        const { request } = await waitingRequest();
        await countersign(team.ben, 'deny', '--reason', 'Not on a Friday', request);
        const marker = path.join(path.dirname(team.ana.clone), `${name}.next`);
        await settled();
        // The refused line is back at the prompt: Ctrl+U clears it.
        terminal.sendText('\u0015', false);
        terminal.sendText(`echo next > ${marker}`);
        await waitFor(() => which(`${name}.next`, path.dirname(marker)), { message: 'the next line to run', timeout: 20_000 });
        assert.equal(runs.count, 0);
      });
    });
  }

  describe('what no shell of ours starts waits as well', function () {
    this.timeout(3 * PATIENCE);
    before(() => extension().activate());

    it('a tool of production that sh finds by name', async () => {
      const runs = new Counter();
      const terminal = vscode.window.createTerminal({ name: 'sh', shellPath: '/bin/sh', shellArgs: ['-c', deploy()], cwd: team.ana.clone });
      await waitsThenRunsOnce(runs);
      terminal.dispose();
    });

    it('a script that a Node program starts, by its tool', async () => {
      const runs = new Counter();
      const argv = ['-e', `require('node:child_process').spawnSync('kubectl', ['--context', 'production', 'delete', 'namespace', 'node-${(round += 1)}'], { stdio: 'inherit' })`];
      const terminal = vscode.window.createTerminal({ name: 'node', shellPath: which('node')!, shellArgs: argv, cwd: team.ana.clone });
      await waitsThenRunsOnce(runs);
      terminal.dispose();
    });
  });

  describe('tasks: what targets production waits', function () {
    this.timeout(3 * PATIENCE);
    before(() => extension().activate());
    const task = (name: string, execution: vscode.ShellExecution | vscode.ProcessExecution) => new vscode.Task({ type: 'shell' }, vscode.TaskScope.Workspace, name, 'Workspace', execution);

    it('with a bash of its own', async () => {
      const runs = new Counter();
      await vscode.tasks.executeTask(task('deploy by own shell', new vscode.ShellExecution(deploy(), { executable: '/bin/bash', shellArgs: ['-c'] })));
      await waitsThenRunsOnce(runs);
    });

    it('as a process that takes its time', async () => {
      const runs = new Counter();
      const program = path.join(path.dirname(team.ana.clone), 'release.mjs');
      writeFileSync(program, `import { appendFileSync } from 'node:fs';\nsetTimeout(() => appendFileSync(process.env.DEPLOYMENTS, 'released\\n'), 5000);\n`);
      const slow = task(`deploy: production ${(round += 1)}`, new vscode.ProcessExecution(which('node')!, [program, 'production']));
      // In a terminal that is used again the process is older than the event that tells of it.
      slow.presentationOptions = { panel: vscode.TaskPanelKind.New };
      await vscode.tasks.executeTask(slow);
      await waitsThenRunsOnce(runs);
    });

    it('as a process task that is run held, before its first byte', async () => {
      const runs = new Counter();
      const held = task(`release: production ${(round += 1)}`, new vscode.ProcessExecution('./scripts/deploy.sh', ['production', 'it’s "quoted" $HOME']));
      await vscode.commands.executeCommand('countersign.runHeldTask', held);
      await waitsThenRunsOnce(runs);
    });
  });

  describe('debugging: what targets production waits', function () {
    this.timeout(3 * PATIENCE);
    it('before the debugger starts', async function () {
      const debuggers = vscode.extensions.all.flatMap(({ packageJSON }) => (packageJSON as { contributes?: { debuggers?: { type: string }[] } }).contributes?.debuggers ?? []);
      if (!debuggers.some(({ type }) => type === 'node')) skip(this, 'this editor has no debugger for Node');
      const runs = new Counter();
      const program = path.join(path.dirname(team.ana.clone), `debugged-${(round += 1)}.cjs`);
      writeFileSync(program, `require('node:child_process').execFileSync('kubectl', ['--context', 'production', 'delete', 'namespace', process.argv[2]]);\n`);
      const started = vscode.debug.startDebugging(vscode.workspace.workspaceFolders![0], { type: 'node', request: 'launch', name: 'Clean up', program, args: ['production'], console: 'internalConsole' });
      const { request } = await waitingRequest();
      assert.equal(runs.count, 0);
      await countersign(team.ben, 'deny', '--reason', 'Not from a debugger', request);
      assert.equal(await started, false);
      assert.equal(runs.count, 0);
    });
  });
}
