import * as vscode from 'vscode';
import { glassLines, shortName, shortPerson, stateOf, timeLeft, timeOf, titleOf } from '../../broker/review.js';
import { clock } from '../../world/clock.js';
import { plain } from '../../core/approval/display.js';
import { secondsLeft } from '../../core/approval/judge.js';
import type { RequestState, RequestView } from '../../core/ledger/fold.js';
import { requestEntry, type LedgerEntry } from '../../core/ledger/entries.js';
import { COMMANDS, VIEWS } from '../ids.js';
import type { DeskRequest, RequestsModel } from '../requests-model.js';
import type { ListFilter } from './list-filter.js';
import { ListView, oneOf } from './list-view.js';
import { placed } from './words.js';

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
export function heldView(model: RequestsModel, filter: ListFilter): ListView<DeskRequest> {
  const list: ListView<DeskRequest> = new ListView<DeskRequest>(
    VIEWS.held,
    oneOf(model.onDidChange, filter.onDidChange),
    (parent) => (parent ? [] : filter.fitting([...model.mine(), ...ownGlass(model)], entryIn(model), list.view)),
    ({ desk, view }) => placed(isOpen(view) ? requestItem(view, 'held') : glassItem(view, 'held'), model.nameOf(desk.repository.root)),
  );
  return list;
}

/** *Awaiting my approval*: what waits for the person at this keyboard, with a badge that counts what a filter hides as well. */
export function awaitingView(model: RequestsModel, filter: ListFilter): ListView<DeskRequest> {
  const list: ListView<DeskRequest> = new ListView<DeskRequest>(
    VIEWS.awaiting,
    oneOf(model.onDidChange, filter.onDidChange),
    (parent) => (parent ? [] : filter.fitting(model.toReview(), entryIn(model), list.view)),
    ({ desk, view }) => placed(view.glass ? glassItem(view, 'awaiting') : requestItem(view, 'awaiting'), model.nameOf(desk.repository.root)),
    (tree) => {
      const count = model.toReview().length;
      tree.badge = count > 0 ? { value: count, tooltip: vscode.l10n.t('{0} for you to review', count) } : undefined;
    },
  );
  return list;
}

function entryIn(model: RequestsModel): (row: DeskRequest) => LedgerEntry | undefined {
  return ({ desk, view }) => {
    const trust = model.all.find((state) => state.desk === desk)?.trust;
    return trust && requestEntry(view, trust);
  };
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
  item.tooltip = [titleOf(view), ...glassLines(view, vscode.l10n.t).map((line) => line.trim())].join('\n');
  item.accessibilityInformation = { label: `${titleOf(view)}, ${words}` };
  return item;
}

export function requestItem(view: RequestView, place: 'held' | 'awaiting' | 'ledger'): vscode.TreeItem {
  const item = new vscode.TreeItem(titleOf(view));
  const { request } = view.signed;
  const left = timeLeft(secondsLeft(request, clock()), vscode.l10n.t);
  const state = stateOf(view.state, vscode.l10n.t);
  const words = {
    held: `${state} · ${left}`,
    awaiting: `${left} · ${shortPerson(view.requester)}`,
    ledger: `${view.glass ? vscode.l10n.t('{0}, glass broken', state) : state} · ${timeOf(request.notBefore).slice(11, 16)} · ${shortPerson(view.requester ?? request.by)}`,
  };
  item.id = `${place}:${view.digest}`;
  item.description = words[place];
  item.contextValue = `request.${place}.${view.state}${view.state === 'approved' && request.operation.kind === 'edit' ? '.edit' : ''}`;
  item.iconPath = new vscode.ThemeIcon(ICONS[view.state], view.state === 'waiting' ? new vscode.ThemeColor('list.warningForeground') : undefined);
  item.tooltip = `${titleOf(view)}\n${shortName(view)}: ${place === 'ledger' ? state : `${state} · ${left}`}\n${plain(view.requester ?? request.by)}, ${timeOf(request.notBefore)}`;
  item.accessibilityInformation = { label: `${titleOf(view)}, ${words[place]}` };
  item.command = { command: COMMANDS.review, title: vscode.l10n.t('Review…'), arguments: [view.digest] };
  return item;
}
