import * as vscode from 'vscode';
import type { Policies } from '../core/policy/policy.js';
import { assistantGates } from './gates/assistants.js';
import { stateWords, weakest, type Gate, type GateGroup } from './gates/gate.js';
import { programGates } from './gates/programs.js';
import { shellGates, terminalGates } from './gates/shells.js';
import { taskGates, taskShell } from './gates/tasks.js';
import type { RulesWatch } from './rules-watch.js';
import type { TerminalWatch } from './terminal-watch.js';
import type { WeakeningWatch } from './weakening-watch.js';

export interface GateSources {
  readonly terminals: TerminalWatch;
  readonly isTask: (terminal: vscode.Terminal) => boolean;
  readonly variables: vscode.EnvironmentVariableCollection;
  readonly weakenings: WeakeningWatch;
  readonly rules: RulesWatch;
  /** The rules that hold, or the defaults as long as nobody has read them. */
  readonly policies: () => Policies;
}

/** How each way of starting something stands at the moment. */
export async function gates({ terminals, isTask, variables, weakenings, rules, policies }: GateSources): Promise<readonly GateGroup[]> {
  const groups = [weakenings.group(), rules.group(), terminalGates(terminals, isTask), shellGates(variables), await taskGates(policies()), debugGates(), assistantGates(), programGates(variables), lateGates()];
  return groups.filter((group) => group.gates.length > 0);
}

function debugGates(): GateGroup {
  const gate: Gate = { id: 'debug/launch', name: vscode.l10n.t('Debug sessions'), state: 'gated', explanation: vscode.l10n.t('A launch is judged by its program, arguments and environment before it starts, and before its preLaunchTask.') };
  return { id: 'debug', name: vscode.l10n.t('Debugging'), gates: [gate] };
}

function lateGates(): GateGroup {
  const gate: Gate = {
    id: 'late/watch', name: vscode.l10n.t('Everything that began without asking'), state: 'late',
    explanation: vscode.l10n.t('Commands in terminals that are not guarded and tasks that went round the gate are interrupted and recorded as an incident. This is late by nature: by then something has begun.'),
  };
  return { id: 'late', name: vscode.l10n.t('After the fact'), gates: [gate] };
}

export function groupState(group: GateGroup): string {
  return stateWords(weakest(group.gates));
}

/** Tells once per window when something replaced the gate for tasks, and offers the way back. */
export function watchTaskGate(changed: () => void): vscode.Disposable {
  let told = false;
  const look = async () => {
    changed();
    const { state, explanation, fix } = taskShell();
    if (state === 'gated' || told || !fix) return;
    told = true;
    const choice = await vscode.window.showWarningMessage(vscode.l10n.t('Countersign does not hold tasks in this window. {0}', explanation), fix.title);
    if (choice === fix.title) await fix.apply();
  };
  void look();
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (['terminal.integrated', 'countersign', 'chat'].some((section) => event.affectsConfiguration(section))) void look();
  });
}
