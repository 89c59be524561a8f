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
    await lists(TASK);
    await lists(MOONBASE);
  });

  it('follow tasks.json, whoever writes it', async () => {
    const { ana } = scene().team;
    write(ana.clone, 'wipe: moonbase');
    await lists('wipe: moonbase');
    git(ana, ana.clone, 'checkout', '--quiet', '.vscode/tasks.json');
    await lists('moonbase', false);
    await rows(scene().ana, VIEW, 2);
  });
});

/** Adds a task to a clone's tasks.json. */
function write(clone: string, label: string): void {
  const file = path.join(clone, '.vscode', 'tasks.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"tasks": [', `"tasks": [{ "label": "${label}", "type": "shell", "command": "true" },`));
}
