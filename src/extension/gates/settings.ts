import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { gateShellPath } from '../../guards/gate-shell.js';
import { consent, type Fix } from './gate.js';

const PLATFORMS: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', darwin: 'osx' };

/** The platform as terminal settings call it, or undefined where there are no gates for shells. */
export function platformName(): string | undefined {
  return PLATFORMS[process.platform];
}

/** A value that stands where a weaker one than ours wins. */
export interface Override {
  readonly setting: string;
  readonly where: string;
  readonly target: vscode.ConfigurationTarget;
  readonly folder: vscode.WorkspaceFolder | undefined;
  readonly value: unknown;
}

/** The value that is in force for a setting, unless it is our default. Of several the last one wins. */
export function overrideOf(setting: string, isOurs: (value: unknown) => boolean): Override | undefined {
  const found: Override[] = [];
  // With one folder its settings are the workspace's.
  const folders = vscode.workspace.workspaceFile === undefined ? [] : (vscode.workspace.workspaceFolders ?? []);
  const add = (value: unknown, where: string, target: vscode.ConfigurationTarget, folder?: vscode.WorkspaceFolder) => {
    if (value !== undefined && value !== null) found.push({ setting, where, target, folder, value });
  };
  const inspected = vscode.workspace.getConfiguration().inspect(setting);
  add(inspected?.globalValue, vscode.l10n.t('the user settings'), vscode.ConfigurationTarget.Global);
  add(inspected?.workspaceValue, vscode.l10n.t('the workspace settings'), vscode.ConfigurationTarget.Workspace);
  for (const folder of folders) {
    const value: unknown = vscode.workspace.getConfiguration(undefined, folder.uri).inspect(setting)?.workspaceFolderValue;
    add(value, vscode.l10n.t('the settings of the folder {0}', folder.name), vscode.ConfigurationTarget.WorkspaceFolder, folder);
  }
  const last = found.pop();
  return last !== undefined && !isOurs(last.value) ? last : undefined;
}

/** Takes an override back, after the person agreed. @param then what holds again */
export function removeOverride({ setting, where, target, folder }: Override, then: string): Fix {
  return {
    title: vscode.l10n.t('Remove the override'),
    apply: async () => {
      const question = vscode.l10n.t('Remove “{0}” from {1}?', setting, where);
      if (!(await consent(question, then))) return;
      await vscode.workspace.getConfiguration(undefined, folder?.uri).update(setting, undefined, target);
    },
  };
}

/** Writes a user setting, after the person agreed to exactly that. */
export function writeUserSetting(title: string, setting: string, value: unknown, why: string): Fix {
  return {
    title,
    apply: async () => {
      if (!(await consent(vscode.l10n.t('Change “{0}” in the user settings?', setting), `${why}\n\n"${setting}": ${JSON.stringify(value, undefined, 2)}`))) return;
      await vscode.workspace.getConfiguration().update(setting, value, vscode.ConfigurationTarget.Global);
    },
  };
}

/** Whether a terminal profile is our gate shell. */
export function isGateShell(value: unknown): boolean {
  const shell: unknown = typeof value === 'object' && value !== null && 'path' in value ? value.path : undefined;
  return shell === gateShellPath(homedir()) || shell === '${env:HOME}/.countersign/gate/bash';
}
