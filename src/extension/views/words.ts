import * as vscode from 'vscode';
import { HOURS_FROM } from '../../broker/review.js';
import { inline } from '../../core/approval/display.js';
import type { RequestState } from '../../core/ledger/fold.js';

/**
 * Says on a row which repository or folder it belongs to, to whoever reads it and to whoever hears it. Two clones of one
 * repository list the same request, so its id says it as well.
 *
 * @param place undefined when there is only one, and nothing is said
 */
export function placed(item: vscode.TreeItem, place: string | undefined): vscode.TreeItem {
  if (place === undefined) return item;
  const name = inline(place);
  const withName = (words: unknown, between: string): string => [words, name].filter((part) => typeof part === 'string').join(between);
  if (item.id !== undefined) item.id = `${item.id}@${place}`;
  item.description = withName(item.description, ' · ');
  item.tooltip = [item.tooltip, vscode.l10n.t('In {0}', name)].filter((line) => typeof line === 'string').join('\n');
  item.accessibilityInformation = { label: withName(item.accessibilityInformation?.label, ', ') };
  return item;
}

/** What a folder is called beside the others of the workspace; undefined when it is the only one, or is outside. */
export function folderName(folder: vscode.WorkspaceFolder | undefined): string | undefined {
  return (vscode.workspace.workspaceFolders ?? []).length > 1 ? folder?.name : undefined;
}

/** What has become of a request, in the language of the editor. */
export function requestState(state: RequestState): string {
  switch (state) {
    case 'waiting':
      return vscode.l10n.t('waiting');
    case 'approved':
      return vscode.l10n.t('approved');
    case 'denied':
      return vscode.l10n.t('denied');
    case 'expired':
      return vscode.l10n.t('expired');
    case 'withdrawn':
      return vscode.l10n.t('withdrawn');
    case 'running':
      return vscode.l10n.t('running');
    case 'finished':
      return vscode.l10n.t('finished');
    case 'invalid':
      return vscode.l10n.t('not valid');
  }
}

/** How long a request stays open, in the language of the editor. @param seconds as they are left */
export function timeLeft(seconds: number): string {
  if (seconds <= 0) return vscode.l10n.t('over');
  if (seconds < 60) return vscode.l10n.t('{0} s left', seconds);
  return seconds < HOURS_FROM ? vscode.l10n.t('{0} min left', Math.floor(seconds / 60)) : vscode.l10n.t('{0} h left', Math.floor(seconds / 3600));
}
