import * as vscode from 'vscode';
import { vscodeAgentMode } from '../../assistants/vscode-agent-mode.js';
import type { Fix } from './gate.js';
import { overrideOf, removeOverride } from './settings.js';

/** By these the editor's agent mode stops asking the hook that this extension brings along. */
const SWITCHES = ['chat.useHooks', 'chat.plugins.enabled'] as const;

/** Assistants that this extension brings a hook for, each with the setting that keeps it from asking, if one does. */
export function carriedHooks(): ReadonlyMap<string, string | undefined> {
  const settings = vscode.workspace.getConfiguration();
  // An older editor knows no plug-ins of extensions.
  const isThere = process.platform !== 'win32' && settings.inspect('chat.plugins.enabled')?.defaultValue !== undefined && settings.get('chat.disableAIFeatures') !== true;
  return new Map(isThere ? [[vscodeAgentMode.id, offSwitch()]] : []);
}

/** Takes back what keeps agent mode from asking, where a setting does. */
export function agentModeFix(): Fix | undefined {
  const override = SWITCHES.map((name) => overrideOf(name, (value) => value !== false)).find((found) => found !== undefined);
  return override && removeOverride(override, vscode.l10n.t('VS Code’s agent mode asks Countersign again then, before each tool call.'));
}

function offSwitch(): string | undefined {
  const settings = vscode.workspace.getConfiguration();
  return SWITCHES.find((name) => settings.get(name) === false);
}
