import * as vscode from 'vscode';
import type { FileDiagnostics } from '../diagnostics/file-diagnostics.js';
import { COMMANDS } from '../ids.js';
import type { ProposedEdits } from './proposed-edits.js';
import { notice } from './words.js';

/** Says once of a file that something came into it unseen, and draws its findings anew: they name who proposed them. */
export function watchEdits(edits: ProposedEdits, findings: FileDiagnostics): vscode.Disposable {
  const told = new Set<string>();
  return edits.onDidChange((file) => {
    findings.drawAnew(vscode.Uri.file(file));
    const edit = edits.at(file);
    if (!edit) {
      told.delete(file);
      return;
    }
    if (told.has(file)) return;
    told.add(file);
    const show = vscode.l10n.t('Show the change');
    void vscode.window.showWarningMessage(notice(edit), show).then((choice) => (choice === show ? vscode.commands.executeCommand(COMMANDS.showEdit, { edit }) : undefined));
  });
}
