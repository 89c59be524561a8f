import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { isProposed, type Standing } from '../../core/edits/come-and-gone.js';
import { isGateFile } from '../../core/edits/weakenings.js';
import { messageOf } from '../../core/errors.js';
import { kindOf, mayMatter } from '../../core/files/kinds.js';
import { MOST_TEXT } from '../../core/files/scan.js';
import { WorkingTree } from '../../world/working-tree.js';
import { ByHand } from './by-hand.js';

/** Files are looked at once no other one comes or goes for so long. Milliseconds. */
const SETTLE = 500;
/** Nobody decides on more files that came at once: a build or an unpacked archive is looked at where it is committed. */
const MOST_AT_ONCE = 200;

export interface FileComingsPorts {
  /** Whether the policy protects a file, whatever its kind. */
  readonly isProtected: (file: string) => boolean;
  /** The files that the person has seen in this window, at a path or below it. */
  readonly seenBelow: (folder: string) => readonly string[];
  /** Whether an assistant announced this text, or the deletion. */
  readonly isAnnounced: (file: string, text: string | undefined) => boolean;
  /** A file is there that the person did not make, or that is back. */
  readonly onCame: (file: string, text: string) => void;
  /** A file is gone, and the person did not delete it. */
  readonly onGone: (file: string, committed: string | undefined) => void;
  /** A file that was seen is gone, and nobody has to be asked about that. */
  readonly onLeft: (file: string) => void;
  /** It was looked at; a document of it that was opened meanwhile may be known now. */
  readonly onSettled: (file: string) => void;
  readonly log: (line: string) => void;
}

/**
 * Notices files that come and go beside the person's own work. The editor watches its folders anyway; what is added is
 * one look of git's at those files that something here could read, and nothing for all others. In a folder that is not
 * trusted git is not asked, for its configuration may name programs.
 */
export class FileComings implements vscode.Disposable {
  private readonly waiting = new Set<string>();
  /** Those that are being looked at. */
  private looking: ReadonlySet<string> = new Set();
  private readonly byHand = new ByHand();
  private readonly subscription: vscode.Disposable;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly ports: FileComingsPorts) {
    const watcher = vscode.workspace.createFileSystemWatcher('**/*', false, true, false);
    this.subscription = vscode.Disposable.from(
      watcher,
      watcher.onDidCreate(({ fsPath }) => this.later(fsPath)),
      watcher.onDidDelete(({ fsPath }) => this.later(fsPath)),
    );
  }

  /** Whether a file came and nobody knows yet who made it. */
  isComing(file: string): boolean {
    return this.waiting.has(file) || this.looking.has(file);
  }

  /** Whether the person made or saved a file in the editor a moment ago. */
  isByHand(file: string): boolean {
    return this.byHand.has(file, true);
  }

  /** The person had this file taken away. The editor’s watcher takes a file that is back at once for a changed one. */
  tookAway(file: string): void {
    this.later(file);
  }

  dispose(): void {
    clearTimeout(this.timer);
    vscode.Disposable.from(this.subscription, this.byHand).dispose();
  }

  private later(file: string): void {
    if (!vscode.workspace.isTrusted || !this.mayMatter(file)) return;
    if (this.waiting.size < MOST_AT_ONCE) this.waiting.add(file);
    this.wait();
  }

  private wait(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.lookAtAll(), SETTLE);
  }

  /** A name without a dot may be a folder’s: the editor tells of a folder that goes, and not of what was in it. */
  private mayMatter(file: string): boolean {
    if (/[\\/]\.git([\\/]|$)/.test(file)) return false;
    return mayMatter(file) || path.extname(file) === '' || isGateFile(file) || this.ports.isProtected(file);
  }

  private async lookAtAll(): Promise<void> {
    if (this.looking.size > 0) {
      this.wait();
      return;
    }
    this.looking = new Set(this.waiting);
    this.waiting.clear();
    const trees = new Map<string, { readonly tree: WorkingTree | undefined; readonly files: string[] }>();
    for (const file of this.looking) {
      const tree = WorkingTree.around(file);
      const group = trees.get(tree?.root ?? '') ?? { tree, files: [] };
      trees.set(tree?.root ?? '', group);
      group.files.push(file);
    }
    for (const { tree, files } of trees.values()) {
      try {
        if (tree?.isBusy) for (const file of files) this.later(file);
        else await this.lookAt(files, tree);
      } catch (error) {
        this.ports.log(messageOf(error));
      }
    }
    const settled = [...this.looking].filter((file) => !this.waiting.has(file));
    this.looking = new Set();
    for (const file of settled) this.ports.onSettled(file);
  }

  private async lookAt(files: readonly string[], tree: WorkingTree | undefined): Promise<void> {
    const { come, gone } = tree ? await tree.uncommitted(files) : { come: files, gone: [] };
    const seen = files.flatMap(this.ports.seenBelow);
    for (const file of new Set([...few(come), ...seen].filter(existsSync))) await this.came(file, seen.includes(file), tree ? 'uncommitted' : 'unknown to git');
    const missing = [...few(gone), ...seen].filter((file) => !existsSync(file) && this.mayMatter(file));
    for (const file of new Set(missing)) await this.went(file, tree, seen.includes(file), gone.includes(file));
  }

  private async came(file: string, wasSeen: boolean, standing: Standing): Promise<void> {
    const text = await textOf(file);
    if (text === undefined || !(mayMatter(file) || kindOf(file, text) !== undefined || this.ports.isProtected(file))) return;
    // What was seen is compared whoever brought it back.
    if (wasSeen || isProposed({ isThere: true, wasSeen, byHand: this.byHand.has(file, true), isAnnounced: this.ports.isAnnounced(file, text), standing })) this.ports.onCame(file, text);
  }

  private async went(file: string, tree: WorkingTree | undefined, wasSeen: boolean, isUncommitted: boolean): Promise<void> {
    // HEAD’s last move may have taken it away; then no commit misses it.
    const standing = isUncommitted ? 'uncommitted' : (await tree?.wasCommitted(file)) ? 'as committed' : 'unknown to git';
    if (isProposed({ isThere: false, wasSeen, byHand: this.byHand.has(file, false), isAnnounced: this.ports.isAnnounced(file, undefined), standing })) this.ports.onGone(file, await tree?.committed(file));
    else if (wasSeen) this.ports.onLeft(file);
  }
}

function few(files: readonly string[]): readonly string[] {
  return files.slice(0, MOST_AT_ONCE);
}

/** The text of a file that can be read; undefined for any other. */
async function textOf(file: string): Promise<string | undefined> {
  try {
    const found = await stat(file);
    return found.isFile() && found.size <= MOST_TEXT ? await readFile(file, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}
