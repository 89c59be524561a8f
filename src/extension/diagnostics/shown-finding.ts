import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { inert } from '../../core/approval/display.js';
import type { Finding } from '../../core/assess/assessment.js';
import { circumstances, LEVELS, type Level } from '../../core/files/report.js';
import { rulePage } from '../../core/rules/document.js';
import { spoken, spokenWay } from '../../core/say.js';

const SEVERITIES: Readonly<Record<Level, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  note: vscode.DiagnosticSeverity.Information,
};

/** A finding as people see it: underlined in its file, and in a list. */
export interface ShownFinding {
  readonly diagnostic: vscode.Diagnostic;
  /** What would happen, without what to do about it. */
  readonly title: string;
  readonly level: Level;
}

/** @param origin who proposed it, as a sentence; undefined where nobody did but the person */
export function shownFinding(finding: Finding, uri: vscode.Uri, range: vscode.Range, origin?: string): ShownFinding {
  const { message, safer, rule, severity } = finding;
  const level = LEVELS[severity];
  const first = spoken(message, vscode.l10n.t);
  const sentences = [first, ...(safer === undefined ? [] : [vscode.l10n.t('Safer: {0}', spokenWay(safer, vscode.l10n.t))]), ...(origin === undefined ? [] : [origin])];
  const diagnostic = new vscode.Diagnostic(range, inert(sentences.join(' ')), SEVERITIES[level]);
  diagnostic.source = 'Countersign';
  diagnostic.code = { value: rule, target: vscode.Uri.parse(rulePage(rule)) };
  const own = new vscode.Location(uri, range);
  diagnostic.relatedInformation = circumstances(finding).map(({ sentence, file }) => new vscode.DiagnosticRelatedInformation(placeOf(file, uri) ?? own, inert(spoken(sentence, vscode.l10n.t))));
  return { diagnostic, title: inert(first), level };
}

/** Where to look at what another file of the workspace says. */
function placeOf(file: string | undefined, own: vscode.Uri): vscode.Location | undefined {
  if (file === undefined || file === own.fsPath) return undefined;
  const uri = vscode.Uri.file(file);
  return vscode.workspace.getWorkspaceFolder(uri) && existsSync(file) ? new vscode.Location(uri, new vscode.Position(0, 0)) : undefined;
}
