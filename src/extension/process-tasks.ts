import { homedir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { Policies } from '../core/policy/policy.js';
import { inert, plain } from '../core/approval/display.js';
import { withoutVariables } from '../core/files/json-files.js';
import { processTasks, type ProcessTask } from '../core/languages/process-tasks.js';
import { labelsAround, parseTasksJson } from '../core/languages/tasks-json.js';
import { CountersignError } from '../core/errors.js';
import { posixLine } from '../guards/quoting.js';
import { FileWorld } from '../world/file-world.js';
import { isProcess, taskShell } from './gates/tasks.js';
import { COMMANDS } from './ids.js';
import { aimOf, productionTasks, type Aim } from './production-tasks.js';
import { folderOf, workspaceTasks } from './task-names.js';

const CODE = 'process-task';
const SELECTOR: vscode.DocumentSelector = { pattern: '**/.vscode/tasks.json', scheme: 'file' };

/** Warns in tasks.json where a production task starts without a shell, and offers to give it one. */
export class ProcessTaskAdvice implements vscode.Disposable, vscode.CodeActionProvider {
  private readonly problems = vscode.languages.createDiagnosticCollection('countersign');
  private readonly subscriptions: vscode.Disposable[];

  /** @param policies the rules that hold */
  constructor(private readonly policies: () => Policies) {
    this.subscriptions = [
      vscode.workspace.onDidOpenTextDocument((document) => void this.look(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => void this.look(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.problems.delete(document.uri)),
      vscode.languages.registerCodeActionsProvider(SELECTOR, this, { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] }),
    ];
    this.lookAtAll();
  }

  lookAtAll(): void {
    for (const document of vscode.workspace.textDocuments) void this.look(document);
  }

  private async look(document: vscode.TextDocument): Promise<void> {
    if (vscode.languages.match(SELECTOR, document) === 0) return;
    const { version } = document;
    const found = await this.productionTasks(document);
    // What was typed meanwhile is looked at by itself.
    if (document.version === version && !document.isClosed) this.problems.set(document.uri, found.map(({ task, aim }) => problemOf(task, aim, document)));
  }

  private async productionTasks(document: vscode.TextDocument): Promise<readonly { readonly task: ProcessTask; readonly aim: Aim }[]> {
    const text = document.getText();
    const definitions = parseTasksJson(text);
    // A task runs in the folder of the workspace.
    const place = { cwd: path.dirname(path.dirname(document.uri.fsPath)), policies: this.policies(), world: new FileWorld(homedir(), process.env) };
    const found: { readonly task: ProcessTask; readonly aim: Aim }[] = [];
    for (const task of processTasks(text)) {
      const group = definitions.find((definition) => definition.label === task.label)?.group;
      const labels = [...labelsAround(task.label, definitions), ...(group === undefined ? [] : [group])];
      const aim = aimOf({ labels, commands: [withoutVariables(posixLine(task.words))] }, place);
      if (aim) found.push({ task, aim });
      await setImmediate();
    }
    return found;
  }

  async provideCodeActions(document: vscode.TextDocument, range: vscode.Range, { diagnostics }: vscode.CodeActionContext): Promise<vscode.CodeAction[]> {
    return (await this.productionTasks(document))
      .filter(({ task }) => rangeOf(task.span, document).intersection(range))
      .flatMap(({ task }) => {
        const own = diagnostics.filter((diagnostic) => diagnostic.code === CODE);
        const shell = new vscode.CodeAction(vscode.l10n.t('Turn it into a shell task, so that it is held'), vscode.CodeActionKind.QuickFix);
        shell.edit = new vscode.WorkspaceEdit();
        for (const { span, text } of task.edits) shell.edit.replace(document.uri, rangeOf(span, document), text);
        shell.isPreferred = true;
        const run = new vscode.CodeAction(vscode.l10n.t('Run it once, held'), vscode.CodeActionKind.QuickFix);
        run.command = { command: COMMANDS.runHeldTask, title: run.title, arguments: [{ label: task.label, folder: folderAround(document) } satisfies TaskAt] };
        for (const action of [shell, run]) action.diagnostics = own;
        return [shell, run];
      });
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions, this.problems).dispose();
  }
}

function problemOf(task: ProcessTask, { environment }: Aim, document: vscode.TextDocument): vscode.Diagnostic {
  const message = vscode.l10n.t('“{0}” targets {1} and starts without a shell: it is stopped only once it has begun. Give it the type “shell”, or start it with “Run held task”.', plain(task.label), environment);
  const problem = new vscode.Diagnostic(rangeOf(task.span, document), message, vscode.DiagnosticSeverity.Warning);
  problem.source = 'Countersign';
  problem.code = CODE;
  return problem;
}

function rangeOf({ start, end }: ProcessTask['span'], document: vscode.TextDocument): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}

/**
 * “Run held task”: starts a process task through the gate shell, once, without a change to any file. It is the same
 * program with the same arguments, directory and environment; VS Code fills in the variables, the gate asks.
 */
export async function runHeldTask(argument: unknown, policies: Policies): Promise<void> {
  const gate = taskShell();
  if (gate.state !== 'gated') throw new CountersignError('refused', `${gate.explanation} ${vscode.l10n.t('Nothing was run.')}`);
  const task = await chooseTask(argument, policies);
  if (task) await vscode.tasks.executeTask(throughShell(task));
}

/** A task by its name, in the folder whose tasks.json defines it. */
interface TaskAt {
  readonly label: string;
  readonly folder: string | undefined;
}

function isTaskAt(argument: unknown): argument is TaskAt {
  return typeof argument === 'object' && argument !== null && 'label' in argument && 'folder' in argument;
}

function folderAround({ uri }: vscode.TextDocument): string | undefined {
  return vscode.workspace.getWorkspaceFolder(uri)?.uri.toString();
}

async function chooseTask(argument: unknown, policies: Policies): Promise<vscode.Task | undefined> {
  if (argument instanceof vscode.Task) return argument;
  const tasks = (await workspaceTasks()).filter(isProcess);
  if (isTaskAt(argument)) return tasks.find((task) => task.name === argument.label && folderOf(task)?.uri.toString() === argument.folder);
  if (tasks.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is no process task here. Tasks of type “shell” are held as they are.'));
    return undefined;
  }
  const production = await productionTasks(tasks, policies);
  const items = tasks.map((task) => ({ label: inert(plain(task.name)), description: production.get(task)?.environment ?? '', isProduction: production.has(task), task }));
  items.sort((a, b) => Number(b.isProduction) - Number(a.isProduction));
  return (await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t('Run which task, held?') }))?.task;
}

/** The same task as a shell task. */
function throughShell(task: vscode.Task): vscode.Task {
  const { execution } = task;
  if (!(execution instanceof vscode.ProcessExecution)) return task;
  const strong = (value: string): vscode.ShellQuotedString => ({ value, quoting: vscode.ShellQuoting.Strong });
  const { cwd, env } = execution.options ?? {};
  const shell = new vscode.ShellExecution(strong(execution.process), execution.args.map(strong), { ...(cwd !== undefined && { cwd }), ...(env !== undefined && { env }) });
  const held = new vscode.Task({ ...task.definition, type: 'shell' }, task.scope ?? vscode.TaskScope.Workspace, task.name, task.source, shell, task.problemMatchers);
  held.presentationOptions = task.presentationOptions;
  held.runOptions = task.runOptions;
  if (task.group) held.group = task.group;
  if (task.detail !== undefined) held.detail = task.detail;
  return held;
}

/** Shows a task where it is written. */
export async function openTask(argument: unknown): Promise<void> {
  const folder = argument instanceof vscode.Task ? folderOf(argument) : undefined;
  if (!(argument instanceof vscode.Task) || !folder) return;
  const editor = await vscode.window.showTextDocument(vscode.Uri.joinPath(folder.uri, '.vscode', 'tasks.json'));
  const text = editor.document.getText();
  const process = processTasks(text).find((task) => task.label === argument.name);
  const at = process?.span.start ?? text.indexOf(JSON.stringify(argument.name));
  if (at < 0) return;
  const position = editor.document.positionAt(at);
  editor.selection = new vscode.Selection(position, position);
  editor.revealRange(new vscode.Range(position, position), vscode.TextEditorRevealType.InCenter);
}
