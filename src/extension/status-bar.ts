import * as vscode from 'vscode';
import { COMMANDS } from './ids.js';
import type { RequestsModel } from './requests-model.js';

/** One item that says one thing: what waits for me, or else what I wait for, or nothing. */
export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('countersign', vscode.StatusBarAlignment.Left, 10);
  private readonly subscription: vscode.Disposable;

  constructor(private readonly model: RequestsModel) {
    this.item.name = 'Countersign';
    this.item.command = COMMANDS.openPanel;
    this.subscription = model.onDidChange(() => this.update());
    this.update();
  }

  private update(): void {
    const toReview = this.model.toReview().length;
    const held = this.model.mine().filter(({ view }) => view.state !== 'running').length;
    const problem = this.model.all.map((state) => state.problem).find((text) => text !== undefined);
    const trouble = this.model.all.map((state) => state.trouble).find((text) => text !== undefined);
    this.item.backgroundColor = toReview > 0 || problem !== undefined ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    const also = problem ?? trouble;
    const and = (description: string) => (also === undefined ? description : `${description}. ${also}`);
    if (toReview > 0) this.say(`$(bell-dot) ${vscode.l10n.t('{0} to review', toReview)}`, and(vscode.l10n.t('Countersign: {0} for you to review', toReview)));
    else if (problem !== undefined) this.say('$(warning) Countersign', problem);
    else if (held > 0) this.say(`$(watch) ${vscode.l10n.t('{0} held', held)}`, and(vscode.l10n.t('Countersign: {0} of yours waiting for approval', held)));
    else if (trouble !== undefined) this.say('$(sync-ignored)', trouble);
    else this.say('$(shield)', vscode.l10n.t('Countersign: nothing is waiting'));
  }

  private say(text: string, description: string): void {
    this.item.text = text;
    this.item.tooltip = description;
    this.item.accessibilityInformation = { label: description };
    this.item.show();
  }

  dispose(): void {
    this.subscription.dispose();
    this.item.dispose();
  }
}
