import path from 'node:path';
import * as vscode from 'vscode';
import { inert } from '../core/approval/display.js';
import { readKeyList, type ListedKey, type Member } from '../core/approval/key-list.js';
import { CountersignError, messageOf } from '../core/errors.js';
import { readBounded } from '../world/file-world.js';
import { fetchKeyList, keyListUrl } from '../world/key-lists.js';

/** Keys, and whether they come from somewhere else than the person's own hands. */
export interface Mates {
  readonly members: readonly Member[];
  readonly imported: boolean;
}

export interface KeyQuestion {
  readonly title: string;
  readonly prompt: string;
  /** What stands in the box already. */
  readonly value?: string;
  /** Whose the keys are that name nobody; without it that is asked. */
  readonly owner?: string;
}

/**
 * Asks for keys until they can be read, or nothing is entered, which is `done`.
 *
 * @returns undefined when the person gave up
 */
export async function askForKeys({ title, prompt, value = '', owner }: KeyQuestion): Promise<Mates | 'done' | undefined> {
  const ask = { said: prompt, value };
  for (;;) {
    const text = await vscode.window.showInputBox({
      title,
      prompt: ask.said,
      value: ask.value,
      placeHolder: 'ben@example.com ssh-ed25519 AAAA…',
      validateInput: (line) => (line.trim() === '' || isElsewhere(line) ? undefined : problemIn(line)),
      ignoreFocusOut: true,
    });
    if (text === undefined) return undefined;
    if (text.trim() === '') return 'done';
    try {
      const imported = isElsewhere(text);
      const listed = readKeyList(imported ? await elsewhere(text.trim()) : text);
      const members = await named(listed, owner);
      return members && { members, imported };
    } catch (error) {
      // A place that cannot be read takes nothing away of what was entered before.
      if (!(error instanceof CountersignError)) throw error;
      Object.assign(ask, { said: inert(messageOf(error, vscode.l10n.t)), value: text });
    }
  }
}

function isElsewhere(text: string): boolean {
  return keyListUrl(text) !== undefined || path.isAbsolute(text.trim());
}

async function elsewhere(name: string): Promise<string> {
  const url = keyListUrl(name);
  if (url) return vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Fetching the keys at {0}', url.href) }, () => fetchKeyList(url));
  const bytes = readBounded(name);
  if (bytes === undefined) throw new CountersignError('key', vscode.l10n.t('There is no such file that could be read.'));
  return Buffer.from(bytes).toString('utf8');
}

function problemIn(text: string): string | undefined {
  try {
    readKeyList(text);
    return undefined;
  } catch (error) {
    return messageOf(error, vscode.l10n.t);
  }
}

/** Everybody who is named by their roster line, and one person for the keys that name nobody. */
async function named(listed: readonly ListedKey[], owner: string | undefined): Promise<readonly Member[] | undefined> {
  const bare = listed.find(({ principal }) => principal === undefined);
  const name = bare && (owner ?? (await askPrincipal(listed.length === 1 ? vscode.l10n.t('Whose key is this?') : vscode.l10n.t('Whose keys are these?'), bare.comment)));
  if (bare && name === undefined) return undefined;
  return listed.map(({ principal, key }) => ({ principal: principal ?? name ?? '', key }));
}

export function askPrincipal(title: string, value: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title,
    value,
    prompt: vscode.l10n.t('The e-mail address by which the team knows this person'),
    validateInput: (text) => (isAddress(text) ? undefined : vscode.l10n.t('An e-mail address, without spaces.')),
    ignoreFocusOut: true,
  });
}

/** Whether a text can be the name of a person on the roster. */
export function isAddress(text: string): boolean {
  return /^[!-~]+@[!-~]+$/.test(text);
}
