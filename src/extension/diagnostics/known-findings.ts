import * as vscode from 'vscode';
import { isInside } from '../../core/shell/paths.js';
import type { ShownFinding } from './shown-finding.js';

/** A burst of changes, such as a scan, is told once in so long. Milliseconds. */
const PAUSE = 100;

/** A file in which something was found. */
export interface FileFindings {
  readonly uri: vscode.Uri;
  /** At least one. */
  readonly findings: readonly ShownFinding[];
}

/** What a list of findings needs to know. */
export interface FindingsList {
  readonly onDidChange: vscode.Event<void>;
  all(): readonly FileFindings[];
}

/**
 * What is known of the files of this window, each file from one place: an open one as it is typed, one that a scan
 * found something in from the disk. What a scan knows outlives that somebody opens the file and closes it again.
 */
export class KnownFindings implements FindingsList, vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('countersign');
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly kept = new vscode.EventEmitter<vscode.Uri>();
  /** A file is no longer read as it is typed, and what is known of it stays. */
  readonly onDidKeep = this.kept.event;
  private readonly files = new Map<string, FileFindings>();
  /** Those that are read as they are typed. */
  private readonly live = new Set<string>();
  /** Those that the last scan found something in. */
  private readonly scanned = new Map<string, vscode.Uri>();
  private timer: NodeJS.Timeout | undefined;

  all(): readonly FileFindings[] {
    return [...this.files.values()];
  }

  /** What an open file holds as it is typed; from then on nothing else is shown of it. */
  typed(uri: vscode.Uri, findings: readonly ShownFinding[]): void {
    this.live.add(uri.toString());
    this.show(uri, findings);
  }

  /** A file is not read as it is typed any more. */
  left(uri: vscode.Uri): void {
    const key = uri.toString();
    if (!this.live.delete(key)) return;
    if (this.scanned.has(key)) this.kept.fire(uri);
    else this.show(uri, []);
  }

  /** What a scan found in a file; an open one is shown as it is typed. */
  found(uri: vscode.Uri, findings: readonly ShownFinding[]): void {
    this.scanned.set(uri.toString(), uri);
    if (!this.live.has(uri.toString())) this.show(uri, findings);
  }

  /** What a file holds now on the disk that a scan found something in before, unless somebody has opened it meanwhile. */
  renew(uri: vscode.Uri, findings: readonly ShownFinding[]): void {
    if (this.isKept(uri)) this.show(uri, findings);
  }

  /** Whether what is known of a file is what it holds on the disk. */
  isKept(uri: vscode.Uri): boolean {
    return this.scanned.has(uri.toString()) && !this.live.has(uri.toString());
  }

  /** A scan begins anew. */
  forgetScan(): void {
    for (const uri of this.scanned.values()) this.forget(uri);
  }

  /** A file, or a folder with all that is in it, is gone from the disk. */
  gone(path: string): void {
    for (const uri of this.scanned.values()) if (isInside(path, uri.fsPath)) this.forget(uri);
  }

  dispose(): void {
    clearTimeout(this.timer);
    vscode.Disposable.from(this.collection, this.changed, this.kept).dispose();
  }

  private forget(uri: vscode.Uri): void {
    this.scanned.delete(uri.toString());
    if (!this.live.has(uri.toString())) this.show(uri, []);
  }

  private show(uri: vscode.Uri, findings: readonly ShownFinding[]): void {
    if (findings.length === 0 && !this.files.has(uri.toString())) return;
    if (findings.length === 0) this.files.delete(uri.toString());
    else this.files.set(uri.toString(), { uri, findings });
    this.collection.set(uri, findings.map(({ diagnostic }) => diagnostic));
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.changed.fire();
    }, PAUSE);
  }
}
