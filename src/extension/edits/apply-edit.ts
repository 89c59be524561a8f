import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { askAgain } from '../../broker/edit-asks.js';
import { takeUp } from '../../broker/hold.js';
import { sentence } from '../../broker/review.js';
import { inline } from '../../core/approval/display.js';
import type { Operation } from '../../core/approval/operation.js';
import type { Edit } from '../../core/edits/compare.js';
import { CountersignError } from '../../core/errors.js';
import type { RequestView } from '../../core/ledger/fold.js';
import { clock } from '../../world/clock.js';
import { fileDigest } from '../../world/file-world.js';
import type { DeskRequest } from '../requests-model.js';
import type { ProposedEdits, TextEdit } from './proposed-edits.js';

/** The file that the request for an edit is about, as people know it. */
export function fileOf({ signed }: RequestView): string {
  return inline(signed.request.operation.inputs[0]?.path ?? '');
}

/**
 * Writes an edit that others approved into its file, once, and records how that went.
 *
 * @param request one of the person's own
 * @throws CountersignError when it is not written; where its approval was not used up, it can be tried again
 */
export async function applyEdit({ desk, view }: DeskRequest, edits: ProposedEdits): Promise<void> {
  const { operation } = view.signed.request;
  const ask = askAgain(operation, desk.repository.root, homedir());
  const change = oneChange(ask.edits ?? [], operation);
  await checkText(change, operation);
  const standing = await takeUp(view, ask, { approvals: desk, home: homedir(), now: clock, live: new Set() });
  if (!standing.run) throw new CountersignError('refused', standing.reason === undefined ? vscode.l10n.t('It still waits for signatures.') : sentence(standing.reason));
  try {
    await edits.write(change, 'seen');
  } catch (error) {
    await desk.recordOutcome(view.digest, 1);
    throw error;
  }
  await desk.recordOutcome(view.digest, 0);
}

function oneChange(edits: readonly Edit[], operation: Operation): TextEdit {
  const [edit, ...others] = edits;
  if (operation.kind !== 'edit' || !edit || others.length > 0 || edit.before === undefined || edit.after === undefined) {
    throw new CountersignError('refused', vscode.l10n.t('Only a change of one file that is there can be written from here. Its text is in the request’s review.'));
  }
  return { path: openPath(edit.path), before: edit.before, after: edit.after };
}

/** A file by the name under which it is open: two documents of it would be two texts. */
function openPath(file: string): string {
  return vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'file' && physical(uri.fsPath) === file)?.uri.fsPath ?? file;
}

function physical(file: string): string {
  try {
    return realpathSync.native(file);
  } catch {
    return file;
  }
}

/** @throws CountersignError `changed` when the file is not the text that the change was made against */
async function checkText({ path: file, before }: TextEdit, operation: Operation): Promise<void> {
  const document = await vscode.workspace.openTextDocument(file).then((found) => found, () => undefined);
  if (document?.getText() === before && (await fileDigest(file)) === operation.inputs[0]?.sha256) return;
  throw new CountersignError('changed', vscode.l10n.t('{0} is no longer the text that the change was made against: bring that text back, or take the change from the request’s review.', inline(path.basename(file))));
}
