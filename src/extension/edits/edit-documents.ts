import path from 'node:path';
import * as vscode from 'vscode';
import { inline } from '../../core/approval/display.js';
import { SEEN_SCHEME } from '../ids.js';
import type { EditRow, ProposedEdit, ProposedEdits } from './proposed-edits.js';
import { lineOf } from './words.js';

/** A deleted file as it is now. */
const NOTHING = 'nothing';

/** Files as the person saw them last, as read-only documents: the left side of the difference. */
export class EditDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly subscription: vscode.Disposable;

  constructor(private readonly edits: ProposedEdits) {
    this.subscription = vscode.Disposable.from(
      this.changed,
      vscode.workspace.registerTextDocumentContentProvider(SEEN_SCHEME, this),
      edits.onDidChange((file) => this.changed.fire(seenUri(file))),
    );
  }

  provideTextDocumentContent({ fsPath, query }: vscode.Uri): string {
    return query === NOTHING ? '' : this.edits.seen(fsPath);
  }

  /** Shows what was seen last beside what is there now, at the place if it is about one. */
  async show({ edit, place }: EditRow): Promise<void> {
    const line = lineOf(place ?? edit.hunks[0]) - 1;
    const now = edit.change === 'deleted' ? seenUri(edit.path).with({ query: NOTHING }) : vscode.Uri.file(edit.path);
    const options: vscode.TextDocumentShowOptions = { preview: true, selection: new vscode.Range(line, 0, line, 0) };
    await vscode.commands.executeCommand('vscode.diff', seenUri(edit.path), now, titleOf(edit), options);
  }

  dispose(): void {
    this.subscription.dispose();
  }
}

function titleOf({ path: file, change }: ProposedEdit): string {
  const name = inline(path.basename(file));
  switch (change) {
    case 'changed':
      return vscode.l10n.t('{0}: as you saw it last ↔ now', name);
    case 'new':
      return vscode.l10n.t('{0}: new', name);
    case 'deleted':
      return vscode.l10n.t('{0}: deleted', name);
  }
}

function seenUri(file: string): vscode.Uri {
  return vscode.Uri.file(file).with({ scheme: SEEN_SCHEME });
}
