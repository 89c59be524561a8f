import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { deployments, environmentOf, type Person, type Team } from '../../demo/team.js';
import { waitFor } from '../../harness/wait.js';

export const team = JSON.parse(process.env['TEST_TEAM'] ?? 'null') as Team;
export const EXTENSION = 'countersign.countersign';

export function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension(EXTENSION);
  if (!found) throw new Error('The extension is not here.');
  return found;
}

/** Runs Countersign's command line as a person, in their own clone. */
export async function countersign(person: Person, ...args: string[]): Promise<string> {
  const cli = path.join(extension().extensionPath, 'out', 'cli.js');
  const env = { ...environmentOf(person), ELECTRON_RUN_AS_NODE: '1' };
  const { stdout } = await promisify(execFile)(process.execPath, [cli, ...args], { cwd: person.clone, env });
  return stdout.trim();
}

export interface Pending {
  readonly request: string;
  readonly state: string;
  readonly requester: string;
  readonly title: string;
}

export async function pending(person: Person = team.ben): Promise<readonly Pending[]> {
  return JSON.parse(await countersign(person, 'pending', '--json')) as readonly Pending[];
}

/** The request that waits for Ben, once it is there. */
export function waitingRequest(): Promise<Pending> {
  return waitFor(async () => (await pending()).find((request) => request.state === 'waiting'), { message: 'a request to reach Ben', timeout: 20_000 });
}

export async function taskNamed(name: string): Promise<vscode.Task> {
  const task = (await vscode.tasks.fetchTasks()).find((candidate) => candidate.name === name);
  if (!task) throw new Error(`There is no task “${name}”.`);
  return task;
}

/** Starts a task the way extensions do, and gives the exit code of its process once it ends. */
export async function start(name: string): Promise<{ readonly execution: vscode.TaskExecution; readonly ended: Promise<number | undefined> }> {
  const task = await taskNamed(name);
  const ended = exitCodeOf(name);
  return { execution: await vscode.tasks.executeTask(task), ended };
}

/** The exit code of the next process of a task with this name. */
export function exitCodeOf(name: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const listener = vscode.tasks.onDidEndTaskProcess((event) => {
      if (event.execution.task.name !== name) return;
      listener.dispose();
      resolve(event.exitCode);
    });
  });
}

/** How often Ana's clone deployed since the test began. */
export class Counter {
  private readonly before = deployments(team.ana).length;

  get count(): number {
    return deployments(team.ana).length - this.before;
  }
}

/** Lets the deployment end with this exit code. */
export function deploymentEndsWith(code: number): vscode.Disposable {
  const file = path.join(path.dirname(team.ana.clone), 'deploy-exit-code');
  writeFileSync(file, String(code));
  return new vscode.Disposable(() => rmSync(file, { force: true }));
}

export async function settled(): Promise<void> {
  await waitFor(async () => (await pending()).length === 0, { message: 'nothing to be pending any more', timeout: 20_000 });
}
