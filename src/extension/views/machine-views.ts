import * as vscode from 'vscode';
import { defaultPolicy, guardedEnvironment } from '../../core/policy/policy.js';
import { plain } from '../../core/approval/display.js';
import { gates, type Gate } from '../gates.js';
import { COMMANDS, VIEWS } from '../ids.js';
import type { RequestsModel } from '../requests-model.js';
import { namesOf, tasksIn } from '../task-watch.js';
import { ListView } from './list-view.js';

/** *Gates*: each way of starting something, gated or not, and what to do about it. */
export function gatesView(changed: vscode.Event<unknown>): ListView<Gate> {
  return new ListView<Gate>(VIEWS.gates, changed, (parent) => (parent ? [] : gates()), (gate) => {
    const item = new vscode.TreeItem(gate.name);
    const state = gate.gated ? vscode.l10n.t('waits for review') : vscode.l10n.t('not gated');
    item.description = state;
    item.tooltip = gate.explanation;
    item.accessibilityInformation = { label: `${gate.name}, ${state}. ${gate.explanation}` };
    item.iconPath = new vscode.ThemeIcon(gate.gated ? 'shield' : 'warning', gate.gated ? undefined : new vscode.ThemeColor('list.warningForeground'));
    return item;
  });
}

/** *Production tasks*: the tasks that the policy's names single out. Filled only while somebody looks. */
export function tasksView(model: RequestsModel): ListView<vscode.Task> {
  return new ListView<vscode.Task>(
    VIEWS.tasks,
    vscode.workspace.onDidSaveTextDocument,
    async (parent) => {
      if (parent) return [];
      const policy = model.all.find((state) => state.trust)?.trust?.policy ?? defaultPolicy();
      const folder = vscode.workspace.workspaceFolders?.[0];
      const definitions = folder ? await tasksIn(folder) : [];
      const tasks = await vscode.tasks.fetchTasks();
      return tasks.filter((task) => namesOf(task, definitions).labels.some((label) => guardedEnvironment(policy, label)));
    },
    (task) => {
      const item = new vscode.TreeItem(plain(task.name));
      item.description = task.source;
      item.iconPath = new vscode.ThemeIcon('rocket');
      item.contextValue = 'task';
      item.command = { command: COMMANDS.runTask, title: vscode.l10n.t('Run task'), arguments: [task] };
      item.tooltip = vscode.l10n.t('Run {0}; it is held until somebody else approves it.', plain(task.name));
      return item;
    },
  );
}
