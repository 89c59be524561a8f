import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { Ask } from '../broker/assessing.js';
import { clock } from '../world/clock.js';
import { Scanner } from '../world/scanner.js';
import { AnnouncedEdits } from '../broker/announced-edits.js';
import { Gatekeeper } from '../broker/gatekeeper.js';
import { forgetDeadWindows } from '../broker/find-window.js';
import { Messenger } from '../broker/messenger.js';
import type { GuardAsk } from '../broker/protocol.js';
import { ruleOn } from '../broker/rules.js';
import { messageOf } from '../core/errors.js';
import { DrillBook, drillGate } from '../drill/book.js';
import { prepareTool, toolRunner, type RunTool } from './assistant-tools.js';
import { commandRunner, type RunCommand } from './commands.js';
import { guardDebugging } from './debug-guard.js';
import { Desks } from './desks.js';
import { FileActions } from './diagnostics/file-actions.js';
import { FileDiagnostics } from './diagnostics/file-diagnostics.js';
import { keepFindings } from './diagnostics/kept-findings.js';
import { KnownFindings } from './diagnostics/known-findings.js';
import { StartLenses } from './diagnostics/start-lenses.js';
import { WorkspaceScan } from './diagnostics/workspace-scan.js';
import { EditorDrill } from './drill.js';
import { AskedEdits } from './edits/asked-edits.js';
import { EditDocuments } from './edits/edit-documents.js';
import { watchEdits } from './edits/edit-notices.js';
import { ProposedEdits } from './edits/proposed-edits.js';
import { gates, watchTaskGate, type GateSources } from './gates.js';
import { CONTEXT } from './ids.js';
import { Incidents } from './incidents.js';
import { watchTerminals } from './late-watch.js';
import { LedgerReport } from './ledger-commands.js';
import { Notifications } from './notifications.js';
import { policyLanguage } from './policy-language.js';
import { ProcessTaskAdvice } from './process-tasks.js';
import { watchProcessTasks } from './process-watch.js';
import { RequestsModel } from './requests-model.js';
import { ReviewDocuments } from './review-documents.js';
import { RulesDiagnostics } from './rules-diagnostics.js';
import { RulesWatch } from './rules-watch.js';
import { keepShims } from './shims.js';
import { StatusBar } from './status-bar.js';
import { TaskWatch } from './task-watch.js';
import { ledgerView } from './views/ledger-view.js';
import { listFilters } from './views/list-filter.js';
import { editsView } from './views/edits-view.js';
import { findingsView } from './views/findings-view.js';
import { gatesView, tasksView } from './views/machine-views.js';
import { awaitingView, heldView } from './views/requests-views.js';
import { WeakeningWatch } from './weakening-watch.js';
import type { Judge, WindowGuard } from './window-guard.js';
import { plainly } from '../core/approval/display.js';
import { type Sentence } from '../core/say.js';

export interface WindowStart {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly guard: WindowGuard;
}

/** What the first step of the extension needs of the second. */
export interface WindowParts {
  readonly judge: Judge;
  readonly run: RunCommand;
  readonly runTool: RunTool;
  readonly prepareTool: typeof prepareTool;
}

/** The composition root: every service is made here, in order, and ends with the context's subscriptions. */
export function openWindow({ context, log, guard }: WindowStart): WindowParts {
  const own = <T extends vscode.Disposable>(part: T): T => {
    context.subscriptions.push(part);
    return part;
  };
  const desks = new Desks(new Messenger({ env: process.env, editor: vscode.env.uriScheme, warn: (sentence) => log.warn(sentence) }), log);
  const model = own(new RequestsModel(() => desks.all(), log));
  const announced = new AnnouncedEdits();
  const gatekeeper = new Gatekeeper({
    home: homedir(),
    now: clock,
    desksFor: (directory) => desks.around(directory),
    identify: (ask) => tasks.identify(ask),
    confirm: confirmRun,
    log: (line) => log.info(line),
    inLanguage: vscode.l10n.t,
    folders: () => (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath),
    around: process.env,
    editor: vscode.env.appRoot,
    announce: (agent, edits) => announced.announce(agent, edits),
  });
  const tasks = own(new TaskWatch((pid, exitCode) => void gatekeeper.ended(pid, exitCode).catch((error: unknown) => log.error(messageOf(error)))));
  const book = new DrillBook();
  /** The rules' own answer, without holding anything. */
  const ruling = async (ask: GuardAsk, names?: Pick<Ask, 'label' | 'labels'>) => {
    const whole: Ask = { ...ask, kind: names ? 'task' : 'command', label: names?.label, labels: names?.labels ?? [], actor: 'person' };
    return (await ruleOn(whole, () => desks.around(ask.cwd), homedir())).judged;
  };
  const decide = drillGate((ask, say, signal) => gatekeeper.decide(ask, say, signal), book, async (ask) => (await ruling(ask)).verdict.action);
  const judge: Judge = {
    decide,
    quick: (ask, define) => gatekeeper.quick(ask, define),
    pass: (pass) => gatekeeper.pass(pass),
    call: (call) => gatekeeper.call(call),
    prompted: (pid) => gatekeeper.prompted(pid),
  };
  own(vscode.workspace.onDidChangeWorkspaceFolders(() => void model.refresh()));
  forgetDeadWindows(homedir());
  own(keepShims());

  const incidents = own(new Incidents((directory) => desks.at(directory), log));
  own(model.onDidChange(() => void incidents.flush()));
  own(watchTerminals({ terminals: guard.terminals, isTask: (terminal) => tasks.isTaskTerminal(terminal), incidents, log: (line) => log.warn(line), judge: async (text, cwd, shell) => (book.covers(text, cwd) ? undefined : ruling({ v: 1, kind: 'line', text, cwd, shell, pid: 0, env: environment() })) }));
  own(watchProcessTasks({ incidents, decide, isCanary: (ask) => book.covers(ask.text, ask.cwd), log: (line) => log.warn(line), judge: async (ask) => ruling(ask, await tasks.identify(ask)) }));
  own(guardDebugging(decide));

  const reviews = own(new ReviewDocuments(model));
  const notifications = own(new Notifications(model, context.workspaceState));
  const drill = own(new EditorDrill(book, log));
  const ledgerReport = own(new LedgerReport());
  const advice = own(new ProcessTaskAdvice(() => model.policies()));
  own(new StatusBar(model));
  const filters = listFilters();
  Object.values(filters).forEach(own);
  own(heldView(model, filters.held));
  own(awaitingView(model, filters.awaiting));
  own(ledgerView(model, incidents, filters.ledger));
  const gatesChanged = own(new vscode.EventEmitter<void>());
  const tasksChanged = own(new vscode.EventEmitter<void>());
  const listsChanged = () => {
    tasksChanged.fire();
    gatesChanged.fire();
  };
  own(tasksView(model, tasksChanged.event));
  own(vscode.workspace.onDidSaveTextDocument(() => tasksChanged.fire()));
  own(vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration('tasks') && listsChanged()));
  own(vscode.workspace.onDidGrantWorkspaceTrust(listsChanged));
  const weakenings = own(new WeakeningWatch(() => model.policies()));
  const rules = own(new RulesWatch(model, log));
  own(new RulesDiagnostics());
  own(policyLanguage());
  const scanner = own(new Scanner(homedir()));
  const edits = own(new ProposedEdits(scanner, () => model.policies(), announced, log));
  const editDocuments = own(new EditDocuments(edits));
  const askedEdits = own(new AskedEdits(edits, desks, model, context.workspaceState));
  own(editsView(edits));
  const known = own(new KnownFindings());
  const findings = own(new FileDiagnostics(scanner, () => model.policies(), edits, known, log));
  own(keepFindings(known, scanner, () => model.policies(), log));
  own(findingsView(known));
  own(watchEdits(edits, findings));
  own(vscode.languages.registerCodeActionsProvider({ scheme: 'file' }, new FileActions(findings), { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] }));
  const scan = new WorkspaceScan(() => model.policies(), known, log);
  const lenses = own(new StartLenses((near) => model.policies(near)));
  own(rules.onDidChange(() => gatesChanged.fire()));
  const gateSources: GateSources = { terminals: guard.terminals, isTask: (terminal) => tasks.owns(terminal), variables: context.environmentVariableCollection, weakenings, rules, policies: () => model.policies() };
  own(gatesView(gatesChanged.event, gateSources));
  own(guard.terminals.onDidChange(() => gatesChanged.fire()));
  own(weakenings.onDidChange(() => gatesChanged.fire()));
  own(vscode.workspace.onDidSaveTextDocument(({ uri }) => uri.path.includes('/.vscode/') && gatesChanged.fire()));
  own(watchTaskGate(() => gatesChanged.fire()));
  const rulesNow = () => model.policies().map(({ digest }) => digest).join();
  let rulesBefore = rulesNow();
  own(model.onDidChange(() => {
    const known = rulesBefore;
    rulesBefore = rulesNow();
    if (rulesBefore !== known) listsChanged();
    const standing = model.standing();
    void vscode.commands.executeCommand('setContext', CONTEXT.enrolled, standing === 'stranger' || standing === 'member');
    void vscode.commands.executeCommand('setContext', CONTEXT.standing, standing);
    void vscode.commands.executeCommand('setContext', CONTEXT.inTrouble, model.all.some(({ trouble }) => trouble !== undefined));
    advice.lookAtAll();
    findings.rulesChanged();
    edits.rulesChanged();
    lenses.rulesChanged();
  }));
  return { judge, run: commandRunner({ desks, model, reviews, notifications, drill, filters, ledgerReport, scan, edits, askedEdits, editDocuments, gates: async () => (await gates(gateSources)).flatMap((group) => group.gates), listsChanged, log, environment }), runTool: toolRunner(desks, environment), prepareTool };
}

function environment(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/** A modal question, for an operation whose loss only the person at this keyboard can weigh. */
async function confirmRun(reasons: readonly Sentence[]): Promise<boolean> {
  const question = reasons.map((reason) => plainly(reason, vscode.l10n.t)).join(' ');
  const run = vscode.l10n.t('Run it');
  return (await vscode.window.showWarningMessage(question, { modal: true }, run)) === run;
}

