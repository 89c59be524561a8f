import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { RULES } from '../../../src/core/rules/index.js';
import type { Sentence } from '../../../src/core/say.js';
import { germanWords as german } from '../../harness/german.js';
import { manifestWords, rawManifest } from '../../harness/manifest.js';
import { repositoryRoot } from '../../harness/paths.js';
import { assessIn } from '../core/assess/fake-world.js';

const read = (file: string): string => readFileSync(path.join(repositoryRoot(), file), 'utf8');

/** The strings that are shown as `vscode.l10n.t`, the `say` that it is handed on as, or `sentence` is given them. @throws when one is put together only while it runs */
function stringsInSource(): ReadonlySet<string> {
  const found = new Set<string>();
  const folders = ['extension', 'broker', 'core', 'world'].map((room) => path.join('src', room));
  for (const file of folders.flatMap((folder) => readdirSync(path.join(repositoryRoot(), folder), { recursive: true, encoding: 'utf8' }).map((name) => path.join(folder, name)))) {
    if (!file.endsWith('.ts')) continue;
    const text = read(file);
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
    const given = new Set([...(text.includes("/say.js';") ? ['say'] : []), ...(/import \{[^}]*\bsentence\b[^}]*\} from '[^']*\/say\.js';/.test(text) ? ['sentence'] : [])]);
    const look = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && (isTranslation(node.expression) || (ts.isIdentifier(node.expression) && given.has(node.expression.text)))) {
        const [message] = node.arguments;
        assert.ok(message && ts.isStringLiteralLike(message), `${file}: only a string that is written out can be translated.`);
        found.add(message.text);
      }
      ts.forEachChild(node, look);
    };
    look(source);
  }
  return found;
}

/** What rules say without values, and their safer ways that are sentences. */
function stringsOfRules(): readonly string[] {
  return RULES.flatMap(({ message, safer }) => [...(typeof message === 'string' ? [message] : []), ...(safer?.endsWith('.') ? [safer] : [])]);
}

/** The texts of a sentence and of those that stand in its places. */
function textsOf({ text, values }: Sentence): readonly string[] {
  return [text, ...values.flatMap((value) => (typeof value === 'object' ? textsOf(value) : []))];
}

/** The same of the rules about files and their changes: what they hold as data, or are made with. */
function stringsOfFileRules(): ReadonlySet<string> {
  const found = new Set<string>();
  for (const folder of ['edits', 'files'].map((room) => path.join('src', 'core', room))) {
    for (const name of readdirSync(path.join(repositoryRoot(), folder))) {
      const look = (node: ts.Node): void => {
        const texts = ts.isPropertyAssignment(node) && /^(message|safer)$/.test(node.name.getText(source)) ? [node.initializer] : ts.isCallExpression(node) && /^(loss|rule|fileRule)$/.test(node.expression.getText(source)) ? node.arguments : [];
        for (const text of texts) if (ts.isStringLiteralLike(text) && text.text.endsWith('.')) found.add(text.text);
        ts.forEachChild(node, look);
      };
      const source = ts.createSourceFile(name, read(path.join(folder, name)), ts.ScriptTarget.Latest);
      look(source);
    }
  }
  return found;
}

/** Whether an expression is `vscode.l10n.t`, or ends like it. */
function isTranslation(expression: ts.Expression): boolean {
  return ts.isPropertyAccessExpression(expression) && expression.name.text === 't' && ts.isPropertyAccessExpression(expression.expression) && expression.expression.name.text === 'l10n';
}

/** What a translation must have as well: the places that values are put into, icons and commands, each as often as it likes. */
function fixedParts(text: string): readonly string[] {
  return [...new Set(text.match(/\{\d+\}|\$\([a-z~-]+\)|\(command:[^)]+\)/g))].sort();
}

/** Properties of the manifest whose texts people read. What an assistant reads of a tool's input is a protocol. */
const SHOWN = new Set(['title', 'description', 'markdownDescription', 'altText', 'contents', 'displayName', 'userDescription', 'contextualTitle', 'category', 'aliases']);

interface Manifest {
  readonly description: string;
  readonly capabilities: object;
  readonly contributes: { readonly views: Readonly<Record<string, readonly { readonly name: string }[]>> };
}

/** The texts of such properties in a part of the manifest. */
function textsIn(value: unknown, property = ''): readonly string[] {
  if (typeof value === 'string') return SHOWN.has(property) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((item) => textsIn(item, property));
  if (typeof value !== 'object' || value === null || property === 'inputSchema') return [];
  return Object.entries(value).flatMap(([name, item]) => textsIn(item, name));
}

describe('the German translation', () => {
  const strings = new Set([...stringsInSource(), ...stringsOfRules(), ...stringsOfFileRules()]);

  it('has every string of the extension', () => {
    assert.ok(strings.size > 0);
    assert.deepEqual([...strings].filter((text) => !german[text]), [], 'l10n/bundle.l10n.de.json lacks these');
  });

  it('has every sentence that is found about the rules’ own cases, and whatever stands in its places', () => {
    const said = new Set(RULES.flatMap(({ examples }) => examples.flagged).flatMap((text) => assessIn(text).findings.flatMap(({ message }) => textsOf(message))));
    assert.ok(said.size > 0);
    assert.deepEqual([...said].filter((text) => !german[text]), []);
  });

  it('has no string that the extension has not', () => {
    assert.deepEqual(Object.keys(german).filter((text) => !strings.has(text)), [], 'l10n/bundle.l10n.de.json has these too many');
  });

  it('puts every value where the English has it', () => {
    for (const [english, translation] of Object.entries(german)) assert.deepEqual(fixedParts(translation), fixedParts(english), english);
  });
});

describe('the manifest in German', () => {
  const english = manifestWords();
  const translated = manifestWords('de');
  const { description, capabilities, contributes } = JSON.parse(rawManifest()) as Manifest;
  const viewNames = Object.values(contributes.views).flat().map(({ name }) => name);
  const texts = [description, ...viewNames, ...textsIn(capabilities), ...textsIn(contributes)].filter((text) => text !== 'Countersign');
  const keys = texts.map((text) => /^%(.+)%$/.exec(text)?.[1] ?? text);

  it('has each text that people read under a key, in both languages', () => {
    assert.ok(keys.length > 0);
    for (const [file, words] of [['package.nls.json', english], ['package.nls.de.json', translated]] as const) {
      assert.deepEqual(keys.filter((key) => !words[key]), [], `${file} lacks these`);
      assert.deepEqual(Object.keys(words).filter((key) => !keys.includes(key)), [], `${file} has these too many`);
    }
  });

  it('leads to the same commands', () => {
    for (const [key, text] of Object.entries(english)) assert.deepEqual(fixedParts(translated[key] ?? ''), fixedParts(text), key);
  });
});
