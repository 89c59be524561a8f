import * as vscode from 'vscode';
import type { PlacedFinding } from '../../core/files/report.js';
import { MOST_TEXT } from '../../core/files/scan.js';
import { messageOf } from '../../core/errors.js';
import { environmentsUnder, type Policies } from '../../core/policy/policy.js';
import type { Scanner } from '../../world/scanner.js';
import type { ProposedEdit, ProposedEdits } from '../edits/proposed-edits.js';
import { provenance } from '../edits/words.js';
import { SETTINGS } from '../ids.js';
import type { KnownFindings } from './known-findings.js';
import { shownFinding, type ShownFinding } from './shown-finding.js';

/** A pause in typing, in milliseconds. */
const PAUSE = 200;

/** One document's turn: what waits for a pause, and what was found last. */
interface Turn {
  timer: NodeJS.Timeout | undefined;
  busy: boolean;
  /** The rules or other files changed since it was read last. */
  anew: boolean;
  /** The version of the document that was read last. */
  version: number;
  findings: readonly PlacedFinding[];
}

/** Shows what open files would do where they run, while they are typed. Only files on disk have a kind and a place to run. */
export class FileDiagnostics implements vscode.Disposable {
  private readonly turns = new Map<string, Turn>();
  private readonly subscription: vscode.Disposable;
  private environments: string;

  constructor(
    private readonly scanner: Scanner,
    private readonly policies: () => Policies,
    private readonly edits: ProposedEdits,
    private readonly known: KnownFindings,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.environments = this.currentEnvironments();
    this.subscription = vscode.Disposable.from(
      vscode.workspace.onDidOpenTextDocument((document) => this.schedule(document)),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => contentChanges.length > 0 && this.schedule(document)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.leave(uri)),
      vscode.workspace.onDidSaveTextDocument(() => this.distrust()),
      vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration(`${SETTINGS.section}.${SETTINGS.diagnostics}`) && this.lookAtAll()),
    );
    this.lookAtAll();
  }

  /** What was found in a document as it is now; nothing while it is being read. */
  findingsIn({ uri, version }: vscode.TextDocument): readonly PlacedFinding[] {
    const turn = this.turns.get(uri.toString());
    return turn?.version === version ? turn.findings : [];
  }

  /** Who proposed what is found there may be known by now, or decided on. */
  drawAnew(uri: vscode.Uri): void {
    const turn = this.turns.get(uri.toString());
    const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri.toString());
    if (turn && document?.version === turn.version) this.draw(document, turn);
  }

  /** The rules were read again; only other environments make another answer. */
  rulesChanged(): void {
    const environments = this.currentEnvironments();
    if (environments === this.environments) return;
    this.environments = environments;
    this.distrust();
    this.lookAtAll();
  }

  dispose(): void {
    for (const { timer } of this.turns.values()) clearTimeout(timer);
    this.subscription.dispose();
  }

  private lookAtAll(): void {
    for (const document of vscode.workspace.textDocuments) this.schedule(document);
  }

  private currentEnvironments(): string {
    return JSON.stringify(environmentsUnder(this.policies()));
  }

  /** Any file may say where others land. */
  private distrust(): void {
    for (const turn of this.turns.values()) turn.anew = true;
  }

  private schedule(document: vscode.TextDocument): void {
    if (document.uri.scheme !== 'file') return;
    if (!areOn()) {
      this.leave(document.uri);
      return;
    }
    const key = document.uri.toString();
    const turn = this.turns.get(key) ?? { timer: undefined, busy: false, anew: true, version: -1, findings: [] };
    this.turns.set(key, turn);
    clearTimeout(turn.timer);
    turn.timer = setTimeout(() => void this.look(document, turn), PAUSE);
  }

  private async look(document: vscode.TextDocument, turn: Turn): Promise<void> {
    // One question for each document at a time; what was typed meanwhile is asked about next.
    if (turn.busy) {
      this.schedule(document);
      return;
    }
    turn.busy = true;
    const { uri, version } = document;
    const { anew } = turn;
    turn.anew = false;
    try {
      const text = document.getText().slice(0, MOST_TEXT + 1);
      const findings = await this.scanner.scan({ path: uri.fsPath, text }, environmentsUnder(this.policies()), anew);
      if (this.turns.get(uri.toString()) !== turn || document.version !== version) return;
      turn.version = version;
      turn.findings = findings.filter(({ suppressed }) => suppressed === undefined);
      this.draw(document, turn);
    } catch (error) {
      this.log.warn(`${uri.fsPath}: ${messageOf(error)}`);
    } finally {
      turn.busy = false;
    }
  }

  private draw(document: vscode.TextDocument, { findings }: Turn): void {
    const { uri } = document;
    const edit = this.edits.at(uri.fsPath);
    this.known.typed(uri, [
      ...findings.map((finding) => shownFinding(finding, uri, rangeOf(finding, document), edit && brings(edit, finding) ? provenance(edit) : undefined)),
      ...(edit ? lossesIn(edit, document) : []),
    ]);
  }

  private leave(uri: vscode.Uri): void {
    clearTimeout(this.turns.get(uri.toString())?.timer);
    this.turns.delete(uri.toString());
    this.known.left(uri);
  }
}

/** Whether open files are read as they are typed. */
function areOn(): boolean {
  return vscode.workspace.getConfiguration(SETTINGS.section).get<boolean>(SETTINGS.diagnostics, true);
}

export function rangeOf({ span }: PlacedFinding, document: vscode.TextDocument): vscode.Range {
  return new vscode.Range(document.positionAt(span.start), document.positionAt(span.end));
}

/** Whether a finding is one of those that a proposed edit brought. */
function brings({ hunks }: ProposedEdit, { rule, span }: PlacedFinding): boolean {
  return hunks.some(({ hunk }) => hunk.added.some((one) => one.rule === rule && one.span.start === span.start && one.span.end === span.end));
}

/** What a proposed edit took away has no place in the text any more: it is shown where it was. */
function lossesIn(edit: ProposedEdit, document: vscode.TextDocument): readonly ShownFinding[] {
  return edit.hunks.flatMap(({ hunk }) => {
    const line = document.validateRange(new vscode.Range(hunk.after.start, 0, hunk.after.start + Math.max(0, hunk.after.count - 1), Number.MAX_SAFE_INTEGER));
    return hunk.lostProtections.map((finding) => shownFinding(finding, document.uri, line, provenance(edit)));
  });
}
