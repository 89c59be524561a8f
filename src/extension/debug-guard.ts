import path from 'node:path';
import * as vscode from 'vscode';
import { PROTOCOL_VERSION, type GuardAsk } from '../broker/protocol.js';
import type { AskHandler } from '../broker/server.js';
import { inert } from '../core/approval/display.js';
import { messageOf } from '../core/errors.js';
import { posixLine } from '../guards/quoting.js';
import { isGuardingOn } from './gates/shells.js';

/** The program that a kind of debugger starts, where a command line would name it. */
const RUNTIMES: Readonly<Record<string, readonly string[]>> = {
  node: ['node'], 'pwa-node': ['node'], python: ['python3'], debugpy: ['python3'], go: ['go', 'run'], php: ['php'], ruby_lsp: ['ruby'], rdbg: ['ruby'], perl: ['perl'], bashdb: ['bash'], mix_task: ['mix'],
};
/** What launches are not started here, or not at all. */
const NO_LAUNCH = new Set(['attach']);

/**
 * Holds a launch whose program, arguments and environment would have to wait in a terminal as well. It is asked with
 * every variable filled in, right before the debugger starts.
 */
export function guardDebugging(decide: AskHandler): vscode.Disposable {
  const provider: vscode.DebugConfigurationProvider = {
    async resolveDebugConfigurationWithSubstitutedVariables(folder, configuration, token) {
      const ask = askOf(folder, configuration);
      if (!ask) return configuration;
      const stop = new AbortController();
      token?.onCancellationRequested(() => stop.abort());
      try {
        // No configuration means: do not start, and say nothing more.
        return (await decided(ask, decide, stop)) ? configuration : undefined;
      } catch (error) {
        void vscode.window.showErrorMessage(inert(messageOf(error, vscode.l10n.t)));
        return undefined;
      }
    },
  };
  return vscode.debug.registerDebugConfigurationProvider('*', provider);
}

/** Waits behind a notification, which is also the way out. */
async function decided(ask: GuardAsk, decide: AskHandler, stop: AbortController): Promise<boolean> {
  let settled: () => void = () => undefined;
  const over = new Promise<void>((resolve) => (settled = resolve));
  const said: string[] = [];
  const say = (lines: readonly string[]) => {
    said.push(...lines);
    if (said.length > lines.length) return;
    void vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: inert(lines[0] ?? ''), cancellable: true }, (_progress, cancel) => {
      cancel.onCancellationRequested(() => stop.abort());
      return over;
    });
  };
  try {
    const run = await decide(ask, say, stop.signal);
    if (!run) void vscode.window.showWarningMessage(inert(said.at(-1) ?? vscode.l10n.t('The launch was refused. Nothing was run.')));
    return run;
  } finally {
    settled();
  }
}

/** What a launch amounts to as a command line; undefined for one that starts nothing, or that a terminal will ask about. */
export function askOf(folder: vscode.WorkspaceFolder | undefined, configuration: vscode.DebugConfiguration): GuardAsk | undefined {
  const { type, request } = configuration;
  if (NO_LAUNCH.has(request)) return undefined;
  // The line that a debugger types into a terminal is asked about there.
  if (configuration['console'] === 'integratedTerminal' && isGuardingOn()) return undefined;
  const words = [...runtimeOf(type, configuration), ...textsIn(configuration['runtimeArgs']), ...programOf(configuration), ...textsIn(configuration['args'])];
  if (words.length === 0) return undefined;
  const root = folder?.uri.fsPath ?? vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '/';
  const cwd = textOf(configuration['cwd']) ?? root;
  return {
    v: PROTOCOL_VERSION, kind: 'program',
    // Nobody knows the process yet, so nothing below it is covered by the approval.
    pid: 0,
    text: posixLine(words),
    shell: '/bin/sh',
    cwd: path.isAbsolute(cwd) ? cwd : path.join(root, cwd),
    env: { ...ownEnvironment(), ...recordIn(configuration['env']) },
  };
}

function runtimeOf(type: string, configuration: vscode.DebugConfiguration): readonly string[] {
  const given = textOf(configuration['runtimeExecutable']) ?? textOf(configuration['python']) ?? textOf(configuration['pythonPath']);
  return given === undefined || given === '' ? (RUNTIMES[type] ?? []) : [given];
}

function programOf(configuration: vscode.DebugConfiguration): readonly string[] {
  const program = textOf(configuration['program']) ?? textOf(configuration['script']) ?? textOf(configuration['file']);
  if (program !== undefined) return [program];
  const module = textOf(configuration['module']);
  if (module !== undefined) return ['-m', module];
  const command = textOf(configuration['command']);
  return command === undefined ? [] : ['sh', '-c', command];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.split(/\s+/).filter((word) => word !== '');
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function recordIn(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function ownEnvironment(): Record<string, string> {
  return recordIn(process.env);
}
