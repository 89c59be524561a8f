import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { settingsFile } from '../../src/assistants/settings.js';
import { DEMO_POLICY } from '../demo/team.js';
import { FakeModel, type Step } from '../harness/fake-model.js';
import { waitFor } from '../harness/wait.js';
import { countersign, Scene, showOnly, told, withScene } from './scene.js';

const LOOK = 'terraform version';
const DESTROY = 'terraform -chdir=infra destroy -var-file=production.tfvars -auto-approve';
const PROTECTED = 'infra/size.tf';
/** An answer of the agent takes seconds, on a loaded machine many of them. Milliseconds. */
const PATIENCE = 150_000;

/** The models that the editor's agent may use: one, which plays a script behind a loopback port. */
const modelList = (port: number) => [
  {
    name: 'Scripted', vendor: 'customendpoint', apiKey: 'none', apiType: 'chat-completions',
    models: [{ id: 'scripted', name: 'Scripted model', url: `http://127.0.0.1:${port}/v1/chat/completions`, toolCalling: true, vision: false, maxInputTokens: 100_000, maxOutputTokens: 8_000 }],
  },
];

const shell = (command: string): Step => ({ tool: 'run_in_terminal', input: { command, explanation: 'As asked', goal: 'As asked', mode: 'sync', isBackground: false, timeout: PATIENCE } });

/** The editor's own agent, with nothing installed but the extension: its hook comes with it. */
describe('VS Code’s agent mode', function () {
  this.timeout(2 * PATIENCE + 100_000);
  let model: FakeModel;
  before(async () => {
    model = await FakeModel.start([]);
  });
  after(() => model.close());
  const scene = withScene('agent-mode', async () => {
    const opened = await Scene.open({
      seats: ['ana'],
      policy: `${DEMO_POLICY}protectedPaths:\n  - { paths: ['infra/**'], edits: approve }\n`,
      settings: { 'chat.disableAIFeatures': false, 'chat.byokUtilityModelDefault': 'mainAgent', 'terminal.integrated.defaultProfile.linux': 'bash' },
      userFiles: { 'chatLanguageModels.json': JSON.stringify(modelList(model.port)) },
      // What it does is on record: looking proves that the agent reaches it.
      programs: { terraform: '#!/bin/sh\necho "$@" >> "$HOME/ran"\n' },
    });
    // The hook answers at once, and does not wait for Ben.
    const settings = settingsFile(opened.team.ana.home);
    mkdirSync(path.dirname(settings), { recursive: true });
    writeFileSync(settings, '{"wait":0}');
    // This starts the agent, which reads the list of models then.
    await opened.ana.command('Chat: Manage Language Models');
    await opened.ana.page.locator('.monaco-table, .models-table-container').getByText('Scripted model').first().waitFor({ timeout: PATIENCE });
    return opened;
  });

  const ran = () => {
    const record = path.join(scene().team.ana.home, 'ran');
    return existsSync(record) ? readFileSync(record, 'utf8').split('\n').filter(Boolean) : [];
  };

  /** Presses the button that is on the screen; the list of the chat keeps others, which cannot be pressed. */
  async function press(name: RegExp): Promise<void> {
    const { page } = scene().ana;
    for (const button of await page.getByRole('button', { name }).all()) {
      const box = await button.boundingBox();
      if (box && box.width > 5 && box.x >= 0) return page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    }
  }

  /**
   * Tells the agent to go on, which then does what the model says; says yes where VS Code itself asks.
   *
   * @returns what the model was told about each step
   */
  async function ask(...steps: readonly Step[]): Promise<readonly string[]> {
    model.play(steps);
    const { ana } = scene();
    await ana.command('Chat: Open Chat (Agent)');
    const input = ana.page.locator('.interactive-input-part .monaco-editor');
    // The view may still be on its way, and what is typed then goes elsewhere.
    const typed = async () => {
      await input.first().click({ timeout: 5_000 });
      await ana.page.keyboard.press('Control+A');
      await ana.page.keyboard.type('go on');
      return waitFor(async () => (await input.first().innerText()).replace(/\u00a0/g, ' ').includes('go on'), { message: 'the words in the input', timeout: 3_000 });
    };
    await waitFor(typed, { message: 'the chat to take the words', timeout: 40_000 });
    await ana.page.keyboard.press('Enter');
    const answered = async () => model.results.length >= steps.length || (await press(/^Allow/), false);
    await waitFor(answered, { message: `${steps.length} answers for the model`, timeout: PATIENCE }).catch((error: unknown) => {
      throw new Error(`${error instanceof Error ? error.message : String(error)}\nIt was told: ${model.results.join('\n')}`);
    });
    await ana.page.locator('.chat-response-loading').first().waitFor({ state: 'detached', timeout: PATIENCE });
    return model.results;
  }

  const create = (file: string, content: string): Step => ({ tool: 'create_file', input: { filePath: path.join(scene().team.ana.clone, file), content } });
  const shows = (row: RegExp) => waitFor(async () => (await scene().ana.treeItems('Gates')).some((line) => row.test(line)), { message: `${String(row)} under Gates`, timeout: 60_000 });

  /** The names of the requests that wait for Ben. */
  async function pending(): Promise<readonly string[]> {
    const { ben } = scene().team;
    return (await countersign(ben, ben.clone, 'pending')).match(/^[0-9a-f]{8}(?= )/gm) ?? [];
  }

  /**
   * Ben says no to the next request.
   *
   * @returns what he saw of it
   */
  async function refuse(known: readonly string[]): Promise<string> {
    const { ben } = scene().team;
    const request = await waitFor(async () => (await pending()).find((name) => !known.includes(name)), { message: 'the terminal to ask', timeout: PATIENCE });
    const review = await countersign(ben, ben.clone, 'review', request);
    await countersign(ben, ben.clone, 'deny', '--reason', 'Not by an agent', request);
    return review;
  }

  /** Ben approves what an answer says is waiting. */
  async function approve(answer: string): Promise<void> {
    const { ben } = scene().team;
    const [, request = ''] = /Waiting for approval ([0-9a-f]{8})/.exec(answer) ?? assert.fail(answer);
    assert.ok((await pending()).includes(request));
    await countersign(ben, ben.clone, 'approve', '--yes', '--target', 'production.tfvars', request);
  }

  it('runs what harms nobody, is told why a command is held, and runs it once when it is approved', async () => {
    const [, held = ''] = await ask(shell(LOOK), shell(DESTROY));
    assert.deepEqual(ran(), ['version']);
    assert.match(held, /Countersign holds this command, and it was not done\..*production/s);
    await approve(held);
    const [done, again = ''] = await ask(shell(DESTROY), shell(DESTROY));
    assert.deepEqual(ran(), ['version', DESTROY.replace('terraform ', '')], done);
    assert.match(again, /Waiting for approval [0-9a-f]{8}/);
  });

  it('writes what nothing rests on, is told why an edit of a protected path is held, and makes it once it is approved', async () => {
    const { clone } = scene().team.ana;
    const [, held = ''] = await ask(create('notes.md', 'What is left.\n'), create(PROTECTED, 'variable "size" {}\n'));
    assert.ok(existsSync(path.join(clone, 'notes.md')));
    assert.match(held, /Countersign holds this edit, and it was not done\./);
    assert.ok(!existsSync(path.join(clone, PROTECTED)));
    await approve(held);
    const [made] = await ask(create(PROTECTED, 'variable "size" {}\n'));
    assert.ok(existsSync(path.join(clone, PROTECTED)), made);
  });

  it('is a gap where the workspace silences its hook, and its terminal still waits for review', async () => {
    const { ana, team } = scene();
    const [before, known] = [ran(), await pending()];
    writeFileSync(path.join(team.ana.clone, '.vscode', 'settings.json'), '{ "chat.useHooks": false }\n');
    await told(ana, /settings\.json was changed so that a gate is weaker/, 60_000);
    await showOnly(ana, 'Gates');
    await shows(/^VS Code agent mode not gated$/);
    const [[heard = ''], review] = await Promise.all([ask(shell(DESTROY)), refuse(known)]);
    assert.deepEqual(ran(), before);
    assert.match(heard, /Countersign holds this command\..*Denied by .*Not by an agent\. Nothing was run\./s);
    assert.match(review, /VS Code agent mode/);
  });
});
