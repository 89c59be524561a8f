import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { repositoryRoot } from '../../harness/paths.js';

const read = (file: string): string => readFileSync(path.join(repositoryRoot(), file), 'utf8');
const german = JSON.parse(read('l10n/bundle.l10n.de.json')) as Readonly<Record<string, string>>;

/** The strings that the extension shows, as `vscode.l10n.t` is given them. @throws when one is put together only while it runs */
function stringsInSource(): ReadonlySet<string> {
  const found = new Set<string>();
  const folder = path.join('src', 'extension');
  for (const name of readdirSync(path.join(repositoryRoot(), folder), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue;
    const source = ts.createSourceFile(name, read(path.join(folder, name)), ts.ScriptTarget.Latest);
    const look = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && isTranslation(node.expression)) {
        const [message] = node.arguments;
        assert.ok(message && ts.isStringLiteralLike(message), `${name}: l10n.t can only translate a string that is written out.`);
        found.add(message.text);
      }
      ts.forEachChild(node, look);
    };
    look(source);
  }
  return found;
}

/** Whether an expression is `vscode.l10n.t`, or ends like it. */
function isTranslation(expression: ts.Expression): boolean {
  return ts.isPropertyAccessExpression(expression) && expression.name.text === 't' && ts.isPropertyAccessExpression(expression.expression) && expression.expression.name.text === 'l10n';
}

/** The places of a text that values are put into, and its icons: each must be in the translation too. */
function placeholders(text: string): readonly string[] {
  return [...new Set(text.match(/\{\d+\}|\$\([a-z~-]+\)/g))].sort();
}

describe('the German translation', () => {
  const strings = stringsInSource();

  it('has every string of the extension', () => {
    assert.ok(strings.size > 0);
    assert.deepEqual([...strings].filter((text) => !german[text]), [], 'l10n/bundle.l10n.de.json lacks these');
  });

  it('has no string that the extension has not', () => {
    assert.deepEqual(Object.keys(german).filter((text) => !strings.has(text)), [], 'l10n/bundle.l10n.de.json has these too many');
  });

  it('puts every value where the English has it', () => {
    for (const [english, translation] of Object.entries(german)) assert.deepEqual(placeholders(translation), placeholders(english), english);
  });
});
