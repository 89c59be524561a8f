import * as vscode from 'vscode';
import type { Policies } from '../../core/policy/policy.js';
import { inline } from '../../core/approval/display.js';
import { COMMANDS } from '../ids.js';
import { productionTasks } from '../production-tasks.js';
import { folderOf, workspaceTasks } from '../task-names.js';
import { folderName } from '../views/words.js';
import type { Fix, Gate, GateGroup } from './gate.js';
import { isGateShell, overrideOf, platformName, removeOverride } from './settings.js';

/** The shell that tasks get, and every task that goes round it. */
export async function taskGates(policies: Policies): Promise<GateGroup> {
  return { id: 'tasks', name: vscode.l10n.t('Tasks'), gates: [taskShell(), ...(await odd(policies))] };
}

/** The gate shell in front of every task that does not name a shell of its own. */
export function taskShell(): Gate {
  const base = { id: 'tasks/shell', name: vscode.l10n.t('Tasks that run in a shell') };
  const platform = platformName();
  if (platform === undefined) return { ...base, state: 'open', explanation: vscode.l10n.t('There is no gate for task shells on this platform yet.') };
  const override = overrideOf(`terminal.integrated.automationProfile.${platform}`, isGateShell);
  if (override) return { ...base, state: 'open', explanation: vscode.l10n.t('“{0}” in {1} replaces the gate. Remove it there.', override.setting, override.where), fix: removeOverride(override, vscode.l10n.t('Countersign’s own value is in force again then: tasks ask before they start.')) };
  return { ...base, state: 'gated', explanation: vscode.l10n.t('Every task that runs in a shell asks first.') };
}

/** Tasks that do not start through the gate shell: those with a shell of their own, and process tasks. */
async function odd(policies: Policies): Promise<Gate[]> {
  const tasks = await workspaceTasks();
  const production = await productionTasks(tasks.filter(isProcess), policies);
  const rows = tasks.flatMap((task): Gate[] => {
    const own = ownShell(task);
    if (own !== undefined) {
      const explanation = vscode.l10n.t('It names its own shell, {0}, and so goes round the gate shell. Remove “options.shell.executable” from it; until then its shell’s guard and the watch after the fact are all there is.', inline(own));
      return [{ id: `tasks/own/${keyOf(task)}`, name: nameOf(task), state: 'late', explanation, fix: showTask(task, vscode.l10n.t('Show the task')) }];
    }
    if (!isProcess(task) || !production.has(task)) return [];
    const explanation = vscode.l10n.t('A process task starts without a shell. Countersign stops it if it can, but it may have begun by then. Give it the type “shell”, or start it with “Run held task”.');
    return [{ id: `tasks/process/${keyOf(task)}`, name: nameOf(task), state: 'late', explanation, fix: showTask(task, vscode.l10n.t('Turn it into a shell task')) }];
  });
  if (rows.some(({ id }) => id.startsWith('tasks/process/'))) return rows;
  return [...rows, { id: 'tasks/process', name: vscode.l10n.t('Process tasks'), state: 'late', explanation: vscode.l10n.t('A task of type “process” starts without a shell and is stopped only once it has begun. No such task of this workspace targets production.') }];
}

/** What tells a task from those of other folders and extensions. */
function keyOf(task: vscode.Task): string {
  return [task.name, task.source, folderOf(task)?.uri.toString() ?? ''].join('@');
}

function nameOf(task: vscode.Task): string {
  const folder = folderName(folderOf(task));
  return [task.name, ...(folder === undefined ? [] : [folder])].map((part) => inline(part)).join(' · ');
}

/** The file opens at the task, where a quick fix waits. */
function showTask(task: vscode.Task, title: string): Fix {
  return {
    title,
    apply: async () => {
      await vscode.commands.executeCommand(COMMANDS.openTask, task);
    },
  };
}

export function isProcess(task: vscode.Task): boolean {
  return task.execution instanceof vscode.ProcessExecution;
}

/** The shell that a task brings along instead of the one that asks. */
export function ownShell(task: vscode.Task): string | undefined {
  return task.execution instanceof vscode.ShellExecution ? task.execution.options?.executable : undefined;
}
