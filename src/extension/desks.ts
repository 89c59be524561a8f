import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { Approvals } from '../broker/approvals.js';
import { openDesk } from '../broker/desk.js';
import type { Messenger } from '../broker/messenger.js';
import { messageOf } from '../core/errors.js';
import { clock } from '../world/clock.js';
import { SETTINGS } from './ids.js';

/** The desks of the repositories that are open: one per repository, opened once. */
export class Desks {
  private readonly byDirectory = new Map<string, Promise<Approvals | undefined>>();
  private readonly byRoot = new Map<string, Approvals>();
  private readonly warned = new Set<string>();

  constructor(
    private readonly messenger: Messenger,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** The desk of the repository around a directory, or undefined outside any. */
  at(directory: string): Promise<Approvals | undefined> {
    const known = this.byDirectory.get(directory);
    if (known) return known;
    const opened = this.open(directory);
    this.byDirectory.set(directory, opened);
    // A directory that is no repository yet may become one.
    void opened.then(
      (desk) => {
        if (!desk) this.byDirectory.delete(directory);
      },
      () => this.byDirectory.delete(directory),
    );
    return opened;
  }

  private async open(directory: string): Promise<Approvals | undefined> {
    const desk = await openDesk(
      directory,
      {
        home: homedir(),
        env: process.env,
        configuredKey: () => vscode.workspace.getConfiguration(SETTINGS.section).get<string>(SETTINGS.signingKey)?.trim() || undefined,
        askPassphrase: (prompt) => this.askPassphrase(prompt),
        messenger: this.messenger,
      },
      clock,
    );
    if (!desk) return undefined;
    const existing = this.byRoot.get(desk.repository.root);
    if (existing) return existing;
    this.byRoot.set(desk.repository.root, desk);
    return desk;
  }

  /**
   * The desks that have a say in what runs in a directory: its own repository's first, then the open folders'.
   *
   * @throws CountersignError when one of them cannot be opened: what it says cannot be known then
   */
  async around(directory: string): Promise<readonly Approvals[]> {
    const desks = await Promise.all([directory, ...folders()].map((each) => this.at(each)));
    return known(desks);
  }

  /** The desks of the workspace's folders. One that cannot be opened, as when its folder is gone, does not hide the others. */
  async all(): Promise<readonly Approvals[]> {
    const opened = folders().map((folder) =>
      this.at(folder).catch((error: unknown) => {
        this.warn(`${folder}: ${messageOf(error)}`);
        return undefined;
      }),
    );
    return known(await Promise.all(opened));
  }

  /** Opens desks anew: a folder may be another repository by now, and one without a roster may have one. */
  forget(): void {
    this.byDirectory.clear();
    this.byRoot.clear();
  }

  /** Says so in the log, once and not with every look. */
  private warn(line: string): void {
    if (!this.warned.has(line)) this.log.warn(line);
    this.warned.add(line);
  }

  private async askPassphrase(prompt: string): Promise<string | undefined> {
    return vscode.window.showInputBox({ title: vscode.l10n.t('Countersign: sign with your SSH key'), prompt, password: true, ignoreFocusOut: true });
  }
}

function folders(): readonly string[] {
  return (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
}

function known(desks: readonly (Approvals | undefined)[]): readonly Approvals[] {
  return [...new Set(desks.filter((desk) => desk !== undefined))];
}
