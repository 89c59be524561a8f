import { homedir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { namesToType } from '../broker/irreversible.js';
import { linkTo } from '../broker/messenger.js';
import { shortName, shortPerson, stateOf, titleOf } from '../broker/review.js';
import { checkUndecided, decider } from '../broker/undecided.js';
import { clock } from '../world/clock.js';
import { inert, inline, plain, showLines } from '../core/approval/display.js';
import { parseWholeRequest } from '../core/approval/request.js';
import { CountersignError, messageOf } from '../core/errors.js';
import { describeQuorum } from '../core/policy/quorum.js';
import { requestApproval, suppress } from './diagnostics/file-actions.js';
import { explainStart } from './diagnostics/start-lenses.js';
import type { WorkspaceScan } from './diagnostics/workspace-scan.js';
import type { Desks } from './desks.js';
import { chooseEdit } from './edits/edit-commands.js';
import type { AskedEdits } from './edits/asked-edits.js';
import type { EditDocuments } from './edits/edit-documents.js';
import type { ProposedEdits } from './edits/proposed-edits.js';
import { breakGlassFor, reviewGlass } from './break-glass.js';
import type { EditorDrill } from './drill.js';
import { gateAssistants } from './gates/assistants.js';
import { closeGap, type Gate } from './gates/gate.js';
import { COMMANDS, VIEWS, type CommandId } from './ids.js';
import { exportLedger, openPostMortem, type LedgerReport } from './ledger-commands.js';
import type { Notifications } from './notifications.js';
import { openTask, runHeldTask } from './process-tasks.js';
import type { DeskRequest, RequestsModel } from './requests-model.js';
import type { ReviewDocuments } from './review-documents.js';
import { acceptByHand, propose } from './rules-commands.js';
import { copyRosterLine, importKeys, setUp } from './set-up.js';
import type { LedgerRow } from './views/ledger-view.js';
import type { Filters } from './views/list-filter.js';
import { askWhatNext } from './what-next.js';

export interface CommandParts {
  readonly desks: Desks;
  readonly model: RequestsModel;
  readonly reviews: ReviewDocuments;
  readonly notifications: Notifications;
  readonly drill: EditorDrill;
  readonly filters: Filters;
  readonly ledgerReport: LedgerReport;
  readonly scan: WorkspaceScan;
  readonly edits: ProposedEdits;
  readonly askedEdits: AskedEdits;
  readonly editDocuments: EditDocuments;
  /** Every row of *Gates*, as it stands now. */
  readonly gates: () => Promise<readonly Gate[]>;
  /** *Gates* and *Production tasks* are to be drawn anew: something was done that no event of the editor tells of, such as to a file of an assistant. */
  readonly listsChanged: () => void;
  readonly log: vscode.LogOutputChannel;
  /** What commands run with. */
  readonly environment: () => Readonly<Record<string, string>>;
}

/** Does what a command says; what goes wrong is told. */
export type RunCommand = (id: CommandId, argument: unknown) => Promise<unknown>;

/** Everything that can be done, by command: the palette, the views and the notifications all come here. */
export function commandRunner(parts: CommandParts): RunCommand {
  const { model, reviews, desks, log, filters } = parts;
  const handlers: Record<CommandId, (argument: unknown) => Promise<unknown>> = {
    [COMMANDS.review]: async (argument) => {
      const request = await chooseOfOthers(parts, argument, () => [...model.toReview(), ...model.mine()], vscode.l10n.t('Review which request?'));
      if (request) await reviews.open(request);
    },
    [COMMANDS.approve]: async (argument) => {
      const request = await chooseOfOthers(parts, argument, () => model.awaiting(), vscode.l10n.t('Approve which request?'));
      if (request) await approve(request, reviews, model);
    },
    [COMMANDS.deny]: async (argument) => {
      const request = await chooseOfOthers(parts, argument, () => model.awaiting(), vscode.l10n.t('Deny which request?'));
      if (request) await deny(request);
    },
    [COMMANDS.breakGlass]: async (argument) => {
      const request = await choose(parts, argument, () => model.mine().filter(({ view }) => view.state === 'waiting'), vscode.l10n.t('Break the glass for which request?'), nothingHeld());
      if (request) await breakGlassFor(request);
    },
    [COMMANDS.reviewGlass]: async (argument) => {
      const request = await chooseOfOthers(parts, argument, () => model.glassToReview(), vscode.l10n.t('Which broken glass did you review?'));
      if (request) await reviewGlass(request, reviews);
    },
    [COMMANDS.cancel]: async (argument) => {
      const request = await choose(parts, argument, () => model.mine().filter(({ view }) => view.state !== 'running'), vscode.l10n.t('Cancel which request?'), nothingHeld());
      if (request) await cancel(request, model);
    },
    [COMMANDS.copyRequest]: async (argument) => {
      const request = await choose(parts, argument, () => model.mine(), vscode.l10n.t('Copy which request?'), nothingHeld());
      if (request) await copy(request.desk.textOf(request.view), vscode.l10n.t('Copied. Send it to an approver, who opens it with “Review a request from text…”.'));
    },
    [COMMANDS.copyLink]: async (argument) => {
      const request = await choose(parts, argument, () => model.mine(), vscode.l10n.t('Copy the link of which request?'), nothingHeld());
      if (request) await copy(linkOf(request), vscode.l10n.t('Copied. The link opens the request in an approver’s editor.'));
    },
    [COMMANDS.takeRequest]: async (argument) => takeRequest(parts, argument),
    [COMMANDS.enterToken]: async (argument) => enterToken(parts, argument),
    [COMMANDS.setUp]: () => setUp(desks, model, () => askWhatNext(parts.listsChanged)),
    [COMMANDS.copyRosterLine]: () => copyRosterLine(desks),
    [COMMANDS.importKeys]: () => importKeys(desks, model),
    [COMMANDS.proposeRules]: async () => {
      const view = await propose(desks);
      await model.reload();
      const request = view && model.find(view.digest);
      if (request) await reviews.open(request);
    },
    [COMMANDS.acceptRules]: async () => {
      await acceptByHand(desks);
      await model.reload();
    },
    [COMMANDS.refresh]: async () => {
      desks.forget();
      parts.listsChanged();
      await model.refresh();
    },
    [COMMANDS.showLog]: () => {
      log.show();
      return Promise.resolve();
    },
    [COMMANDS.openPanel]: () => Promise.resolve(vscode.commands.executeCommand(`${model.toReview().length > 0 ? VIEWS.awaiting : VIEWS.held}.focus`)),
    [COMMANDS.runTask]: async (argument) => {
      if (argument instanceof vscode.Task) await vscode.tasks.executeTask(argument);
    },
    [COMMANDS.runHeldTask]: (argument) => runHeldTask(argument, model.policies()),
    [COMMANDS.openTask]: (argument) => openTask(argument),
    [COMMANDS.applyFix]: async (argument) => {
      await closeGap(argument as Gate | undefined, parts.gates);
      parts.listsChanged();
    },
    [COMMANDS.runDrill]: (argument) => parts.drill.run(argument),
    [COMMANDS.gateAssistants]: async () => {
      await gateAssistants();
      parts.listsChanged();
    },
    [COMMANDS.suppress]: (argument) => suppress(argument, parts.edits),
    [COMMANDS.requestApproval]: async (argument) => {
      const asked = await requestApproval(argument, desks, parts.environment());
      if (!asked) return;
      await model.refresh();
      const request = model.find(asked.digest);
      if (request) await reviews.open(request);
    },
    [COMMANDS.explainStart]: (argument) => explainStart(argument, model, reviews),
    [COMMANDS.scanWorkspace]: () => parts.scan.run(),
    [COMMANDS.postMortem]: (argument) => openPostMortem(desks, model, argument as LedgerRow | undefined),
    [COMMANDS.exportLedger]: () => exportLedger(desks),
    [COMMANDS.showLedgerReport]: () => parts.ledgerReport.show(desks),
    [COMMANDS.filterHeld]: () => filters.held.ask(),
    [COMMANDS.clearHeldFilter]: () => filters.held.clear(),
    [COMMANDS.filterAwaiting]: () => filters.awaiting.ask(),
    [COMMANDS.clearAwaitingFilter]: () => filters.awaiting.clear(),
    [COMMANDS.filterLedger]: () => filters.ledger.ask(),
    [COMMANDS.clearLedgerFilter]: () => filters.ledger.clear(),
    [COMMANDS.showEdit]: async (argument) => {
      const row = await chooseEdit(argument, parts.edits, vscode.l10n.t('Show which change?'));
      if (row) await parts.editDocuments.show(row);
    },
    [COMMANDS.keepEdit]: async (argument) => {
      const row = await chooseEdit(argument, parts.edits, vscode.l10n.t('Keep which change?'));
      if (row) await parts.edits.keep(row.edit, row.place);
    },
    [COMMANDS.revertEdit]: async (argument) => {
      const row = await chooseEdit(argument, parts.edits, vscode.l10n.t('Revert which change?'));
      if (row) await parts.edits.revert(row.edit, row.place);
    },
    [COMMANDS.requestEditApproval]: async (argument) => {
      const row = await chooseEdit(argument, parts.edits, vscode.l10n.t('Request approval for which change?'));
      if (row) await parts.askedEdits.ask(row);
    },
    [COMMANDS.applyEdit]: async (argument) => {
      const request = await choose(parts, argument, () => model.mine().filter(isReadyEdit), vscode.l10n.t('Apply which approved edit?'), vscode.l10n.t('No edit of yours is approved and waits to be applied.'));
      if (request) await parts.askedEdits.apply(request);
    },
  };
  return async (id, argument) => {
    try {
      return await handlers[id](argument);
    } catch (error) {
      if (error instanceof CountersignError && error.code === 'cancelled') return undefined;
      log.error(messageOf(error));
      // Not awaited: the command is over, the message may stay.
      void vscode.window.showErrorMessage(inert(messageOf(error, vscode.l10n.t)));
      return undefined;
    }
  };
}

/** The same among what others asked for: before anybody hears that nothing waits, the remote is looked at. */
async function chooseOfOthers(parts: CommandParts, argument: unknown, candidates: () => DeskRequest[], placeHolder: string): Promise<DeskRequest | undefined> {
  const isAbout = typeof argument === 'string' || rowOf(argument) !== undefined;
  if (!isAbout && candidates().length === 0 && !(await lookAtRemote(parts.model))) return undefined;
  return choose(parts, argument, candidates, placeHolder);
}

/** So long nothing is shown of looking, in milliseconds: most remotes answer sooner. */
const QUIET = 500;

/** @returns false when the person did not want to wait for it */
async function lookAtRemote(model: RequestsModel): Promise<boolean> {
  const looked = model.refresh().then(() => true);
  if (await Promise.race([looked, delay(QUIET, false)])) return true;
  const title = vscode.l10n.t('Looking for what others asked for');
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title, cancellable: true }, (_, cancelled) =>
    Promise.race([looked, new Promise<boolean>((resolve) => cancelled.onCancellationRequested(() => resolve(false)))]),
  );
}

/** The request a command is about: its argument, the row it was called on, the review in front, or a choice. */
async function choose(parts: CommandParts, argument: unknown, candidates: () => DeskRequest[], placeHolder: string, none = vscode.l10n.t('Nothing is waiting.')): Promise<DeskRequest | undefined> {
  const { model, reviews } = parts;
  if (typeof argument === 'string') {
    if (!model.find(argument)) await model.refresh();
    const found = model.find(argument);
    if (!found) throw new CountersignError('request', vscode.l10n.t('This request is not in the folders that are open here. Open the folder of its repository, and try again.'));
    return found;
  }
  const row = rowOf(argument);
  if (row) return model.find(row.view.digest);
  const open = candidates();
  const active = reviews.active();
  // A review of something that is over must not stand in the way of what waits.
  if (active && (open.length === 0 || open.some(({ view }) => view.digest === active.view.digest))) return active;
  if (open.length === 0) {
    const trouble = model.all.find((state) => state.trouble !== undefined)?.trouble;
    if (trouble === undefined) void vscode.window.showInformationMessage(none);
    else void vscode.window.showWarningMessage(inert(trouble));
    return undefined;
  }
  if (open.length === 1) return open[0];
  const items = open.map((request) => {
    const words = [request.view.requester ?? '', shortName(request.view), stateOf(request.view.state, vscode.l10n.t), model.nameOf(request.desk.repository.root)];
    return { label: titleOf(request.view), description: words.filter((word) => word !== undefined).map(inline).join(' · '), request };
  });
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.request;
}

function nothingHeld(): string {
  return vscode.l10n.t('Nothing of yours is held.');
}

function isReadyEdit({ view }: DeskRequest): boolean {
  return view.state === 'approved' && view.signed.request.operation.kind === 'edit';
}

/** The row a command was called on. */
function rowOf(argument: unknown): DeskRequest | undefined {
  // A row of the ledger holds its request beside what it lists.
  const row = typeof argument === 'object' && argument !== null && 'request' in argument ? argument.request : argument;
  return isRow(row) ? row : undefined;
}

function isRow(argument: unknown): argument is DeskRequest {
  return typeof argument === 'object' && argument !== null && 'view' in argument && 'desk' in argument;
}

/** Nobody signs unseen: the review comes to the front first, and a question names what would run. */
async function approve(request: DeskRequest, reviews: ReviewDocuments, model: RequestsModel): Promise<void> {
  const { desk, view } = request;
  await decider(view, 'approve', await desk.trust(), desk.signer, clock());
  if (reviews.active()?.view.digest !== view.digest) await reviews.open(request);
  const sign = vscode.l10n.t('Sign');
  const { operation } = view.signed.request;
  const names = await namesToType(view, desk.repository, await desk.trust(), homedir());
  const repository = model.nameOf(desk.repository.root);
  const environments = [...new Set(operation.targets.map((target) => plain(target.environment)))].join(', ');
  const detail = [
    vscode.l10n.t('Asked by {0}', plain(view.requester ?? '')),
    vscode.l10n.t('Lands in {0}', environments),
    ...(repository === undefined ? [] : [vscode.l10n.t('For the repository {0}', plain(repository))]),
    ...(names.length === 0 ? [] : [vscode.l10n.t('This cannot be undone: you are asked next to type where it lands.')]),
    ...(operation.sealed ? [vscode.l10n.t('Releases to it what is sealed: {0}', operation.sealed.items.map(({ name }) => plain(name)).join(', '))] : []),
    ...showLines(operation.script).map((line) => line.text),
  ].join('\n');
  const choice = await vscode.window.showInformationMessage(vscode.l10n.t('Sign your approval of {0}?', titleOf(view)), { modal: true, detail }, sign);
  if (choice !== sign) return;
  for (const [index, name] of names.entries()) if (!(await typesName(name, titleOf(view), index + 1, names.length))) return;
  const { token, delivery, view: after } = await whileSigning(() => desk.approve(view));
  const copyToken = vscode.l10n.t('Copy token');
  const requester = shortPerson(view.requester);
  const message = !desk.store.shared
    ? vscode.l10n.t('Approved: {0}. Copy the token and send it to {1}.', titleOf(view), requester)
    : delivery !== 'delivered'
      ? vscode.l10n.t('Approved: {0}. The remote cannot be reached: the approval goes there later, or copy the token and send it.', titleOf(view))
      : after.state === 'waiting'
        ? stillWaits(after)
        : vscode.l10n.t('Approved: {0}. What waits for it in {1}’s window goes on now.', titleOf(view), requester);
  void vscode.window.showInformationMessage(message, copyToken).then((choice) => (choice === copyToken ? vscode.env.clipboard.writeText(token) : undefined));
}

/** Whether the approver typed one name of where it lands, instead of giving it up. */
async function typesName(name: string, title: string, number: number, count: number): Promise<boolean> {
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t('Approve {0}', title),
    prompt: count === 1 ? vscode.l10n.t('This cannot be undone. Type where it lands: {0}', name) : vscode.l10n.t('This cannot be undone. Type where it lands, {0} of {1}: {2}', number, count, name),
    validateInput: (text) => (text === '' || text.trim() === name ? undefined : vscode.l10n.t('Type exactly: {0}', name)),
    ignoreFocusOut: true,
  });
  if (typed === undefined) return false;
  if (typed.trim() !== name) throw new CountersignError('refused', vscode.l10n.t('This cannot be undone, so nothing was signed: where it lands was not typed.'));
  return true;
}

async function deny({ desk, view }: DeskRequest): Promise<void> {
  await decider(view, 'deny', await desk.trust(), desk.signer, clock());
  const reason = await vscode.window.showInputBox({
    title: vscode.l10n.t('Deny {0}', titleOf(view)),
    prompt: vscode.l10n.t('Why? The requester will read this.'),
    validateInput: (text) => (text.trim() === '' ? vscode.l10n.t('Say why, so that the requester knows what to change.') : text.length > 1000 ? vscode.l10n.t('At most 1,000 characters.') : undefined),
    ignoreFocusOut: true,
  });
  if (reason !== undefined) await whileSigning(() => desk.deny(view, reason.trim()));
}

async function cancel({ desk, view }: DeskRequest, model: RequestsModel): Promise<void> {
  checkUndecided(view, 'cancel');
  // The review of somebody else's request may stand in front.
  if (!model.mine().some((mine) => mine.view.digest === view.digest)) throw new CountersignError('refused', vscode.l10n.t('Somebody else asked for this: deny it if it must not run.'));
  await desk.withdraw(view, 'Cancelled by the requester.');
}

/** Says in the status bar that it takes a moment. */
function whileSigning<T>(work: () => Promise<T>): Thenable<T> {
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Signing, and telling the others') }, work);
}

async function takeRequest({ desks, model, reviews, notifications }: CommandParts, argument: unknown): Promise<void> {
  const text = typeof argument === 'string' ? argument : await vscode.window.showInputBox({ title: vscode.l10n.t('Review a request from text'), prompt: vscode.l10n.t('Paste the text that begins with “csr1.”'), ignoreFocusOut: true });
  if (text === undefined) return;
  const desk = await onlyDesk(desks);
  // Who carries a request here knows of it already.
  notifications.hush(parseWholeRequest(text).digest);
  const { digest } = await desk.takeRequest(text);
  await model.reload();
  const request = model.find(digest);
  if (request) await reviews.open(request);
}

async function enterToken({ desks }: CommandParts, argument: unknown): Promise<void> {
  const text = typeof argument === 'string' ? argument : await vscode.window.showInputBox({ title: vscode.l10n.t('Enter an approval token'), prompt: vscode.l10n.t('Paste the text that begins with “cs1.”'), ignoreFocusOut: true });
  if (text === undefined) return;
  const { view } = await (await onlyDesk(desks)).takeToken(text);
  void vscode.window.showInformationMessage(
    view.state === 'waiting' ? stillWaits(view) : vscode.l10n.t('The approval counts: {0} is approved.', titleOf(view)),
  );
}

function stillWaits(view: DeskRequest['view']): string {
  return vscode.l10n.t('The approval counts; {0} still waits for others ({1}).', titleOf(view), describeQuorum(view.quorum, vscode.l10n.t));
}

async function onlyDesk(desks: Desks): Promise<DeskRequest['desk']> {
  const all = await desks.all();
  const [first, ...others] = all;
  if (!first) throw new CountersignError('git', vscode.l10n.t('Open the folder of a git repository first: approvals live in one.'));
  if (others.length === 0) return first;
  const items = all.map((desk) => ({ label: desk.repository.root, desk }));
  const choice = await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t('In which repository?') });
  if (!choice) throw new CountersignError('cancelled', 'Cancelled.');
  return choice.desk;
}

async function copy(text: string, message: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  void vscode.window.showInformationMessage(message);
}

function linkOf({ desk, view }: DeskRequest): string {
  return linkTo(vscode.env.uriScheme, '/request', desk.textOf(view));
}

