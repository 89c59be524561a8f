import * as vscode from 'vscode';
import { askForGlass, breakGlass } from '../broker/break-glass.js';
import { clock } from '../world/clock.js';
import { titleOf } from '../broker/review.js';
import { plain } from '../core/approval/display.js';
import type { DeskRequest } from './requests-model.js';
import type { ReviewDocuments } from './review-documents.js';

const LONGEST = 1000;

/** The person at this keyboard types where it lands and why, and touches their security key; what is held runs then. */
export async function breakGlassFor({ desk, view }: DeskRequest): Promise<void> {
  const { environments } = await askForGlass(view, desk, clock());
  const name = environments.join(' ');
  const title = vscode.l10n.t('Break the glass for {0}', titleOf(view));
  const typed = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('It runs without another person’s approval, and everybody is told. Type where it lands: {0}', plain(name)),
    validateInput: (text) => (text === '' || text.trim() === name ? undefined : vscode.l10n.t('Type exactly: {0}', plain(name))),
    ignoreFocusOut: true,
  });
  if (typed?.trim() !== name) return;
  const reason = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('Why? Everybody will read this, and another person has to review it before you can do it again.'),
    validateInput: (text) => (text.trim() === '' ? vscode.l10n.t('Say why.') : text.length > LONGEST ? vscode.l10n.t('At most 1,000 characters.') : undefined),
    ignoreFocusOut: true,
  });
  if (reason === undefined || reason.trim() === '') return;
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Touch your security key when it blinks.') }, () =>
    breakGlass(view, { environments: typed, reason }, desk, clock()),
  );
}

/** Another person says that they looked at it: with the review in front and in their own words. */
export async function reviewGlass(request: DeskRequest, reviews: ReviewDocuments): Promise<void> {
  const { desk, view } = request;
  if (reviews.active()?.view.digest !== view.digest) await reviews.open(request);
  const note = await vscode.window.showInputBox({
    title: vscode.l10n.t('Reviewed: {0}', titleOf(view)),
    prompt: vscode.l10n.t('What did you find? It is signed with your key and stands in the ledger.'),
    validateInput: (text) => (text.trim() === '' ? vscode.l10n.t('Say what you found.') : text.length > LONGEST ? vscode.l10n.t('At most 1,000 characters.') : undefined),
    ignoreFocusOut: true,
  });
  if (note !== undefined && note.trim() !== '') await desk.reviewGlass(view, note.trim());
}
