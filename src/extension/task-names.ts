import * as vscode from 'vscode';
import type { TaskNames } from '../broker/protocol.js';
import { labelsAround, parseTasksJson, type TaskDefinition } from '../core/languages/tasks-json.js';
import { guardedEnvironment, type Policies } from '../core/policy/policy.js';

/** Every name under which people know a task: its label, its group, and what its definition calls it. */
export function namesOf(task: vscode.Task, definitions: readonly TaskDefinition[]): TaskNames {
  const { type, ...definition } = task.definition;
  const own = type === 'shell' || type === 'process' ? [] : Object.values(definition).filter((value): value is string => typeof value === 'string');
  const group = task.group?.id;
  const labels = [...labelsAround(task.name, definitions), ...(group === undefined ? [] : [group]), ...own];
  return { label: task.source === 'Workspace' ? task.name : `${task.source}: ${task.name}`, labels: [...new Set(labels)] };
}

/** Whether any of the policies guards the environment that a name belongs to. */
export function isGuarded(name: string, policies: Policies): boolean {
  return policies.some((policy) => guardedEnvironment(policy, name) !== undefined);
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

/** Those of some tasks that one of their names singles out as changing an environment that a policy guards. */
export async function productionTasks(tasks: readonly vscode.Task[], policies: Policies): Promise<ReadonlySet<vscode.Task>> {
  const folders = [...new Set(tasks.map(folderOf))];
  const definitions = new Map(await Promise.all(folders.map(async (folder) => [folder, await tasksIn(folder)] as const)));
  const isProduction = (task: vscode.Task) => namesOf(task, definitions.get(folderOf(task)) ?? []).labels.some((label) => isGuarded(label, policies));
  return new Set(tasks.filter(isProduction));
}
