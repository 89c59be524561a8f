import * as vscode from 'vscode';

export type GateState =
  | 'gated' // it asks before it starts
  | 'open' // it starts without asking
  | 'late' // it is noticed after it began
  | 'starting' // nobody can tell yet
  | 'absent'; // there is nothing to gate

/** A setting or file that closes the gap, applied only after the person agreed. */
export interface Fix {
  readonly title: string;
  readonly apply: () => Promise<void>;
}

/** One way of starting something, and whether it asks first. */
export interface Gate {
  /** The same from one look to the next. */
  readonly id: string;
  readonly name: string;
  readonly state: GateState;
  readonly explanation: string;
  readonly fix?: Fix;
  /** The terminal this row is about, to be shown. */
  readonly terminal?: vscode.Terminal;
}

/** Several ways that belong together. */
export interface GateGroup {
  readonly id: string;
  readonly name: string;
  readonly gates: readonly Gate[];
}

const RANK: Record<GateState, number> = { absent: 0, gated: 1, starting: 2, late: 3, open: 4 };

/** A group stands as its weakest gate does. */
export function weakest(gates: readonly Gate[]): GateState {
  return gates.reduce<GateState>((found, { state }) => (RANK[state] > RANK[found] ? state : found), 'absent');
}

export function stateWords(state: GateState): string {
  switch (state) {
    case 'gated':
      return vscode.l10n.t('waits for review');
    case 'open':
      return vscode.l10n.t('not gated');
    case 'late':
      return vscode.l10n.t('noticed after it began');
    case 'starting':
      return vscode.l10n.t('starting');
    case 'absent':
      return vscode.l10n.t('none here');
  }
}

/**
 * Asks before a setting is changed, and says which one, where, and to what.
 *
 * @returns whether the person agreed
 */
export async function consent(question: string, detail: string): Promise<boolean> {
  const change = vscode.l10n.t('Change it');
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, change)) === change;
}

/** Closes the gap of a row, or shows its terminal. Without a row the person chooses among the gaps that can be closed. */
export async function closeGap(row: Gate | undefined, all: () => Promise<readonly Gate[]>): Promise<void> {
  const gate = row ?? (await chooseGap(await all()));
  if (gate?.fix) await gate.fix.apply();
  else gate?.terminal?.show();
}

async function chooseGap(gates: readonly Gate[]): Promise<Gate | undefined> {
  const items = gates.flatMap((gate) => (gate.fix ? [{ label: gate.name, description: stateWords(gate.state), detail: gate.fix.title, gate }] : []));
  if (items.length > 0) return (await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t('Which gap is to be closed?'), matchOnDetail: true }))?.gate;
  void vscode.window.showInformationMessage(vscode.l10n.t('There is no gap here that Countersign could close.'));
  return undefined;
}
