import * as vscode from 'vscode';
import { withFullStop, shortPerson } from '../../broker/review.js';
import { inert } from '../../core/approval/display.js';
import { changeIn } from '../../core/edits/patch-text.js';
import type { FileChange } from '../../core/edits/seen-file.js';
import { CountersignError, messageOf } from '../../core/errors.js';
import type { RequestView } from '../../core/ledger/fold.js';
import type { Desks } from '../desks.js';
import { COMMANDS } from '../ids.js';
import type { DeskRequest, RequestsModel } from '../requests-model.js';
import { applyEdit, fileOf } from './apply-edit.js';
import { askForEdit } from './ask-for-edit.js';
import type { EditRow, ProposedEdits } from './proposed-edits.js';

const ASKED = 'countersign.askedEdits';

/**
 * The edits that approval was asked for in this workspace, until they are decided on: written once they are approved,
 * also after the window was loaded anew. What is proposed stands in the request itself.
 */
export class AskedEdits implements vscode.Disposable {
  private readonly asked: Set<string>;
  /** Those that it was tried for in this window. */
  private readonly tried = new Set<string>();
  private readonly subscription: vscode.Disposable;

  constructor(
    private readonly edits: ProposedEdits,
    private readonly desks: Desks,
    private readonly model: RequestsModel,
    private readonly memory: vscode.Memento,
  ) {
    this.asked = new Set(memory.get<string[]>(ASKED, []));
    this.subscription = model.onDidChange(() => {
      for (const digest of this.asked) this.follow(model.find(digest));
    });
  }

  /** Takes a proposed edit out of its file and asks others for it. */
  async ask(row: EditRow): Promise<void> {
    const view = await askForEdit(row, this.edits, this.desks);
    if (!view) return;
    this.remember(this.asked.add(view.digest));
    await this.model.reload();
  }

  /**
   * “Apply approved edit”.
   *
   * @throws CountersignError when it is not written
   */
  async apply(request: DeskRequest): Promise<void> {
    const { view } = request;
    if (!this.model.mine().some((mine) => mine.view.digest === view.digest)) throw new CountersignError('refused', vscode.l10n.t('Somebody else asked for this: it is written where they asked.'));
    this.tried.add(view.digest);
    await applyEdit(request, this.edits);
    void vscode.window.showInformationMessage(doneWith(view));
  }

  private follow(request: DeskRequest | undefined): void {
    if (!request) return;
    const { view } = request;
    if (view.state === 'approved' || (view.state === 'waiting' && view.glass)) {
      if (!this.tried.has(view.digest)) void this.write(request);
    } else if (view.state !== 'waiting') this.forget(view);
  }

  /** Once in a window: what stands in the way then is for its person to settle. */
  private async write(request: DeskRequest): Promise<void> {
    try {
      await this.apply(request);
    } catch (error) {
      const { state } = await request.desk.find(request.view.digest).catch(() => request.view);
      const [file, why] = [fileOf(request.view), withFullStop(inert(messageOf(error, vscode.l10n.t)))];
      tell(request.view, state === 'approved' ? vscode.l10n.t('The approved change of {0} was not made. {1} “Apply approved edit” under Held tries again.', file, why) : vscode.l10n.t('The approved change of {0} was not made. {1}', file, why));
    }
  }

  private forget(view: RequestView): void {
    this.asked.delete(view.digest);
    this.remember(this.asked);
    const end = endOf(view);
    if (end !== undefined) tell(view, leftAs(view, end));
  }

  private remember(asked: ReadonlySet<string>): void {
    void this.memory.update(ASKED, [...asked]);
  }

  dispose(): void {
    this.subscription.dispose();
  }
}

function doneWith(view: RequestView): string {
  const [file, people] = [fileOf(view), view.approvals.map(({ person }) => shortPerson(person)).join(', ')];
  switch (changeOf(view)) {
    case 'changed':
      return people === '' ? vscode.l10n.t('The change of {0} is written. Nobody approved it: the glass is broken.', file) : vscode.l10n.t('The change of {0} is written, as {1} approved it.', file, people);
    case 'new':
      return people === '' ? vscode.l10n.t('The new file {0} is written. Nobody approved it: the glass is broken.', file) : vscode.l10n.t('The new file {0} is written, as {1} approved it.', file, people);
    case 'deleted':
      return people === '' ? vscode.l10n.t('{0} is deleted. Nobody approved it: the glass is broken.', file) : vscode.l10n.t('{0} is deleted, as {1} approved it.', file, people);
  }
}

/** @param end how the request ended, as a sentence */
function leftAs(view: RequestView, end: string): string {
  switch (changeOf(view)) {
    case 'changed':
      return vscode.l10n.t('{0} The file stays as it is; the proposed text is in the request’s review.', end);
    case 'new':
      return vscode.l10n.t('{0} The file is not written; its text is in the request’s review.', end);
    case 'deleted':
      return vscode.l10n.t('{0} The file stays as it is.', end);
  }
}

function changeOf({ signed }: RequestView): FileChange {
  return changeIn(signed.request.operation.script);
}

/** How a request ended without the change; undefined when it did not. */
function endOf(view: RequestView): string | undefined {
  switch (view.state) {
    case 'denied':
      return vscode.l10n.t('{0} denied the change of {1}: {2}', shortPerson(view.denial?.person), fileOf(view), withFullStop(inert(view.denial?.reason ?? '')));
    case 'expired':
      return vscode.l10n.t('The request to change {0} has expired.', fileOf(view));
    case 'withdrawn':
      return vscode.l10n.t('The request to change {0} was cancelled.', fileOf(view));
    case 'invalid':
      return vscode.l10n.t('The request to change {0} is not valid any more.', fileOf(view));
    default:
      return undefined;
  }
}

function tell({ digest }: RequestView, message: string): void {
  const review = vscode.l10n.t('Review…');
  void vscode.window.showInformationMessage(message, review).then((choice) => (choice === review ? vscode.commands.executeCommand(COMMANDS.review, digest) : undefined));
}
