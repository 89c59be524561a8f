import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { git, type Team } from '../demo/team.js';
import { waitFor } from '../harness/wait.js';
import { asked, copied, heldRequest, press, rows, runTask, Scene, terminalSays, told, withScene } from './scene.js';

const CLEO = '7+cleo@users.noreply.github.com';
const EVE = 'eve@payments.example';

/** Others worked here too, machines among them, and Ana has an assistant. */
function liveIn({ ana, ben }: Team): void {
  const authors = [`Cleo <${CLEO}>`, 'dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>', 'GitHub <noreply@github.com>', `${ben.name} <${ben.email}>`, `Eve $(warning) <${EVE}>`, `${ana.name} <ana@home.example>`, `${ben.name} <${ben.email}>`];
  for (const author of authors) git(ana, ana.clone, 'commit', '--quiet', '--allow-empty', '-m', 'Work', '--author', author);
  git(ana, ana.clone, 'push', '--quiet');
  git(ben, ben.clone, 'pull', '--quiet');
  mkdirSync(path.join(ana.home, '.claude'));
}

describe('setting up a repository', () => {
  const scene = withScene('set-up', () => Scene.open({ bare: true, others: 1, prepare: liveIn }));
  /** Everything the two people did to get there, in order. */
  const actions: string[] = [];
  let line = '';
  let began = 0;

  async function act<T>(what: string, doIt: () => Promise<T>): Promise<T> {
    if (began === 0) began = Date.now();
    actions.push(what);
    return doIt();
  }

  /** Waits until Ana is asked which people of the history may approve. */
  async function proposed(emails: readonly string[]): Promise<void> {
    assert.deepEqual(await waitFor(async () => ((await listed()).some((label) => label.includes('@')) ? listed() : undefined), { message: 'the people of the history' }), emails);
  }

  /** The rows of the list that is open in Ana's window, without what is said below each. */
  async function listed(): Promise<readonly string[]> {
    const found = await scene().ana.page.locator('.quick-input-widget:visible .monaco-list-row').all();
    return Promise.all(found.map((row) => row.locator('.label-name').first().innerText()));
  }

  /** What stands in the box that is open in Ana's window. */
  const entered = () => scene().ana.page.locator('.quick-input-widget:visible .quick-input-box input').first().inputValue();

  /** Sets up again what is set up, as far as the people of the history who are not on the roster. */
  async function begin(): Promise<void> {
    const { ana } = scene();
    await ana.command('Countersign: Set up this repository');
    await asked(ana, 'Who are you?');
    await ana.page.keyboard.press('Enter');
    await asked(ana, 'lists the people who committed here');
    await ana.page.keyboard.press('Enter');
    await proposed([EVE, CLEO]);
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
    line = await copied(ben, team.ben.email);
    await told(ben, 'Copied, for ben@payments.example.');
    await scene().picture('set-up-copied');
    assert.match(line, /^ben@payments\.example namespaces="[^"]+" ssh-ed25519 \S+$/);

    await act('Ana starts the set-up', () => ana.command('Countersign: Set up this repository'));
    await asked(ana, 'Who are you?');
    await scene().picture('set-up-who');
    assert.equal(await entered(), team.ana.email);
    await act('Ana accepts her address', () => ana.page.keyboard.press('Enter'));
    await asked(ana, 'Who else may approve?');
    await act('Ana pastes Ben’s line', () => ana.quickInput(line));
    await asked(ana, 'another');
    await scene().picture('set-up-teammates');
    await act('Ana says that is everybody', () => ana.page.keyboard.press('Enter'));
    await asked(ana, '2 people');
    await scene().picture('set-up-commit');
    await act('Ana commits and pushes', () => ana.pick('Commit and push'));
    await waitFor(() => git(team.ana, team.ana.clone, 'ls-tree', '--name-only', 'origin/main', '.countersign/').includes('allowed_signers'), { message: 'the roster on the protected branch' });
    const files = git(team.ana, team.remote!, 'ls-tree', '-r', '--name-only', 'main', '.countersign/');
    assert.deepEqual(files.split('\n'), ['.countersign/allowed_signers', '.countersign/policy.yaml']);
    await act('Ben fetches', () => Promise.resolve(git(team.ben, team.ben.clone, 'pull', '--quiet')));
  });

  it('lets the first held task be approved after fewer than twelve actions of both, within two minutes', async () => {
    const { ana, ben } = scene();
    await act('Ana runs the task', () => runTask(ana));
    await heldRequest(ana);
    await rows(ben, 'Awaiting my approval', 1);
    await told(ben, 'asks for your approval');
    await act('Ben opens the review', () => press(ben, 'Review…', 'asks for your approval'));
    await waitFor(async () => (await ben.editorText()).includes('What your signature binds'), { message: 'the review' });
    await act('Ben approves', () => ben.command('Countersign: Approve…'));
    await act('Ben signs', () => ben.dialogButton('Sign'));
    await terminalSays(ana, 'Done: payments is live in production');
    const seconds = (Date.now() - began) / 1000;
    assert.equal(scene().deployed, 1);
    assert.ok(actions.length < 12, `it took ${actions.length} actions: ${actions.join(', ')}`);
    assert.ok(seconds < 120, `it took ${seconds} s`);
  });

  it('offers the assistants and the drill next, to whoever wants them', async () => {
    const { ana } = scene();
    await press(ana, 'What next?', 'Set up. Teammates are ready once they have fetched.');
    await asked(ana, 'What next?');
    assert.deepEqual(await listed(), ['Gate Claude Code', 'Run drill']);
    await ana.page.keyboard.press('Escape');
  });

  it('proposes whoever is not on the roster yet, and takes a key under the address that was chosen', async () => {
    const { ana, team } = scene();
    const roster = path.join(team.ana.clone, '.countersign', 'allowed_signers');
    const [newcomer] = team.others;
    const key = readFileSync(`${newcomer?.key ?? ''}.pub`, 'utf8').trim();
    await begin();
    const eve = await ana.page.locator('.quick-input-widget:visible .monaco-list-row', { hasText: EVE }).innerText();
    assert.match(eve, /Eve \$\\u\{28\}warning\) · commits lately: 1/);
    await scene().picture('set-up-history');
    await ana.pick(CLEO);
    await ana.page.keyboard.press('Enter');
    await asked(ana, `The key of ${CLEO}`);
    assert.equal(await entered(), 'github:cleo');
    await scene().picture('set-up-account');
    await ana.quickInput('/nowhere/cleo.pub');
    await asked(ana, 'There is no such file that could be read.');
    assert.equal(await entered(), '/nowhere/cleo.pub');
    await ana.quickInput(key);
    await asked(ana, 'Are these the right keys?');
    await scene().picture('set-up-difference');
    await ana.pick('Write it');
    await asked(ana, 'Rules are in force here');
    await ana.pick('Later');
    const [type = '', blob = ''] = key.split(' ');
    assert.deepEqual(readFileSync(roster, 'utf8').split('\n').filter((text) => text.startsWith(CLEO)).map((text) => text.replace(/namespaces="[^"]+" /, '')), [`${CLEO} ${type} ${blob}`]);
    git(team.ana, team.ana.clone, 'checkout', '--quiet', '--', '.countersign');
  });

  it('says when everything is there, and gates the assistants and plays the drill with one key', async function () {
    this.timeout(300_000);
    const { ana, team } = scene();
    const hooks = path.join(team.ana.home, '.claude', 'settings.json');
    const again = async () => {
      await begin();
      await ana.page.keyboard.press('Enter');
      await asked(ana, 'What next?');
    };
    await again();
    await told(ana, 'The rules of this repository are set up and in force.');
    assert.deepEqual(await listed(), ['Gate Claude Code', 'Run drill']);
    await scene().picture('set-up-next');
    const details = await ana.page.locator('.quick-input-widget:visible .monaco-list-row').allInnerTexts();
    assert.match(details.join('\n'), /Adds an entry to: ~\/\.claude\/settings\.json/);
    assert.ok(!existsSync(hooks), 'nothing is written before the answer');
    await ana.page.keyboard.press('Enter');
    await waitFor(() => existsSync(hooks) && readFileSync(hooks, 'utf8').includes('.countersign/gate/hook'), { message: 'the hook', timeout: 20_000 });
    await waitFor(async () => (await ana.editorText()).includes('# Countersign drill'), { message: 'the report', timeout: 240_000 });
    await scene().picture('set-up-drill');
    await ana.page.keyboard.press('Control+End');
    const isInSight = async () => (await ana.editorText()).includes('| A command of Claude Code | waits for review |');
    await waitFor(async () => (await isInSight()) || (await ana.page.keyboard.press('PageUp'), isInSight()), { message: 'the hook in the report' });

    await again();
    assert.deepEqual(await listed(), ['Run drill']);
    await ana.page.keyboard.press('Escape');
  });
});
