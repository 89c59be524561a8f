import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '../harness/paths.js';
import type { Server } from '../harness/server.js';
import { waitFor } from '../harness/wait.js';
import { openWindow } from '../harness/window.js';
import { deployments, type Team } from './team.js';

export interface Stage {
  readonly team: Team;
  readonly ana: Server;
  readonly ben: Server;
  /** Where the pictures go. */
  readonly directory: string;
}

/** Plays the demo's script by itself and takes the README's pictures on the way. */
export async function play({ team, ana, ben, directory }: Stage): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const extension = { extensionDevelopmentPath: repositoryRoot() };
  const [anas, bens] = await Promise.all([openWindow(ana, { folder: team.ana.clone, ...extension }), openWindow(ben, { folder: team.ben.clone, ...extension })]);
  const picture = async (window: typeof anas, name: string) => {
    await window.screenshot(path.join(directory, `${name}.png`));
    console.log(`${name}.png`);
  };
  try {
    for (const window of [anas, bens]) await window.openView('Countersign');
    await anas.openFile('tasks.json');
    await anas.commandAndPick('Tasks: Run Task', 'deploy: production');
    await waitFor(async () => (await anas.terminalText()).includes('Waiting for 1 signature'), { message: 'the task to be held', timeout: 60_000 });
    await waitFor(async () => (await anas.treeItems('Held')).length > 0, { message: 'the request under Held', timeout: 20_000 });
    await picture(anas, 'held');

    await waitFor(async () => (await bens.notifications()).some((text) => text.includes('deploy: production')), { message: 'the notification', timeout: 30_000 });
    await waitFor(async () => (await bens.treeItems('Awaiting my approval')).length === 1, { message: 'the request in the view', timeout: 10_000 });
    await picture(bens, 'notification');
    await bens.notificationButton('Review…');
    await waitFor(async () => (await bens.editorText()).includes('What would run') && !(await bens.editorText()).includes('this is being counted'), { message: 'the review', timeout: 30_000 });
    await bens.page.locator('.editor-actions').getByRole('button', { name: /^Approve…/ }).waitFor({ timeout: 20_000 });
    await picture(bens, 'review');

    await bens.command('Countersign: Approve…');
    await bens.dialogButton('Sign');
    await waitFor(() => deployments(team.ana).length === 1, { message: 'the deployment', timeout: 30_000 });
    await waitFor(async () => (await anas.terminalText()).includes('Done: payments is live'), { message: 'the task to run', timeout: 30_000 });
    await waitFor(async () => (await anas.treeItems('Held')).length === 0, { message: 'the request to be finished', timeout: 10_000 });
    await picture(anas, 'approved');

    await anas.commandAndPick('Tasks: Run Task', 'deploy: production');
    await waitFor(async () => (await bens.treeItems('Awaiting my approval')).length === 1, { message: 'the second request', timeout: 30_000 });
    await bens.treeAction('Awaiting my approval', 'deploy: production', 'Deny…');
    await bens.quickInput('Not before the freeze ends on Monday');
    await waitFor(async () => (await anas.terminalText()).includes('Not before the freeze'), { message: 'the denial', timeout: 30_000 });
    await picture(anas, 'denied');
    await bens.openView('Ledger');
    await waitFor(async () => (await bens.treeItems('Ledger')).length === 3, { message: 'the ledger', timeout: 10_000 });
    await bens.treeItem('Ledger', 'finished').locator('.monaco-tl-twistie').click();
    await waitFor(async () => (await bens.treeItems('Ledger')).length > 3, { message: 'what the ledger says', timeout: 10_000 });
    await picture(bens, 'ledger');

    await anas.command('Terminal: Create New Terminal');
    await waitFor(async () => (await anas.terminalText()).includes('$') || (await anas.terminalText()).includes('#'), { message: 'a prompt', timeout: 30_000 });
    await anas.typeInTerminal('terraform -chdir=infra destroy -var-file=production.tfvars');
    await waitFor(async () => (await anas.terminalText()).includes('Ctrl+C cancels'), { message: 'the line to be held', timeout: 60_000 });
    await picture(anas, 'terminal');
    await anas.page.locator('.terminal-wrapper.active .xterm-screen').first().click();
    await anas.page.keyboard.press('Control+C');
    await anas.command('Countersign: Run drill');
    await waitFor(async () => (await anas.notifications()).some((text) => text.startsWith('Drill: ')), { message: 'the report of the drill', timeout: 300_000 });
    await waitFor(async () => (await anas.editorText()).includes('Countersign drill'), { message: 'the report', timeout: 20_000 });
    await anas.openView('Gates');
    await waitFor(async () => (await anas.treeItems('Gates')).length > 0, { message: 'the gates', timeout: 20_000 });
    await anas.dismissNotifications();
    await picture(anas, 'drill');

    await anas.openFile('main.tf');
    await waitFor(async () => (await anas.editorText()).includes('deletion_protection'), { message: 'the file to be open', timeout: 20_000 });
    // Nobody types it.
    const file = path.join(team.ana.clone, 'infra', 'main.tf');
    writeFileSync(file, readFileSync(file, 'utf8').replace('prevent_destroy = true', 'prevent_destroy = false'));
    await waitFor(async () => (await anas.notifications()).some((text) => text.includes('main.tf was changed')), { message: 'the change to be told', timeout: 30_000 });
    await anas.notificationButton('Show the change', 'main.tf');
    await waitFor(async () => (await anas.page.locator('.monaco-diff-editor .editor').count()) === 2, { message: 'both sides of it', timeout: 20_000 });
    await anas.command('View: Toggle Panel Visibility');
    await anas.openView('Proposed edits');
    await waitFor(async () => (await anas.treeItems('Proposed edits')).length === 2, { message: 'the change in the view', timeout: 20_000 });
    await anas.dismissNotifications();
    await picture(anas, 'edit');
  } catch (error) {
    await picture(anas, 'failed-ana');
    await picture(bens, 'failed-ben');
    throw error;
  } finally {
    await Promise.all([anas.close(), bens.close()]);
  }
}
