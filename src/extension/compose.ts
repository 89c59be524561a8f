import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { clock } from '../broker/desk.js';
import { Gatekeeper } from '../broker/gatekeeper.js';
import { BrokerServer } from '../broker/server.js';
import { WINDOW_VARIABLE } from '../broker/windows.js';
import { messageOf } from '../core/errors.js';
import { registerCommands, uriHandler } from './commands.js';
import { Desks } from './desks.js';
import { installGate, watchGate } from './gates.js';
import { CONTEXT } from './ids.js';
import { Notifications } from './notifications.js';
import { RequestsModel } from './requests-model.js';
import { ReviewDocuments } from './review-documents.js';
import { StatusBar } from './status-bar.js';
import { TaskWatch } from './task-watch.js';
import { gatesView, tasksView } from './views/machine-views.js';
import { awaitingView, heldView, ledgerView } from './views/requests-views.js';

/** The composition root: every service is made here, in order, and ends with the context's subscriptions. */
export async function compose(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Promise<void> {
  const own = <T extends vscode.Disposable>(part: T): T => {
    context.subscriptions.push(part);
    return part;
  };
  const placeGate = () => installGate(context.asAbsolutePath('out/gate.js'));
  placeGate();
  own(vscode.env.onDidChangeShell(placeGate));

  const desks = new Desks();
  const model = own(new RequestsModel(() => desks.all(), log));
  const gatekeeper = new Gatekeeper({
    home: homedir(),
    now: clock,
    desksFor: (directory) => desks.around(directory),
    identify: (ask) => tasks.identify(ask),
    confirm: confirmRun,
    log: (line) => log.info(line),
  });
  const tasks = own(new TaskWatch((pid, exitCode) => void gatekeeper.ended(pid, exitCode).catch((error: unknown) => log.error(messageOf(error)))));

  const broker = own(new BrokerServer(homedir(), (ask, say, signal) => gatekeeper.decide(ask, say, signal)));
  const folders = () => (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
  await broker.start(folders());
  own(vscode.workspace.onDidChangeWorkspaceFolders(() => {
    broker.announce(folders());
    void model.refresh();
  }));
  const { environmentVariableCollection: variables } = context;
  variables.persistent = false;
  variables.description = vscode.l10n.t('Lets task shells ask this window before they run something.');
  variables.replace(WINDOW_VARIABLE, broker.windowName);

  const reviews = own(new ReviewDocuments(model));
  const notifications = own(new Notifications(model, context.workspaceState));
  own(registerCommands({ desks, model, reviews, notifications, log }));
  own(vscode.window.registerUriHandler(uriHandler));
  own(new StatusBar(model));
  own(heldView(model));
  own(awaitingView(model));
  own(tasksView(model));
  const gatesChanged = own(new vscode.EventEmitter<void>());
  own(gatesView(gatesChanged.event));
  own(ledgerView(model));
  own(watchGate(() => gatesChanged.fire()));
  own(model.onDidChange(() => {
    const enrolled = model.all.some((state) => (state.trust?.roster.entries.length ?? 0) > 0);
    void vscode.commands.executeCommand('setContext', CONTEXT.enrolled, enrolled);
  }));
}

/** A modal question, for an operation whose loss only the person at this keyboard can weigh. */
async function confirmRun(question: string): Promise<boolean> {
  const run = vscode.l10n.t('Run it');
  return (await vscode.window.showWarningMessage(question, { modal: true }, run)) === run;
}
