import path from 'node:path';
import * as vscode from 'vscode';
import { inline } from '../../core/approval/display.js';
import type { ProposedHunk } from '../../core/edits/proposal.js';
import type { EditRow, ProposedEdit, ProposedEdits } from '../edits/proposed-edits.js';
import { byWhom, levelOf, lineOf, provenance, reasonsFor } from '../edits/words.js';
import { COMMANDS, VIEWS } from '../ids.js';
import { ListView } from './list-view.js';
import { folderName, LEVEL_ICONS, placed } from './words.js';

/** *Proposed edits*: what came into files without typing and makes something worse, until the person decides on it. */
export function editsView(edits: ProposedEdits): ListView<EditRow> {
  return new ListView<EditRow>(
    VIEWS.edits,
    edits.onDidChange,
    (parent) => {
      if (!parent) return edits.all().map((edit) => ({ edit }));
      return parent.place ? [] : parent.edit.hunks.map((place) => ({ edit: parent.edit, place }));
    },
    ({ edit, place }) => (place ? placeItem(edit, place) : placed(fileItem(edit), folderName(vscode.workspace.getWorkspaceFolder(vscode.Uri.file(edit.path))))),
    (tree) => {
      const count = edits.all().length;
      tree.badge = count > 0 ? { value: count, tooltip: vscode.l10n.t('Proposed edits to look at: {0}', count) } : undefined;
    },
  );
}

function fileItem(edit: ProposedEdit): vscode.TreeItem {
  const name = inline(path.basename(edit.path));
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = edit.path;
  item.description = byWhom(edit);
  item.resourceUri = vscode.Uri.file(edit.path);
  item.iconPath = vscode.ThemeIcon.File;
  item.tooltip = [inline(vscode.workspace.asRelativePath(edit.path)), provenance(edit)].join('\n');
  item.accessibilityInformation = { label: [name, byWhom(edit), vscode.l10n.t('places to look at: {0}', edit.hunks.length)].join(', ') };
  item.contextValue = `edit.file.${edit.change}`;
  return item;
}

function placeItem(edit: ProposedEdit, place: ProposedHunk): vscode.TreeItem {
  const [first, ...others] = reasonsFor(place, edit);
  const item = new vscode.TreeItem(first);
  const words = others.length === 0 ? vscode.l10n.t('line {0}', lineOf(place)) : vscode.l10n.t('line {0}, more reasons: {1}', lineOf(place), others.length);
  item.id = `${edit.path}:${place.hunk.after.start}`;
  item.description = words;
  item.iconPath = LEVEL_ICONS[levelOf(place)];
  item.tooltip = [first, ...others, provenance(edit)].join('\n');
  item.accessibilityInformation = { label: [words, first, ...others].join(', ') };
  item.contextValue = `edit.place.${edit.change}`;
  item.command = { command: COMMANDS.showEdit, title: vscode.l10n.t('Show the change'), arguments: [{ edit, place } satisfies EditRow] };
  return item;
}
