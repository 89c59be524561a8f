import * as vscode from 'vscode';

/** The disk tells of what the editor did within this time. Milliseconds. */
const LASTS = 10_000;

interface Touch {
  readonly at: number;
  /** Whether it left the file, or took it away. */
  readonly isThere: boolean;
}

/** What the person creates, deletes, renames or saves in the editor, for as long as the disk may still tell of it. */
export class ByHand implements vscode.Disposable {
  private readonly touched = new Map<string, Touch>();
  private readonly subscription: vscode.Disposable;

  constructor() {
    this.subscription = vscode.Disposable.from(
      vscode.workspace.onDidCreateFiles(({ files }) => this.touch(files, true)),
      vscode.workspace.onDidDeleteFiles(({ files }) => this.touch(files, false)),
      vscode.workspace.onDidRenameFiles(({ files }) => {
        this.touch(files.map(({ oldUri }) => oldUri), false);
        this.touch(files.map(({ newUri }) => newUri), true);
      }),
      // Chat assistants save as well, and without this event.
      vscode.workspace.onWillSaveTextDocument(({ document }) => this.touch([document.uri], true)),
    );
  }

  /** Whether the person left this file, or a folder that it is in, there or not there a moment ago. */
  has(file: string, isThere: boolean): boolean {
    const since = Date.now() - LASTS;
    return [...this.touched].some(([name, touch]) => touch.at > since && touch.isThere === isThere && (file === name || file.startsWith(`${name}/`)));
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private touch(uris: readonly vscode.Uri[], isThere: boolean): void {
    const at = Date.now();
    for (const [name, touch] of this.touched) if (touch.at <= at - LASTS) this.touched.delete(name);
    for (const { fsPath } of uris) this.touched.set(fsPath, { at, isThere });
  }
}
