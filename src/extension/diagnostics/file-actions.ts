import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { askAhead } from '../../broker/hold.js';
import { ruleOn } from '../../broker/rules.js';
import { inert } from '../../core/approval/display.js';
import { CountersignError } from '../../core/errors.js';
import { commandAt } from '../../core/files/commands.js';
import { fixFor } from '../../core/files/fixes.js';
import type { PlacedFinding } from '../../core/files/report.js';
import { commentSign, suppressionFor } from '../../core/files/suppressions.js';
import type { RequestView } from '../../core/ledger/fold.js';
import { clock } from '../../world/clock.js';
import { askWhy } from '../ask-why.js';
import type { Desks } from '../desks.js';
import type { ProposedEdits } from '../edits/proposed-edits.js';
import { COMMANDS } from '../ids.js';
import { rangeOf, type FileDiagnostics } from './file-diagnostics.js';
import { spoken } from '../../core/say.js';

/** What “Suppress with a reason…” is about. */
interface Silence {
  readonly uri: vscode.Uri;
  readonly finding: PlacedFinding;
  /** Asked for when absent. */
  readonly reason?: string;
}

/** What “Request approval for this…” is about. */
interface Wish {
  readonly command: string;
  readonly cwd: string;
  /** Asked for when absent. */
  readonly reason?: string;
}

/** What can be done about a finding where it stands. */
export class FileActions implements vscode.CodeActionProvider {
  constructor(private readonly diagnostics: FileDiagnostics) {}

  provideCodeActions(document: vscode.TextDocument, range: vscode.Range, context: vscode.CodeActionContext): vscode.CodeAction[] {
    const text = document.getText();
    const file = { path: document.uri.fsPath, text };
    return this.diagnostics
      .findingsIn(document)
      .filter((finding) => rangeOf(finding, document).intersection(range))
      .flatMap((finding) => {
        const actions: vscode.CodeAction[] = [];
        const fix = fixFor(finding, text);
        if (fix) {
          const action = new vscode.CodeAction(spoken(fix.title, vscode.l10n.t), vscode.CodeActionKind.QuickFix);
          action.edit = new vscode.WorkspaceEdit();
          action.edit.replace(document.uri, new vscode.Range(document.positionAt(fix.span.start), document.positionAt(fix.span.end)), fix.text);
          action.isPreferred = true;
          actions.push(action);
        }
        const command = commandAt(file, finding);
        const folder = vscode.workspace.getWorkspaceFolder(document.uri);
        if (command !== undefined && folder) actions.push(asking(vscode.l10n.t('Request approval for this…'), COMMANDS.requestApproval, { command, cwd: folder.uri.fsPath } satisfies Wish));
        if (commentSign(file.path, text) !== undefined) actions.push(asking(vscode.l10n.t('Suppress {0} with a reason…', finding.rule), COMMANDS.suppress, { uri: document.uri, finding } satisfies Silence));
        const own = context.diagnostics.filter(({ source, code }) => source === 'Countersign' && typeof code === 'object' && code.value === finding.rule);
        for (const action of actions) action.diagnostics = own;
        return actions;
      });
  }
}

function asking(title: string, command: string, argument: unknown): vscode.CodeAction {
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  action.command = { command, title, arguments: [argument] };
  return action;
}

/** “Suppress with a reason…”: writes the comment that silences one finding. */
export async function suppress(argument: unknown, edits: ProposedEdits): Promise<void> {
  const { uri, finding, reason: given } = argument as Silence;
  const reason = given ?? (await askWhy(vscode.l10n.t('Suppress {0}', finding.rule), vscode.l10n.t('Why is it fine here? The reason stands in the file. What runs is held as before.')));
  if (reason === undefined) return;
  const document = await vscode.workspace.openTextDocument(uri);
  const comment = suppressionFor(uri.fsPath, document.getText(), finding, reason);
  if (!comment) throw new CountersignError('refused', vscode.l10n.t('This kind of file cannot hold a comment. Explain it where the file is reviewed.'));
  const edit = new vscode.WorkspaceEdit();
  edit.insert(uri, document.positionAt(comment.at), comment.text);
  await edits.apply(edit);
}

/**
 * “Request approval for this…”: asks for the command of one line, as “countersign request” does.
 *
 * @throws CountersignError when it cannot be asked for
 */
export async function requestApproval(argument: unknown, desks: Desks, environment: Readonly<Record<string, string>>): Promise<RequestView | undefined> {
  const { command, cwd, reason: given } = argument as Wish;
  const ask = { kind: 'command' as const, text: command, shell: '/bin/sh', cwd, env: environment, label: undefined, labels: [], actor: 'person' as const };
  const { judged, desk, problem } = await ruleOn(ask, () => desks.around(cwd), homedir());
  if (problem) throw problem;
  if (judged.verdict.action !== 'approve') {
    void vscode.window.showInformationMessage(inert(judged.verdict.action === 'deny' ? vscode.l10n.t('The team’s rules refuse this, whoever agrees.') : vscode.l10n.t('No approval is needed for this from here.')));
    return undefined;
  }
  if (!desk) throw new CountersignError('git', vscode.l10n.t('There is no git repository here to ask for approval in.'));
  const reason = given ?? (await askWhy(vscode.l10n.t('Request approval'), vscode.l10n.t('Why does this have to be done? Approvers read it.')));
  if (reason === undefined) return undefined;
  await desk.sync();
  return askAhead(ask, judged, { approvals: desk, home: homedir(), now: clock, live: new Set() }, { reason: reason.trim(), agent: null });
}
