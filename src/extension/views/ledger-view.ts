import * as vscode from 'vscode';
import { shortPerson, timeOf } from '../../broker/review.js';
import { digestOf } from '../../core/approval/canonical.js';
import { inert, inline, plain } from '../../core/approval/display.js';
import { incidentEntry, requestEntry, timestamp, type LedgerEntry } from '../../core/ledger/entries.js';
import type { RequestView } from '../../core/ledger/fold.js';
import type { IncidentFacts } from '../../core/ledger/incident.js';
import { clock } from '../../world/clock.js';
import { VIEWS } from '../ids.js';
import type { Incidents } from '../incidents.js';
import type { DeskRequest, RequestsModel } from '../requests-model.js';
import type { ListFilter } from './list-filter.js';
import { ListView, oneOf } from './list-view.js';
import { requestItem } from './requests-views.js';
import { spoken } from '../../core/say.js';
import { placed } from './words.js';

/** No more rows are made for one day: a filter finds the others. */
const MOST_OF_A_DAY = 200;
/** Seconds; a day in UTC has no other length. */
const DAY = 86_400;

/** What one row of the *Ledger* is about. */
export type LedgerRow = { readonly day: Day } | { readonly request: DeskRequest } | { readonly incident: IncidentRow } | { readonly line: string; readonly icon: string };

/** What was asked for, or began, on one day (UTC, like every time in the ledger), the newest first. */
interface Day {
  readonly name: string;
  readonly rows: readonly LedgerRow[];
  readonly isOpen: boolean;
}

/** Something that began without asking; without a reporter it is known on this machine alone. */
interface IncidentRow {
  readonly id: string;
  readonly facts: IncidentFacts;
  readonly reporter: string | undefined;
  /** The top of its repository; empty when it happened outside of any. */
  readonly root: string;
}

/** A row with what a filter looks at. */
interface Matter {
  /** Unix seconds. */
  readonly at: number;
  readonly row: LedgerRow;
  readonly entry: () => LedgerEntry;
}

/** *Ledger*: every request with what was said about it, and what began without asking, as a time line by day. */
export function ledgerView(model: RequestsModel, incidents: Incidents, filter: ListFilter): ListView<LedgerRow> {
  const list: ListView<LedgerRow> = new ListView<LedgerRow>(
    VIEWS.ledger,
    oneOf(model.onDidChange, incidents.onDidChange, filter.onDidChange),
    (parent) => (parent ? below(parent) : byDay(filter.fitting(mattersOf(model, incidents), ({ entry }) => entry(), list.view), filter.isOn)),
    (row) => itemOf(row, model),
  );
  return list;
}

/** The newest first. */
function mattersOf(model: RequestsModel, incidents: Incidents): Matter[] {
  const matters: Matter[] = [
    ...model.all.flatMap(({ desk, trust, requests }) =>
      trust === undefined ? [] : requests.map((view) => ({ at: view.signed.request.notBefore, row: { request: { desk, view } }, entry: () => requestEntry(view, trust) })),
    ),
    ...model.all.flatMap(({ desk: { repository }, incidents: told }) =>
      told.map(({ digest, incident, reporter }) => ({ at: incident.at, row: { incident: { id: digest, facts: incident, reporter, root: repository.root } }, entry: () => incidentEntry(digest, incident, reporter) })),
    ),
    ...incidents.kept().map(({ file, facts, root }) => ({ at: facts.at, row: { incident: { id: file, facts, reporter: undefined, root } }, entry: () => incidentEntry(digestOf(facts), facts, '') })),
  ];
  return matters.sort((a, b) => b.at - a.at);
}

/** The newest day is unfolded, and every day in which something was looked for. */
function byDay(matters: readonly Matter[], isFiltered: boolean): LedgerRow[] {
  const days = new Map<number, LedgerRow[]>();
  for (const { at, row } of matters) {
    const day = Math.floor(at / DAY);
    const rows = days.get(day);
    if (rows) rows.push(row);
    else days.set(day, [row]);
  }
  return [...days].map(([day, rows], index) => ({ day: { name: timestamp(day * DAY).slice(0, 10), rows, isOpen: isFiltered || index === 0 } }));
}

function below(row: LedgerRow): readonly LedgerRow[] {
  if ('day' in row) return rowsOf(row.day);
  if ('incident' in row) return incidentLines(row.incident);
  return 'request' in row ? ledgerLines(row.request.view) : [];
}

function rowsOf({ rows }: Day): readonly LedgerRow[] {
  if (rows.length <= MOST_OF_A_DAY) return rows;
  return [...rows.slice(0, MOST_OF_A_DAY), { icon: 'filter', line: vscode.l10n.t('And {0} more on this day: “Filter ledger…” finds them.', rows.length - MOST_OF_A_DAY) }];
}

function itemOf(row: LedgerRow, model: RequestsModel): vscode.TreeItem {
  if ('day' in row) return dayItem(row.day);
  if ('incident' in row) return placed(incidentItem(row.incident), model.nameOf(row.incident.root));
  if ('request' in row) {
    const item = requestItem(row.request.view, 'ledger');
    item.collapsibleState = vscode.TreeItemCollapsibleState.Collapsed;
    return placed(item, model.nameOf(row.request.desk.repository.root));
  }
  const item = new vscode.TreeItem(row.line);
  item.iconPath = new vscode.ThemeIcon(row.icon);
  item.tooltip = row.line;
  return item;
}

function dayItem({ name, rows, isOpen }: Day): vscode.TreeItem {
  const label = name === timestamp(clock()).slice(0, 10) ? vscode.l10n.t('Today, {0}', name) : name;
  const item = new vscode.TreeItem(label, isOpen ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed);
  // The editor remembers what was folded; a day that is no longer the newest is another row, and folds.
  item.id = `day:${name}/${String(isOpen)}`;
  item.description = vscode.l10n.t('entries: {0}', rows.length);
  item.iconPath = new vscode.ThemeIcon('calendar');
  item.contextValue = 'day';
  item.tooltip = vscode.l10n.t('What was asked for, or began without asking, on {0} (UTC)', name);
  item.accessibilityInformation = { label: `${label}, ${item.description}` };
  return item;
}

function incidentItem({ id, facts, reporter }: IncidentRow): vscode.TreeItem {
  const title = inline(facts.script.split('\n')[0] ?? '');
  const item = new vscode.TreeItem(title, vscode.TreeItemCollapsibleState.Collapsed);
  const who = reporter === undefined ? vscode.l10n.t('this machine') : shortPerson(reporter);
  item.id = `incident:${id}`;
  item.description = vscode.l10n.t('incident · {0} · {1}', timeOf(facts.at).slice(11, 16), who);
  item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  item.contextValue = reporter === undefined ? 'incident.kept' : 'incident';
  item.tooltip = vscode.l10n.t('It began without asking and should have waited.');
  item.accessibilityInformation = { label: vscode.l10n.t('Incident: {0} began without asking', title) };
  return item;
}

function incidentLines({ facts, reporter }: IncidentRow): LedgerRow[] {
  const at = timeOf(facts.at);
  const name = inline(facts.name);
  const begun = facts.way === 'terminal' ? vscode.l10n.t('Began without asking in the terminal “{0}” at {1}', name, at) : vscode.l10n.t('Began without asking as the task “{0}” at {1}', name, at);
  return [
    { icon: 'warning', line: begun },
    { icon: facts.stopped ? 'debug-stop' : 'error', line: facts.stopped ? vscode.l10n.t('Interrupted after it had begun') : vscode.l10n.t('Over before it could be interrupted') },
    { icon: 'globe', line: vscode.l10n.t('Lands in {0}', facts.environments.map(inline).join(', ')) },
    ...facts.findings.map((finding) => ({ icon: 'info', line: inline(finding) })),
    reporter === undefined
      ? { icon: 'circle-outline', line: vscode.l10n.t('Kept on this machine: nobody could sign it yet') }
      : { icon: 'key', line: vscode.l10n.t('Reported and signed by {0}', inline(reporter)) },
  ];
}

function ledgerLines(view: RequestView): LedgerRow[] {
  const { request } = view.signed;
  const rows: LedgerRow[] = [{ icon: 'comment', line: vscode.l10n.t('Asked by {0} at {1}', plain(view.requester ?? request.by), timeOf(request.notBefore)) }];
  for (const approval of view.approvals) rows.push({ icon: 'key', line: vscode.l10n.t('Approved by {0} with {1}', plain(approval.person), approval.fingerprint) });
  if (view.denial) rows.push({ icon: 'circle-slash', line: vscode.l10n.t('Denied by {0} at {1}: {2}', plain(view.denial.person), timeOf(view.denial.at), plain(view.denial.reason)) });
  if (view.glass) rows.push({ icon: 'flame', line: vscode.l10n.t('Glass broken at {0}: {1}', timeOf(view.glass.at), plain(view.glass.reason)) });
  if (view.glass) rows.push(view.glassReview ? { icon: 'eye', line: vscode.l10n.t('Reviewed by {0}: {1}', plain(view.glassReview.person), plain(view.glassReview.note)) } : { icon: 'eye-closed', line: vscode.l10n.t('Nobody has reviewed that yet') });
  if (view.withdrawal) rows.push({ icon: 'discard', line: vscode.l10n.t('Withdrawn at {0}', timeOf(view.withdrawal.at)) });
  if (view.use) rows.push({ icon: 'play', line: view.use.unconfirmed ? vscode.l10n.t('Run at {0}, unconfirmed: the store could not be reached', timeOf(view.use.at)) : vscode.l10n.t('Run at {0}', timeOf(view.use.at)) });
  if (view.state === 'running') rows.push({ icon: 'circle-outline', line: vscode.l10n.t('No outcome is recorded: it still runs, or nobody saw its end') });
  if (view.outcome) rows.push({ icon: 'check-all', line: outcomeText(view.outcome.exitCode) });
  for (const problem of view.problems) rows.push({ icon: 'warning', line: inert(spoken(problem, vscode.l10n.t)) });
  return rows;
}

function outcomeText(exitCode: number | null): string {
  return exitCode === null ? vscode.l10n.t('Ended without an exit code') : vscode.l10n.t('Ended with exit code {0}', exitCode);
}
