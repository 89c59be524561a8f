import * as vscode from 'vscode';
import { HOURS_FROM } from '../../broker/review.js';
import type { RequestState } from '../../core/ledger/fold.js';

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
