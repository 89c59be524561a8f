import * as vscode from 'vscode';

/** The disk tells of what the editor did within this time. Milliseconds. */
const LASTS = 10_000;

/** What the person creates, deletes, renames or saves in the editor, for as long as the disk may still tell of it. */
export class ByHand implements vscode.Disposable {
  private readonly touched = new Map<string, number>();
  private readonly subscription: vscode.Disposable;

  constructor() {
    this.subscription = vscode.Disposable.from(
      vscode.workspace.onDidCreateFiles(({ files }) => this.touch(files)),
      vscode.workspace.onDidDeleteFiles(({ files }) => this.touch(files)),
      vscode.workspace.onDidRenameFiles(({ files }) => this.touch(files.flatMap(({ oldUri, newUri }) => [oldUri, newUri]))),
      // Chat assistants save as well, and without this event.
      vscode.workspace.onWillSaveTextDocument(({ document }) => this.touch([document.uri])),
    );
  }

  /** Whether the person did something to this file, or to a folder that it is in, a moment ago. */
  has(file: string): boolean {
    const since = Date.now() - LASTS;
    return [...this.touched].some(([name, at]) => at > since && (file === name || file.startsWith(`${name}/`)));
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private touch(uris: readonly vscode.Uri[]): void {
    const now = Date.now();
    for (const [name, at] of this.touched) if (at <= now - LASTS) this.touched.delete(name);
    for (const { fsPath } of uris) this.touched.set(fsPath, now);
  }
}
