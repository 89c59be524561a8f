import * as vscode from 'vscode';
import type { Approvals } from '../broker/approvals.js';
import { acceptRulesByHand, changesInWords, proposalOf, proposeRules } from '../broker/rule-changes.js';
import { shortName } from '../broker/review.js';
import { inert, plain } from '../core/approval/display.js';
import { CountersignError } from '../core/errors.js';
import type { RequestView } from '../core/ledger/fold.js';
import { describeQuorum } from '../core/policy/quorum.js';
import { clock } from '../world/clock.js';
import { textsOf } from '../world/rule-pins.js';
import { chooseDesk } from './choose-desk.js';
import type { Desks } from './desks.js';
import { spoken } from '../core/say.js';

/** “Propose rule change…”: asks those in charge to agree to what the working copy's rules say. */
export async function propose(desks: Desks): Promise<RequestView | undefined> {
  const desk = await chooseDesk(desks);
  return desk && proposeAt(desk);
}

/** The same for one repository. */
export async function proposeAt(desk: Approvals): Promise<RequestView | undefined> {
  const { from, to } = await proposalOf(desk);
  const changes = changesInWords(from, to, await desk.trust());
  const reason = await vscode.window.showInputBox({
    title: vscode.l10n.t('Propose rule change'),
    prompt: vscode.l10n.t('{0} Why? Those who are asked will read this.', inert(changes.slice(0, 3).map((change) => spoken(change, vscode.l10n.t)).join(' '))),
    validateInput: (text) => (text.length > 1000 ? vscode.l10n.t('At most 1,000 characters.') : undefined),
    ignoreFocusOut: true,
  });
  if (reason === undefined) return undefined;
  const view = await proposeRules(desk, to, reason.trim());
  void vscode.window.showInformationMessage(vscode.l10n.t('Request {0} waits for {1}. Once it is approved, bring the files to the protected branch; the change counts from then on.', shortName(view), describeQuorum(view.quorum, vscode.l10n.t)));
  return view;
}

/** “Accept changed rules by hand…”: for when nobody is left who could approve them. Typed, recorded, told to everybody. */
export async function acceptByHand(desks: Desks): Promise<void> {
  const desk = await chooseDesk(desks);
  if (!desk) return;
  const trust = await desk.trust();
  const [pin, branch] = [await desk.rules.current(), await desk.rules.branch()];
  if (!trust.pending || !pin || !branch) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is nothing to accept: the rules of the protected branch are in force.'));
    return;
  }
  const { fingerprint } = trust.pending;
  const word = fingerprint.slice(0, 9);
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t('Take over the rules of {0} ({1})', plain(branch.name), fingerprint),
    prompt: vscode.l10n.t('{0} Those in charge have not approved this. Do it only when they cannot any more; it is recorded, and everybody is told. Compare the fingerprint with a teammate’s, then type its first two groups: {1}', inert(changesInWords(textsOf(pin), branch.texts, trust).slice(0, 3).map((change) => spoken(change, vscode.l10n.t)).join(' ')), word),
    ignoreFocusOut: true,
  });
  if (typed === undefined) return;
  if (typed.trim() !== word) throw new CountersignError('refused', vscode.l10n.t('Not accepted: the fingerprint was not typed. The pinned rules stay in force.'));
  const untold = await acceptRulesByHand(desk, fingerprint, clock());
  void vscode.window.showWarningMessage(untold === undefined ? vscode.l10n.t('The rules {0} are in force now. The others see that you took them over.', fingerprint) : vscode.l10n.t('The rules {0} are in force now. The others could not be told: {1}', fingerprint, inert(spoken(untold, vscode.l10n.t))));
}
