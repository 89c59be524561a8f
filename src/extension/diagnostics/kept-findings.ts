import * as vscode from 'vscode';
import { messageOf } from '../../core/errors.js';
import type { PlacedFinding } from '../../core/files/report.js';
import { environmentsUnder, type Policies } from '../../core/policy/policy.js';
import type { Scanner } from '../../world/scanner.js';
import { textOf } from '../../world/source-text.js';
import type { KnownFindings } from './known-findings.js';
import { shownFinding, type ShownFinding } from './shown-finding.js';

/**
 * Keeps what a scan found in files that nobody has open true to the disk: one that is closed or changed is read again,
 * and of one that is gone nothing is known any more.
 */
export function keepFindings(known: KnownFindings, scanner: Scanner, policies: () => Policies, log: vscode.LogOutputChannel): vscode.Disposable {
  const read = async (uri: vscode.Uri): Promise<void> => {
    if (!known.isKept(uri)) return;
    try {
      const text = textOf(uri.fsPath);
      const findings = text === undefined ? [] : await scanner.scan({ path: uri.fsPath, text }, environmentsUnder(policies()), true);
      known.renew(uri, foundOnDisk(uri, findings));
    } catch (error) {
      log.warn(`${uri.fsPath}: ${messageOf(error)}`);
    }
  };
  const watcher = vscode.workspace.createFileSystemWatcher('**/*');
  return vscode.Disposable.from(
    watcher,
    known.onDidKeep((uri) => void read(uri)),
    // Some programs write a file by putting a new one in its place.
    watcher.onDidCreate((uri) => void read(uri)),
    watcher.onDidChange((uri) => void read(uri)),
    watcher.onDidDelete(({ fsPath }) => known.gone(fsPath)),
  );
}

/** What a file on the disk is shown with. */
export function foundOnDisk(uri: vscode.Uri, findings: readonly PlacedFinding[]): readonly ShownFinding[] {
  return findings.filter(({ suppressed }) => suppressed === undefined).map((finding) => shownFinding(finding, uri, rangeOf(finding)));
}

function rangeOf({ line, column, endLine, endColumn }: PlacedFinding): vscode.Range {
  return new vscode.Range(line - 1, column - 1, endLine - 1, endColumn - 1);
}
