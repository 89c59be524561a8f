import { homedir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { Policies } from '../../core/policy/policy.js';
import { inert, plain } from '../../core/approval/display.js';
import { assess } from '../../core/assess/assess.js';
import { judgeStart } from '../../core/files/judge-start.js';
import { MOST_TEXT } from '../../core/files/scan.js';
import { startsIn, type Start } from '../../core/files/starts.js';
import { describeQuorum, quorumFor } from '../../core/policy/quorum.js';
import { verdictLines } from '../../core/policy/words.js';
import type { World } from '../../core/world.js';
import { isInside } from '../../core/shell/paths.js';
import { clock } from '../../world/clock.js';
import { FileWorld } from '../../world/file-world.js';
import { COMMANDS, SETTINGS } from '../ids.js';
import type { DeskRequest, RequestsModel } from '../requests-model.js';
import type { ReviewDocuments } from '../review-documents.js';
import { spoken } from '../../core/say.js';

const SELECTOR: vscode.DocumentSelector = [
  { scheme: 'file', pattern: '**/.vscode/tasks.json' },
  { scheme: 'file', pattern: '**/package.json' },
];

/** Why something would not simply run. */
export interface Held {
  readonly label: string;
  /** Where it would start. */
  readonly directory: string;
  readonly reasons: readonly string[];
}

/** Says above a task or a script that it would be held, and for how many people; nothing above every other one. */
export class StartLenses implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.changed.event;
  private readonly subscription: vscode.Disposable;
  private rules: string;

  /** @param policies the rules that hold */
  constructor(private readonly policies: (near?: string) => Policies) {
    this.rules = JSON.stringify(policies());
    this.subscription = vscode.Disposable.from(
      this.changed,
      vscode.languages.registerCodeLensProvider(SELECTOR, this),
      // Any file may be one that a task runs.
      vscode.workspace.onDidSaveTextDocument(() => this.changed.fire()),
      vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration(`${SETTINGS.section}.${SETTINGS.codeLens}`) && this.changed.fire()),
    );
  }

  /** The rules were read again; only others make another answer. */
  rulesChanged(): void {
    const rules = JSON.stringify(this.policies());
    if (rules === this.rules) return;
    this.rules = rules;
    this.changed.fire();
  }

  async provideCodeLenses(document: vscode.TextDocument, token: vscode.CancellationToken): Promise<vscode.CodeLens[]> {
    const text = document.getText();
    if (!vscode.workspace.getConfiguration(SETTINGS.section).get<boolean>(SETTINGS.codeLens, true) || text.length > MOST_TEXT) return [];
    const file = document.uri.fsPath;
    // A task runs in the folder of the workspace, a script in that of its package.
    const cwd = path.basename(file) === 'package.json' ? path.dirname(file) : path.dirname(path.dirname(file));
    const world = new FileWorld(homedir(), process.env);
    const lenses: vscode.CodeLens[] = [];
    for (const start of startsIn({ path: file, text })) {
      if (token.isCancellationRequested) return [];
      const command = lensOf(start, cwd, this.policies(file), world);
      if (command) lenses.push(new vscode.CodeLens(document.lineAt(document.positionAt(start.at)).range, command));
      await setImmediate();
    }
    return lenses;
  }

  dispose(): void {
    this.subscription.dispose();
  }
}

function lensOf(start: Start, cwd: string, policies: Policies, world: World): vscode.Command | undefined {
  const { verdict, asked, targets } = judgeStart(start, { cwd, policies, world, assess, now: clock() });
  if (verdict.action !== 'approve') return undefined;
  const where = plain(verdict.environment ?? '');
  const quorum = inert(describeQuorum(quorumFor(targets, [asked]), vscode.l10n.t));
  const reasons = [...verdictLines(verdict).map((line) => spoken(line, vscode.l10n.t)), vscode.l10n.t('Start it as usual: it waits, and the others are asked.')];
  return { title: vscode.l10n.t('$(shield) {0}: needs {1}', where, quorum), command: COMMANDS.explainStart, arguments: [{ label: start.label, directory: cwd, reasons } satisfies Held] };
}

/** What a press on such a line does: the review of a request for it that is open, else the reasons. */
export async function explainStart(argument: unknown, model: RequestsModel, reviews: ReviewDocuments): Promise<void> {
  const { label, directory, reasons } = argument as Held;
  const isItsOwn = ({ desk, view }: DeskRequest) => view.signed.request.operation.label === label && isInside(desk.repository.root, directory);
  const open = [...model.mine(), ...model.awaiting()].find(isItsOwn);
  if (open) await reviews.open(open);
  else void vscode.window.showInformationMessage(inert(vscode.l10n.t('“{0}”: {1}', label, reasons.join(' '))));
}
