import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { Approvals } from '../broker/approvals.js';
import { openDesk } from '../broker/desk.js';
import type { Messenger } from '../broker/messenger.js';
import { clock } from '../world/clock.js';
import { SETTINGS } from './ids.js';

/** The desks of the repositories that are open: one per repository, opened once. */
export class Desks {
  private readonly byDirectory = new Map<string, Promise<Approvals | undefined>>();
  private readonly byRoot = new Map<string, Approvals>();

  constructor(private readonly messenger: Messenger) {}

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

  /** The desks that have a say in what runs in a directory: its own repository's first, then the open folders'. */
  async around(directory: string): Promise<readonly Approvals[]> {
    const [own, open] = await Promise.all([this.at(directory), this.all()]);
    return [...new Set(own ? [own, ...open] : open)];
  }

  /** The desks of the workspace's folders. */
  async all(): Promise<readonly Approvals[]> {
    const folders = (vscode.workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === 'file');
    const desks = await Promise.all(folders.map((folder) => this.at(folder.uri.fsPath)));
    return [...new Set(desks.filter((desk) => desk !== undefined))];
  }

  /** Opens desks anew, for remotes and policies may have changed. */
  forget(): void {
    this.byDirectory.clear();
    this.byRoot.clear();
  }

  private async askPassphrase(prompt: string): Promise<string | undefined> {
    return vscode.window.showInputBox({ title: vscode.l10n.t('Countersign: sign with your SSH key'), prompt, password: true, ignoreFocusOut: true });
  }
}
