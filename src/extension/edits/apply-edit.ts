import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { askAgain } from '../../broker/edit-asks.js';
import { takeUp } from '../../broker/hold.js';
import { withFullStop } from '../../broker/review.js';
import { inline } from '../../core/approval/display.js';
import type { Operation } from '../../core/approval/operation.js';
import type { Edit } from '../../core/edits/compare.js';
import { CountersignError } from '../../core/errors.js';
import { spoken } from '../../core/say.js';
import type { RequestView } from '../../core/ledger/fold.js';
import { isInside } from '../../core/shell/paths.js';
import { clock } from '../../world/clock.js';
import { fileDigest } from '../../world/file-world.js';
import { physical } from '../../world/physical.js';
import type { DeskRequest } from '../requests-model.js';
import type { ProposedEdits } from './proposed-edits.js';

/** The file that the request for an edit is about, as people know it. */
export function fileOf({ signed }: RequestView): string {
  return inline(signed.request.operation.inputs[0]?.path ?? '');
}

/**
 * Makes an edit that others approved, once, and records how that went.
 *
 * @param request one of the person's own
 * @throws CountersignError when it is not made; where its approval was not used up, it can be tried again
 */
export async function applyEdit({ desk, view }: DeskRequest, edits: ProposedEdits): Promise<void> {
  const { operation } = view.signed.request;
  const ask = askAgain(operation, desk.repository.root, homedir());
  const change = oneChange(ask.edits ?? [], operation);
  const file = openPath(change.path);
  await checkText(file, change, operation);
  const standing = await takeUp(view, ask, { approvals: desk, home: homedir(), now: clock, live: new Set() });
  if (!standing.run) throw new CountersignError('refused', standing.reason === undefined ? vscode.l10n.t('It still waits for signatures.') : withFullStop(spoken(standing.reason, vscode.l10n.t)));
  try {
    await edits.write({ ...change, path: file }, 'seen');
  } catch (error) {
    await desk.recordOutcome(view.digest, 1);
    throw error;
  }
  await desk.recordOutcome(view.digest, 0);
}

function oneChange(edits: readonly Edit[], operation: Operation): Edit {
  const [edit, ...others] = edits;
  if (operation.kind !== 'edit' || !edit || others.length > 0) throw new CountersignError('refused', vscode.l10n.t('Only a change of one file can be made from here. Its text is in the request’s review.'));
  return edit;
}

/** A file by the name under which it is open, or its folder is: two documents of it would be two texts. */
function openPath(file: string): string {
  const open = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'file' && physical(uri.fsPath) === file);
  if (open) return open.uri.fsPath;
  const folder = vscode.workspace.workspaceFolders?.map(({ uri }) => uri.fsPath).find((name) => isInside(physical(name), file));
  return folder === undefined ? file : path.join(folder, path.relative(physical(folder), file));
}

/** @throws CountersignError `changed` when there is another text than the one that the change was made against, or a file where there was none */
async function checkText(file: string, { path: signed, before }: Edit, operation: Operation): Promise<void> {
  const name = inline(path.basename(file));
  if (before === undefined) {
    // A link in its place, or on the way to it, would have it written somewhere else.
    if (existsSync(file) || physical(file) !== signed) throw new CountersignError('changed', vscode.l10n.t('There is a {0} by now: move it away, or take the text from the request’s review.', name));
    return;
  }
  const document = await vscode.workspace.openTextDocument(file).then((found) => found, () => undefined);
  if (document?.getText() === before && (await fileDigest(file)) === operation.inputs[0]?.sha256) return;
  throw new CountersignError('changed', vscode.l10n.t('{0} is no longer the text that the change was made against: bring that text back, or take the change from the request’s review.', name));
}
