import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { ASSISTANTS } from '../assistants/assistants.js';
import { inert, inline } from '../core/approval/display.js';
import { isGateFile, isHookFile, weakeningsOf } from '../core/edits/weakenings.js';
import { environmentsUnder, type Policies } from '../core/policy/policy.js';
import { FileWorld } from '../world/file-world.js';
import { HomeWatch, homeFiles } from './home-files.js';
import type { Gate, GateGroup } from './gates/gate.js';
import { spoken, type Sentence } from '../core/say.js';

/** Files of a workspace that gates rest on: settings, tasks, rules, and what assistants obey. */
const WORKSPACE_FILES = new Set([
  '.vscode/settings.json', '.vscode/tasks.json', '.countersign/policy.yaml', '.countersign/allowed_signers', '.envrc', '.claude/settings.local.json', '.codex/config.toml',
  ...ASSISTANTS.flatMap(({ placements, switches }) => [
    ...placements.project.map((placement) => (placement.type === 'entries' ? `${placement.folder}/*.json` : placement.file)),
    ...switches.filter(({ scope }) => scope === 'project').map(({ file }) => file),
  ]),
]);
/** An editor writes a file in several steps; one look is enough for all of them. Milliseconds. */
const SETTLE = 200;
/** Nothing that gates rest on is larger. Characters. */
const MAX_TEXT = 1024 * 1024;

/** Shows at once when somebody, or something, changes a file so that a gate becomes weaker than it was. */
export class WeakeningWatch implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  /** Each file as it was when the window opened; undefined where there was none. */
  private readonly before = new Map<string, string | undefined>();
  private readonly weaker = new Map<string, readonly Sentence[]>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly subscriptions: { dispose(): unknown }[] = [];

  /** @param policies the rules that hold */
  constructor(private readonly policies: () => Policies) {
    for (const pattern of WORKSPACE_FILES) {
      const watcher = vscode.workspace.createFileSystemWatcher(`**/${pattern}`);
      const look = (uri: vscode.Uri) => this.later(uri.fsPath);
      this.subscriptions.push(watcher, watcher.onDidChange(look), watcher.onDidCreate(look), watcher.onDidDelete(look));
    }
    this.subscriptions.push(new HomeWatch((file) => this.later(file)));
    void this.remember();
  }

  private async remember(): Promise<void> {
    const here = await Promise.all([...WORKSPACE_FILES].map((pattern) => vscode.workspace.findFiles(pattern)));
    for (const file of [...here.flat().map((uri) => uri.fsPath), ...homeFiles()]) if (!this.before.has(file)) this.before.set(file, await textOf(file));
  }

  private later(file: string): void {
    clearTimeout(this.timers.get(file));
    this.timers.set(file, setTimeout(() => void this.look(file), SETTLE));
  }

  private async look(file: string): Promise<void> {
    this.timers.delete(file);
    const after = await textOf(file);
    const found = isGateFile(file) ? weakeningsOf({ path: file, before: this.before.get(file), after }, environmentsUnder(this.policies()), new FileWorld(homedir(), process.env)) : [];
    const known = this.weaker.get(file) ?? [];
    if (found.length === 0) this.weaker.delete(file);
    else this.weaker.set(file, found);
    // An assistant that was told to ask since is not to be told otherwise unseen.
    if (found.length === 0 && isHookFile(file)) this.before.set(file, after);
    // How an assistant stands may have changed without anything being weaker than it was.
    this.changed.fire();
    if (JSON.stringify(found) === JSON.stringify(known)) return;
    const [first] = found;
    if (first !== undefined) void this.tell(file, first);
  }

  private async tell(file: string, what: Sentence): Promise<void> {
    const show = vscode.l10n.t('Show the file');
    const choice = await vscode.window.showWarningMessage(vscode.l10n.t('{0} was changed so that a gate is weaker. {1}', inline(vscode.workspace.asRelativePath(file)), inert(spoken(what, vscode.l10n.t))), show);
    if (choice === show) await vscode.window.showTextDocument(vscode.Uri.file(file));
  }

  group(): GateGroup {
    const gates = [...this.weaker].map(([file, found]): Gate => ({
      id: `weaker/${file}`,
      name: inline(vscode.workspace.asRelativePath(file)),
      state: 'open',
      explanation: found.map((what) => inert(spoken(what, vscode.l10n.t))).join(' '),
      fix: {
        title: vscode.l10n.t('Show the file'),
        apply: async () => {
          await vscode.window.showTextDocument(vscode.Uri.file(file));
        },
      },
    }));
    return { id: 'weaker', name: vscode.l10n.t('Made weaker since the window opened'), gates };
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    vscode.Disposable.from(...this.subscriptions, this.changed).dispose();
  }
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    const text = await readFile(file, 'utf8');
    return text.length > MAX_TEXT ? '' : text;
  } catch {
    return undefined;
  }
}
