import * as vscode from 'vscode';
import schema from '../../schemas/policy.schema.json';
import { inert, inline } from '../core/approval/display.js';
import { POLICY_FILE } from '../core/approval/rules-change.js';
import { suggestionsAt, type Suggestion } from '../core/policy/completions.js';
import { settingAt } from '../core/policy/hover.js';
import type { Span } from '../core/policy/policy-place.js';
import type { JsonSchema } from '../core/policy/schema-tree.js';

const SCHEMA: JsonSchema = schema;
const POLICIES: vscode.DocumentSelector = { scheme: 'file', pattern: `**/${POLICY_FILE}` };
/** Reads the same schema, which package.json offers to it. */
const YAML_EXTENSION = 'redhat.vscode-yaml';

const KINDS: Readonly<Record<Suggestion['kind'], vscode.CompletionItemKind>> = {
  key: vscode.CompletionItemKind.Property,
  value: vscode.CompletionItemKind.EnumMember,
  name: vscode.CompletionItemKind.Reference,
};

/** Completes the settings of a policy and says what they mean, whatever language its file is taken for. */
export function policyLanguage(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.languages.registerCompletionItemProvider(POLICIES, { provideCompletionItems: (document, position, _token, context) => completions(document, position, context) }, ' ', '"', "'"),
    vscode.languages.registerHoverProvider(POLICIES, { provideHover: hover }),
  );
}

function completions(document: vscode.TextDocument, position: vscode.Position, { triggerKind }: vscode.CompletionContext): vscode.CompletionItem[] {
  // Somebody who indents a line asks for nothing yet.
  const indents = triggerKind === vscode.CompletionTriggerKind.TriggerCharacter && document.lineAt(position).text.slice(0, position.character).trim() === '';
  const found = indents || isServedOtherwise(document) ? undefined : suggestionsAt(document.getText(), document.offsetAt(position), SCHEMA);
  if (!found) return [];
  // All of a word and its quotation marks: what is left of them would not be understood.
  const range = rangeIn(document, found);
  return found.items.map((suggestion, at) => itemOf(suggestion, range, at));
}

function itemOf(suggestion: Suggestion, range: vscode.Range, at: number): vscode.CompletionItem {
  const { kind, label, description, values, filter, insert, more } = suggestion;
  const item = new vscode.CompletionItem(kind === 'name' ? inline(label) : label, KINDS[kind]);
  item.range = range;
  item.insertText = insert;
  // Its indentation is that of its place already.
  item.keepWhitespace = true;
  item.filterText = filter;
  item.sortText = String(at).padStart(3, '0');
  if (values.length > 0) item.detail = values.join(' | ');
  if (description !== undefined) item.documentation = new vscode.MarkdownString().appendText(inert(description));
  if (more) item.command = { command: 'editor.action.triggerSuggest', title: vscode.l10n.t('Suggest what follows') };
  return item;
}

function hover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
  const found = isServedOtherwise(document) ? undefined : settingAt(document.getText(), document.offsetAt(position), SCHEMA);
  if (!found) return undefined;
  const { description, values, numbers } = found;
  const said = [
    ...(description === undefined ? [] : [description]),
    ...(values.length > 0 ? [vscode.l10n.t('Allowed: {0}', values.join(', '))] : []),
    ...(numbers ? [vscode.l10n.t('Allowed: {0} to {1}', ...numbers)] : []),
  ];
  return new vscode.Hover(said.map((text) => new vscode.MarkdownString().appendText(inert(text))), rangeIn(document, found));
}

/** With the extension for YAML everything would be offered twice. */
function isServedOtherwise({ languageId }: vscode.TextDocument): boolean {
  return languageId === 'yaml' && vscode.extensions.getExtension(YAML_EXTENSION) !== undefined;
}

function rangeIn(document: vscode.TextDocument, { from, to }: Span): vscode.Range {
  return new vscode.Range(document.positionAt(from), document.positionAt(to));
}
