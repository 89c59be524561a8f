import * as vscode from 'vscode';
import type { TaskNames } from '../broker/protocol.js';
import { labelsAround, parseTasksJson, type TaskDefinition } from '../core/languages/tasks-json.js';
import { posixLine } from '../guards/quoting.js';

/** Every name under which people know a task: its label, its group, and what its definition calls it. */
export function namesOf(task: vscode.Task, definitions: readonly TaskDefinition[]): TaskNames {
  const { type, ...definition } = task.definition;
  const own = type === 'shell' || type === 'process' ? [] : Object.values(definition).filter((value): value is string => typeof value === 'string');
  const group = task.group?.id;
  const labels = [...labelsAround(task.name, definitions), ...(group === undefined ? [] : [group]), ...own];
  return { label: task.source === 'Workspace' ? task.name : `${task.source}: ${task.name}`, labels: [...new Set(labels)] };
}

/** The tasks of the workspace. In Restricted Mode there are none that could run, and the mere question would ask the person for trust. */
export async function workspaceTasks(): Promise<readonly vscode.Task[]> {
  return vscode.workspace.isTrusted ? vscode.tasks.fetchTasks() : [];
}

/** The folder that a task belongs to; the first one for a task of the whole workspace. */
export function folderOf({ scope }: vscode.Task): vscode.WorkspaceFolder | undefined {
  return typeof scope === 'object' ? scope : vscode.workspace.workspaceFolders?.[0];
}

/** The tasks as a folder's tasks.json defines them. */
export async function tasksIn(folder: vscode.WorkspaceFolder | undefined): Promise<readonly TaskDefinition[]> {
  if (!folder) return [];
  try {
    const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder.uri, '.vscode', 'tasks.json'));
    return parseTasksJson(new TextDecoder().decode(bytes));
  } catch {
    return [];
  }
}

/** The command as the task's definition has it, variables and all: enough to judge by, not to approve. */
export function writtenText({ execution }: vscode.Task): string {
  if (execution instanceof vscode.ProcessExecution) return posixLine([execution.process, ...execution.args]);
  if (!(execution instanceof vscode.ShellExecution)) return '';
  const words = [execution.command, ...(execution.args ?? [])].map((word) => (typeof word === 'string' ? word : word?.value ?? ''));
  return execution.commandLine ?? words.join(' ');
}
