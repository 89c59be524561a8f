import path from 'node:path';
import * as vscode from 'vscode';
import { inline } from '../../core/approval/display.js';
import type { Level } from '../../core/files/report.js';
import type { FileFindings, FindingsList } from '../diagnostics/known-findings.js';
import type { ShownFinding } from '../diagnostics/shown-finding.js';
import { VIEWS } from '../ids.js';
import { ListView } from './list-view.js';
import { folderName, LEVEL_ICONS, placed } from './words.js';

/** A file with its findings, the worst first. */
interface ListedFile extends FileFindings {
  readonly worst: ShownFinding;
}

/** What one row is about: a file, or one place in it. */
interface FindingRow {
  readonly file: ListedFile;
  readonly finding?: ShownFinding;
}

/** *Findings*: what the files of the workspace would destroy where they run, as far as they were read. */
export function findingsView(known: FindingsList): ListView<FindingRow> {
  return new ListView<FindingRow>(
    VIEWS.findings,
    known.onDidChange,
    (parent) => {
      if (!parent) return known.all().flatMap(inOrder).sort(byWorst).map((file) => ({ file }));
      return parent.finding ? [] : parent.file.findings.map((finding) => ({ file: parent.file, finding }));
    },
    ({ file, finding }) => (finding ? findingItem(file, finding) : placed(fileItem(file), folderName(vscode.workspace.getWorkspaceFolder(file.uri)))),
  );
}

/** The editor counts the worst as the least. */
function inOrder({ uri, findings: all }: FileFindings): readonly ListedFile[] {
  const findings = [...all].sort(({ diagnostic: a }, { diagnostic: b }) => a.severity - b.severity || a.range.start.compareTo(b.range.start));
  const [worst] = findings;
  return worst ? [{ uri, worst, findings }] : [];
}

function byWorst(a: ListedFile, b: ListedFile): number {
  return a.worst.diagnostic.severity - b.worst.diagnostic.severity || (a.uri.fsPath < b.uri.fsPath ? -1 : 1);
}

function fileItem({ uri, worst, findings }: ListedFile): vscode.TreeItem {
  const name = inline(path.basename(uri.fsPath));
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Expanded);
  const folder = path.dirname(vscode.workspace.asRelativePath(uri, false));
  const words = [vscode.l10n.t('findings: {0}', findings.length), ...(folder === '.' ? [] : [inline(folder)])];
  item.id = uri.toString();
  item.description = words.join(' · ');
  item.iconPath = LEVEL_ICONS[worst.level];
  item.tooltip = inline(vscode.workspace.asRelativePath(uri, false));
  item.accessibilityInformation = { label: [name, severityWord(worst.level), ...words].join(', ') };
  return item;
}

function findingItem({ uri, findings }: ListedFile, finding: ShownFinding): vscode.TreeItem {
  const { diagnostic, title, level } = finding;
  const item = new vscode.TreeItem(title);
  const line = vscode.l10n.t('line {0}', diagnostic.range.start.line + 1);
  item.id = `${uri.toString()}#${findings.indexOf(finding)}`;
  item.description = line;
  item.iconPath = LEVEL_ICONS[level];
  item.tooltip = [diagnostic.message, ...(diagnostic.relatedInformation ?? []).map(({ message }) => message)].join('\n');
  item.accessibilityInformation = { label: [severityWord(level), line, diagnostic.message].join(', ') };
  item.command = { command: 'vscode.open', title: vscode.l10n.t('Show the finding'), arguments: [uri, { selection: diagnostic.range } satisfies vscode.TextDocumentShowOptions] };
  return item;
}

/** What the icon says, for whoever does not see it. */
function severityWord(level: Level): string {
  switch (level) {
    case 'error':
      return vscode.l10n.t('Error');
    case 'warning':
      return vscode.l10n.t('Warning');
    case 'note':
      return vscode.l10n.t('Note');
  }
}
