import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { waitFor } from '../../harness/wait.js';
import { EXTENSION, pending, settled, team } from '../requester/stage.js';

const file = (name: string): string => path.join(team.ana.clone, name);

/** Our diagnostics of a document, with the text that each of them underlines. */
function shown(document: vscode.TextDocument): readonly { readonly diagnostic: vscode.Diagnostic; readonly text: string; readonly rule: string }[] {
  return vscode.languages
    .getDiagnostics(document.uri)
    .filter(({ source, code }) => source === 'Countersign' && typeof code === 'object')
    .map((diagnostic) => ({ diagnostic, text: document.getText(diagnostic.range), rule: (diagnostic.code as { readonly value: string }).value }));
}

/** Waits until exactly these places are underlined. */
function underlined(document: vscode.TextDocument, ...texts: readonly string[]): Promise<boolean> {
  return waitFor(() => JSON.stringify(shown(document).map(({ text }) => text)) === JSON.stringify(texts), {
    message: `“${texts.join('”, “')}” to be underlined; it was “${shown(document).map(({ text }) => text).join('”, “')}”`,
    timeout: 20_000,
  });
}

async function open(name: string, text: string): Promise<vscode.TextEditor> {
  mkdirSync(path.dirname(file(name)), { recursive: true });
  writeFileSync(file(name), text);
  return openAsItIs(name);
}

/** Types at the end of the document. */
async function type({ document }: vscode.TextEditor, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, document.positionAt(document.getText().length), text);
  assert.ok(await vscode.workspace.applyEdit(edit));
}

/** What is offered at a place, once it is. */
async function offered(document: vscode.TextDocument, text: string, title: RegExp): Promise<vscode.CodeAction> {
  return waitFor(
    async () => {
      const place = shown(document).find((one) => one.text === text);
      const actions = place ? await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', document.uri, place.diagnostic.range) : [];
      return actions.find((action) => title.test(action.title));
    },
    { message: `${String(title)} to be offered at “${text}”`, timeout: 20_000 },
  );
}

async function apply({ edit }: vscode.CodeAction): Promise<void> {
  assert.ok(edit && (await vscode.workspace.applyEdit(edit)));
}

async function openAsItIs(name: string): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(file(name)));
}

/** The name that stands where a lens does, or below it, and what our lens says. */
async function lensesOf(document: vscode.TextDocument): Promise<readonly (readonly [name: string | undefined, title: string | undefined])[]> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri);
  return lenses
    .filter(({ command }) => command?.command === 'countersign.explainStart')
    .map(({ range, command }) => [/"(?:label": ")?([^"]*: ?production|rebuild[^"]*)"/.exec(document.getText().slice(document.offsetAt(range.start)))?.[1], command?.title]);
}

/** One dangerous place in each kind of file, and what would be underlined. */
const FILES: readonly (readonly [name: string, text: string, place: string, rule: string])[] = [
  ['scripts/purge.sh', '#!/bin/bash\nset -e\nrm -rf /srv/payments\n', 'rm -rf /srv/payments', 'filesystem/remove-recursive'],
  ['migrations/drop.sql', 'SELECT 1;\nDROP TABLE charges;\n', 'DROP TABLE charges', 'sql/drop-table'],
  ['k8s/stop.yaml', 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: payments\nspec:\n  replicas: 0\n', 'replicas: 0', 'kubernetes-file/replicas-zero'],
  ['infra/loose.tf', 'resource "aws_db_instance" "main" {\n  deletion_protection = false\n}\n', 'deletion_protection = false', 'terraform-file/deletion-protection-off'],
  ['tools/purge.py', 'import shutil\nshutil.rmtree("/srv/payments")\n', 'shutil.rmtree("/srv/payments")', 'filesystem/remove-recursive'],
  ['.github/workflows/purge.yml', 'jobs:\n  purge:\n    runs-on: self-hosted\n    environment: production\n    steps:\n      - run: kubectl delete namespace payments\n', 'kubectl delete namespace payments', 'kubernetes/delete'],
];

export function findingsTests(): void {
  describe('files that are open', () => {
    before(async () => {
      const extension = vscode.extensions.getExtension(EXTENSION);
      await extension?.activate();
    });

    afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

    for (const [name, text, place, rule] of FILES) {
      it(`${name}: shows what it would do, exactly where, with a page about the rule`, async () => {
        const { document } = await open(name, text);
        await underlined(document, place);
        const [one] = shown(document);
        assert.equal(one?.rule, rule);
        const { target } = one.diagnostic.code as { readonly target: vscode.Uri };
        assert.match(target.toString(true), /^https:\/\/github\.com\/countersign\/countersign\/blob\/main\/docs\/rules\.md#[a-z-]+$/);
        assert.match(one.diagnostic.message, /^\S.+\. Safer: .+/);
      });
    }

    it('says how bad it is, where it lands and how it is reached', async () => {
      const { document } = await open('.github/workflows/purge.yml', FILES[5]![1]);
      await underlined(document, 'kubectl delete namespace payments');
      const [{ diagnostic }] = shown(document) as [ReturnType<typeof shown>[0]];
      assert.equal(diagnostic.severity, vscode.DiagnosticSeverity.Error);
      const related = diagnostic.relatedInformation?.map(({ message }) => message).join('\n') ?? '';
      assert.match(related, /Lands in production: .*production/);
      assert.match(related, /Reached through job purge → environment production/);
    });

    it('leads to the file that says where it lands, and nowhere else', async () => {
      const line = 'terraform -chdir=infra destroy -var-file=production.tfvars';
      const { document } = await open('.github/workflows/end.yml', `jobs:\n  end:\n    runs-on: self-hosted\n    environment: production\n    steps:\n      - run: ${line}\n`);
      await underlined(document, line);
      const [{ diagnostic }] = shown(document) as [ReturnType<typeof shown>[0]];
      const places = diagnostic.relatedInformation?.map(({ message, location }) => [message, vscode.workspace.asRelativePath(location.uri), location.range.start.line] as const) ?? [];
      const led = places.filter(([, name]) => name !== '.github/workflows/end.yml');
      assert.deepEqual(led, [['Lands in production: production.tfvars given on the command line.', 'infra/production.tfvars', 0]]);
      assert.ok(places.length > led.length);
      for (const [, name, at] of places) if (name === '.github/workflows/end.yml') assert.equal(at, 5);
    });

    it('follows what is typed: appears, moves with its line, and goes', async () => {
      const editor = await open('scripts/typed.sh', '#!/bin/bash\necho fine\n');
      const { document } = editor;
      await type(editor, 'rm -rf /srv/payments\n');
      await underlined(document, 'rm -rf /srv/payments');
      await type(editor, 'git push --force origin main\n');
      await underlined(document, 'rm -rf /srv/payments', 'git push --force origin main');
      const edit = new vscode.WorkspaceEdit();
      edit.delete(document.uri, document.lineAt(2).rangeIncludingLineBreak);
      assert.ok(await vscode.workspace.applyEdit(edit));
      await underlined(document, 'git push --force origin main');
    });

    it('says of what nobody typed that it was proposed, until the person undoes it', async () => {
      const { document } = await open('migrations/settle.sql', 'BEGIN;\n\nSELECT 1;\n\nCOMMIT;\n');
      const edit = new vscode.WorkspaceEdit();
      edit.replace(document.uri, document.lineAt(2).range, 'DROP TABLE charges;');
      assert.ok(await vscode.workspace.applyEdit(edit));
      const proposed = () => shown(document).some(({ text, diagnostic }) => text === 'DROP TABLE charges' && diagnostic.message.endsWith(' Proposed by another program, probably: it arrived without typing.'));
      await waitFor(proposed, { message: 'who proposed it', timeout: 20_000 });
      await vscode.commands.executeCommand('undo');
      await underlined(document);
    });

    it('says nothing where nothing is at stake', async () => {
      const fine = await open('scripts/fine.sh', '#!/bin/bash\nnpm ci\nnpm test\nrm -rf node_modules dist\n');
      const other = await open('scripts/other.sh', 'rm -rf /srv/payments\n');
      await underlined(other.document, 'rm -rf /srv/payments');
      assert.deepEqual(shown(fine.document), []);
    });

    it('Scan workspace shows the same of files that nobody has open, once', async () => {
      const write = () => writeFileSync(file('scripts/unopened.sh'), '#!/bin/bash\necho on\nrm -rf /srv/payments\n');
      const scan = () => vscode.commands.executeCommand('countersign.scanWorkspace');
      write();
      const uri = vscode.Uri.file(file('scripts/unopened.sh'));
      const places = () => vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Countersign').map(({ range }) => [range.start.line, range.start.character, range.end.line, range.end.character]);
      assert.deepEqual(places(), []);
      await scan();
      assert.deepEqual(places(), [[2, 0, 2, 20]]);
      rmSync(file('scripts/unopened.sh'));
      await scan();
      assert.deepEqual(places(), []);
      write();
      await scan();
      const { document } = await openAsItIs('scripts/unopened.sh');
      await underlined(document, 'rm -rf /srv/payments');
    });

    it('keeps what a scan found in a file that is opened and closed, as it is on the disk, for as long as it is there', async () => {
      const name = 'scripts/kept.sh';
      const uri = vscode.Uri.file(file(name));
      const lines = () => JSON.stringify(vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Countersign').map(({ range }) => range.start.line));
      const known = (...expected: readonly number[]) => waitFor(() => lines() === JSON.stringify(expected), { message: `findings in lines ${expected.join()}; they are in ${lines()}`, timeout: 20_000 });
      /** As by a click in a list: no extension holds on to it, so that it is closed with its tab. */
      const look = async (): Promise<vscode.TextDocument> => {
        await vscode.commands.executeCommand('vscode.open', uri);
        return waitFor(() => (vscode.window.activeTextEditor?.document.uri.toString() === uri.toString() ? vscode.window.activeTextEditor.document : undefined), { message: 'the file to be open' });
      };
      writeFileSync(file(name), '#!/bin/bash\nrm -rf /srv/payments\n');
      await vscode.commands.executeCommand('countersign.scanWorkspace');
      await known(1);
      const first = await look();
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      await waitFor(() => first.isClosed, { message: 'the file to be closed' });
      assert.equal(lines(), '[1]');
      const second = await look();
      const edit = new vscode.WorkspaceEdit();
      edit.insert(uri, new vscode.Position(1, 0), 'rm -rf /srv/ledger\n');
      assert.ok(await vscode.workspace.applyEdit(edit));
      await known(1, 2);
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
      await waitFor(() => second.isClosed, { message: 'the file to be closed again' });
      await known(1);
      writeFileSync(file(name), '#!/bin/bash\nset -e\ncd /\nrm -rf /srv/payments\n');
      await known(3);
      rmSync(file(name));
      await known();
    });

    it('keeps up with a script of five thousand lines', async () => {
      const editor = await open('scripts/long.sh', `#!/bin/bash\n${'echo "one more step of a long way"\n'.repeat(5000)}`);
      await type(editor, 'rm -rf /srv/payments\n');
      await underlined(editor.document, 'rm -rf /srv/payments');
    });

    it('offers the safer form, and is content with it', async () => {
      const { document } = await open('scripts/push.sh', '#!/bin/bash\ngit push --force origin main\n');
      await apply(await offered(document, 'git push --force origin main', /^Use --force-with-lease/));
      assert.equal(document.lineAt(1).text, 'git push --force-with-lease origin main');
      await underlined(document);
    });

    it('lets a person suppress it with a reason that stands in the file', async () => {
      const { document } = await open('migrations/hush.sql', 'SELECT 1;\nDROP TABLE charges;\n');
      const { command } = await offered(document, 'DROP TABLE charges', /^Suppress sql\/drop-table with a reason…$/);
      const [argument] = command?.arguments as [object];
      await vscode.commands.executeCommand(command!.command, { ...argument, reason: 'copied to charges_2025 last week' });
      assert.equal(document.lineAt(1).text, '-- countersign-ignore sql/drop-table: copied to charges_2025 last week');
      await underlined(document);
      const edit = new vscode.WorkspaceEdit();
      edit.replace(document.uri, document.lineAt(1).range, '-- countersign-ignore sql/drop-table:');
      assert.ok(await vscode.workspace.applyEdit(edit));
      await underlined(document, 'DROP TABLE charges');
    });

    it('requests approval for exactly that command', async () => {
      const line = 'kubectl --context production delete namespace payments';
      const { document } = await open('scripts/end.sh', `#!/bin/bash\n${line}\n`);
      const { command } = await offered(document, line, /^Request approval for this…$/);
      const [argument] = command?.arguments as [object];
      await vscode.commands.executeCommand(command!.command, { ...argument, reason: 'The region is closed.' });
      const request = await waitFor(async () => (await pending())[0], { message: 'the request to reach Ben', timeout: 20_000 });
      assert.match(request.title, /kubectl --context production delete namespace payments/);
      await vscode.commands.executeCommand('countersign.cancel', request.request);
      await settled();
    });

    it('says above tasks and scripts which of them would be held, and above no others', async () => {
      const { document: tasks } = await openAsItIs('.vscode/tasks.json');
      assert.deepEqual(await lensesOf(tasks), [
        ['deploy: production', '$(shield) production: needs 1 signature'],
        ['rebuild cost explorer', '$(shield) production: needs 1 signature'],
      ]);
      const { document: scripts } = await openAsItIs('package.json');
      assert.deepEqual(await lensesOf(scripts), [['deploy:production', '$(shield) production: needs 1 signature']]);
      const settings = vscode.workspace.getConfiguration('countersign');
      try {
        await settings.update('codeLens', false, vscode.ConfigurationTarget.Global);
        assert.deepEqual(await lensesOf(tasks), []);
      } finally {
        await settings.update('codeLens', undefined, vscode.ConfigurationTarget.Global);
      }
    });

    it('is silent while the setting is off, and speaks again when it is on', async () => {
      const { document } = await open('scripts/switch.sh', 'rm -rf /srv/payments\n');
      await underlined(document, 'rm -rf /srv/payments');
      const settings = vscode.workspace.getConfiguration('countersign');
      try {
        await settings.update('diagnostics', false, vscode.ConfigurationTarget.Global);
        await underlined(document);
      } finally {
        await settings.update('diagnostics', undefined, vscode.ConfigurationTarget.Global);
      }
      await underlined(document, 'rm -rf /srv/payments');
    });
  });
}
