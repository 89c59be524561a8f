import * as vscode from 'vscode';
import { inline } from '../../core/approval/display.js';
import type { Level } from '../../core/files/report.js';
import { namesBeside } from '../repository-names.js';

export const LEVEL_ICONS: Readonly<Record<Level, vscode.ThemeIcon>> = {
  error: new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground')),
  warning: new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground')),
  note: new vscode.ThemeIcon('info'),
};

/**
 * Says on a row which repository or folder it belongs to, to whoever reads it and to whoever hears it. Two clones of one
 * repository list the same request, so its id says it as well.
 *
 * @param place undefined when there is only one, and nothing is said
 */
export function placed(item: vscode.TreeItem, place: string | undefined): vscode.TreeItem {
  if (place === undefined) return item;
  const name = inline(place);
  const withName = (words: unknown, between: string): string => [words, name].filter((part) => typeof part === 'string').join(between);
  if (item.id !== undefined) item.id = `${item.id}@${place}`;
  item.description = withName(item.description, ' · ');
  item.tooltip = [item.tooltip, vscode.l10n.t('In {0}', name)].filter((line) => typeof line === 'string').join('\n');
  item.accessibilityInformation = { label: withName(item.accessibilityInformation?.label, ', ') };
  return item;
}

/** What a folder is called beside the others of the workspace; undefined when it is the only one, or is outside. */
export function folderName(folder: vscode.WorkspaceFolder | undefined): string | undefined {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (!folder || folders.length < 2) return undefined;
  const isAlone = folders.filter(({ name }) => name === folder.name).length === 1;
  return isAlone ? folder.name : namesBeside(folders.map(({ uri }) => uri.path)).get(folder.uri.path);
}
