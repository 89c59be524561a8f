import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { QuickHandler } from '../broker/quick-server.js';
import { BrokerServer, type AskHandler, type PassHandler } from '../broker/server.js';
import { inert } from '../core/approval/display.js';
import { messageOf } from '../core/errors.js';
import { gateShellPath } from '../guards/gate-shell.js';
import { gateDirectory, installGuards } from '../guards/install.js';
import { installStrict, isStrictInstalled, strictLibrary } from '../guards/strict.js';
import { SETTINGS } from './ids.js';
import { applyMutations, terminalMutations } from './terminal-environment.js';
import { TerminalWatch } from './terminal-watch.js';

/** Under this a workspace's shell is remembered as VS Code told it last, for it tells only after a window has opened. */
const SHELL = 'shell';

/** What judges: loaded when somebody asks for the first time, or when the window has started. */
export interface Judge {
  readonly decide: AskHandler;
  readonly quick: QuickHandler['ask'];
  readonly pass: PassHandler;
  readonly call: QuickHandler['call'];
  /** The approved line of this shell has ended. */
  readonly prompted: (pid: number) => void;
}

/**
 * What has to stand before the first task or terminal starts, and nothing more: the scripts on disk, the broker's
 * ears, and the environment by which shells find both.
 */
export class WindowGuard implements vscode.Disposable {
  readonly terminals = new TerminalWatch();
  private readonly broker: BrokerServer;
  private readonly subscriptions: vscode.Disposable[] = [];

  private constructor(
    private readonly context: vscode.ExtensionContext,
    judge: () => Promise<Judge>,
  ) {
    this.broker = new BrokerServer(homedir(), async (ask, say, signal) => (await judge()).decide(ask, say, signal), {
      ask: async (ask, define) => (await judge()).quick(ask, define),
      call: async (call) => (await judge()).call(call),
      prompted: (pid) => void judge().then((one) => one.prompted(pid)),
      greeted: (_shell, pid) => this.terminals.greet(pid),
    }, async (pass) => (await judge()).pass(pass), vscode.l10n.t);
  }

  static async start(context: vscode.ExtensionContext, judge: () => Promise<Judge>): Promise<WindowGuard> {
    const guard = new WindowGuard(context, judge);
    await guard.stand();
    return guard;
  }

  get windowName(): string {
    return this.broker.windowName;
  }

  private async stand(): Promise<void> {
    this.install();
    await this.broker.start(folders());
    this.applyEnvironment();
    this.subscriptions.push(
      vscode.env.onDidChangeShell((shell) => {
        void this.context.workspaceState.update(SHELL, shell);
        this.install();
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.broker.announce(folders())),
      vscode.workspace.onDidChangeConfiguration((event) => {
        const touches = [`${SETTINGS.section}.${SETTINGS.guardTerminals}`, `${SETTINGS.section}.${SETTINGS.strictMode}`, 'terminal.integrated.env'];
        if (touches.some((setting) => event.affectsConfiguration(setting))) this.applyEnvironment();
      }),
    );
  }

  /** Puts the gate shell and the guards where package.json and the environment say they are. */
  private install(): void {
    installGuards(homedir(), { shell: realShell(this.context.workspaceState.get<string>(SHELL)), node: process.execPath, gate: this.context.asAbsolutePath('out/gate.js') });
  }

  private applyEnvironment(): void {
    const gate = gateDirectory(homedir());
    const settings = vscode.workspace.getConfiguration(SETTINGS.section);
    const guards = settings.get<boolean>(SETTINGS.guardTerminals, true);
    const strict = guards && settings.get<boolean>(SETTINGS.strictMode, false);
    if (strict && !isStrictInstalled(gate)) void this.buildStrict(gate);
    const all = terminalMutations(gate, this.broker.windowName, { ...process.env, ...configuredEnvironment() }, strict && isStrictInstalled(gate) ? strictLibrary(gate) : undefined);
    const mutations = guards ? all : all.filter(({ variable }) => variable.startsWith('COUNTERSIGN_'));
    applyMutations(this.context.environmentVariableCollection, mutations, vscode.l10n.t('Lets terminals and tasks ask this window before they run something.'));
  }

  /** Compiles strict mode's library once; terminals that open afterwards have it. */
  private async buildStrict(gate: string): Promise<void> {
    try {
      await installStrict(gate, process.env['PATH'] ?? '');
      this.applyEnvironment();
    } catch (error) {
      void vscode.window.showErrorMessage(vscode.l10n.t('Strict mode is not on. {0}', inert(messageOf(error, vscode.l10n.t))));
    }
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions, this.terminals, this.broker).dispose();
    this.context.environmentVariableCollection.clear();
  }
}

function folders(): string[] {
  return (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
}

/** The shell that tasks would get without the gate. VS Code may not know it yet when a window opens. */
function realShell(remembered: string | undefined): string {
  const candidates = [vscode.env.shell, remembered, process.env['SHELL'], '/bin/bash'];
  const usable = (shell: string | undefined): shell is string => shell !== undefined && path.isAbsolute(shell) && shell !== gateShellPath(homedir()) && existsSync(shell);
  return candidates.find(usable) ?? '/bin/sh';
}

/** What the user's own settings give to terminals: the collection is applied after it, and must not lose it. */
function configuredEnvironment(): Record<string, string> {
  const platform = process.platform === 'darwin' ? 'osx' : 'linux';
  const given = vscode.workspace.getConfiguration('terminal.integrated.env').get<Record<string, unknown>>(platform, {});
  return Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
