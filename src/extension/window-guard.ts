import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { QuickHandler } from '../broker/quick-server.js';
import { BrokerServer, type AskHandler, type PassHandler } from '../broker/server.js';
import { inert } from '../core/approval/display.js';
import { messageOf } from '../core/errors.js';
import { CANARY } from '../core/rules/canary.js';
import { gateShellPath } from '../guards/gate-shell.js';
import { gateDirectory, installGuards } from '../guards/install.js';
import { installShims, shimsDirectory } from '../guards/shims.js';
import { installStrict, isStrictInstalled, strictLibrary } from '../guards/strict.js';
import { writeScript } from '../guards/write-script.js';
import { SETTINGS } from './ids.js';
import { applyMutations, terminalMutations } from './terminal-environment.js';
import { TerminalWatch } from './terminal-watch.js';

/** When a window that opens has other things behind it, in milliseconds. */
const SETTLED = 3_000;

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
    }, undefined, async (pass) => (await judge()).pass(pass));
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
      vscode.env.onDidChangeShell(() => this.install()),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.broker.announce(folders())),
      vscode.workspace.onDidChangeConfiguration((event) => {
        const touches = [`${SETTINGS.section}.${SETTINGS.guardTerminals}`, `${SETTINGS.section}.${SETTINGS.strictMode}`, 'terminal.integrated.env'];
        if (touches.some((setting) => event.affectsConfiguration(setting))) this.applyEnvironment();
      }),
    );
  }

  /** Puts the gate shell and the guards where package.json and the environment say they are. */
  private install(): void {
    installGuards(homedir(), { shell: realShell(), node: process.execPath, gate: this.context.asAbsolutePath('out/gate.js') });
    // Shims outlive the window; only in the first one somebody may miss them.
    if (existsSync(shimsDirectory(gateDirectory(homedir())))) setTimeout(refreshShims, SETTLED);
    else setImmediate(refreshShims);
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
      void vscode.window.showErrorMessage(vscode.l10n.t('Strict mode is not on. {0}', inert(messageOf(error))));
    }
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions, this.terminals, this.broker).dispose();
    this.context.environmentVariableCollection.clear();
  }
}

/** Gives a stand-in to every tool on the PATH that can reach production, and to the drill's canary. */
function refreshShims(): void {
  const gate = gateDirectory(homedir());
  const canary = path.join(gate, 'canary');
  // Shims stand only in front of what is there.
  writeScript(path.join(canary, CANARY), '#!/bin/sh\n# What the shim of the drill stands for while no drill is played. It does nothing.\n');
  installShims(gate, `${process.env['PATH'] ?? ''}${path.delimiter}${canary}`);
}

function folders(): string[] {
  return (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
}

/** The shell that tasks would get without the gate. VS Code may not know it yet when a window opens. */
function realShell(): string {
  const candidates = [vscode.env.shell, process.env['SHELL'], '/bin/bash'];
  const usable = (shell: string | undefined): shell is string => shell !== undefined && path.isAbsolute(shell) && shell !== gateShellPath(homedir()) && existsSync(shell);
  return candidates.find(usable) ?? '/bin/sh';
}

/** What the user's own settings give to terminals: the collection is applied after it, and must not lose it. */
function configuredEnvironment(): Record<string, string> {
  const platform = process.platform === 'darwin' ? 'osx' : 'linux';
  const given = vscode.workspace.getConfiguration('terminal.integrated.env').get<Record<string, unknown>>(platform, {});
  return Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
