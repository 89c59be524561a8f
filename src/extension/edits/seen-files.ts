import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { isAtCursor, type LineRange } from '../../core/edits/at-cursor.js';
import { SeenFile } from '../../core/edits/seen-file.js';
import { kindOf, mayMatter } from '../../core/files/kinds.js';
import { MOST_TEXT } from '../../core/files/scan.js';
import { isInside } from '../../core/shell/paths.js';
import { textOnDisk } from './whole-files.js';

/** As many files are remembered that nobody has open any more. */
const MOST_CLOSED = 64;
/** And of those that came while the window was open and that nobody has opened. */
const MOST_UNOPENED = 200;
/** The team's rules are watched by themselves: they count only once they were approved. */
const RULES = /[\\/]\.countersign[\\/]/;
/** Enough of a first line to tell what kind of file it begins. Characters. */
const FIRST_LINE = 200;

export interface SeenFilesPorts {
  /** Whether the policy protects a file, whatever its kind. */
  readonly isProtected: (file: string) => boolean;
  /** Something came into a file that the person did not type; undefined when the file is gone. */
  readonly onArrival: (file: string, text: string | undefined) => void;
  /** The person typed in a file that had unseen places. */
  readonly onTyped: (file: string) => void;
  /** A file is not watched any more. */
  readonly onForgotten: (file: string) => void;
  /** Whether a file came a moment ago, and nobody knows yet who made it. */
  readonly isComing: (file: string) => boolean;
  /** Whether the person made or saved a file in the editor a moment ago. */
  readonly isByHand: (file: string) => boolean;
}

/**
 * What the person has seen of the files they opened in this window: those that something here can read, or that the
 * policy protects. A key pressed costs a comparison of positions.
 */
export class SeenFiles implements vscode.Disposable {
  private readonly files = new Map<string, SeenFile>();
  /** Those that nobody has open, the one closed longest ago first. */
  private readonly closed = new Set<string>();
  /** Those that came or went without ever being open here, the first one first. */
  private readonly unopened = new Set<string>();
  /** Those that the person left deleted, as long as they are: the editor may tell of a deletion long after it. */
  private readonly leftDeleted = new Set<string>();
  /** Files that a command of ours is changing, as the person told it to, and whether they know what it writes. */
  private readonly commanded = new Map<string, 'seen' | 'unseen'>();
  private readonly subscription: vscode.Disposable;

  constructor(private readonly ports: SeenFilesPorts) {
    // The editor watches its folders anyway; this hears of it.
    const watcher = vscode.workspace.createFileSystemWatcher('**/*', false, false, true);
    this.subscription = vscode.Disposable.from(
      watcher,
      watcher.onDidChange((uri) => void this.read(uri)),
      watcher.onDidCreate((uri) => {
        if (existsSync(uri.fsPath)) this.leftDeleted.delete(uri.fsPath);
        void this.read(uri);
      }),
      vscode.workspace.onDidOpenTextDocument((document) => this.open(document)),
      vscode.workspace.onDidChangeTextDocument((event) => this.change(event)),
      vscode.workspace.onDidCloseTextDocument((document) => this.close(document)),
    );
    this.lookAtAll();
  }

  lookAtAll(): void {
    for (const document of vscode.workspace.textDocuments) this.open(document);
  }

  at(file: string): SeenFile | undefined {
    return this.files.get(file);
  }

  /** The files at a path and below it. */
  below(folder: string): readonly string[] {
    return [...this.files.keys()].filter((file) => isInside(folder, file));
  }

  /** Whether the person never had a file in front of them: then its text is that of the last commit. */
  isUnopened(file: string): boolean {
    return this.unopened.has(file);
  }

  /** A file is there that the person did not make; or one that was deleted is back. */
  came(file: string, text: string): void {
    const known = this.files.get(file);
    this.leftDeleted.delete(file);
    if (RULES.test(file) || (known && known.change !== 'deleted')) return;
    const open = vscode.workspace.textDocuments.find((document) => isFile(document) && document.uri.fsPath === file);
    if (!known) {
      this.files.set(file, new SeenFile(undefined));
      if (!open) this.limit(this.unopened.add(file), MOST_UNOPENED);
    }
    this.arrive(file, open?.getText() ?? text);
  }

  /** A file is gone, and the person did not delete it. */
  went(file: string, committed: string | undefined): void {
    const known = this.files.get(file);
    if (known?.change === 'deleted' || (!known && this.leftDeleted.has(file))) return;
    if (known?.change === 'new') {
      this.forget(file);
      return;
    }
    if (known) this.unopened.delete(file);
    else if (committed === undefined || committed.length > MOST_TEXT) return;
    else this.limit(this.unopened.add(file), MOST_UNOPENED);
    const gone = known ?? new SeenFile(committed);
    this.files.set(file, gone);
    gone.removed();
    this.ports.onArrival(file, undefined);
  }

  /** The person leaves a file deleted. */
  leave(file: string): void {
    this.forget(file);
    this.leftDeleted.add(file);
    const [oldest] = this.leftDeleted;
    if (this.leftDeleted.size > MOST_UNOPENED && oldest !== undefined) this.leftDeleted.delete(oldest);
  }

  /** A file is gone, and what was to be decided about it with it. */
  left(file: string): void {
    if (this.files.get(file)?.isSeen === false) this.forget(file);
  }

  /** A command of ours wrote a file or deleted it, and the person knows the text. */
  told(file: string, text: string | undefined): void {
    this.files.set(file, new SeenFile(text));
    this.unopened.delete(file);
    if (!vscode.workspace.textDocuments.some((document) => isFile(document) && document.uri.fsPath === file)) this.limit(this.closed.add(file), MOST_CLOSED);
  }

  /** A file that was looked at: nobody has to know any more that it is gone, and somebody may have opened it meanwhile. */
  settled(file: string): void {
    const known = this.files.get(file);
    if (known?.change === 'deleted' && known.isSeen) this.forget(file);
    const open = vscode.workspace.textDocuments.find((document) => document.uri.fsPath === file);
    if (open) this.open(open);
  }

  /** Makes a change that the person asked for. @param as whether they have seen what it writes */
  async apply(edit: vscode.WorkspaceEdit, as: 'seen' | 'unseen' = 'seen'): Promise<boolean> {
    const files = edit.entries().map(([uri]) => uri.fsPath);
    for (const file of files) this.commanded.set(file, as);
    try {
      return await vscode.workspace.applyEdit(edit);
    } finally {
      for (const file of files) this.commanded.delete(file);
    }
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private open(document: vscode.TextDocument): void {
    if (!isFile(document)) return;
    const file = document.uri.fsPath;
    const known = this.files.get(file);
    // The editor still shows what it had of a deleted file.
    if (known?.change === 'deleted') return;
    this.closed.delete(file);
    this.unopened.delete(file);
    if (known) this.arrive(file, document.getText());
    else if (!this.ports.isComing(file) && this.matters(file, document)) this.remember(file, document.getText());
  }

  private matters(file: string, document: vscode.TextDocument): boolean {
    if (RULES.test(file)) return false;
    return mayMatter(file) || kindOf(file, document.lineAt(0).text.slice(0, FIRST_LINE)) !== undefined || this.ports.isProtected(file);
  }

  private remember(file: string, text: string): void {
    if (text.length <= MOST_TEXT) this.files.set(file, new SeenFile(text));
  }

  private change(event: vscode.TextDocumentChangeEvent): void {
    const { document, contentChanges } = event;
    const file = document.uri.fsPath;
    const known = this.files.get(file);
    if (!known || known.change === 'deleted' || contentChanges.length === 0 || !isFile(document)) return;
    if (!this.isByHand(event) && !this.isSavedAs(document, known)) {
      this.arrive(file, document.getText());
      return;
    }
    const wasSeen = known.isSeen;
    for (const { rangeOffset, rangeLength, text } of contentChanges) known.typed({ start: rangeOffset, end: rangeOffset + rangeLength, text });
    if (!wasSeen) this.ports.onTyped(file);
  }

  /** Whether the person did it. Formatting and the like count as others’ work, and make nothing worse. */
  private isByHand({ document, contentChanges, reason }: vscode.TextDocumentChangeEvent): boolean {
    const told = this.commanded.get(document.uri.fsPath);
    if (told !== undefined) return told === 'seen';
    if (reason !== undefined) return true;
    const editor = vscode.window.activeTextEditor;
    if (editor?.document !== document || !isAtCursor(contentChanges.map(({ range }) => linesOf(range)), editor.selections.map(linesOf))) return false;
    // What is typed is not on disk yet. The editor says only after the first key that something is unsaved.
    return document.isDirty || textOnDisk(document.uri.fsPath) !== document.getText();
  }

  /** “Save As” makes an empty file, and fills it with what another editor shows. */
  private isSavedAs(document: vscode.TextDocument, known: SeenFile): boolean {
    return known.now === '' && this.ports.isByHand(document.uri.fsPath) && vscode.workspace.textDocuments.some((other) => other !== document && other.getText() === document.getText());
  }

  private arrive(file: string, text: string): void {
    const known = this.files.get(file);
    if (!known || (known.now === text && known.change !== 'deleted')) return;
    if (text.length > MOST_TEXT) {
      this.forget(file);
      return;
    }
    known.arrived(text);
    this.ports.onArrival(file, text);
  }

  private close(document: vscode.TextDocument): void {
    const file = document.uri.fsPath;
    if (!isFile(document) || !this.files.has(file)) return;
    // What was not saved is gone, and what is on disk instead was seen long ago or never.
    if (document.isDirty) {
      this.forget(file);
      return;
    }
    this.limit(this.closed.add(file), MOST_CLOSED);
  }

  private limit(files: ReadonlySet<string>, most: number): void {
    const [oldest] = files;
    if (files.size > most && oldest !== undefined) this.forget(oldest);
  }

  private async read(uri: vscode.Uri): Promise<void> {
    if (!this.isClosed(uri.fsPath)) return;
    try {
      const bytes = await vscode.workspace.fs.readFile(uri);
      if (this.isClosed(uri.fsPath)) this.arrive(uri.fsPath, new TextDecoder().decode(bytes));
    } catch {
      // It is gone again: there is nothing to compare.
    }
  }

  private isClosed(file: string): boolean {
    return this.closed.has(file) || this.unopened.has(file);
  }

  forget(file: string): void {
    this.files.delete(file);
    this.closed.delete(file);
    this.unopened.delete(file);
    this.ports.onForgotten(file);
  }
}

/** Git and others show other texts under a file’s own path. */
function isFile({ uri }: vscode.TextDocument): boolean {
  return uri.scheme === 'file';
}

function linesOf({ start, end }: vscode.Range): LineRange {
  return { first: start.line, last: end.line };
}
