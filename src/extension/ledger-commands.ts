import * as vscode from 'vscode';
import type { Approvals } from '../broker/approvals.js';
import { entriesFor, ledgerEntries } from '../broker/ledger-entries.js';
import { stateOf } from '../broker/review.js';
import { inert, inline } from '../core/approval/display.js';
import { entryName, shortId, timestamp, type LedgerEntry } from '../core/ledger/entries.js';
import { readFilter, type LedgerFilter } from '../core/ledger/filter.js';
import { EXPORTS, type ExportFormat } from '../core/ledger/reports/exports.js';
import { htmlReport } from '../core/ledger/reports/html.js';
import { postMortem } from '../core/ledger/reports/post-mortem.js';
import { joined, sentence, type Sentence, type Value } from '../core/say.js';
import { clock } from '../world/clock.js';
import { chooseDesk } from './choose-desk.js';
import type { Desks } from './desks.js';
import type { RequestsModel } from './requests-model.js';
import type { LedgerRow } from './views/ledger-view.js';

/** The ledger of one repository, read and verified a moment ago. */
interface Reading {
  readonly entries: readonly LedgerEntry[];
  /** Unix seconds. */
  readonly now: number;
  /** What may be missing. */
  readonly gap: string | undefined;
}

/** What a post-mortem tells of. */
interface Subject {
  readonly about: Value;
  readonly entries: readonly LedgerEntry[];
}

/** As many days, and as many entries, are offered to choose from, the newest first. */
const MOST_OFFERED = 100;

/** “Post-mortem…”: a report of a row of the ledger, an entry, a day or the last week, as a document to go on writing in. */
export async function openPostMortem(desks: Desks, model: RequestsModel, row: LedgerRow | undefined): Promise<void> {
  const digest = digestOf(row);
  const desk = digest === undefined ? await chooseDesk(desks) : deskWith(model, digest);
  if (!desk) return;
  const { entries, now, gap } = await readLedger(desk);
  const subject = digest === undefined ? await chooseSubject(entries, now) : aboutOne(entriesFor(entries, {}, digest));
  if (!subject) return;
  const content = postMortem(subject.entries, { about: subject.about, written: timestamp(now), gap }, vscode.l10n.t);
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'markdown', content }), { preview: false });
}

function digestOf(row: LedgerRow | undefined): string | undefined {
  if (!row || 'line' in row || 'day' in row) return undefined;
  return 'request' in row ? row.request.view.digest : row.incident.id;
}

function deskWith(model: RequestsModel, digest: string): Approvals | undefined {
  return model.all.find(({ requests, incidents }) => [...requests, ...incidents].some((view) => view.digest === digest))?.desk;
}

async function chooseSubject(entries: readonly LedgerEntry[], now: number): Promise<Subject | undefined> {
  type Item = vscode.QuickPickItem & { readonly subject?: () => Subject };
  const separator = (label: string): Item => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const within = (about: Value, filter: LedgerFilter) => () => ({ about, entries: entriesFor(entries, filter, undefined) });
  const items: Item[] = [
    { label: vscode.l10n.t('The last seven days'), subject: within(sentence('the last seven days'), readFilter({ since: '7d' }, now)) },
    separator(vscode.l10n.t('A day (UTC)')),
    ...[...countDays(entries)].slice(0, MOST_OFFERED).map(([day, count]): Item => ({ label: day, description: vscode.l10n.t('entries: {0}', count), subject: within(day, readFilter({ since: day, until: day }, now)) })),
    separator(vscode.l10n.t('A request or an incident')),
    ...entries.slice(0, MOST_OFFERED).map((entry): Item => ({ label: inline(entry.title), description: [entry.entry === 'incident' ? vscode.l10n.t('incident') : stateOf(entry.state, vscode.l10n.t), entry.at.slice(0, 16).replace('T', ' '), inline(entry.person), shortId(entry)].join(' · '), subject: () => aboutOne([entry]) })),
  ];
  const choice = await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t('A post-mortem of what?'), matchOnDescription: true });
  return choice?.subject?.();
}

/** How many entries each day has, in the order of the entries. */
function countDays(entries: readonly LedgerEntry[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { at } of entries) counts.set(at.slice(0, 10), (counts.get(at.slice(0, 10)) ?? 0) + 1);
  return counts;
}

function aboutOne(entries: readonly LedgerEntry[]): Subject {
  return { about: joined(entries.map(entryName), ', '), entries };
}

/** “Export ledger…”: a format, a span of time, a file. */
export async function exportLedger(desks: Desks): Promise<void> {
  const desk = await chooseDesk(desks);
  const format = desk && (await chooseFormat());
  const span = format && (await chooseSpan());
  if (!span) return;
  const name = `countersign-ledger-${timestamp(clock()).slice(0, 10)}.${format.id}`;
  const file = await vscode.window.showSaveDialog({ title: vscode.l10n.t('Export ledger'), filters: { [format.label]: [format.id] }, defaultUri: vscode.Uri.joinPath(vscode.Uri.file(desk.repository.root), name) });
  if (!file) return;
  const { entries, now, gap } = await readLedger(desk);
  const found = entriesFor(entries, readFilter({ since: span.since }, now), undefined);
  await vscode.workspace.fs.writeFile(file, Buffer.from(EXPORTS[format.id](found, { written: timestamp(now), span: span.words, gap }, vscode.l10n.t)));
  const told = vscode.l10n.t('Exported to {0}. Entries of the ledger: {1}.', inline(vscode.workspace.asRelativePath(file)), found.length);
  void (gap === undefined ? vscode.window.showInformationMessage(told) : vscode.window.showWarningMessage(vscode.l10n.t('{0} Something may be missing: {1}', told, inert(gap))));
}

function chooseFormat(): Thenable<{ readonly label: string; readonly id: ExportFormat } | undefined> {
  return vscode.window.showQuickPick(
    [
      { label: 'JSON Lines', description: vscode.l10n.t('every entry whole, for other programs'), id: 'jsonl' as const },
      { label: 'CSV', description: vscode.l10n.t('a table for spreadsheets'), id: 'csv' as const },
      { label: 'SARIF', description: vscode.l10n.t('what was denied or went round the gate, for code scanning'), id: 'sarif' as const },
      { label: 'HTML', description: vscode.l10n.t('a page with charts'), id: 'html' as const },
    ],
    { placeHolder: vscode.l10n.t('Export the ledger in which format?') },
  );
}

/** The label is for the person who chooses; the words stand in the file. */
function chooseSpan(): Thenable<{ readonly since: string | undefined; readonly words: Sentence } | undefined> {
  return vscode.window.showQuickPick(
    [
      { label: vscode.l10n.t('Everything'), since: undefined, words: sentence('everything') },
      { label: vscode.l10n.t('The last seven days'), since: '7d', words: sentence('the last seven days') },
      { label: vscode.l10n.t('The last 30 days'), since: '30d', words: sentence('the last 30 days') },
      { label: vscode.l10n.t('The last 365 days'), since: '365d', words: sentence('the last 365 days') },
    ],
    { placeHolder: vscode.l10n.t('Which part of it?') },
  );
}

/** “Show ledger report”: the page with charts, in a tab of its own, without script. */
export class LedgerReport implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;

  async show(desks: Desks): Promise<void> {
    const desk = await chooseDesk(desks);
    if (!desk) return;
    const { entries, now, gap } = await readLedger(desk);
    this.panel ??= this.open();
    this.panel.webview.html = htmlReport(entries, { written: timestamp(now), span: sentence('everything'), gap }, vscode.l10n.t);
    this.panel.reveal();
  }

  private open(): vscode.WebviewPanel {
    const panel = vscode.window.createWebviewPanel('countersign.ledgerReport', vscode.l10n.t('Ledger report'), vscode.ViewColumn.Active, { enableScripts: false, localResourceRoots: [], enableFindWidget: true });
    panel.onDidDispose(() => (this.panel = undefined));
    return panel;
  }

  dispose(): void {
    this.panel?.dispose();
  }
}

function readLedger(desk: Approvals): Thenable<Reading> {
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Reading the ledger') }, async () => {
    const { problem } = await desk.sync();
    const now = clock();
    return { entries: await ledgerEntries(desk, now), now, gap: problem };
  });
}
