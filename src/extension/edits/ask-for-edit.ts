import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { askOfEdits, provenanceOf } from '../../broker/edit-asks.js';
import { askAhead } from '../../broker/hold.js';
import { ruleOn } from '../../broker/rules.js';
import { inline } from '../../core/approval/display.js';
import { LONGEST_SCRIPT } from '../../core/approval/operation.js';
import type { Edit } from '../../core/edits/compare.js';
import type { FileChange } from '../../core/edits/seen-file.js';
import { CountersignError } from '../../core/errors.js';
import type { RequestView } from '../../core/ledger/fold.js';
import { clock } from '../../world/clock.js';
import { gitDirectories } from '../../world/file-world.js';
import { physical } from '../../world/physical.js';
import { askWhy } from '../ask-why.js';
import type { Desks } from '../desks.js';
import { VIEWS } from '../ids.js';
import type { EditRow, ProposedEdits } from './proposed-edits.js';
import { changedSince, isOnlyText, isUnsaved, textOnDisk } from './whole-files.js';

/**
 * “Request approval for a proposed edit…”: takes the edit, or one place of it, out of its file, and asks others whether
 * it may be made. A new file is taken away, a deleted one comes back. Where it cannot be asked for, it stays and proposed.
 *
 * @param given the reason; asked for when absent
 * @returns the request; undefined when the person thought better of it
 * @throws CountersignError when it cannot be asked for
 */
export async function askForEdit({ edit, place }: EditRow, edits: ProposedEdits, desks: Desks, given?: string): Promise<RequestView | undefined> {
  const change = edits.textsOf(edit, place);
  const file = physical(edit.path);
  const own = await desks.at(gitDirectories(path.dirname(file))?.root ?? path.dirname(file));
  if (!own) throw new CountersignError('git', vscode.l10n.t('There is no git repository here to ask for approval in.'));
  const { root } = own.repository;
  const ask = askOfEdits([{ ...change, path: file }], root, () => root);
  if (ask.text.length > LONGEST_SCRIPT) throw new CountersignError('refused', vscode.l10n.t('This change is too long for anybody to review. Revert it, and have it made in smaller steps.'));
  const { judged, desk, problem } = await ruleOn(ask, () => desks.around(root), homedir());
  if (problem) throw problem;
  if (!desk || judged.verdict.action === 'deny') throw new CountersignError('refused', vscode.l10n.t('The team’s rules refuse this, whoever agrees.'));
  const reason = given ?? (await askWhy(vscode.l10n.t('Request approval'), questionOf(edit.change, inline(path.basename(file)))));
  if (reason === undefined) return undefined;
  // What nobody has saved is in no working copy that a signature could bind.
  if (textOnDisk(file) !== (isUnsaved(edit.path) ? change.before : change.after)) throw new CountersignError('refused', vscode.l10n.t('What is on disk is not what the editor shows. Save the file, and request approval again.'));
  if (edit.change === 'new' && !isOnlyText(edit.path, edit.now)) throw new CountersignError('refused', vscode.l10n.t('{0} is executable, a link or not in UTF-8, and approval binds nothing but a text. Make it a plain text file, keep it, or revert it.', inline(path.basename(file))));
  if (!(await edits.takeOut(edit, place))) return undefined;
  try {
    return await vscode.window.withProgress({ location: { viewId: VIEWS.edits } }, async () => {
      await desk.sync();
      if (textOnDisk(file) !== change.before) throw changedSince();
      const said = { ...judged, verdict: { ...judged.verdict, reasons: [provenanceOf(edit.author), ...judged.verdict.reasons] } };
      return askAhead(ask, said, { approvals: desk, home: homedir(), now: clock, live: new Set() }, { reason: reason.trim(), agent: edit.author ?? null });
    });
  } catch (error) {
    await putBack(change, edits);
    throw error;
  }
}

function questionOf(change: FileChange, name: string): string {
  switch (change) {
    case 'changed':
      return vscode.l10n.t('Why should {0} be changed so? Approvers read it.', name);
    case 'new':
      return vscode.l10n.t('Why should {0} be added? Approvers read it.', name);
    case 'deleted':
      return vscode.l10n.t('Why should {0} be deleted? Approvers read it.', name);
  }
}

/** Where something else stands in its place by now, the text is shown instead: nobody else may have it. */
async function putBack(change: Edit, edits: ProposedEdits): Promise<void> {
  try {
    await edits.write(change, 'unseen');
  } catch {
    if (change.after !== undefined) await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content: change.after }));
  }
}
