import { readFileSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from './paths.js';

/** The words that package.json shows, by their keys. */
export type Words = Readonly<Record<string, string>>;

/** @param language of the words; English when absent */
export function manifestWords(language?: 'de'): Words {
  return JSON.parse(read(language === undefined ? 'package.nls.json' : `package.nls.${language}.json`)) as Words;
}

/** package.json as it is written, with keys where words are shown. */
export function rawManifest(): string {
  return read('package.json');
}

/** package.json as an editor in English reads it. A key without words stays as it is, as it does in the editor. */
export function manifest(): string {
  const words = manifestWords();
  return rawManifest().replace(/"%([\w.]+)%"/g, (whole, key: string) => (words[key] === undefined ? whole : JSON.stringify(words[key])));
}

function read(file: string): string {
  return readFileSync(path.join(repositoryRoot(), file), 'utf8');
}
