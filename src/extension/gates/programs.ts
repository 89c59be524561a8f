import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { gateDirectory } from '../../guards/install.js';
import { SETTINGS } from '../ids.js';
import type { Fix, Gate, GateGroup } from './gate.js';
import { writeUserSetting } from './settings.js';

/** What holds programs that no shell of ours starts. */
export function programGates(variables: vscode.EnvironmentVariableCollection): GateGroup {
  return { id: 'programs', name: vscode.l10n.t('Programs'), gates: [shims(variables), strictMode(variables)] };
}

function shims(variables: vscode.EnvironmentVariableCollection): Gate {
  const directory = path.join(gateDirectory(homedir()), 'shims');
  const base = { id: 'programs/shims', name: vscode.l10n.t('Tools found through PATH') };
  const count = entries(directory).length;
  if (count === 0 || !variables.get('PATH')) return { ...base, state: 'open', explanation: vscode.l10n.t('The stand-ins for these tools are not in place. Reload the window.') };
  return { ...base, state: 'gated', explanation: vscode.l10n.t('{0} tools have a stand-in at the front of PATH that asks first: also from make, scripts and other programs.', count) };
}

function strictMode(variables: vscode.EnvironmentVariableCollection): Gate {
  const base = { id: 'programs/strict', name: vscode.l10n.t('Every other program') };
  if (variables.get('LD_PRELOAD')) return { ...base, state: 'gated', explanation: vscode.l10n.t('Strict mode is on: every program that a terminal or task starts asks first, however it was found. Static and setuid programs are not covered.') };
  const fix = strictFix();
  const explanation = vscode.l10n.t('A program that is started by its full path, and not by a shell, starts without asking.');
  return fix ? { ...base, state: 'open', explanation: `${explanation} ${vscode.l10n.t('Strict mode closes this.')}`, fix } : { ...base, state: 'open', explanation };
}

/** Strict mode, where this machine can have it. */
export function strictFix(): Fix | undefined {
  if (process.platform !== 'linux') return undefined;
  const why = vscode.l10n.t('A small library is compiled on this machine and loaded into every program that terminals and tasks start; it asks before a program runs. It needs a C compiler.');
  return writeUserSetting(vscode.l10n.t('Turn on strict mode'), `${SETTINGS.section}.${SETTINGS.strictMode}`, true, why);
}

function entries(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
