import * as vscode from 'vscode';
import type { GuardAsk, TaskNames } from '../broker/protocol.js';
import { couldBe, labelsAround } from '../core/languages/tasks-json.js';
import { folderOf, namesOf, tasksIn } from './task-names.js';

/**
 * How long VS Code may take to say which task a process belongs to, in milliseconds. It says so within about
 * 200 ms; in a reused terminal the process is even there before the event (measured).
 */
const PATIENCE = 3_000;

/** Knows which task a process belongs to, and says when it ends. */
export class TaskWatch implements vscode.Disposable {
  private readonly byPid = new Map<number, vscode.Task>();
  private readonly pids = new Map<vscode.TaskExecution, number>();
  private readonly identified = new vscode.EventEmitter<{ readonly pid: number; readonly task: vscode.Task }>();
  private readonly terminals = new WeakSet<vscode.Terminal>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(ended: (pid: number, exitCode: number | null) => void) {
    this.subscriptions = [
      vscode.tasks.onDidStartTaskProcess(({ execution, processId }) => {
        this.byPid.set(processId, execution.task);
        this.pids.set(execution, processId);
        this.identified.fire({ pid: processId, task: execution.task });
        void this.remember(processId);
      }),
      vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => this.end(execution, exitCode ?? null, ended)),
      // A task that was terminated ends without a process event.
      vscode.tasks.onDidEndTask(({ execution }) => this.end(execution, null, ended)),
    ];
  }

  private end(execution: vscode.TaskExecution, exitCode: number | null, ended: (pid: number, exitCode: number | null) => void): void {
    const pid = this.pids.get(execution);
    if (pid === undefined) return;
    this.pids.delete(execution);
    this.byPid.delete(pid);
    ended(pid, exitCode);
  }

  private async remember(pid: number): Promise<void> {
    for (const terminal of vscode.window.terminals) if ((await terminal.processId) === pid) this.terminals.add(terminal);
  }

  /** Whether a task is known to have run in a terminal. */
  owns(terminal: vscode.Terminal): boolean {
    return this.terminals.has(terminal);
  }

  /**
   * Whether a terminal is a task's: the gate shell and the watch over tasks answer for it. VS Code may tell of what
   * runs in it before it tells of the task's process.
   */
  async isTaskTerminal(terminal: vscode.Terminal): Promise<boolean> {
    // VS Code gives the terminal of one task to the next, with another process.
    if (this.terminals.has(terminal)) return true;
    const pid = await terminal.processId;
    if (pid === undefined || this.byPid.has(pid)) return pid !== undefined;
    const mayBe = vscode.tasks.taskExecutions.some(({ task }) => task.name === terminal.name || terminal.name.endsWith(` - ${task.name}`));
    return mayBe && (await this.taskOf(pid)) !== undefined;
  }

  /** What the waiting process is called. Where VS Code does not say, the tasks it could be say it. */
  async identify(ask: GuardAsk): Promise<TaskNames | undefined> {
    const task = this.byPid.get(ask.pid) ?? (await this.taskOf(ask.pid));
    if (task) return namesOf(task, await tasksIn(folderOf(task)));
    const definitions = await tasksIn(vscode.workspace.getWorkspaceFolder(vscode.Uri.file(ask.cwd)) ?? vscode.workspace.workspaceFolders?.[0]);
    const candidates = definitions.filter((definition) => couldBe(ask.text, definition)).map((definition) => definition.label);
    const [first] = candidates;
    return first === undefined ? undefined : { label: first, labels: candidates.flatMap((label) => labelsAround(label, definitions)) };
  }

  private taskOf(pid: number): Promise<vscode.Task | undefined> {
    return new Promise((resolve) => {
      const done = (task: vscode.Task | undefined) => {
        clearTimeout(timer);
        listener.dispose();
        resolve(task);
      };
      const timer = setTimeout(() => done(undefined), PATIENCE);
      const listener = this.identified.event((event) => {
        if (event.pid === pid) done(event.task);
      });
    });
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions, this.identified).dispose();
  }
}
