import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { git, type Team } from '../demo/team.js';
import { waitFor } from '../harness/wait.js';
import { copied, Scene, withScene } from './scene.js';

const VIEW = 'Awaiting my approval';

/** Ben is not on the list of allowed signers, and Ana opens a folder that is no repository. */
function prepare({ directory, ana, ben }: Team): void {
  const roster = path.join(ana.clone, '.countersign', 'allowed_signers');
  writeFileSync(roster, readFileSync(roster, 'utf8').replace(/^ben@.*\n/m, ''));
  git(ana, ana.clone, 'commit', '--quiet', '--all', '-m', 'Ben is not with us yet');
  git(ana, ana.clone, 'push', '--quiet');
  git(ben, ben.clone, 'pull', '--quiet');
  mkdirSync(path.join(directory, 'ana', 'notes'));
}

describe('somebody who cannot approve', () => {
  const scene = withScene('standing', () => Scene.open({ prepare, folder: (person) => (person.name === 'Ana' ? path.join(path.dirname(person.clone), 'notes') : person.clone) }));

  it('is told that none of their keys is on the list, and gets their line with one press', async () => {
    const { ben, team } = scene();
    await waitFor(async () => (await ben.viewText(VIEW)).includes('None of your SSH keys is on the list of allowed signers here, so you can neither approve nor ask.'), { message: 'the view to say so' });
    await ben.page.locator('.monaco-button', { hasText: 'Copy my roster line' }).first().click();
    assert.match(await copied(ben, team.ben.email), /^ben@payments\.example .*ssh-ed25519 /);
  });

  it('is told that no repository is open, in a folder that is none', async () => {
    const { ana } = scene();
    await waitFor(async () => (await ana.viewText(VIEW)).includes('Approvals live in a git repository, and none is open here.'), { message: 'the view to say so' });
    assert.doesNotMatch(await ana.viewText(VIEW), /list of allowed signers/);
  });
});
