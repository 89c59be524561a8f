import * as vscode from 'vscode';

/** Asks the person for a reason that others read; undefined when they think better of it. */
export function askWhy(title: string, prompt: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title,
    prompt,
    validateInput: (text) => (text.trim() === '' ? vscode.l10n.t('Say why.') : text.length > 500 ? vscode.l10n.t('At most 500 characters.') : undefined),
    ignoreFocusOut: true,
  });
}
