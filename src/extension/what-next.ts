import * as vscode from 'vscode';
import { assistantsToGate, putBefore } from './gates/assistants.js';
import { COMMANDS } from './ids.js';

/** What is left to do once the rules are there: gating the assistants of this machine, and seeing that the gates hold. */
export async function askWhatNext(listsChanged: () => void): Promise<void> {
  const assistants = assistantsToGate().map(({ assistant, files }) => ({
    label: vscode.l10n.t('Gate {0}', assistant.name),
    detail: vscode.l10n.t('Adds an entry to: {0}', files.join(', ')),
    picked: true,
    assistant,
  }));
  const drill = {
    label: vscode.l10n.t('Run drill'),
    detail: vscode.l10n.t('Tries every way in with a harmless canary. It asks nobody.'),
    picked: true,
    assistant: undefined,
  };
  const chosen = await vscode.window.showQuickPick([...assistants, drill], {
    canPickMany: true,
    title: vscode.l10n.t('What next?'),
    placeHolder: vscode.l10n.t('Enter does what is ticked, Escape none of it.'),
    ignoreFocusOut: true,
  });
  if (!chosen) return;
  putBefore(chosen.flatMap(({ assistant }) => assistant ?? []));
  listsChanged();
  // By its command, so that the walkthrough notices.
  if (chosen.includes(drill)) await vscode.commands.executeCommand(COMMANDS.runDrill);
}
