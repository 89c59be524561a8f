import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { environmentsUnder, type Policies } from '../../core/policy/policy.js';
import { scanFolder } from '../../world/scan-folder.js';
import { ScannerPool } from '../../world/scanner-pool.js';
import { foundOnDisk } from './kept-findings.js';
import type { KnownFindings } from './known-findings.js';

/** What a scan came to. */
interface Tally {
  readonly done: number;
  readonly total: number;
  readonly files: number;
  readonly findings: number;
  /** Files that could not be read to their end. */
  readonly unread: number;
}

/** “Scan workspace”: what the files of the workspace would do where they run, also those that nobody has open. */
export class WorkspaceScan {
  private running: Promise<void> | undefined;

  constructor(
    private readonly policies: () => Policies,
    private readonly known: KnownFindings,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Scans, one scan at a time, and says what came of it. */
  run(): Promise<void> {
    this.running ??= this.scan().finally(() => (this.running = undefined));
    return this.running;
  }

  private async scan(): Promise<void> {
    this.known.forgetScan();
    const options = { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Scanning the workspace'), cancellable: true };
    const { tally, stopped } = await vscode.window.withProgress(options, async (progress, token) => {
      const pool = new ScannerPool(homedir());
      let tally: Tally = { done: 0, total: 0, files: 0, findings: 0, unread: 0 };
      try {
        for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
          if (uri.scheme === 'file' && !token.isCancellationRequested) tally = await this.scanIn(uri, pool, tally, progress, token);
        }
      } finally {
        pool.dispose();
      }
      return { tally, stopped: token.isCancellationRequested };
    });
    void tell(tally, stopped);
  }

  private async scanIn(folder: vscode.Uri, pool: ScannerPool, before: Tally, progress: vscode.Progress<{ readonly message: string }>, token: vscode.CancellationToken): Promise<Tally> {
    let tally = before;
    const environments = environmentsUnder(this.policies());
    for await (const { done, total, files, unread } of scanFolder(folder.fsPath, pool.readers(environments))) {
      for (const { path, reason } of unread) this.log.warn(`${path}: ${reason}`);
      for (const { path, findings: all } of files) {
        const uri = vscode.Uri.joinPath(folder, path);
        const findings = foundOnDisk(uri, all);
        if (findings.length === 0) continue;
        this.known.found(uri, findings);
        tally = { ...tally, files: tally.files + 1, findings: tally.findings + findings.length };
      }
      tally = { ...tally, done: before.done + done, total: before.total + total, unread: tally.unread + unread.length };
      progress.report({ message: vscode.l10n.t('{0} of {1} files', tally.done, tally.total) });
      if (token.isCancellationRequested) break;
    }
    return tally;
  }
}

async function tell({ done, total, files, findings, unread }: Tally, stopped: boolean): Promise<void> {
  const lines = [
    stopped ? vscode.l10n.t('The scan was stopped after {0} of {1} files.', done, total) : vscode.l10n.t('Scanned {0} files.', total),
    findings === 0 ? vscode.l10n.t('Nothing in them would destroy anything where it runs.') : vscode.l10n.t('Findings: {0}, in {1} files.', findings, files),
    ...(unread === 0 ? [] : [vscode.l10n.t('Files that could not be read to their end: {0}. The log names them.', unread)]),
  ];
  const show = vscode.l10n.t('Show problems');
  const choice = await vscode.window.showInformationMessage(lines.join(' '), ...(findings === 0 ? [] : [show]));
  if (choice === show) await vscode.commands.executeCommand('workbench.actions.view.problems');
}
