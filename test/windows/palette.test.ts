import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Team } from '../demo/team.js';
import { waitFor } from '../harness/wait.js';
import type { Window } from '../harness/window.js';
import { asked, heldRequest, rows, runTask, Scene, showOnly, TASK, terminalSays, told, useTheme, withScene } from './scene.js';

const PROCESS = 'migrate: production';
const TERRAFORM = 'infra/main.tf';

/** A production task that starts without a shell. */
function addProcess({ ana }: Team): void {
  const file = path.join(ana.clone, '.vscode', 'tasks.json');
  const task = `{ "label": "${PROCESS}", "type": "process", "command": "./scripts/deploy.sh", "args": ["production"] }`;
  writeFileSync(file, readFileSync(file, 'utf8').replace('"tasks": [', `"tasks": [\n    ${task},`));
}

/** What has a row or a button of its own is done from the palette alone here. */
describe('the command palette', () => {
  const scene = withScene('palette', () => Scene.open({ prepare: addProcess }));

  /** Runs a command, and takes its answer away. */
  async function answers(window: Window, command: string, answer: string | RegExp): Promise<void> {
    await window.command(`Countersign: ${command}`);
    await told(window, answer);
    await window.dismissNotifications();
  }

  /** How many of Approve and Deny the title bar of what is in front offers. */
  const decisions = (window: Window): Promise<number> => window.page.locator('.editor-group-container.active .editor-actions').getByRole('button', { name: /^(Approve|Deny)…/ }).count();

  it('says what there is nothing of, instead of doing nothing', async () => {
    const { ana } = scene();
    for (const command of ['Cancel request', 'Copy request as text', 'Copy request as link', 'Break glass…']) await answers(ana, command, 'Nothing of yours is held.');
    for (const command of ['Show the change', 'Keep the change', 'Revert the change', 'Request approval for a proposed edit…']) await answers(ana, command, /^No edit is proposed/);
    await answers(ana, 'Apply approved edit', 'No edit of yours is approved and waits to be applied.');
    for (const command of ['Review…', 'Approve…', 'Deny…', 'Mark broken glass as reviewed…']) await answers(ana, command, 'Nothing is waiting.');
  });

  it('scans the workspace from where its findings will be listed, and says what it found', async () => {
    const { ana } = scene();
    await showOnly(ana, 'Findings');
    await waitFor(async () => (await ana.viewText('Findings')).includes('Nothing is known that would destroy something'), { message: 'what the view is for' });
    const focused = ana.page.locator('.pane-body .monaco-button:focus', { hasText: 'Scan workspace' });
    await waitFor(async () => (await focused.count()) > 0 || (await ana.page.keyboard.press('Tab'), false), { message: 'the button to be reached' });
    await scene().picture('palette-findings-none');
    await ana.page.keyboard.press('Enter');
    await told(ana, /^Scanned \d+ files\. Findings: \d+, in \d+ files\./);
    await ana.dismissNotifications();
    await answers(ana, 'Scan workspace', /^Scanned \d+ files\. Findings: \d+, in \d+ files\./);
  });

  it('lists what the scan found, the worst first, and leads to each place by keyboard', async () => {
    const { ana } = scene();
    await showOnly(ana, 'Findings');
    const listed = await rows(ana, 'Findings', 4);
    assert.match(listed.join('\n'), /^tasks\.json findings: 1 · \.vscode\nDestroys every resource of this configuration\. line \d+\n20261101_drop_legacy_charges\.sql findings: 1 · migrations\nDrops legacy_charges with everything in it\. line 3$/);
    assert.equal(await ana.treeItem('Findings', '20261101').getAttribute('aria-label'), '20261101_drop_legacy_charges.sql, Error, findings: 1, migrations');
    const isSelected = async () => (await ana.statusBarText()).includes('Ln 3, Col 26 (25 selected)');
    // A view takes the focus late, and a list that is being drawn may drop the row: then it is opened again.
    const openLast = async () => {
      await ana.openView('Findings');
      for (const key of ['End', 'Enter']) await ana.page.keyboard.press(key);
      return waitFor(isSelected, { message: 'the statement', timeout: 5_000 });
    };
    await waitFor(openLast, { message: 'the statement to be selected', timeout: 40_000 });
    await waitFor(async () => (await ana.editorText()).includes('DROP TABLE legacy_charges'), { message: 'the migration' });
    await useTheme(ana, 'Light Modern', 'vs');
    await scene().picture('palette-findings-light');
    await ana.command('View: Close All Editors');
    await rows(ana, 'Findings', 4);
    await ana.openView('Held');
  });

  it('runs a task that has no shell, held, and cancels what it asked for', async () => {
    const { ana, ben } = scene();
    await ana.commandAndPick('Countersign: Run held task', PROCESS);
    await heldRequest(ana);
    await rows(ben, 'Awaiting my approval', 1);
    await scene().picture('palette-held-process');
    await ana.command('Countersign: Cancel request');
    await terminalSays(ana, /Cancelled by the requester\. Nothing was run\./);
    await rows(ana, 'Held', 0);
    await rows(ben, 'Awaiting my approval', 0);
    assert.equal(scene().deployed, 0);
  });

  it('cancels nothing that somebody else asked for, nor what is over', async () => {
    const { ana, ben } = scene();
    await runTask(ana);
    await rows(ben, 'Awaiting my approval', 1);
    await ben.command('Countersign: Review…');
    await waitFor(async () => (await ben.editorText()).includes('Approval request'), { message: 'the review' });
    await answers(ben, 'Cancel request', 'Somebody else asked for this: deny it if it must not run.');
    assert.match((await rows(ana, 'Held', 1)).join(), new RegExp(`${TASK} waiting`));
    await ana.command('Countersign: Review…');
    await waitFor(async () => (await ana.editorText()).includes('Approval request'), { message: 'the review of one’s own' });
    // Its title bar offers nothing that would be refused in the end.
    assert.deepEqual([await decisions(ana), await decisions(ben)], [0, 2]);
    await answers(ana, 'Approve…', 'You asked for this yourself: another person on the list has to approve it.');
    await answers(ana, 'Deny…', 'You asked for this yourself: cancel it instead.');
    await ana.command('Countersign: Cancel request');
    await rows(ana, 'Held', 0);
    await answers(ana, 'Cancel request', 'This request is withdrawn: there is nothing to cancel.');
  });

  it('has the actions of a row in its menu, for the keyboard', async () => {
    const { ana, ben } = scene();
    await rows(ben, 'Awaiting my approval', 0);
    await runTask(ana);
    await rows(ben, 'Awaiting my approval', 1);
    // It goes where something waits, which the list may show a moment before the command knows.
    await waitFor(async () => {
      await ben.command('Countersign: Show what is waiting');
      await ben.page.keyboard.press('Home');
      return /\bfocused\b/.test(await ben.treeItem('Awaiting my approval', TASK).getAttribute('class') ?? '');
    }, { message: 'the row to have the focus' });
    await ben.page.keyboard.press('Shift+F10');
    const entry = ben.page.locator('.monaco-menu .action-label', { hasText: 'Approve…' });
    await waitFor(() => entry.isVisible(), { message: 'the menu' });
    await scene().picture('palette-row-menu');
    const labels = await ben.page.locator('.monaco-menu .action-label:visible').allInnerTexts();
    assert.deepEqual(labels.map((label) => label.trim()).filter((label) => label !== ''), ['Review…', 'Approve…', 'Deny…']);
    for (let at = 0; at < 2; at += 1) await ben.page.keyboard.press('ArrowDown');
    await ben.page.keyboard.press('Enter');
    await waitFor(async () => (await ben.dialogText())?.includes('Sign your approval of deploy: production?'), { message: 'the question' });
    await ben.page.keyboard.press('Escape');
    await ana.command('Countersign: Cancel request');
    await rows(ben, 'Awaiting my approval', 0);
  });

  it('shows a proposed edit, and requests approval for it', async () => {
    const { ana, ben, team } = scene();
    const file = path.join(team.ana.clone, TERRAFORM);
    const seen = readFileSync(file, 'utf8');
    await ana.openFile(TERRAFORM);
    await waitFor(async () => (await ana.editorText()).includes('prevent_destroy'), { message: 'the file to be seen' });
    writeFileSync(file, seen.replace('prevent_destroy = true', 'prevent_destroy = false'));
    await ana.openView('Proposed edits');
    await rows(ana, 'Proposed edits', 2);
    await ana.command('Countersign: Show the change');
    await waitFor(async () => (await ana.page.locator('.monaco-diff-editor .editor').allInnerTexts()).join('').replace(/\u00a0/g, ' ').includes('prevent_destroy = false'), { message: 'the difference' });
    await scene().picture('palette-edit');
    await ana.command('Countersign: Request approval for a proposed edit…');
    await asked(ana, 'Why should main.tf be changed so?');
    await ana.quickInput('It is rebuilt tonight');
    await rows(ben, 'Awaiting my approval', 1);
    await waitFor(() => readFileSync(file, 'utf8') === seen, { message: 'the change to be out of the file' });
  });
});
