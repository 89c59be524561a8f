import * as vscode from 'vscode';
import { inline } from '../../core/approval/display.js';
import { messageOf } from '../../core/errors.js';
import type { LedgerEntry } from '../../core/ledger/entries.js';
import { filterWords, readFilter, select } from '../../core/ledger/filter.js';
import { clock } from '../../world/clock.js';
import { CONTEXT, VIEWS } from '../ids.js';

export interface ListFilterOptions {
  readonly view: string;
  /** Is set while only what fits is listed. */
  readonly context: string;
  /** What its question is called. */
  readonly title: string;
  /** The title of the command that shows everything again. */
  readonly clear: string;
}

/** What a list shows of its rows: those that fit what a person typed, in the words of `countersign ledger list`. */
export class ListFilter implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  /** As it was typed; empty lists everything. */
  private line = '';

  constructor(private readonly options: ListFilterOptions) {}

  get isOn(): boolean {
    return this.line !== '';
  }

  /** Asks what to look for, and shows it. */
  async ask(): Promise<void> {
    const typed = await vscode.window.showInputBox({
      title: this.options.title,
      value: this.line,
      placeHolder: 'person:ana since:2d terraform',
      prompt: vscode.l10n.t('Words of the command, who asked, the assistant, where it lands or a rule; or person:, agent:, state:, since: and until: before one.'),
      validateInput: problemOf,
    });
    if (typed === undefined) return;
    await this.use(typed);
    await vscode.commands.executeCommand(`${this.options.view}.focus`);
  }

  async clear(): Promise<void> {
    await this.use('');
  }

  private async use(line: string): Promise<void> {
    this.line = line.trim();
    this.changed.fire();
    await vscode.commands.executeCommand('setContext', this.options.context, this.isOn);
  }

  /** The rows that fit, in their order; the tree says how many do not. Of a row without an entry nothing is known that could fit. */
  fitting<Row>(rows: readonly Row[], entryOf: (row: Row) => LedgerEntry | undefined, tree: Pick<vscode.TreeView<unknown>, 'message'>): readonly Row[] {
    const found = this.isOn ? this.found(rows, entryOf) : rows;
    // A view with a message does not show what it says when it is empty, which is where the ways out stand.
    tree.message = !this.isOn || found.length === 0 ? '' : vscode.l10n.t('“{0}” fits {1} of {2}. “{3}” shows all of them again.', inline(this.line), found.length, rows.length, this.options.clear);
    return found;
  }

  private found<Row>(rows: readonly Row[], entryOf: (row: Row) => LedgerEntry | undefined): Row[] {
    const entries = new Map(rows.flatMap((row) => {
      const entry = entryOf(row);
      return entry ? [[entry, row] as const] : [];
    }));
    return select([...entries.keys()], readFilter(filterWords(this.line), clock())).flatMap((entry) => entries.get(entry) ?? []);
  }

  dispose(): void {
    this.changed.dispose();
  }
}

/** The lists that can be filtered, each by itself. */
export type Filters = Readonly<Record<'held' | 'awaiting' | 'ledger', ListFilter>>;

export function listFilters(): Filters {
  return {
    held: new ListFilter({ view: VIEWS.held, context: CONTEXT.heldFiltered, title: vscode.l10n.t('Filter held requests'), clear: vscode.l10n.t('Clear filter of held requests') }),
    awaiting: new ListFilter({ view: VIEWS.awaiting, context: CONTEXT.awaitingFiltered, title: vscode.l10n.t('Filter requests to approve'), clear: vscode.l10n.t('Clear filter of requests to approve') }),
    ledger: new ListFilter({ view: VIEWS.ledger, context: CONTEXT.ledgerFiltered, title: vscode.l10n.t('Filter ledger'), clear: vscode.l10n.t('Clear ledger filter') }),
  };
}

function problemOf(line: string): string | undefined {
  try {
    readFilter(filterWords(line), clock());
    return undefined;
  } catch (error) {
    return messageOf(error, vscode.l10n.t);
  }
}
