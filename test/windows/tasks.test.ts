import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DEMO_POLICY, git } from '../demo/team.js';
import { waitFor } from '../harness/wait.js';
import { rows, Scene, showOnly, TASK, withScene } from './scene.js';

const MOONBASE = 'deploy: moonbase';
const VIEW = 'Production tasks';

describe('the production tasks of a window', () => {
  const scene = withScene('tasks', () =>
    Scene.open({
      seats: ['ana'],
      policy: `${DEMO_POLICY}  moonbase: { approvals: 1 }\n`,
      prepare: ({ ana }) => write(ana.clone, MOONBASE),
    }),
  );
  const lists = (text: string, so = true) =>
    waitFor(async () => (await scene().ana.treeItems(VIEW)).some((row) => row.includes(text)) === so, { message: `${VIEW} ${so ? 'to list' : 'not to list'} ${text}`, timeout: 20_000 }).catch(async (error: unknown) => {
      throw new Error(`${error instanceof Error ? error.message : String(error)}\nIt lists: ${(await scene().ana.treeItems(VIEW)).join(' | ') || 'nothing'}`);
    });

  it('are those that the rules of the team name, from the start', async () => {
    await showOnly(scene().ana, VIEW);
    await lists(`${TASK} production · Workspace`);
    await lists(`${MOONBASE} moonbase · Workspace`);
  });

  it('are those that only their command gives away, and no harmless ones', async () => {
    const { ana, team } = scene();
    await lists('rebuild cost explorer production · Workspace');
    write(team.ana.clone, 'look around', { command: 'kubectl --context moonbase get pods' });
    write(team.ana.clone, 'cleanup', { command: 'kubectl --context moonbase delete namespace dust' });
    write(team.ana.clone, 'tidy up', { type: 'process', command: 'kubectl', args: ['--context', 'moonbase', 'delete', 'namespace', 'ice'] });
    write(team.ana.clone, 'roll out', { command: 'terraform apply -auto-approve', options: { cwd: '${workspaceFolder}/infra', env: { TF_WORKSPACE: 'moonbase' } } });
    for (const label of ['cleanup', 'tidy up', 'roll out']) await lists(`${label} moonbase · Workspace`);
    const listed = await ana.treeItems(VIEW);
    for (const harmless of ['look around', 'deploy: staging', 'test ']) assert.ok(!listed.some((row) => row.startsWith(harmless)), `${harmless}\n${listed.join(' | ')}`);
  });

  it('say why they are listed', async () => {
    const { ana } = scene();
    assert.match((await ana.treeItem(VIEW, 'cleanup').getAttribute('aria-label')) ?? '', /^cleanup, moonbase, Workspace/);
    const told = async (text: string) => {
      await ana.page.mouse.move(1, 1);
      await ana.treeItem(VIEW, text).hover();
      return waitFor(async () => (await ana.page.locator('.hover-contents:visible').allInnerTexts()).find((words) => words.includes(text)), { message: `what is told about ${text}` });
    };
    assert.match(await told('cleanup'), /held until somebody else approves it\.\s+Would destroy something in moonbase: context given on the command line\./);
    await scene().picture('tasks-why');
    assert.match(await told(MOONBASE), /\s+Targets moonbase: /);
  });

  it('stand among the gates and the problems when they start without a shell', async () => {
    const { ana } = scene();
    await ana.openFile('tasks.json');
    await ana.command('Problems: Focus on Problems View');
    const problems = () => ana.page.locator('.markers-panel .monaco-list-row', { hasText: 'starts without a shell' }).allInnerTexts();
    await waitFor(async () => (await problems()).length === 1 && (await problems())[0]?.includes('“tidy up” targets moonbase'), { message: 'the warning', timeout: 20_000 });
    await showOnly(ana, 'Gates');
    await waitFor(async () => (await ana.treeItems('Gates')).some((row) => row.startsWith('tidy up noticed after it began')), { message: 'the row', timeout: 20_000 });
    await showOnly(ana, VIEW);
  });

  it('follow a script that they run', async () => {
    const { clone } = scene().team.ana;
    const script = path.join(clone, 'scripts', 'sweep.sh');
    writeFileSync(script, '#!/bin/sh\nls\n', { mode: 0o755 });
    write(clone, 'sweep', { command: './scripts/sweep.sh' });
    write(clone, 'dust: moonbase');
    await lists('dust: moonbase');
    await lists('sweep', false);
    writeFileSync(script, '#!/bin/sh\nkubectl --context moonbase delete namespace dust\n');
    write(clone, 'polish: moonbase');
    await lists('sweep moonbase · Workspace');
  });

  it('follow tasks.json, whoever writes it', async () => {
    const { ana } = scene().team;
    write(ana.clone, 'wipe: moonbase');
    await lists('wipe: moonbase');
    git(ana, ana.clone, 'checkout', '--quiet', '.vscode/tasks.json');
    await lists('moonbase', false);
    await rows(scene().ana, VIEW, 3);
  });
});

/** Adds a task to a clone's tasks.json; one that does nothing unless said otherwise. */
function write(clone: string, label: string, rest: object = { command: 'true' }): void {
  const file = path.join(clone, '.vscode', 'tasks.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"tasks": [', () => `"tasks": [${JSON.stringify({ label, type: 'shell', ...rest })},`));
}
