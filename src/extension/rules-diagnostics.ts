import * as vscode from 'vscode';
import { inert } from '../core/approval/display.js';
import { parseRoster, RosterLineError } from '../core/approval/roster.js';
import { POLICY_FILE, ROSTER_FILE } from '../core/approval/rules-change.js';
import { messageOf } from '../core/errors.js';
import { policyProblems } from '../core/policy/policy.js';
import { spoken } from '../core/say.js';

/** Shows what is wrong with the rules at its line, as soon as they are open and while they are edited. */
export class RulesDiagnostics implements vscode.Disposable {
  private readonly diagnostics = vscode.languages.createDiagnosticCollection('countersign');
  private readonly subscription: vscode.Disposable;

  constructor() {
    this.subscription = vscode.Disposable.from(
      this.diagnostics,
      vscode.workspace.onDidOpenTextDocument((document) => this.check(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.check(document)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.diagnostics.delete(uri)),
    );
    for (const document of vscode.workspace.textDocuments) this.check(document);
  }

  private check(document: vscode.TextDocument): void {
    const problems = problemsIn(document);
    if (!problems) return;
    this.diagnostics.set(
      document.uri,
      problems.map(({ line, problem }) => {
        const { range } = document.lineAt(Math.min(line, document.lineCount) - 1);
        const diagnostic = new vscode.Diagnostic(range, inert(problem), vscode.DiagnosticSeverity.Error);
        diagnostic.source = 'Countersign';
        return diagnostic;
      }),
    );
  }

  dispose(): void {
    this.subscription.dispose();
  }
}

function problemsIn(document: vscode.TextDocument): readonly { readonly line: number; readonly problem: string }[] | undefined {
  const { uri } = document;
  if (uri.scheme !== 'file') return undefined;
  if (uri.path.endsWith(`/${POLICY_FILE}`)) return policyProblems(document.getText());
  if (!uri.path.endsWith(`/${ROSTER_FILE}`)) return undefined;
  try {
    parseRoster(document.getText());
    return [];
  } catch (error) {
    return error instanceof RosterLineError ? [{ line: error.line, problem: spoken(error.problem, vscode.l10n.t) }] : [{ line: 1, problem: messageOf(error, vscode.l10n.t) }];
  }
}
