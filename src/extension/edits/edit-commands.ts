import * as vscode from 'vscode';
import { inline } from '../../core/approval/display.js';
import type { EditRow, ProposedEdits } from './proposed-edits.js';
import { byWhom, lineOf, reasonsFor } from './words.js';

/** The edit, or the place of one, that a command is about: its row, else what the person chooses; all of it comes first. */
export async function chooseEdit(argument: unknown, edits: ProposedEdits, placeHolder: string): Promise<EditRow | undefined> {
  if (isRow(argument)) return argument;
  const rows = edits.all().flatMap((edit): readonly EditRow[] => (edit.hunks.length === 1 ? [{ edit }] : [{ edit }, ...edit.hunks.map((place) => ({ edit, place }))]));
  if (rows.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No edit is proposed: nothing that makes a file worse has arrived without typing.'));
    return undefined;
  }
  if (rows.length === 1) return rows[0];
  return (await vscode.window.showQuickPick(rows.map((row) => ({ ...wordsOf(row), row })), { placeHolder, matchOnDescription: true }))?.row;
}

function wordsOf({ edit, place }: EditRow): vscode.QuickPickItem {
  const name = inline(vscode.workspace.asRelativePath(edit.path));
  if (place) return { label: reasonsFor(place, edit)[0], description: vscode.l10n.t('{0}, line {1}', name, lineOf(place)) };
  return { label: name, description: byWhom(edit) };
}

function isRow(argument: unknown): argument is EditRow {
  return typeof argument === 'object' && argument !== null && 'edit' in argument;
}
