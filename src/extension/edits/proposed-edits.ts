import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { Agent } from '../../assistants/call.js';
import type { AnnouncedEdits } from '../../broker/announced-edits.js';
import { CountersignError, messageOf } from '../../core/errors.js';
import type { Edit } from '../../core/edits/compare.js';
import { policyPath } from '../../core/edits/judge-edits.js';
import { proposedHunks, type ProposedHunk } from '../../core/edits/proposal.js';
import type { FileChange, SeenFile } from '../../core/edits/seen-file.js';
import { changeBetween } from '../../core/edits/unseen.js';
import { isGateFile } from '../../core/edits/weakenings.js';
import { decideEdit } from '../../core/policy/edits.js';
import { strictest, type Verdict } from '../../core/policy/decide.js';
import { environmentsUnder, type Policies } from '../../core/policy/policy.js';
import { FileWorld } from '../../world/file-world.js';
import type { Scanner } from '../../world/scanner.js';
import { WorkingTree } from '../../world/working-tree.js';
import { FileComings } from './file-comings.js';
import { SeenFiles } from './seen-files.js';
import { changedSince, createFile, deleteFile, giveBack, moveToTrash } from './whole-files.js';
import type { Sentence } from '../../core/say.js';

/** What has arrived is looked at once nothing more does for so long. Milliseconds. */
const SETTLE = 300;
const NOTHING: Verdict = { action: 'allow', environment: undefined, reasons: [] };

/** What has come into a file without typing, and makes something worse. */
export interface ProposedEdit {
  readonly path: string;
  readonly change: FileChange;
  /** The assistant that announced exactly this; undefined when nobody can tell who wrote it. */
  readonly author: Agent | undefined;
  /** What the policy says to an edit of this file, whatever is in it. */
  readonly reasons: readonly Sentence[];
  /** The places to look at; their ranges are in `now`. */
  readonly hunks: readonly [ProposedHunk, ...ProposedHunk[]];
  readonly now: string;
}

/** A change of a file that is there before and afterwards. */
interface TextEdit {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** All of an edit, or one place of it. */
export interface EditRow {
  readonly edit: ProposedEdit;
  readonly place?: ProposedHunk;
}

/** Edits that nobody typed, as long as nobody decided on them. */
export class ProposedEdits implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<string>();
  /** The path of the file whose edit came, changed or went. */
  readonly onDidChange = this.changed.event;
  private readonly proposals = new Map<string, ProposedEdit>();
  private readonly authors = new Map<string, Agent>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly files: SeenFiles;
  private readonly comings: FileComings;

  /** @param policies the rules that hold */
  constructor(
    private readonly scanner: Scanner,
    private readonly policies: () => Policies,
    private readonly announced: AnnouncedEdits,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.comings = new FileComings({
      isProtected: (file) => this.protection(file).action !== 'allow',
      seenBelow: (folder) => this.files.below(folder),
      isAnnounced: (file, text) => announced.authorOf(file, text) !== undefined,
      onCame: (file, text) => this.files.came(file, text),
      onGone: (file, committed) => this.files.went(file, committed),
      onLeft: (file) => this.files.left(file),
      onSettled: (file) => this.files.settled(file),
      log: (line) => log.warn(line),
    });
    this.files = new SeenFiles({
      isProtected: (file) => this.protection(file).action !== 'allow',
      onArrival: (file, text) => this.arrived(file, text),
      onTyped: (file) => this.later(file),
      onForgotten: (file) => this.set(file, undefined),
      isComing: (file) => this.comings.isComing(file),
      isByHand: (file) => this.comings.isByHand(file),
    });
  }

  all(): readonly ProposedEdit[] {
    return [...this.proposals.values()];
  }

  at(file: string): ProposedEdit | undefined {
    return this.proposals.get(file);
  }

  /** The file as the person saw it last. */
  seen(file: string): string {
    return this.files.at(file)?.seen ?? '';
  }

  /** The rules were read again: other files may be protected. */
  rulesChanged(): void {
    this.files.lookAtAll();
  }

  /** Leaves one place as it is, or all of the edit. */
  async keep(edit: ProposedEdit, { hunk }: Partial<ProposedHunk> = {}): Promise<void> {
    this.current(edit).keep(hunk?.afterSpan);
    await this.look(edit.path);
  }

  /**
   * Gives one place back as the person saw it, or all of the edit; on disk too, where nothing else was unsaved.
   *
   * @param detail what becomes of a new file’s text, if anything does
   * @returns whether it is as it was: a person may leave a new file, and may have to call git for a deleted one
   */
  async revert(edit: ProposedEdit, place: Partial<ProposedHunk> = {}, detail = ''): Promise<boolean> {
    const file = this.current(edit);
    switch (file.change) {
      case 'changed': {
        await this.rewrite({ path: edit.path, before: edit.now, after: file.reverted(place.hunk?.afterSpan) }, 'seen');
        await this.look(edit.path);
        return true;
      }
      case 'new': {
        const isGone = await moveToTrash(edit.path, edit.now, detail);
        if (isGone) {
          this.files.forget(edit.path);
          this.comings.tookAway(edit.path);
        }
        return isGone;
      }
      case 'deleted': {
        const isBack = await giveBack(edit.path, this.files.isUnopened(edit.path) ? undefined : file.seen);
        if (isBack) this.files.came(edit.path, file.seen);
        return isBack;
      }
    }
  }

  /** Takes what is to be asked for out of its file, as reverting it does; git is called for what only git has. */
  async takeOut(edit: ProposedEdit, place: Partial<ProposedHunk> = {}): Promise<boolean> {
    const file = this.current(edit);
    const tree = file.change === 'deleted' && this.files.isUnopened(edit.path) ? WorkingTree.around(edit.path) : undefined;
    if (!tree) return this.revert(edit, place, vscode.l10n.t('The request keeps its text, which is written again once others have agreed.'));
    await tree.restore(edit.path);
    this.files.came(edit.path, file.seen);
    return true;
  }

  /** What the edit, or one place of it, makes of what reverting it leaves; a whole file has no places. */
  textsOf(edit: ProposedEdit, { hunk }: Partial<ProposedHunk> = {}): Edit {
    const { path, change, now } = edit;
    const file = this.current(edit);
    switch (change) {
      case 'changed':
        return { path, before: file.reverted(hunk?.afterSpan), after: now };
      case 'new':
        return { path, before: undefined, after: now };
      case 'deleted':
        return { path, before: file.seen, after: undefined };
    }
  }

  /**
   * Makes an edit: in the editor and, where nothing was unsaved, on disk; a whole file on disk.
   *
   * @param as whether the person has seen what it writes; what they have not is proposed
   * @throws CountersignError `refused` when the file is neither as before nor to be written
   */
  async write({ path, before, after }: Edit, as: 'seen' | 'unseen'): Promise<void> {
    if (before !== undefined && after !== undefined) return this.rewrite({ path, before, after }, as);
    if (after !== undefined) await createFile(path, after);
    else if (before !== undefined) await deleteFile(path, before);
    if (as === 'seen') this.files.told(path, after);
    else if (after !== undefined) this.files.came(path, after);
    else this.files.went(path, before);
  }

  /** Makes a change that the person asked for: nothing of it has to be shown to them. */
  apply(change: vscode.WorkspaceEdit): Promise<boolean> {
    return this.files.apply(change);
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    vscode.Disposable.from(this.files, this.comings, this.changed).dispose();
  }

  /** The file, if it is still what the edit was shown for. */
  private current(edit: ProposedEdit): SeenFile {
    const file = this.files.at(edit.path);
    if (!file || this.proposals.get(edit.path) !== edit || file.now !== edit.now) throw changedSince();
    return file;
  }

  private async rewrite({ path, before, after }: TextEdit, as: 'seen' | 'unseen'): Promise<void> {
    const document = await vscode.workspace.openTextDocument(path);
    if (document.getText() !== before) throw changedSince();
    const wasClean = !document.isDirty;
    const change = changeBetween(before, after);
    if (!change) return;
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(document.positionAt(change.start), document.positionAt(change.end)), change.text);
    if (!(await this.files.apply(edit, as))) throw new CountersignError('refused', vscode.l10n.t('The editor did not let the file be changed. Is it read-only?'));
    if (wasClean) await document.save();
  }

  private arrived(file: string, text: string | undefined): void {
    const author = this.announced.authorOf(file, text);
    if (author === undefined) this.authors.delete(file);
    else this.authors.set(file, author);
    this.later(file);
  }

  private later(file: string): void {
    clearTimeout(this.timers.get(file));
    this.timers.set(file, setTimeout(() => void this.look(file), SETTLE));
  }

  private async look(path: string): Promise<void> {
    clearTimeout(this.timers.get(path));
    this.timers.delete(path);
    const file = this.files.at(path);
    if (!file) return;
    const { seen, now, change } = file;
    const isGone = change === 'deleted';
    try {
      const comparison = await this.scanner.compare({ path, before: seen, after: isGone ? undefined : now }, environmentsUnder(this.policies()));
      if (this.files.at(path) !== file || file.now !== now || file.seen !== seen || file.change !== change) {
        this.later(path);
        return;
      }
      const protection = isGone ? this.ruling(path) : this.protection(path);
      const [first, ...others] = proposedHunks(comparison, protection);
      // What makes nothing worse, or was decided on to its last place, is nobody's business any more.
      if (!first && isGone) this.files.leave(path);
      else if (!first) file.keep();
      this.set(path, first && { path, change, now, author: this.authors.get(path), reasons: protection.reasons, hunks: [first, ...others] });
    } catch (error) {
      this.log.warn(`${path}: ${messageOf(error)}`);
    }
  }

  private set(path: string, proposal: ProposedEdit | undefined): void {
    const had = this.proposals.delete(path);
    if (proposal) this.proposals.set(path, proposal);
    else this.authors.delete(path);
    if (had || proposal) this.changed.fire(path);
  }

  /** What the policy would have said to an assistant. Files that gates rest on have a watch of their own, which knows what weakens them. */
  private protection(file: string): Verdict {
    if (this.policies().every(({ protectedPaths }) => protectedPaths.length === 0) || isGateFile(file)) return NOTHING;
    return this.ruling(file);
  }

  private ruling(file: string): Verdict {
    const path = policyPath(file, new FileWorld(homedir(), process.env));
    return strictest(this.policies().map((policy) => decideEdit(path, 'agent', policy)));
  }
}

