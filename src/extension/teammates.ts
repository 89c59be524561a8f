import * as vscode from 'vscode';
import type { Approvals } from '../broker/approvals.js';
import { inline } from '../core/approval/display.js';
import { accountOf, AUTHOR_FORMAT, hostingOf, teammatesIn, type Hosting, type Teammate } from '../core/approval/teammates.js';
import { askForKeys, type Mates } from './ask-for-keys.js';

/** So many of the latest commits tell who works here. */
const COMMITS = 500;

/**
 * Asks who else may approve: whoever has keys at hand pastes them, and everybody else is led through the people of the
 * history, one key after the other.
 *
 * @param known principals that need not be proposed
 * @param count how many people there are with those that were named until then
 * @returns undefined when the person gave up
 */
export async function askForTeammates(desk: Approvals, known: readonly string[], count: (mates: Mates) => number): Promise<Mates | undefined> {
  let all: Mates = { members: [], imported: false };
  const add = ({ members, imported }: Mates) => (all = { members: [...all.members, ...members], imported: all.imported || imported });
  let proposed = await teammatesHere(desk, known);
  for (;;) {
    const mates = await askForKeys({ title: vscode.l10n.t('Who else may approve?'), prompt: promptFor(count(all) < 2, proposed.length > 0) });
    if (mates === undefined) return undefined;
    if (mates !== 'done') {
      add(mates);
      // Whoever pastes keys needs nobody proposed.
      proposed = [];
    } else if (proposed.length === 0) {
      return all;
    } else {
      const chosen = await askForKeysOf(proposed, await hostingHere(desk));
      if (!chosen) return undefined;
      for (const some of chosen) add(some);
      if (count(all) >= 2) return all;
      proposed = [];
    }
  }
}

function promptFor(isAlone: boolean, canPropose: boolean): string {
  if (canPropose) return vscode.l10n.t('Paste a teammate’s public key, or the line that “Countersign: Copy my roster line” gave them. A path, github:USER, gitlab:USER or https://HOST/USER.keys does as well. With nothing, Enter lists the people who committed here.');
  return isAlone ? vscode.l10n.t('Paste a teammate’s public key, or the line that “Countersign: Copy my roster line” gave them. A path, github:USER, gitlab:USER or https://HOST/USER.keys does as well. Somebody else has to be able to approve.') : vscode.l10n.t('Paste another one, or press Enter when everybody is there.');
}

/** Which people of the history may approve, and the keys of each; undefined when the person gave up. */
async function askForKeysOf(mates: readonly Teammate[], hosting: Hosting | undefined): Promise<readonly Mates[] | undefined> {
  const chosen = await chooseTeammates(mates, hosting);
  if (!chosen) return undefined;
  const found: Mates[] = [];
  for (const mate of chosen) {
    const keys = await askForKeyOf(mate, accountOf(mate.email, hosting));
    if (keys === undefined) return undefined;
    if (keys !== 'done') found.push(keys);
  }
  return found;
}

async function hostingHere({ repository }: Approvals): Promise<Hosting | undefined> {
  const remote = await repository.remoteFor('origin');
  const url = remote === undefined ? undefined : await repository.remote(remote);
  return url === undefined ? undefined : hostingOf(url);
}

async function teammatesHere({ repository: { git } }: Approvals, known: readonly string[]): Promise<readonly Teammate[]> {
  const [log, ...own] = await Promise.all([
    git.maybe(['log', '--no-show-signature', '-n', String(COMMITS), `--format=${AUTHOR_FORMAT}`, 'HEAD', '--']),
    git.maybe(['config', 'user.email']),
    git.maybe(['config', 'user.name']),
  ]);
  return teammatesIn(log ?? '', [...known, ...own.flatMap((text) => (text === undefined || text === '' ? [] : [text]))]);
}

/** @returns undefined when the person gave up */
async function chooseTeammates(mates: readonly Teammate[], hosting: Hosting | undefined): Promise<readonly Teammate[] | undefined> {
  const items = mates.map((mate) => ({
    // What the roster will say comes first: a name can be anything.
    label: inline(mate.email),
    description: [inline(mate.name), vscode.l10n.t('commits lately: {0}', mate.commits)].join(' · '),
    detail: keyHint(mate, hosting),
    mate,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    title: vscode.l10n.t('Who else may approve? These people committed here.'),
    placeHolder: vscode.l10n.t('Tick whose key you add, or press Enter'),
    matchOnDescription: true,
    ignoreFocusOut: true,
  });
  return chosen?.map(({ mate }) => mate);
}

/** How one comes by somebody's key. */
function keyHint({ email }: Teammate, hosting: Hosting | undefined): string {
  const account = accountOf(email, hosting);
  if (account !== undefined) return vscode.l10n.t('Their keys can be fetched: {0}', inline(account));
  return hosting ? vscode.l10n.t('Ask them for the line that “Countersign: Copy my roster line” gives, or for their account: {0}', `${hosting.service}:USER`) : vscode.l10n.t('Ask them for the line that “Countersign: Copy my roster line” gives.');
}

function askForKeyOf({ email }: Teammate, account: string | undefined): Promise<Mates | 'done' | undefined> {
  const person = inline(email);
  return askForKeys({
    title: vscode.l10n.t('The key of {0}', person),
    prompt:
      account === undefined
        ? vscode.l10n.t('Paste the public key of {0}, or the line that “Countersign: Copy my roster line” gave them. A path, github:USER, gitlab:USER or https://HOST/USER.keys does as well. With nothing, Enter leaves them out.', person)
        : vscode.l10n.t('Enter fetches the keys of {0} from there. Or paste their public key instead. With nothing, Enter leaves them out.', person),
    ...(account !== undefined && { value: account }),
    owner: email,
  });
}
