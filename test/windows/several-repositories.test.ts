import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { keepIncident, keptIncidents } from '../../src/world/incident-files.js';
import { git, type Person, type Team } from '../demo/team.js';
import { waitFor } from '../harness/wait.js';
import { countersign, rows, Scene, showOnly, TASK, told, withScene } from './scene.js';

const DESTROY = 'terraform -chdir=infra destroy -var-file=production.tfvars';
const beside = (person: Person, folder: string): string => path.join(path.dirname(person.clone), folder);
const workspaceOf = (person: Person): string => beside(person, 'work.code-workspace');

/** Everybody has the shop beside payments; Ben has the shop's next release as well, in another working copy of the same clone. */
function prepare({ directory, remote, ana, ben }: Team): void {
  const shop = path.join(directory, 'shop.git');
  git(ana, directory, 'clone', '--quiet', '--bare', remote ?? '', shop);
  git(ana, directory, 'clone', '--quiet', shop, beside(ana, 'shop'));
  goToTheMoon(ana, beside(ana, 'shop'));
  git(ben, directory, 'clone', '--quiet', shop, beside(ben, 'shop'));
  // Nothing but the shop’s rules protects it, and only payments has it.
  mkdirSync(path.join(ana.clone, 'lunar'));
  writeFileSync(path.join(ana.clone, 'lunar', 'orbit.txt'), 'low\n');
  git(ana, ana.clone, 'add', 'lunar');
  git(ana, ana.clone, 'commit', '--quiet', '--message', 'An orbit');
  git(ana, ana.clone, 'push', '--quiet');
  git(ben, ben.clone, 'pull', '--quiet');
  git(ben, beside(ben, 'shop'), 'worktree', 'add', '--quiet', '-b', 'next', beside(ben, 'next/shop'));
  writeFileSync(workspaceOf(ben), JSON.stringify({ folders: ['payments', 'shop', 'next/shop'].map((folder) => ({ path: folder })) }));
}

/** Gives a repository rules of its own: what lands on the moon needs two other people. */
function goToTheMoon(person: Person, clone: string): void {
  appendFileSync(path.join(clone, '.countersign', 'policy.yaml'), '  moonbase: { approvals: 2 }\nprotectedPaths:\n  - { paths: [lunar/], edits: approve }\n');
  addTask(clone, '{ "label": "land: moonbase", "type": "shell", "command": "true" }');
  git(person, clone, 'commit', '--quiet', '--all', '--message', 'Go to the moon');
  git(person, clone, 'push', '--quiet');
}

function addTask(clone: string, task: string): void {
  const file = path.join(clone, '.vscode', 'tasks.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"tasks": [', `"tasks": [\n    ${task},`));
}

describe('a window with several repositories', () => {
  const scene = withScene('several-repositories', () => Scene.open({ seats: ['ben'], prepare, folder: workspaceOf }));
  const label = (view: string, text: string) => scene().ben.treeItem(view, text).getAttribute('aria-label');

  before(async () => {
    const { ana } = scene().team;
    await countersign(ana, ana.clone, 'request', '--', DESTROY);
    await countersign(ana, beside(ana, 'shop'), 'request', '--', `${DESTROY} -auto-approve`);
  });

  it('names on each request the repository that it is for, to the ear as well', async () => {
    const { ben } = scene();
    const listed = await rows(ben, 'Awaiting my approval', 3, 30_000);
    assert.deepEqual(listed.map((row) => /left · ana · (.*)$/.exec(row)?.[1]).sort(), ['ben/shop', 'next/shop', 'payments']);
    assert.ok(listed.some((row) => /production\.tfvars \d+ min left · ana · payments$/.test(row)));
    assert.match((await label('Awaiting my approval', 'ana · payments')) ?? '', /min left · ana, payments/);
    await scene().picture('several-repositories');
  });

  it('names it where a command asks which request is meant, and signs that one', async () => {
    const { ben } = scene();
    await ben.command('Countersign: Deny…');
    await waitFor(async () => (await ben.quickText()).includes('waiting · payments'), { message: 'the question which one' });
    await ben.page.locator('.quick-input-widget:visible .monaco-list-row', { hasText: 'waiting · payments' }).click();
    await ben.quickInput('Not on a Friday.');
    const left = await rows(ben, 'Awaiting my approval', 2);
    assert.doesNotMatch(left.join('\n'), /payments/);
  });

  it('names it in the ledger, and on tasks and proposed edits their folder', async () => {
    const { ben, team } = scene();
    await showOnly(ben, 'Ledger');
    const [, ...requests] = await rows(ben, 'Ledger', 4);
    assert.deepEqual(requests.map((row) => /· ana · (.*)$/.exec(row)?.[1]).sort(), ['ben/shop', 'next/shop', 'payments']);
    await showOnly(ben, 'Production tasks');
    await waitFor(async () => (await ben.treeItems('Production tasks')).includes(`${TASK} production · Workspace · payments`), { message: 'the task of payments' });
    await showOnly(ben, 'Proposed edits');
    writeFileSync(path.join(beside(team.ben, 'shop'), 'scripts', 'wipe.sh'), '#!/bin/sh\nkubectl --context production delete namespace payments\n');
    await waitFor(async () => (await ben.treeItems('Proposed edits')).includes('wipe.sh new, probably by another program · ben/shop'), { message: 'the edit in the shop', timeout: 30_000 });
  });

  it('lists and marks a task that only its own repository’s rules name', async () => {
    const { ben, team } = scene();
    await showOnly(ben, 'Production tasks');
    await waitFor(async () => (await ben.treeItems('Production tasks')).includes('land: moonbase moonbase · Workspace · ben/shop'), { message: 'the task of the shop' });
    await ben.openFile(path.join(beside(team.ben, 'shop'), '.vscode', 'tasks.json'));
    await waitFor(async () => (await ben.page.locator('.codelens-decoration').allInnerTexts()).some((text) => text.includes('moonbase: needs 2 signatures')), { message: 'the line above it', timeout: 20_000 });
    await scene().picture('several-repositories-lens');
  });

  it('names the folder of a file in which something was found', async () => {
    const { ben } = scene();
    await showOnly(ben, 'Findings');
    await waitFor(async () => (await ben.treeItems('Findings')).includes('tasks.json findings: 1 · .vscode · ben/shop'), { message: 'the file of the shop', timeout: 20_000 });
    assert.equal(await label('Findings', 'ben/shop'), 'tasks.json, Error, findings: 1, .vscode, ben/shop');
  });

  it('names it in the notification, and before anybody signs', async () => {
    const { ben, team } = scene();
    await countersign(team.ana, team.ana.clone, 'request', '--', `${DESTROY} -lock=false`);
    await told(ben, /^ana@payments\.example asks for your approval: .* \(payments\)$/);
    await ben.command('Countersign: Approve…');
    await waitFor(async () => (await ben.quickText()).includes('waiting · payments'), { message: 'the question which one' });
    await ben.page.locator('.quick-input-widget:visible .monaco-list-row', { hasText: 'waiting · payments' }).click();
    await waitFor(async () => (await ben.dialogText())?.includes('For the repository payments'), { message: 'the repository in the question' });
    await ben.page.keyboard.press('Escape');
  });

  it('says who is still to sign, under the rules of the repository that it is for', async () => {
    const { ben, team } = scene();
    await countersign(team.ana, beside(team.ana, 'shop'), 'request', '--', 'kubectl --context moonbase rollout restart deployment/shop');
    await showOnly(ben, 'Awaiting my approval');
    await waitFor(async () => (await ben.treeItems('Awaiting my approval')).some((row) => row.includes('moonbase') && row.includes('ben/shop')), { message: 'the request', timeout: 30_000 });
    await ben.command('View: Close All Editors');
    await waitFor(async () => !(await ben.editorText()).includes('Approval request'), { message: 'the review to be closed' });
    await ben.command('Countersign: Approve…');
    await ben.page.locator('.quick-input-widget:visible .monaco-list-row', { hasText: 'moonbase' }).filter({ hasText: 'ben/shop' }).click();
    await ben.dialogButton('Sign');
    await told(ben, /^The approval counts; kubectl --context moonbase rollout restart deployment\/shop still waits for others \(2 signatures\)\.$/);
  });

  it('has a row for the process task of each folder, and leads to that folder’s file', async () => {
    const { ben, team } = scene();
    for (const clone of [team.ben.clone, beside(team.ben, 'shop')]) addTask(clone, '{ "label": "migrate: production", "type": "process", "command": "true" }');
    await showOnly(ben, 'Gates');
    for (const folder of ['payments', 'ben/shop']) {
      const row = `migrate: production · ${folder}`;
      await waitFor(async () => (await ben.treeItems('Gates')).some((text) => text.startsWith(row)), { message: row, timeout: 30_000 });
      const isOpen = async () => (await ben.page.locator('.breadcrumbs-control').first().innerText()).startsWith(path.basename(folder));
      // A list that is being drawn may drop the row under the pointer: then it is pressed again.
      const press = async () => {
        await ben.treeAction('Gates', row, 'Close the gap');
        return waitFor(isOpen, { message: 'the file', timeout: 5_000 });
      };
      await waitFor(press, { message: `tasks.json of ${folder}`, timeout: 40_000 });
    }
  });

  it('takes no assistant for gated that is not in one of the folders', async () => {
    const { ben, team } = scene();
    await countersign(team.ben, team.ben.clone, 'assistants', 'install', 'claude-code');
    await waitFor(async () => (await ben.treeItems('Gates')).includes('AI assistants waits for review'), { message: 'the assistant to be gated', timeout: 30_000 });
    const settings = path.join(beside(team.ben, 'next/shop'), '.claude', 'settings.json');
    mkdirSync(path.dirname(settings));
    writeFileSync(settings, '{ "disableAllHooks": true }');
    await waitFor(async () => (await ben.treeItems('Gates')).includes('Claude Code not gated'), { message: 'the folder that silences it', timeout: 30_000 });
  });

  it('names a deleted file that only another repository’s rules protect', async () => {
    const { ben, team } = scene();
    await showOnly(ben, 'Proposed edits');
    rmSync(path.join(team.ben.clone, 'lunar', 'orbit.txt'));
    await waitFor(async () => (await ben.treeItems('Proposed edits')).includes('orbit.txt deleted, probably by another program · payments'), { message: 'the deletion', timeout: 30_000 });
  });

  it('tells the team of one what began without asking, although another’s cannot be told', async () => {
    const { ben, team } = scene();
    const elsewhere = beside(team.ben, 'elsewhere');
    git(team.ben, team.directory, 'init', '--quiet', elsewhere);
    const began = { way: 'task' as const, name: 'land', script: 'true', environments: ['moonbase'], findings: [], stopped: true };
    const now = Math.floor(Date.now() / 1000);
    keepIncident(team.ben.home, beside(team.ben, 'shop'), { ...began, at: now - 60 });
    // The newest comes first, and nobody there could sign it.
    keepIncident(team.ben.home, elsewhere, { ...began, at: now });
    await ben.command('Countersign: Refresh');
    await waitFor(() => git(team.ana, beside(team.ana, 'shop'), 'ls-remote', 'origin', 'refs/countersign/inc/*') !== '', { message: 'the incident at the remote' });
    await waitFor(() => keptIncidents(team.ben.home).length === 1, { message: 'only the other one to be kept' });
    assert.equal(keptIncidents(team.ben.home)[0]?.root, elsewhere);
  });

  it('goes on with the others when the folder of one is gone', async () => {
    const { ben, team } = scene();
    rmSync(beside(team.ben, 'next/shop'), { recursive: true });
    await ben.command('Countersign: Refresh');
    await countersign(team.ana, team.ana.clone, 'request', '--', `${DESTROY} -parallelism=1`);
    await showOnly(ben, 'Awaiting my approval');
    await waitFor(async () => (await ben.treeItems('Awaiting my approval')).some((row) => row.includes('-parallelism=1') && row.includes('payments')), { message: 'what was asked for since', timeout: 30_000 });
  });
});
