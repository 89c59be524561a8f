import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { waitFor } from '../../harness/wait.js';
import { EXTENSION, team } from '../requester/stage.js';

/** Where the cursor is. */
const CURSOR = '‸';
const TEAM = 'people:\n  Ana: [ana@example.com]\ngroups:\n  sre: [Ana]\n';

/** A policy in an editor, with the cursor where it is marked. */
async function open(marked: string): Promise<vscode.TextEditor> {
  const file = path.join(team.ana.clone, 'elsewhere', '.countersign', 'policy.yaml');
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, '');
  const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(file));
  await write(editor, marked);
  return editor;
}

async function write(editor: vscode.TextEditor, marked: string): Promise<void> {
  const { document } = editor;
  const all = new vscode.Range(document.positionAt(0), document.positionAt(document.getText().length));
  assert.ok(await editor.edit((edit) => edit.replace(all, marked.replace(CURSOR, ''))));
  const position = document.positionAt(marked.indexOf(CURSOR));
  editor.selection = new vscode.Selection(position, position);
}

async function offered({ document, selection }: vscode.TextEditor): Promise<readonly vscode.CompletionItem[]> {
  const { items } = await vscode.commands.executeCommand<vscode.CompletionList>('vscode.executeCompletionItemProvider', document.uri, selection.active);
  // The editor's own words of the document have the kind of a text.
  return items.filter(({ kind }) => kind !== vscode.CompletionItemKind.Text);
}

async function labels(editor: vscode.TextEditor): Promise<readonly string[]> {
  return (await offered(editor)).map(({ label }) => (typeof label === 'string' ? label : label.label));
}

async function said({ document, selection }: vscode.TextEditor): Promise<readonly string[]> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, selection.active);
  return hovers.flatMap(({ contents }) => contents.map((content) => (content as vscode.MarkdownString).value.replaceAll('&nbsp;', ' ')));
}

/** Takes what the list of suggestions has selected, once there is one, until the text is this. */
function take({ document }: vscode.TextEditor, text: string): Promise<boolean> {
  return waitFor(
    async () => {
      if (document.getText() !== text) await vscode.commands.executeCommand('acceptSelectedSuggestion');
      return document.getText() === text;
    },
    { message: `the text to be ${JSON.stringify(text)}; it was ${JSON.stringify(document.getText())}`, timeout: 20_000 },
  );
}

export function policyTests(): void {
  describe('the policy while it is written', () => {
    before(() => vscode.extensions.getExtension(EXTENSION)?.activate());
    afterEach(async () => {
      await vscode.commands.executeCommand('workbench.action.files.revert');
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    });

    it('offers the settings that may stand here and do not yet, with what they mean', async () => {
      const editor = await open('version: 1\nbreakGlass:\n  presence: pin\n  ‸\n');
      const [perWeek, ...others] = await offered(editor);
      assert.equal(perWeek?.label, 'perWeek');
      assert.match((perWeek.documentation as vscode.MarkdownString).value.replaceAll('&nbsp;', ' '), /^How often in seven days/);
      assert.deepEqual(others, []);
    });

    it('offers values, and the names that the file defines, whatever language the file is taken for', async () => {
      const editor = await open(`rules: { approvers: [‸] }\n${TEAM}`);
      assert.deepEqual(await labels(editor), ['sre', 'Ana']);
      await vscode.languages.setTextDocumentLanguage(editor.document, 'plaintext');
      assert.deepEqual(await labels(editor), ['sre', 'Ana']);
      await write(editor, 'breakGlass:\n  presence: ‸\n');
      assert.deepEqual(await labels(editor), ['touch', 'pin']);
    });

    it('writes what is taken with its place and indentation, and offers what can follow', async () => {
      const editor = await open('version: 1\n‸');
      await vscode.commands.executeCommand('type', { text: 'breakG' });
      await take(editor, 'version: 1\nbreakGlass:\n  ');
      await take(editor, 'version: 1\nbreakGlass:\n  presence: ');
      await take(editor, 'version: 1\nbreakGlass:\n  presence: touch');
    });

    it('replaces the whole word, with the quotation marks around it', async () => {
      const editor = await open(`rules: { approvers: ['s‸'] }\n${TEAM}`);
      await vscode.commands.executeCommand('editor.action.triggerSuggest');
      await take(editor, `rules: { approvers: ['sre'] }\n${TEAM}`);
      await write(editor, 'breakGlass:\n  presence: "to‸uhc" # all\n');
      await vscode.commands.executeCommand('editor.action.triggerSuggest');
      await take(editor, 'breakGlass:\n  presence: touch # all\n');
    });

    it('says of a setting what it means and which values it can have, and nothing of anything else', async () => {
      const editor = await open('version: 1\nbreakGlass:\n  pres‸ence: touch\n');
      const words = await said(editor);
      assert.match(words[0] ?? '', /^What the person’s own security key must prove/);
      assert.deepEqual(words.slice(1), ['Allowed: touch, pin']);
      await write(editor, 'version: 1\nbreakGlass:\n  per‸Week: 1\n');
      assert.deepEqual((await said(editor)).slice(1), ['Allowed: 0 to 50']);
      await write(editor, 'version: 1\nremote: ori‸gin\n');
      assert.deepEqual(await said(editor), []);
    });

    it('is not touched anywhere else', async () => {
      const other = path.join(team.ana.clone, 'elsewhere', 'policy.yaml');
      writeFileSync(other, 'version: 1\n');
      const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(other));
      assert.deepEqual(await labels(editor), []);
      assert.deepEqual(await said(editor), []);
    });
  });
}
