import * as vscode from 'vscode';
import type { Approvals } from '../broker/approvals.js';
import { CountersignError } from '../core/errors.js';
import type { Desks } from './desks.js';

/** The repository a command is about: the only one that is open, or the one that the person names. */
export async function chooseDesk(desks: Desks): Promise<Approvals | undefined> {
  const all = await desks.all();
  if (all.length === 0) throw new CountersignError('git', vscode.l10n.t('Open the folder of a git repository first: approvals live in one.'));
  if (all.length === 1) return all[0];
  return (await vscode.window.showQuickPick(all.map((desk) => ({ label: desk.repository.root, desk })), { placeHolder: vscode.l10n.t('Which repository?') }))?.desk;
}
