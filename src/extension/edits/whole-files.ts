import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { inline } from '../../core/approval/display.js';
import { CountersignError } from '../../core/errors.js';
import { quote } from '../../core/shell/command.js';

export function changedSince(): CountersignError {
  return new CountersignError('refused', vscode.l10n.t('The file has changed since. Look at it again first.'));
}

/** A file’s text as an editor would show it; undefined where there is none that can be read. */
export function textOnDisk(file: string): string | undefined {
  try {
    return new TextDecoder().decode(readFileSync(file));
  } catch {
    return undefined;
  }
}

/**
 * Takes a new file away, when the person says yes to that.
 *
 * @param text what they were shown
 * @returns whether it is gone
 * @throws CountersignError `refused` when it is another text by now
 */
export async function moveToTrash(file: string, text: string): Promise<boolean> {
  const uri = vscode.Uri.file(file);
  const name = inline(vscode.workspace.asRelativePath(file));
  const trash = vscode.l10n.t('Move to trash');
  if ((await vscode.window.showWarningMessage(vscode.l10n.t('Move the new file {0} to the trash?', name), { modal: true }, trash)) !== trash) return false;
  const open = vscode.workspace.textDocuments.find((document) => document.uri.fsPath === file && document.isDirty);
  if (open || (await readFile(file, 'utf8').catch(() => undefined)) !== text) throw changedSince();
  try {
    await vscode.workspace.fs.delete(uri, { useTrash: true });
    return true;
  } catch {
    // A server has no trash.
    const remove = vscode.l10n.t('Delete for good');
    if ((await vscode.window.showWarningMessage(vscode.l10n.t('There is no trash where {0} is. Delete it for good?', name), { modal: true }, remove)) !== remove) return false;
    await vscode.workspace.fs.delete(uri);
    return true;
  }
}

/**
 * Writes a deleted file as the person saw it last; where they never did, says how to restore it from git.
 *
 * @returns whether it is there again
 * @throws CountersignError `refused` when it cannot be written
 */
export async function giveBack(file: string, seen: string | undefined): Promise<boolean> {
  if (seen === undefined) {
    const name = vscode.workspace.asRelativePath(file, false);
    const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file))?.uri.fsPath ?? '.';
    const copy = vscode.l10n.t('Copy the command');
    // A terminal may be in any directory.
    const command = `git -C ${quote(folder)} restore --staged --worktree -- ${quote(name)}`;
    void vscode.window.showInformationMessage(vscode.l10n.t('{0} was not open in this window, so only git has its text, as it was committed: {1}', inline(name), inline(command)), copy).then((choice) => (choice === copy ? vscode.env.clipboard.writeText(command) : undefined));
    return false;
  }
  const change = new vscode.WorkspaceEdit();
  change.createFile(vscode.Uri.file(file), { contents: new TextEncoder().encode(seen) });
  if (!(await vscode.workspace.applyEdit(change))) throw new CountersignError('refused', vscode.l10n.t('The file could not be written again. Is there another one of its name?'));
  return true;
}
