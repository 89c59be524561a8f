import * as vscode from 'vscode';
import { messageOf } from '../core/errors.js';
import { compose } from './compose.js';

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel('Countersign', { log: true });
  context.subscriptions.push(log);
  try {
    await compose(context, log);
  } catch (error) {
    // VS Code says nothing when an extension fails to start, and a gate that failed in silence is the worst of all.
    log.error(error instanceof Error ? error : messageOf(error));
    const show = vscode.l10n.t('Show log');
    void vscode.window.showErrorMessage(vscode.l10n.t('Countersign could not start, so production tasks are refused: {0}', messageOf(error)), show).then((choice) => (choice === show ? log.show() : undefined));
  }
}
