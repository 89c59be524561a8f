import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { inline } from '../../core/approval/display.js';
import { gateShellPath } from '../../guards/gate-shell.js';
import { gateDirectory } from '../../guards/install.js';
import { findShells, type FoundShell, type ShellKind } from '../../world/programs.js';
import { SETTINGS } from '../ids.js';
import { shellNameOf, type TerminalWatch } from '../terminal-watch.js';
import { strictFix } from './programs.js';
import type { Fix, Gate, GateGroup } from './gate.js';
import { platformName, writeUserSetting } from './settings.js';

/** What loads each shell's guard: the file, and the variable by which the shell finds it. */
const GUARDS: Readonly<Record<ShellKind, { readonly file: string; readonly typed: string; readonly command: string } | undefined>> = {
  bash: { file: 'guard.bash', typed: 'PROMPT_COMMAND', command: 'BASH_ENV' },
  zsh: { file: path.join('zdotdir', '.zshenv'), typed: 'ZDOTDIR', command: 'ZDOTDIR' },
  fish: { file: path.join('share', 'fish', 'vendor_conf.d', 'countersign.fish'), typed: 'XDG_DATA_DIRS', command: 'XDG_DATA_DIRS' },
  // A POSIX shell reads a file of ours only where somebody types into it, and dash has no way to hold a line.
  sh: undefined,
  // No variable names a start file of PowerShell; guard.ps1 waits for somebody to load it from their profile.
  pwsh: undefined,
};

/** Each shell of this machine, at a prompt and with a command of its own. */
export function shellGates(variables: vscode.EnvironmentVariableCollection): GateGroup {
  const shims = path.join(gateDirectory(homedir()), 'shims');
  const shells = findShells(process.env['PATH'] ?? '', shims);
  return { id: 'shells', name: vscode.l10n.t('Shells'), gates: shells.flatMap((shell) => gatesOf(shell, variables)) };
}

function gatesOf(shell: FoundShell, variables: vscode.EnvironmentVariableCollection): Gate[] {
  const shown = shell.really === shell.name ? shell.name : `${shell.name} (${shell.really})`;
  // A `sh` that is bash or zsh underneath does not read their start files.
  const guard = GUARDS[shell.name];
  const gate = (id: 'typed' | 'command', name: string): Gate => {
    const row = { id: `shell/${shell.name}/${id}`, name };
    if (!guard) {
      const explanation = vscode.l10n.t('{0} loads no guard. Programs that it finds by name ask all the same, through the PATH shims; those it finds by a path do not, unless strict mode is on.', shown);
      return { ...row, state: 'open', explanation, ...fixed(strictFix()) };
    }
    if (!isGuardingOn()) return { ...row, state: 'open', explanation: vscode.l10n.t('The setting “{0}” is off.', `${SETTINGS.section}.${SETTINGS.guardTerminals}`), fix: turnOn() };
    if (!existsSync(path.join(gateDirectory(homedir()), guard.file))) return { ...row, state: 'open', explanation: vscode.l10n.t('The guard of {0} is not on disk. Reload the window to have it written again.', shown) };
    if (!variables.get(guard[id])) return { ...row, state: 'open', explanation: vscode.l10n.t('Nothing tells {0} to load its guard. Reload the window.', shown) };
    const explanation = id === 'typed' ? vscode.l10n.t('New terminals load a guard that asks before a line runs.') : vscode.l10n.t('{0} asks before it runs a command or a script.', shown);
    return { ...row, state: 'gated', explanation };
  };
  return [gate('typed', vscode.l10n.t('{0}, typed', shown)), gate('command', vscode.l10n.t('{0}, scripts and -c', shown))];
}

/** Each terminal that somebody can type into, by what its shell said. A task's terminal stands under the tasks. */
export function terminalGates(terminals: TerminalWatch, isTask: (terminal: vscode.Terminal) => boolean): GateGroup {
  const open = vscode.window.terminals.filter((terminal) => !isTask(terminal) && !isHidden(terminal));
  const gates = open.map((terminal, index): Gate => {
    const pid = terminals.pidOf(terminal);
    const shell = shellNameOf(terminal);
    const base = { id: `terminal/${pid ?? `new-${index}`}`, name: inline(terminal.name), terminal };
    switch (terminals.stateOf(terminal)) {
      case 'guarded':
        return { ...base, state: 'gated', explanation: vscode.l10n.t('Its shell loaded the guard: what is typed here asks before it runs.') };
      case 'starting':
        return { ...base, state: 'starting', explanation: vscode.l10n.t('Its shell has not said yet whether it is guarded.') };
      case 'no shell':
        return { ...base, state: 'absent', explanation: vscode.l10n.t('Another extension draws this terminal; it has no shell of its own.') };
      case 'unguarded':
        return { ...base, state: 'open', ...unguarded(shell) };
    }
  });
  return { id: 'terminals', name: vscode.l10n.t('Open terminals'), gates };
}

/** Nobody types into a terminal that is not shown. */
function isHidden({ creationOptions: options }: vscode.Terminal): boolean {
  return 'hideFromUser' in options && (options.hideFromUser ?? false);
}

function unguarded(shell: string | undefined): Pick<Gate, 'explanation'> & { fix?: Fix } {
  if (shell === 'bash') {
    return {
      explanation: vscode.l10n.t('Its shell never loaded the guard: it was started before Countersign, it is older than bash 4.4 (as on macOS), or a start file such as ~/.bashrc replaces PROMPT_COMMAND.'),
      ...fixed(gateShellAsProfile()),
    };
  }
  return { explanation: vscode.l10n.t('Its shell never loaded a guard: a shell other than bash, zsh and fish, or one that was started before Countersign. Open a new terminal with one of those.') };
}

/** Terminals start through the gate shell then, which loads the guard after every start file. */
function gateShellAsProfile(): Fix | undefined {
  const platform = platformName();
  // The gate shell becomes the shell that VS Code would have started; another one it could not stand for.
  if (platform === undefined || path.basename(vscode.env.shell) !== 'bash') return undefined;
  const name = 'Countersign';
  return {
    title: vscode.l10n.t('Start bash through the gate'),
    apply: async () => {
      const profiles = vscode.workspace.getConfiguration('terminal.integrated.profiles').inspect<Record<string, unknown>>(platform)?.globalValue ?? {};
      const why = vscode.l10n.t('New terminals are then started by Countersign’s gate shell, which becomes bash with your start files and loads the guard after them. Choose another default profile to undo it.');
      const value = { ...profiles, [name]: { path: gateShellPath(homedir()), icon: 'shield' } };
      await writeUserSetting('', `terminal.integrated.profiles.${platform}`, value, why).apply();
      const written = vscode.workspace.getConfiguration('terminal.integrated.profiles').inspect<Record<string, unknown>>(platform)?.globalValue;
      if (written && name in written) await vscode.workspace.getConfiguration('terminal.integrated.defaultProfile').update(platform, name, vscode.ConfigurationTarget.Global);
    },
  };
}

export function isGuardingOn(): boolean {
  return vscode.workspace.getConfiguration(SETTINGS.section).get<boolean>(SETTINGS.guardTerminals, true);
}

function turnOn(): Fix {
  return writeUserSetting(vscode.l10n.t('Guard terminals'), `${SETTINGS.section}.${SETTINGS.guardTerminals}`, undefined, vscode.l10n.t('New terminals load their guards again.'));
}

function fixed(fix: Fix | undefined): { fix?: Fix } {
  return fix ? { fix } : {};
}
