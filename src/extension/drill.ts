import * as vscode from 'vscode';
import { homedir } from 'node:os';
import path from 'node:path';
import { clock } from '../world/clock.js';
import { assistantPaths } from '../drill/assistants.js';
import type { DrillBook } from '../drill/book.js';
import { runDrill } from '../drill/drill.js';
import { terminalPaths } from '../drill/paths.js';
import { markdownOf, passed, type Report } from '../drill/report.js';
import { gateDirectory } from '../guards/install.js';
import { run } from '../world/process.js';
import { grounds } from './gates/assistants.js';
import { debugPaths, starterInWindow, taskPaths } from './drill-paths.js';
import { DRILL_SCHEME } from './ids.js';

const REPORT = vscode.Uri.from({ scheme: DRILL_SCHEME, path: '/Countersign drill.md' });

/** “Run drill”: plays harmless canaries through every path of this window, and shows what waits and what does not. */
export class EditorDrill implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private report: Report | undefined;
  private running: Promise<Report> | undefined;
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(DRILL_SCHEME, this);

  constructor(
    private readonly book: DrillBook,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /**
   * Gives the report, so that tests and other extensions can read it.
   *
   * @param argument beginnings of the ids of the paths to play; every path without
   */
  async run(argument?: unknown): Promise<Report> {
    const only = Array.isArray(argument) ? argument.filter((item): item is string => typeof item === 'string') : undefined;
    this.running ??= this.play(only).finally(() => (this.running = undefined));
    const report = await this.running;
    this.report = report;
    this.changed.fire(REPORT);
    // Not awaited: whoever started the drill has its report, and the document may stay.
    void this.show(report);
    return report;
  }

  private async play(only: readonly string[] | undefined): Promise<Report> {
    const options = { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Countersign drill'), cancellable: true };
    return vscode.window.withProgress(options, async (progress, token) => {
      const stop = new AbortController();
      token.onCancellationRequested(() => stop.abort());
      const starter = starterInWindow(path.join(gateDirectory(homedir()), 'shims'));
      return runDrill({
        book: this.book,
        canaries: [...terminalPaths(starter), ...taskPaths(), ...debugPaths(), ...assistantPaths(grounds())],
        where: 'a window of the editor',
        runBare: ([program = '', ...args], cwd) => run(program, args, { cwd, env: { PATH: '/usr/bin:/bin' } }),
        now: clock,
        signal: stop.signal,
        ...(only && { only }),
        onProgress: (title, done, all) => {
          this.log.info(`drill: ${title}`);
          progress.report({ message: `${done + 1}/${all} ${title}`, increment: 100 / all });
        },
      });
    });
  }

  private async show(report: Report): Promise<void> {
    const document = await vscode.workspace.openTextDocument(REPORT);
    await vscode.languages.setTextDocumentLanguage(document, 'markdown');
    await vscode.window.showTextDocument(document, { preview: true });
    const { waits, decides, unclear } = report.counts;
    const copy = vscode.l10n.t('Copy as JSON');
    const message = passed(report) ? vscode.l10n.t('Drill: all {0} paths wait for review.', waits) : vscode.l10n.t('Drill: {0} paths wait for review; on {1} the tool decides, {2} could not be told.', waits, decides, unclear);
    const choice = await vscode.window.showInformationMessage(message, copy);
    if (choice === copy) await vscode.env.clipboard.writeText(JSON.stringify(report, undefined, 2));
  }

  provideTextDocumentContent(): string {
    return this.report ? markdownOf(this.report) : vscode.l10n.t('No drill has been run in this window yet.');
  }

  dispose(): void {
    vscode.Disposable.from(this.registration, this.changed).dispose();
  }
}
