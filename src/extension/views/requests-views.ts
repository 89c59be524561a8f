import * as vscode from 'vscode';
import { glassLines, shortName, shortPerson, timeOf, titleOf } from '../../broker/review.js';
import { clock } from '../../world/clock.js';
import { inert, inline, plain } from '../../core/approval/display.js';
import { secondsLeft } from '../../core/approval/judge.js';
import type { RequestState, RequestView } from '../../core/ledger/fold.js';
import type { IncidentFacts } from '../../core/ledger/incident.js';
import { COMMANDS, VIEWS } from '../ids.js';
import type { Incidents } from '../incidents.js';
import type { DeskRequest, RequestsModel } from '../requests-model.js';
import { ListView } from './list-view.js';
import { requestState, timeLeft } from './words.js';

const ICONS: Record<RequestState, string> = {
  waiting: 'watch',
  approved: 'pass',
  denied: 'circle-slash',
  expired: 'history',
  withdrawn: 'discard',
  running: 'play',
  finished: 'check-all',
  invalid: 'error',
};

/** *Held*: what the person at this keyboard waits for. */
export function heldView(model: RequestsModel): ListView<DeskRequest> {
  return new ListView<DeskRequest>(VIEWS.held, model.onDidChange, (parent) => (parent ? [] : [...model.mine(), ...ownGlass(model)]), ({ view }) => (isOpen(view) ? requestItem(view, 'held') : glassItem(view, 'held')));
}

/** *Awaiting my approval*: what waits for the person at this keyboard, with a badge. */
export function awaitingView(model: RequestsModel): ListView<DeskRequest> {
  return new ListView<DeskRequest>(
    VIEWS.awaiting,
    model.onDidChange,
    (parent) => (parent ? [] : model.toReview()),
    ({ view }) => (view.glass ? glassItem(view, 'awaiting') : requestItem(view, 'awaiting')),
    (tree) => {
      const count = model.toReview().length;
      tree.badge = count > 0 ? { value: count, tooltip: vscode.l10n.t('{0} for you to review', count) } : undefined;
    },
  );
}

/** One's own broken glass stays in sight until another person has looked at it. */
function ownGlass(model: RequestsModel): DeskRequest[] {
  const others = new Set(model.glassToReview().map(({ view }) => view.digest));
  return model.brokenGlass().filter(({ view }) => !others.has(view.digest) && !isOpen(view));
}

function isOpen({ state }: RequestView): boolean {
  return state === 'waiting' || state === 'approved' || state === 'running';
}

function glassItem(view: RequestView, place: 'held' | 'awaiting'): vscode.TreeItem {
  const item = requestItem(view, place);
  const words = vscode.l10n.t('glass broken · {0} · {1}', timeOf(view.glass?.at ?? 0).slice(11, 16), shortPerson(view.requester));
  item.description = words;
  item.iconPath = new vscode.ThemeIcon('flame', new vscode.ThemeColor('list.errorForeground'));
  item.contextValue = `glass.${place}`;
  item.tooltip = [titleOf(view), ...glassLines(view).map((line) => line.trim())].join('\n');
  item.accessibilityInformation = { label: `${titleOf(view)}, ${words}` };
  return item;
}

/** What one row of the *Ledger* is about. */
export type LedgerRow = { readonly request: DeskRequest } | { readonly incident: IncidentRow } | { readonly line: string; readonly icon: string };

/** Something that began without asking; without a reporter it is known on this machine alone. */
interface IncidentRow {
  readonly id: string;
  readonly facts: IncidentFacts;
  readonly reporter: string | undefined;
}

/** *Ledger*: every request with what was said about it, and what began without asking; newest first. */
export function ledgerView(model: RequestsModel, incidents: Incidents): ListView<LedgerRow> {
  return new ListView<LedgerRow>(
    VIEWS.ledger,
    (listener) => vscode.Disposable.from(model.onDidChange(listener), incidents.onDidChange(listener)),
    (parent) => {
      if (!parent) return ledgerRows(model, incidents);
      if ('incident' in parent) return incidentLines(parent.incident);
      return 'request' in parent ? ledgerLines(parent.request.view) : [];
    },
    (row) => {
      if ('incident' in row) return incidentItem(row.incident);
      if ('request' in row) {
        const item = requestItem(row.request.view, 'ledger');
        item.collapsibleState = vscode.TreeItemCollapsibleState.Collapsed;
        return item;
      }
      const item = new vscode.TreeItem(row.line);
      item.iconPath = new vscode.ThemeIcon(row.icon);
      item.tooltip = row.line;
      return item;
    },
  );
}

function ledgerRows(model: RequestsModel, incidents: Incidents): LedgerRow[] {
  const recorded = model.incidents().map(({ digest, incident, reporter }) => ({ id: digest, facts: incident, reporter }));
  const kept = incidents.kept().map(({ file, facts }) => ({ id: file, facts, reporter: undefined }));
  const rows = [
    ...model.everything().map((request) => ({ at: request.view.signed.request.notBefore, row: { request } })),
    ...[...recorded, ...kept].map((incident) => ({ at: incident.facts.at, row: { incident } })),
  ];
  return rows.sort((a, b) => b.at - a.at).map(({ row }) => row);
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
  for (const problem of view.problems) rows.push({ icon: 'warning', line: inert(problem) });
  return rows;
}

function outcomeText(exitCode: number | null): string {
  return exitCode === null ? vscode.l10n.t('Ended without an exit code') : vscode.l10n.t('Ended with exit code {0}', exitCode);
}

function requestItem(view: RequestView, place: 'held' | 'awaiting' | 'ledger'): vscode.TreeItem {
  const item = new vscode.TreeItem(titleOf(view));
  const { request } = view.signed;
  const left = timeLeft(secondsLeft(request, clock()));
  const state = requestState(view.state);
  const words = {
    held: `${state} · ${left}`,
    awaiting: `${left} · ${shortPerson(view.requester)}`,
    ledger: `${view.glass ? vscode.l10n.t('{0}, glass broken', state) : state} · ${timeOf(request.notBefore).slice(11, 16)} · ${shortPerson(view.requester ?? request.by)}`,
  };
  item.id = `${place}:${view.digest}`;
  item.description = words[place];
  item.contextValue = `request.${place}.${view.state}`;
  item.iconPath = new vscode.ThemeIcon(ICONS[view.state], view.state === 'waiting' ? new vscode.ThemeColor('list.warningForeground') : undefined);
  item.tooltip = `${titleOf(view)}\n${shortName(view)}: ${state}\n${plain(view.requester ?? request.by)}, ${timeOf(request.notBefore)}`;
  item.accessibilityInformation = { label: `${titleOf(view)}, ${words[place]}` };
  item.command = { command: COMMANDS.review, title: vscode.l10n.t('Review…'), arguments: [view.digest] };
  return item;
}
