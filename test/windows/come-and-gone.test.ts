import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gateDirectory } from '../../src/guards/install.js';
import { DEMO_POLICY, environmentOf, git } from '../demo/team.js';
import { waitFor } from '../harness/wait.js';
import { copied, press, rows, Scene, told, withScene } from './scene.js';

const VIEW = 'Proposed edits';
const WIPE = 'scripts/wipe.sh';
const DESTROYS = '#!/bin/sh\nkubectl --context production delete namespace payments\n';
const TERRAFORM = 'infra/main.tf';
const PROTECTED = 'k8s/deployment.yaml';

/** Files that another program makes and deletes beside the person. */
describe('files that come and go beside a person', () => {
  const scene = withScene('come-and-gone', async () => {
    const opened = await Scene.open({ seats: ['ana'], policy: `${DEMO_POLICY}protectedPaths:\n  - { paths: ['k8s/**'], edits: approve }\n`, settings: { 'workbench.editor.enablePreview': false } });
    const { ana } = opened.team;
    git(ana, ana.clone, 'checkout', '--quiet', '-b', 'cleanup');
    writeFileSync(path.join(ana.clone, WIPE), DESTROYS);
    rmSync(path.join(ana.clone, TERRAFORM));
    git(ana, ana.clone, 'add', '--all');
    git(ana, ana.clone, 'commit', '--quiet', '-m', 'Another way to clean up');
    git(ana, ana.clone, 'checkout', '--quiet', 'main');
    await opened.ana.openFile(TERRAFORM);
    await opened.ana.openView(VIEW);
    return opened;
  });

  const file = (name: string) => path.join(scene().team.ana.clone, name);
  const listed = (count: number) => rows(scene().ana, VIEW, count, 30_000);
  const nothing = () => waitFor(async () => (await scene().ana.viewText(VIEW)).includes('Nothing to look at.'), { message: 'nothing to be proposed', timeout: 30_000 });

  async function remove(name: string): Promise<void> {
    const { ana } = scene();
    const isAsked = async () => (await ana.dialogText())?.includes(`Move the new file ${name} to the trash?`);
    // A row of before, still in the list, asks nothing: then it is pressed again.
    const press = async () => {
      await ana.treeAction(VIEW, path.basename(name), 'Revert the change');
      return waitFor(isAsked, { message: 'the dialog', timeout: 5_000 });
    };
    await waitFor(press, { message: 'the question', timeout: 40_000 });
    await ana.dialogButton('Move to trash');
    // The editor's files are on a server here, which has none.
    await waitFor(async () => (await ana.dialogText())?.includes('There is no trash'), { message: 'the other question' });
    await ana.dialogButton('Delete for good');
    while (existsSync(file(name))) await delay(1);
  }

  async function takeAway(name: string): Promise<void> {
    await remove(name);
    await nothing();
  }

  /** What was there before this one, if anything, would be listed by now. */
  async function onlyThisIsListed(): Promise<void> {
    writeFileSync(file('scripts/other.sh'), DESTROYS);
    assert.match((await listed(2)).join('\n'), /^other\.sh new, probably by another program\n/);
    await takeAway('scripts/other.sh');
  }

  it('are told about when they destroy something, shown beside nothing, and taken away when the person says so', async () => {
    const { ana } = scene();
    await nothing();
    mkdirSync(path.dirname(file('jobs/nightly/wipe.sh')), { recursive: true });
    writeFileSync(file('jobs/nightly/wipe.sh'), DESTROYS);
    await told(ana, /^jobs\/nightly\/wipe\.sh was created, probably by another program\. .*payments/, 30_000);
    const [row, place] = await listed(2);
    assert.equal(row, 'wipe.sh new, probably by another program');
    assert.match(place ?? '', /line 1$/);
    await press(ana, 'Show the change', 'wipe.sh');
    await waitFor(async () => (await ana.page.locator('.monaco-diff-editor .editor').allInnerTexts()).join('').replace(/\u00a0/g, ' ').includes('delete namespace'), { message: 'the difference' });
    await takeAway('jobs/nightly/wipe.sh');
  });

  it('are told about again when they are back at once: the editor’s watcher takes both for one change', async () => {
    const name = 'scripts/again.sh';
    writeFileSync(file(name), DESTROYS);
    await listed(2);
    for (const wait of [0, 10, 20]) {
      await remove(name);
      await delay(wait);
      writeFileSync(file(name), DESTROYS);
      // The row of before has left the list by then.
      await delay(2_000);
      assert.equal((await listed(2))[0], 'again.sh new, probably by another program');
    }
    await takeAway(name);
  });

  it('are none of what makes nothing worse, nor what is ignored', async () => {
    writeFileSync(file('.git/info/exclude'), 'out/\n');
    mkdirSync(file('out'));
    writeFileSync(file('out/wipe.sh'), DESTROYS);
    writeFileSync(file('scripts/hello.sh'), '#!/bin/sh\necho hello\n');
    await onlyThisIsListed();
  });

  it('are looked at again when they are written in two steps, and stay when they are kept', async () => {
    writeFileSync(file('scripts/later.sh'), '#!/bin/sh\n');
    await onlyThisIsListed();
    writeFileSync(file('scripts/later.sh'), DESTROYS);
    assert.match((await listed(2)).join('\n'), /^later\.sh probably by another program\n/);
    await scene().ana.command('Countersign: Keep the change');
    await nothing();
    assert.ok(existsSync(file('scripts/later.sh')));
  });

  it('are given back as they were seen last when they are deleted', async () => {
    const before = readFileSync(file(TERRAFORM), 'utf8');
    rmSync(file(TERRAFORM));
    assert.equal((await listed(2))[0], 'main.tf deleted, probably by another program');
    await scene().ana.treeAction(VIEW, 'main.tf', 'Revert the change');
    await waitFor(() => existsSync(file(TERRAFORM)) && readFileSync(file(TERRAFORM), 'utf8') === before, { message: 'the file to be back' });
    await nothing();
  });

  it('are named with the way to restore them when nobody saw them: what the policy protects, whole folders too', async () => {
    const { ana, team } = scene();
    rmSync(file('k8s'), { recursive: true });
    assert.equal((await listed(2))[0], 'deployment.yaml deleted, probably by another program');
    await ana.treeAction(VIEW, 'deployment.yaml', 'Revert the change');
    await told(ana, `git -C ${team.ana.clone} restore --staged --worktree -- ${PROTECTED}`);
    await press(ana, 'Copy the command', PROTECTED);
    await copied(ana, 'git -C');
    git(team.ana, team.ana.clone, 'restore', '--staged', '--worktree', '--', PROTECTED);
    await nothing();
  });

  it('are none of what comes and goes with another branch', async () => {
    const { ana } = scene().team;
    git(ana, ana.clone, 'checkout', '--quiet', 'cleanup');
    await onlyThisIsListed();
    git(ana, ana.clone, 'checkout', '--quiet', 'main');
    await onlyThisIsListed();
  });

  it('are certainly an assistant’s when its hook announced exactly them', async () => {
    const { ana } = scene().team;
    const input = { file_path: file(WIPE), content: DESTROYS };
    const call = { session_id: 's1', transcript_path: '/x/.claude/t', cwd: ana.clone, permission_mode: 'default', hook_event_name: 'PreToolUse', tool_name: 'Write', tool_input: input };
    spawnSync(path.join(gateDirectory(ana.home), 'hook'), ['--from', 'claude-code/user'], { cwd: ana.clone, env: environmentOf(ana), input: JSON.stringify(call), encoding: 'utf8', timeout: 50_000 });
    writeFileSync(file(WIPE), DESTROYS);
    assert.equal((await listed(2))[0], 'wipe.sh new, by Claude Code');
    await takeAway(WIPE);
  });

  it('are none of what the person makes and deletes in the editor', async () => {
    const { ana } = scene();
    await ana.openFile('20261101_drop_legacy_charges.sql');
    await ana.command('File: Save As...');
    const name = ana.page.locator('.quick-input-widget input.input');
    await waitFor(async () => (await name.inputValue()).includes('legacy_charges'), { message: 'the old name to be proposed' });
    await ana.quickInput(file('migrations/20261121_again.sql'));
    await waitFor(() => existsSync(file('migrations/20261121_again.sql')), { message: 'the file to be saved' });
    await onlyThisIsListed();
    const mine = 'scripts/mine.sh';
    writeFileSync(file(mine), DESTROYS);
    await listed(2);
    await ana.openFile('mine.sh');
    await ana.command('File: Reveal Active File in Explorer View');
    await ana.page.keyboard.press('Shift+Delete');
    await waitFor(async () => (await ana.dialogText())?.includes('mine.sh'), { message: 'the question of the editor' });
    await ana.dialogButton('Delete');
    await waitFor(() => !existsSync(file(mine)), { message: 'the file to be gone' });
    await ana.openView(VIEW);
    await nothing();
    // What the person deleted, another program brings back.
    writeFileSync(file(mine), DESTROYS);
    assert.equal((await listed(2))[0], 'mine.sh new, probably by another program');
  });
});
