import * as vscode from 'vscode';
import { throughGate, type Canary, type End } from '../drill/canary.js';
import type { Starter } from '../drill/paths.js';
import { findProgram, findShells, type FoundShell } from '../world/programs.js';
import { askOf } from './debug-guard.js';

/** How long a prompt may take to come before somebody types all the same, in milliseconds. */
const PROMPT = 6_000;

/** Starts things in hidden terminals of this window: with the environment that every terminal gets. */
export function starterInWindow(shims: string): Starter {
  const searchPath = process.env['PATH'] ?? '/usr/bin:/bin';
  return {
    shells: findShells(searchPath, shims),
    program: (name) => findProgram(name, searchPath, shims),
    run: ([shellPath = '', ...shellArgs], cwd, bin, signal) => inTerminal({ name: 'Countersign drill', shellPath, shellArgs, cwd, env: { PATH: `${searchPath}:${bin}` } }, signal),
    type: (shell, line, cwd, signal) => typed(shell, line, cwd, signal),
  };
}

async function inTerminal(options: vscode.TerminalOptions, signal: AbortSignal, started: (terminal: vscode.Terminal) => Promise<void> = () => Promise.resolve()): Promise<End> {
  const terminal = vscode.window.createTerminal({ ...options, hideFromUser: true, isTransient: true });
  try {
    const closed = new Promise<End>((resolve) => {
      const listener = vscode.window.onDidCloseTerminal((other) => {
        if (other !== terminal) return;
        listener.dispose();
        resolve({ code: terminal.exitStatus?.code });
      });
      signal.addEventListener('abort', () => {
        listener.dispose();
        resolve({ code: undefined });
      }, { once: true });
    });
    await terminal.processId;
    await started(terminal);
    return await closed;
  } finally {
    terminal.dispose();
  }
}

function typed(shell: FoundShell, line: string, cwd: string, signal: AbortSignal): Promise<End> {
  return inTerminal({ name: `Countersign drill: ${shell.name}`, shellPath: shell.path, cwd }, signal, async (terminal) => {
    await prompt(terminal, signal);
    if (!signal.aborted) terminal.sendText(line, true);
  });
}

/** Waits for VS Code's shell integration, which comes with the first prompt where it comes at all. */
function prompt(terminal: vscode.Terminal, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      listener.dispose();
      resolve();
    };
    const timer = setTimeout(done, PROMPT);
    const listener = vscode.window.onDidChangeTerminalShellIntegration((event) => {
      if (event.terminal === terminal) done();
    });
    signal.addEventListener('abort', done, { once: true });
    if (terminal.shellIntegration) done();
  });
}

/** The ways in which VS Code starts tasks. */
export function taskPaths(): readonly Canary[] {
  const path = (id: string, title: string, gate: string, fix: string, execution: (argv: readonly [string, ...string[]], line: string, cwd: string) => vscode.ShellExecution | vscode.ProcessExecution): Canary => ({
    id: `task/${id}`, group: 'tasks', title, gate, fix,
    play: (stage) =>
      throughGate(stage, `task-${id}`, (plot, signal) => runTask(new vscode.Task({ type: 'shell' }, vscode.TaskScope.Workspace, `canary ${id}`, 'Countersign', execution(plot.argv, plot.line, plot.directory)), signal)),
  });
  const shellFix = 'Remove what replaces “terminal.integrated.automationProfile” in the settings: the Gates view names it.';
  return [
    path('shell', 'A shell task with a command line', 'the gate shell', shellFix, (_argv, line, cwd) => new vscode.ShellExecution(line, { cwd })),
    path('shell-words', 'A shell task with arguments', 'the gate shell', shellFix, ([program, ...args], _line, cwd) => new vscode.ShellExecution(program, args, { cwd })),
    path('own-bash', 'A task that names bash as its own shell', 'the guard of bash', 'Remove “options.shell.executable” from the task.', (_argv, line, cwd) => new vscode.ShellExecution(line, { cwd, executable: '/bin/bash', shellArgs: ['-c'] })),
    path('own-shell', 'A task that names sh as its own shell', 'the watch, which is late by nature', 'Remove “options.shell.executable” from the task, or turn on strict mode.', (_argv, line, cwd) => new vscode.ShellExecution(line, { cwd, executable: '/bin/sh', shellArgs: ['-c'] })),
    path('process', 'A process task', 'the watch, which is late by nature', 'Give the task the type “shell”, start it with “Run held task”, or turn on strict mode.', ([program, ...args], _line, cwd) => new vscode.ProcessExecution(program, args, { cwd })),
  ];
}

async function runTask(task: vscode.Task, signal: AbortSignal): Promise<End> {
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Never, panel: vscode.TaskPanelKind.Dedicated, close: true };
  const listeners: vscode.Disposable[] = [];
  let execution: vscode.TaskExecution | undefined;
  try {
    const ended = new Promise<End>((resolve) => {
      listeners.push(
        vscode.tasks.onDidEndTaskProcess((event) => {
          if (event.execution.task.name === task.name) resolve({ code: event.exitCode });
        }),
      );
      signal.addEventListener('abort', () => resolve({ code: undefined }), { once: true });
    });
    execution = await vscode.tasks.executeTask(task);
    return await ended;
  } finally {
    vscode.Disposable.from(...listeners).dispose();
    if (signal.aborted) execution?.terminate();
    // One that was refused stays open to be read; nobody wants to read this one.
    for (const terminal of vscode.window.terminals) if (terminal.name === task.name) terminal.dispose();
  }
}

/** A launch of a debugger that this editor has. */
export function debugPaths(): readonly Canary[] {
  return [
    {
      id: 'debug/launch', group: 'debug', title: 'A debug session', gate: 'the debug guard', fix: 'Reload the window: Countersign judges launches only while it runs.',
      play: async (stage) => {
        if (!hasDebugger('node')) return { result: 'absent', detail: 'This editor has no debugger for Node.' };
        return throughGate(stage, 'debug', async (plot) => {
          const program = plot.write('program.js', `require('node:child_process').execFileSync(process.argv[2], process.argv.slice(3));\n`);
          const configuration = { type: 'node', request: 'launch', name: 'Countersign drill', program, args: [...plot.argv], cwd: plot.directory, console: 'internalConsole' };
          if (!askOf(undefined, configuration)) throw new Error('This launch would not be judged.');
          const started = await vscode.debug.startDebugging(undefined, configuration, { suppressDebugStatusbar: true, suppressDebugView: true });
          // A launch that was refused did not start, and says no more than that.
          return { code: started ? 0 : 126 };
        });
      },
    },
  ];
}

function hasDebugger(type: string): boolean {
  return vscode.extensions.all.some(({ packageJSON }) => {
    const { contributes } = packageJSON as { contributes?: { debuggers?: readonly { type?: string }[] } };
    return contributes?.debuggers?.some((contributed) => contributed.type === type) ?? false;
  });
}
