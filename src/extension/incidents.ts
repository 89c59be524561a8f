import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Approvals } from '../broker/approvals.js';
import { clock } from '../world/clock.js';
import { inline } from '../core/approval/display.js';
import { messageOf } from '../core/errors.js';
import { boundedFacts, type IncidentFacts } from '../core/ledger/incident.js';
import { forgetIncident, keepIncident, keptIncidents, type KeptIncident } from '../world/incident-files.js';
import { VIEWS } from './ids.js';

/** What began without asking: recorded for the team where that can be done, kept on this machine until then. */
export class Incidents implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private flushing: Promise<void> | undefined;

  constructor(
    private readonly deskAt: (directory: string) => Promise<Approvals | undefined>,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Those that nobody but this machine knows of yet. */
  kept(): readonly KeptIncident[] {
    return keptIncidents(homedir());
  }

  async report(given: Omit<IncidentFacts, 'at'>, directory: string): Promise<void> {
    const facts = boundedFacts({ ...given, at: clock() });
    this.log.warn(`Incident: ${facts.way} ${inline(facts.name)}: ${inline(facts.script)}`);
    void this.tell(facts);
    const desk = await this.deskAt(directory).catch(() => undefined);
    // Written down before anything that can fail or wait for a passphrase.
    keepIncident(homedir(), desk?.repository.root ?? '', facts);
    this.changed.fire();
    await this.flush();
  }

  /** Records what is kept, as far as that can be done now. */
  flush(): Promise<void> {
    this.flushing ??= this.recordKept().finally(() => (this.flushing = undefined));
    return this.flushing;
  }

  private async recordKept(): Promise<void> {
    const unable = new Set<Approvals>();
    for (const { file, root, facts, nonce } of this.kept()) {
      const desk = path.isAbsolute(root) ? await this.deskAt(root).catch(() => undefined) : undefined;
      if (!desk || unable.has(desk)) continue;
      try {
        await desk.reportIncident(facts, nonce);
        forgetIncident(file);
        this.changed.fire();
      } catch (error) {
        this.log.warn(`An incident is kept on this machine, for it could not be recorded: ${messageOf(error)}`);
        // Those of other repositories are told all the same.
        unable.add(desk);
      }
    }
  }

  private async tell({ way, name, script, stopped }: IncidentFacts): Promise<void> {
    const what = inline(script.slice(0, 200));
    const begun =
      way === 'terminal'
        ? vscode.l10n.t('A command in the terminal “{0}” began without asking and should have waited: {1}.', inline(name), what)
        : vscode.l10n.t('The task “{0}” began without asking and should have waited: {1}.', inline(name), what);
    const end = stopped ? vscode.l10n.t('It was interrupted, but it had begun.') : vscode.l10n.t('It was over before it could be interrupted.');
    const show = vscode.l10n.t('Show the ledger');
    const choice = await vscode.window.showErrorMessage(`${begun} ${end}`, show);
    if (choice === show) await vscode.commands.executeCommand(`${VIEWS.ledger}.focus`);
  }

  dispose(): void {
    this.changed.dispose();
  }
}
