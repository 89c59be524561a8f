import * as vscode from 'vscode';
import { settleRules } from '../broker/rule-changes.js';
import { inert, inline } from '../core/approval/display.js';
import { messageOf } from '../core/errors.js';
import { COMMANDS } from './ids.js';
import type { Gate, GateGroup } from './gates/gate.js';
import { spoken } from '../core/say.js';
import type { DeskState, RequestsModel } from './requests-model.js';

/** Tells which rules count: when they are met for the first time, when they change, and when others stand on the branch. */
export class RulesWatch implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  /** The rows are others than before: a list that is drawn anew at every poll cannot be clicked. */
  readonly onDidChange = this.changed.event;
  private shown = '';
  private readonly told = new Set<string>();
  private readonly subscription: vscode.Disposable;

  constructor(
    private readonly model: RequestsModel,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.subscription = model.onDidChange(() => {
      const rows = JSON.stringify(this.group());
      if (rows !== this.shown) this.changed.fire();
      this.shown = rows;
      for (const state of model.all) this.look(state).catch((error: unknown) => log.warn(messageOf(error)));
    });
  }

  private async look({ desk, trust }: DeskState): Promise<void> {
    if (!trust?.pinned) return;
    const { pinned, pending, source } = trust;
    if (pending) {
      const problem = spoken(pending.problem, vscode.l10n.t);
      if (this.isNew(`${desk.repository.root} ${pending.fingerprint} ${problem}`)) this.warn(problem);
    }
    if (!pinned.announced && this.isNew(`${desk.repository.root} ${pinned.fingerprint}`)) {
      this.log.info(`Rules of ${source} in force: ${pinned.fingerprint}, by ${pinned.how}.`);
      await desk.rules.announced(pinned.fingerprint);
      this.announce(
        pinned.how === 'first contact'
          ? vscode.l10n.t('First contact with the rules of {0}: they count here from now on. Compare their fingerprint with a teammate’s: {1}', inline(source), pinned.fingerprint)
          : vscode.l10n.t('The rules of {0} changed: {1} is in force now.', inline(source), pinned.fingerprint),
        pinned.fingerprint,
      );
    }
    await settleRules(desk);
  }

  private isNew(what: string): boolean {
    if (this.told.has(what)) return false;
    this.told.add(what);
    return true;
  }

  private announce(message: string, fingerprint: string): void {
    const copy = vscode.l10n.t('Copy fingerprint');
    void vscode.window.showInformationMessage(message, copy).then((choice) => (choice === copy ? vscode.env.clipboard.writeText(fingerprint) : undefined));
  }

  private warn(problem: string): void {
    const title = vscode.l10n.t('Propose rule change…');
    void vscode.window.showWarningMessage(inert(problem), title).then((choice) => (choice === title ? propose() : undefined));
  }

  /** The rules as rows of *Gates*, with what is excepted from them. */
  group(): GateGroup {
    const gates = this.model.all.flatMap(({ desk, trust }): readonly Gate[] => {
      if (!trust) return [];
      const { pinned, pending, source, policy } = trust;
      const { root } = desk.repository;
      const exceptions = policy.exceptions.filter(({ until }) => until * 1000 > Date.now()).map(({ environment, reason, until }, index): Gate => ({
        id: `rules/${root}/exception/${index}`,
        name: vscode.l10n.t('Exception in {0} until {1}', inline(environment), new Date(until * 1000).toISOString().slice(0, 16).replace('T', ' ')),
        state: 'open',
        explanation: inline(reason),
      }));
      if (!pinned) return exceptions;
      return [
        {
          id: `rules/${root}`,
          name: inline(source),
          state: pending ? 'late' : 'gated',
          explanation: pending ? inert(spoken(pending.problem, vscode.l10n.t)) : vscode.l10n.t('These rules are in force: {0}. Others count only once those in charge approved them.', pinned.fingerprint),
          ...(pending && { fix: { title: vscode.l10n.t('Propose rule change…'), apply: propose } }),
        },
        ...exceptions,
      ];
    });
    return { id: 'rules', name: vscode.l10n.t('Rules'), gates };
  }

  dispose(): void {
    vscode.Disposable.from(this.subscription, this.changed).dispose();
  }
}

async function propose(): Promise<void> {
  await vscode.commands.executeCommand(COMMANDS.proposeRules);
}
