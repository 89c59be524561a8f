import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { english, type Say } from '../../src/core/say.js';
import type { Words } from './manifest.js';
import { repositoryRoot } from './paths.js';

/** The extension's sentences in German, by the English ones. */
export const germanWords = JSON.parse(readFileSync(path.join(repositoryRoot(), 'l10n/bundle.l10n.de.json'), 'utf8')) as Words;

/** What an editor in German says. @throws when it has no German for it, but for a place alone */
export const german: Say = (text, ...values) => {
  const words = germanWords[text] ?? (/\p{L}/u.test(text) ? undefined : text);
  assert.ok(words !== undefined, `l10n/bundle.l10n.de.json lacks “${text}”.`);
  return english(words, ...values);
};
