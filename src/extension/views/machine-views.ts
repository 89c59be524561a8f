import * as vscode from 'vscode';
import { plain } from '../../core/approval/display.js';
import { gates, groupState, type GateSources } from '../gates.js';
import { stateWords, weakest, type Gate, type GateGroup, type GateState } from '../gates/gate.js';
import { isProcess } from '../gates/tasks.js';
import { COMMANDS, VIEWS } from '../ids.js';
import { productionTasks, type Aim } from '../production-tasks.js';
import type { RequestsModel } from '../requests-model.js';
import { workspaceTasks } from '../task-names.js';
import { ListView } from './list-view.js';
import { folderName, placed } from './words.js';

const ICONS: Record<GateState, vscode.ThemeIcon> = {
  gated: new vscode.ThemeIcon('shield'),
  open: new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground')),
  late: new vscode.ThemeIcon('history'),
  starting: new vscode.ThemeIcon('loading~spin'),
  absent: new vscode.ThemeIcon('circle-slash'),
};

/** *Gates*: each way of starting something, gated or not, and what to do about it. */
export function gatesView(changed: vscode.Event<unknown>, sources: GateSources): ListView<Gate | GateGroup> {
  return new ListView<Gate | GateGroup>(
    VIEWS.gates,
    changed,
    (parent) => (parent === undefined ? gates(sources) : 'gates' in parent ? parent.gates : []),
    (row) => ('gates' in row ? groupItem(row) : gateItem(row)),
  );
}

function groupItem(group: GateGroup): vscode.TreeItem {
  const state = weakest(group.gates);
  // What is fine needs no look.
  const needsLook = group.gates.some((gate) => gate.state === 'open' || (gate.state === 'late' && gate.fix !== undefined));
  const item = new vscode.TreeItem(group.name, needsLook ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed);
  // The editor remembers what was folded; a group that gets a gap is another one, and unfolds.
  item.id = `${group.id}/${String(needsLook)}`;
  item.description = groupState(group);
  item.iconPath = ICONS[state];
  item.accessibilityInformation = { label: `${group.name}, ${groupState(group)}` };
  return item;
}

function gateItem(gate: Gate): vscode.TreeItem {
  const item = new vscode.TreeItem(gate.name);
  const state = stateWords(gate.state);
  item.id = gate.id;
  item.description = state;
  item.tooltip = gate.fix ? `${gate.explanation}\n${vscode.l10n.t('Fix: {0}', gate.fix.title)}` : gate.explanation;
  item.accessibilityInformation = { label: `${gate.name}, ${state}. ${gate.explanation}` };
  item.iconPath = ICONS[gate.state];
  item.contextValue = gate.fix ? 'gate.fixable' : 'gate';
  if (gate.terminal) item.command = { command: COMMANDS.applyFix, title: vscode.l10n.t('Show the terminal'), arguments: [{ terminal: gate.terminal }] };
  return item;
}

/** *Production tasks*: the tasks that would be held, for what they run or for what they are called. Filled only while somebody looks. */
export function tasksView(model: RequestsModel, changed: vscode.Event<unknown>): ListView<vscode.Task> {
  const aims = new WeakMap<vscode.Task, Aim>();
  return new ListView<vscode.Task>(
    VIEWS.tasks,
    changed,
    async (parent) => {
      if (parent) return [];
      const production = await productionTasks(await workspaceTasks(), model.policies());
      for (const [task, aim] of production) aims.set(task, aim);
      return [...production.keys()];
    },
    (task) => {
      const item = new vscode.TreeItem(plain(task.name));
      const aim = aims.get(task);
      // In a narrow view the end is cut off.
      const words = [...(aim ? [aim.environment] : []), task.source];
      item.description = words.join(' · ');
      item.iconPath = new vscode.ThemeIcon('rocket');
      item.contextValue = 'task';
      item.accessibilityInformation = { label: [plain(task.name), ...words].join(', ') };
      // A process task is held only when it starts through the gate shell.
      const command = isProcess(task) ? COMMANDS.runHeldTask : COMMANDS.runTask;
      item.command = { command, title: vscode.l10n.t('Run task'), arguments: [task] };
      item.tooltip = [vscode.l10n.t('Run {0}; it is held until somebody else approves it.', plain(task.name)), ...(aim ? [aim.reason] : [])].join('\n');
      return placed(item, typeof task.scope === 'object' ? folderName(task.scope) : undefined);
    },
  );
}
