import assert from 'node:assert/strict';
import { git } from '../demo/team.js';
import { waitFor } from '../harness/wait.js';
import { asked, copied, heldRequest, press, rows, runTask, Scene, terminalSays, told, withScene } from './scene.js';

describe('setting up a repository', () => {
  const scene = withScene('set-up', () => Scene.open({ bare: true }));
  /** Everything the two people did to get there, in order. */
  const actions: string[] = [];
  let line = '';
  let began = 0;

  async function act<T>(what: string, doIt: () => Promise<T>): Promise<T> {
    if (began === 0) began = Date.now();
    actions.push(what);
    return doIt();
  }

  it('refuses the production task and says what to do', async () => {
    const { ana } = scene();
    await runTask(ana);
    await terminalSays(ana, /Set up this repository/);
    await terminalSays(ana, /Nothing was run\./);
    await terminalSays(ana, /exit code: 126/);
    assert.equal(scene().deployed, 0);
  });

  it('offers it in the view', async () => {
    const { ana } = scene();
    const text = await waitFor(async () => {
      const shown = await ana.viewText('Awaiting my approval');
      return shown.includes('Set up this repository') ? shown : undefined;
    }, { message: 'the welcome view' });
    assert.match(text, /Production tasks are held, and nobody can approve them yet/);
  });

  it('explains itself in four steps, from the same place', async () => {
    const { ana } = scene();
    await ana.page.locator('.pane-body').getByRole('button', { name: 'How it works' }).click();
    const page = ana.page.locator('.gettingStartedSlideDetails');
    const steps = await waitFor(async () => {
      const titles = await page.locator('.step-title').allInnerTexts();
      return titles.length > 0 ? titles.map((title) => title.trim()) : undefined;
    }, { message: 'the walkthrough' });
    assert.deepEqual(steps, ['Say who may approve', 'See that the gates hold', 'Gate your assistants', 'Let something wait']);
    for (const step of steps) {
      await page.locator('.getting-started-step', { hasText: step }).first().click();
      await scene().picture(`walkthrough-${steps.indexOf(step) + 1}`);
    }
    await ana.command('View: Close All Editors');
  });

  it('takes a copied line, a pasted line and a commit', async () => {
    const { ana, ben, team } = scene();
    await act('Ben asks for his roster line', () => ben.command('Countersign: Copy my roster line'));
    await asked(ben, 'e-mail');
    await scene().picture('set-up-roster-line');
    await act('Ben accepts his address', () => ben.page.keyboard.press('Enter'));
    line = await copied(ben, team.ben.email);
    await scene().picture('set-up-copied');
    assert.match(line, /^ben@payments\.example namespaces="[^"]+" ssh-ed25519 \S+$/);

    await act('Ana starts the set-up', () => ana.command('Countersign: Set up this repository'));
    await asked(ana, 'Who are you?');
    await scene().picture('set-up-who');
    assert.equal(await ana.page.locator('.quick-input-widget:visible input').first().inputValue(), team.ana.email);
    await act('Ana accepts her address', () => ana.page.keyboard.press('Enter'));
    await asked(ana, 'teammate');
    await scene().picture('set-up-teammates');
    await act('Ana pastes Ben’s line', () => ana.quickInput(line));
    await asked(ana, 'another');
    await act('Ana says that is everybody', () => ana.page.keyboard.press('Enter'));
    await asked(ana, '2 people');
    await scene().picture('set-up-commit');
    await act('Ana commits and pushes', () => ana.pick('Commit and push'));
    await waitFor(() => git(team.ana, team.ana.clone, 'ls-tree', '--name-only', 'origin/main', '.countersign/').includes('allowed_signers'), { message: 'the roster on the protected branch' });
    const files = git(team.ana, team.remote!, 'ls-tree', '-r', '--name-only', 'main', '.countersign/');
    assert.deepEqual(files.split('\n'), ['.countersign/allowed_signers', '.countersign/policy.yaml']);
    await act('Ben fetches', () => Promise.resolve(git(team.ben, team.ben.clone, 'pull', '--quiet')));
  });

  it('lets a held task be approved from then on, after no more than eight actions in two minutes', async () => {
    const { ana, ben } = scene();
    await runTask(ana);
    await heldRequest(ana);
    await rows(ben, 'Awaiting my approval', 1);
    const seconds = (Date.now() - began) / 1000;
    assert.ok(actions.length <= 8, `it took ${actions.length} actions: ${actions.join(', ')}`);
    assert.ok(seconds < 120, `it took ${seconds} s`);

    await told(ben, 'asks for your approval');
    await press(ben, 'Review…', 'asks for your approval');
    await waitFor(async () => (await ben.editorText()).includes('What your signature binds'), { message: 'the review' });
    await ben.command('Countersign: Approve…');
    await ben.dialogButton('Sign');
    await terminalSays(ana, 'Done: payments is live in production');
    assert.equal(scene().deployed, 1);
  });
});
