import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { gateShellPath, installGateShell } from '../guards/gate-shell.js';

/** One way of starting something, and whether it asks first. */
export interface Gate {
  readonly name: string;
  readonly gated: boolean;
  readonly explanation: string;
}

const PLATFORMS: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', darwin: 'osx' };

/** The setting that decides which shell tasks get. Our default for it stands in package.json. */
function automationProfile(): string | undefined {
  const platform = PLATFORMS[process.platform];
  return platform === undefined ? undefined : `terminal.integrated.automationProfile.${platform}`;
}

/** Puts the gate shell where package.json says it is. */
export function installGate(gate: string): void {
  installGateShell(homedir(), { shell: realShell(), node: process.execPath, gate });
}

/** The shell that tasks would get without the gate. VS Code may not know it yet when a window opens. */
function realShell(): string {
  const candidates = [vscode.env.shell, process.env['SHELL'], '/bin/bash'];
  const usable = (shell: string | undefined): shell is string => shell !== undefined && path.isAbsolute(shell) && shell !== gateShellPath(homedir()) && existsSync(shell);
  return candidates.find(usable) ?? '/bin/sh';
}

/** How each way of starting something stands at the moment. */
export function gates(): readonly Gate[] {
  return [taskShell(), processTasks(), terminals()];
}

function taskShell(): Gate {
  const name = vscode.l10n.t('Shell tasks');
  const setting = automationProfile();
  if (setting === undefined) return { name, gated: false, explanation: vscode.l10n.t('There is no gate for task shells on this platform yet.') };
  const inspected = vscode.workspace.getConfiguration().inspect(setting);
  const values: [string, unknown][] = [
    [vscode.l10n.t('the user settings'), inspected?.globalValue],
    [vscode.l10n.t('the workspace settings'), inspected?.workspaceValue],
    [vscode.l10n.t('the folder settings'), inspected?.workspaceFolderValue],
  ];
  // The last one that is set wins.
  const override = values.filter(([, value]) => value !== undefined && value !== null && !isGate(value)).pop();
  if (override) return { name, gated: false, explanation: vscode.l10n.t('“{0}” in {1} replaces the gate. Remove it there.', setting, override[0]) };
  return { name, gated: true, explanation: vscode.l10n.t('Every task that runs in a shell asks first.') };
}

function isGate(value: unknown): boolean {
  const shell: unknown = typeof value === 'object' && value !== null && 'path' in value ? value.path : undefined;
  return shell === gateShellPath(homedir()) || shell === '${env:HOME}/.countersign/gate/bash';
}

function processTasks(): Gate {
  return {
    name: vscode.l10n.t('Process tasks'),
    gated: false,
    explanation: vscode.l10n.t('Tasks of type “process” start without a shell and are not held. Give production tasks the type “shell”.'),
  };
}

function terminals(): Gate {
  return { name: vscode.l10n.t('Terminals'), gated: false, explanation: vscode.l10n.t('Commands typed in terminals are not held. Use “countersign run -- COMMAND” for production.') };
}

/** Tells once per window when something replaced the gate, and offers the way back. */
export function watchGate(changed: () => void): vscode.Disposable {
  let told = false;
  const look = async () => {
    changed();
    const gate = taskShell();
    if (gate.gated || told || automationProfile() === undefined) return;
    told = true;
    const open = vscode.l10n.t('Open settings');
    const choice = await vscode.window.showWarningMessage(vscode.l10n.t('Countersign does not hold tasks in this window. {0}', gate.explanation), open);
    if (choice === open) await vscode.commands.executeCommand('workbench.action.openSettings', automationProfile());
  };
  void look();
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration('terminal.integrated.automationProfile')) void look();
  });
}
