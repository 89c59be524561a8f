import { lstatSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { inline } from '../../core/approval/display.js';
import { CountersignError } from '../../core/errors.js';
import { quote } from '../../core/shell/command.js';

/** The permissions to run a file. */
const ANY_MAY_RUN = 0o111;

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

/** Whether a file is its text and nothing more: whoever writes that text again has the same file. */
export function isOnlyText(file: string, text: string): boolean {
  const found = lstatSync(file);
  return found.isFile() && (found.mode & ANY_MAY_RUN) === 0 && readFileSync(file).equals(Buffer.from(text));
}

/**
 * Writes a file where there is none.
 *
 * @throws CountersignError `refused` when it cannot be written, or something has its name, a link to nowhere too
 */
export async function createFile(file: string, text: string): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text, { flag: 'wx' });
  } catch {
    throw new CountersignError('refused', vscode.l10n.t('The file could not be written. Is there another one of its name?'));
  }
}

/**
 * Deletes a file, into the trash where there is one.
 *
 * @param text what it is known to be
 * @throws CountersignError `refused` when it is another text by now
 */
export async function deleteFile(file: string, text: string): Promise<void> {
  if (isUnsaved(file) || textOnDisk(file) !== text) throw changedSince();
  const uri = vscode.Uri.file(file);
  await vscode.workspace.fs.delete(uri, { useTrash: true }).then(undefined, () => vscode.workspace.fs.delete(uri));
}

/** Whether the editor shows another text of a file than the disk has. */
export function isUnsaved(file: string): boolean {
  return vscode.workspace.textDocuments.some(({ uri, isDirty }) => uri.scheme === 'file' && uri.fsPath === file && isDirty);
}

/**
 * Takes a new file away, when the person says yes to that.
 *
 * @param text what they were shown
 * @param detail what becomes of its text, if anything does
 * @returns whether it is gone
 * @throws CountersignError `refused` when it is another text by now
 */
export async function moveToTrash(file: string, text: string, detail = ''): Promise<boolean> {
  const uri = vscode.Uri.file(file);
  const name = inline(vscode.workspace.asRelativePath(file));
  const trash = vscode.l10n.t('Move to trash');
  if ((await vscode.window.showWarningMessage(vscode.l10n.t('Move the new file {0} to the trash?', name), { modal: true, detail }, trash)) !== trash) return false;
  if (isUnsaved(file) || (await readFile(file, 'utf8').catch(() => undefined)) !== text) throw changedSince();
  try {
    await vscode.workspace.fs.delete(uri, { useTrash: true });
    return true;
  } catch {
    // A server has no trash.
    const remove = vscode.l10n.t('Delete for good');
    if ((await vscode.window.showWarningMessage(vscode.l10n.t('There is no trash where {0} is. Delete it for good?', name), { modal: true, detail }, remove)) !== remove) return false;
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
  await createFile(file, seen);
  return true;
}
