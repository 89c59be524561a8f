import * as vscode from 'vscode';
import { titleOf } from '../broker/review.js';
import { inline } from '../core/approval/display.js';
import type { RequestView } from '../core/ledger/fold.js';
import { COMMANDS } from './ids.js';
import type { DeskRequest, RequestsModel } from './requests-model.js';

const TOLD = 'countersign.told';
const TOLD_OF_GLASS = 'countersign.toldOfGlass';

/** One notification per request that waits for this person, and none twice. */
export class Notifications implements vscode.Disposable {
  private readonly told: Set<string>;
  private readonly toldOfGlass: Set<string>;
  private readonly subscription: vscode.Disposable;

  constructor(
    private readonly model: RequestsModel,
    private readonly memory: vscode.Memento,
  ) {
    this.told = new Set(memory.get<string[]>(TOLD, []));
    this.toldOfGlass = new Set(memory.get<string[]>(TOLD_OF_GLASS, []));
    this.subscription = model.onDidChange(() => this.tell());
  }

  /** Says nothing of a request that this person knows of already. */
  hush(digest: string): void {
    this.told.add(digest);
  }

  private tell(): void {
    this.tellOfGlass();
    const waiting = this.model.awaiting();
    const fresh = waiting.filter(({ view }) => !this.told.has(view.digest));
    if (fresh.length === 0) return;
    for (const { view } of fresh) this.told.add(view.digest);
    // Only open requests are worth remembering.
    const open = new Set<string>(waiting.map(({ view }) => view.digest));
    void this.memory.update(TOLD, [...this.told].filter((digest) => open.has(digest)));
    void this.show(fresh);
  }

  /** Loud: everybody hears of a broken glass, once. */
  private tellOfGlass(): void {
    const open = this.model.glassToReview();
    const fresh = open.filter(({ view }) => !this.toldOfGlass.has(view.digest));
    if (fresh.length === 0) return;
    for (const { view } of fresh) this.toldOfGlass.add(view.digest);
    void this.memory.update(TOLD_OF_GLASS, open.map(({ view }) => view.digest));
    for (const request of fresh) void this.showGlass(request);
  }

  private async showGlass({ view, desk }: DeskRequest): Promise<void> {
    const review = vscode.l10n.t('Review…');
    const message = vscode.l10n.t('{0} broke the glass: {1}. Their reason: {2}', inline(view.requester ?? ''), this.placedTitle(view, desk), inline(view.glass?.reason ?? ''));
    if ((await vscode.window.showWarningMessage(message, review)) === review) await vscode.commands.executeCommand(COMMANDS.review, view.digest);
  }

  private async show(fresh: readonly DeskRequest[]): Promise<void> {
    const [first, ...others] = fresh;
    if (!first) return;
    const review = vscode.l10n.t('Review…');
    const message =
      others.length === 0
        ? vscode.l10n.t('{0} asks for your approval: {1}', inline(first.view.requester ?? ''), this.placedTitle(first.view, first.desk))
        : vscode.l10n.t('{0} operations wait for your approval.', fresh.length);
    const choice = await vscode.window.showInformationMessage(message, review);
    if (choice === review) await vscode.commands.executeCommand(COMMANDS.review, others.length === 0 ? first.view.digest : undefined);
  }

  /** What it is, and where there are several repositories for which one. */
  private placedTitle(view: RequestView, { repository }: DeskRequest['desk']): string {
    const name = this.model.nameOf(repository.root);
    return name === undefined ? titleOf(view) : `${titleOf(view)} (${inline(name)})`;
  }

  dispose(): void {
    this.subscription.dispose();
  }
}
