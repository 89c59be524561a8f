import path from 'node:path';
import * as vscode from 'vscode';
import type { Judged } from '../broker/assessing.js';
import { PROTOCOL_VERSION, type GuardAsk } from '../broker/protocol.js';
import type { AskHandler } from '../broker/server.js';
import { inert } from '../core/approval/display.js';
import { messageOf } from '../core/errors.js';
import { posixLine } from '../guards/quoting.js';
import { programOf, signalGroup } from '../world/process-argv.js';
import { isProcess, ownShell, taskShell } from './gates/tasks.js';
import type { Incidents } from './incidents.js';
import { consequences, shouldHaveWaited } from './late-watch.js';
import { writtenText } from './task-names.js';

export interface ProcessWatchParts {
  readonly incidents: Incidents;
  /** Judges with the task's own names. */
  readonly judge: (ask: GuardAsk) => Promise<Judged | undefined>;
  readonly decide: AskHandler;
  /** A canary of a drill is no incident. */
  readonly isCanary: (ask: GuardAsk) => boolean;
  readonly log: (line: string) => void;
}

/** Shells that load a guard of their own, whoever starts them. */
const GUARDED = new Set(['bash', 'zsh', 'fish']);

/**
 * Tasks that start without asking: VS Code tells of their process once it runs. It is stopped in its tracks, judged,
 * and goes on, waits for approval as it is, or ends. This is the best that can be done for a process task, and it may
 * come too late for one that is quick: then there is an incident.
 */
export function watchProcessTasks(parts: ProcessWatchParts): vscode.Disposable {
  return vscode.tasks.onDidStartTaskProcess(({ execution, processId }) => {
    if (!startsUngated(execution.task)) return;
    // Before anything else: every millisecond is the task's.
    const isStopped = signalGroup(processId, 'SIGSTOP');
    void settle(execution, processId, isStopped, parts).catch((error: unknown) => {
      parts.log(`The task could not be judged: ${messageOf(error)}`);
      end(execution, processId);
    });
  });
}

function startsUngated(task: vscode.Task): boolean {
  const own = ownShell(task);
  if (own !== undefined) return !GUARDED.has(path.basename(own)) || isBare(task);
  return isProcess(task) || (task.execution instanceof vscode.ShellExecution && taskShell().state !== 'gated');
}

/** Whether a task starts its own shell so that it loads no guard: bash -p, bash --posix, bash -ic, zsh -f, fish -N. */
function isBare({ execution }: vscode.Task): boolean {
  const args = execution instanceof vscode.ShellExecution ? (execution.options?.shellArgs ?? []) : [];
  return args.some((arg) => /^-[a-zA-Z]*[ipfN]/.test(arg) || /^--(posix|privileged|no-rcs|no-config|no-execute)$/.test(arg) || /^[-+]o$/.test(arg));
}

async function settle(execution: vscode.TaskExecution, pid: number, isStopped: boolean, parts: ProcessWatchParts): Promise<void> {
  const ask = askOf(execution.task, pid);
  const judged = await parts.judge(ask);
  if (!judged || !shouldHaveWaited(judged)) {
    if (isStopped) signalGroup(pid, 'SIGCONT');
    return;
  }
  const report = async (stopped: boolean) => {
    if (!parts.isCanary(ask)) await parts.incidents.report({ way: 'process', name: execution.task.name, script: ask.text, ...consequences(judged), stopped }, ask.cwd);
  };
  if (!isStopped) return report(false);
  // Without its exact words there is nothing that an approval could be bound to.
  if (programOf(pid) && (await isApproved(execution, ask, parts))) {
    signalGroup(pid, 'SIGCONT');
    return;
  }
  end(execution, pid);
  await report(true);
}

/** Holds the stopped process like every other task; ends with it. */
async function isApproved(execution: vscode.TaskExecution, ask: GuardAsk, { decide }: ProcessWatchParts): Promise<boolean> {
  const gone = new AbortController();
  const listener = vscode.tasks.onDidEndTask((event) => {
    if (event.execution === execution) gone.abort();
  });
  try {
    return await decide(ask, (lines) => void vscode.window.showWarningMessage(lines.map(inert).join(' ')), gone.signal);
  } catch (error) {
    void vscode.window.showErrorMessage(inert(messageOf(error, vscode.l10n.t)));
    return false;
  } finally {
    listener.dispose();
  }
}

function end(execution: vscode.TaskExecution, pid: number): void {
  // A stopped process hears nothing else.
  signalGroup(pid, 'SIGKILL');
  execution.terminate();
}

function askOf(task: vscode.Task, pid: number): GuardAsk {
  const running = programOf(pid);
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '/';
  const base = { v: PROTOCOL_VERSION, kind: 'task', pid, shell: '/bin/sh' } as const;
  if (running) return { ...base, text: posixLine(running.argv), cwd: running.cwd, env: { ...running.env } };
  return { ...base, text: writtenText(task), cwd: folder, env: environment() };
}

function environment(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
