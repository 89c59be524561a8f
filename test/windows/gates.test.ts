import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { waitFor } from '../harness/wait.js';
import { rows, Scene, settledTerminal, showOnly, told, withScene } from './scene.js';

/** A production task of type process, and a variable in a word that a shell would take for its own. */
const PROCESS_TASK = `{
  "version": "2.0.0",
  "tasks": [
    {
      "label": "migrate: production",
      "type": "process",
      "command": "./scripts/deploy.sh",
      "args": ["production", "$HOME"]
    }
  ]
}
`;

describe('the gates of a window', function () {
  this.timeout(240_000);
  const scene = withScene('gates', () => Scene.open({ seats: ['ana'], settings: { 'terminal.integrated.defaultProfile.linux': 'bash' } }));

  /** What a row says, wherever it stands. */
  const row = (text: string | RegExp) =>
    waitFor(
      async () => (await scene().ana.treeItems('Gates')).find((line) => (typeof text === 'string' ? line.includes(text) : text.test(line))),
      { message: `a row under Gates: ${String(text)}`, timeout: 40_000 },
    ).catch(async (error: unknown) => {
      throw new Error(`${error instanceof Error ? error.message : String(error)}\nIt lists: ${(await scene().ana.treeItems('Gates')).join(' | ')}`);
    });

  it('are listed with what each holds', async () => {
    const { ana } = scene();
    await showOnly(ana, 'Gates');
    await row(/^Debugging waits for review$/);
    await row(/^After the fact noticed after it began$/);
    await row(/^Every other program not gated$/);
  });

  it('name a terminal that is open, and say that it is guarded', async () => {
    const { ana } = scene();
    await ana.command('Terminal: Create New Terminal');
    await waitFor(async () => (await ana.terminalText()) !== '', { message: 'a prompt', timeout: 40_000 });
    await row(/^Open terminals waits for review$/);
  });

  it('hold what is typed, and give the line back after Ctrl+C', async () => {
    const { ana } = scene();
    await settledTerminal(ana);
    await ana.typeInTerminal('terraform -chdir=infra destroy -var-file=production.tfvars');
    await waitFor(async () => (await ana.terminalText()).includes('Countersign holds'), { message: 'the line to be held', timeout: 60_000 });
    await scene().picture('terminal-held');
    await waitFor(async () => (await ana.terminalText()).includes('Ctrl+C cancels'), { message: 'what to do', timeout: 30_000 });
    await ana.page.keyboard.press('Control+C');
    await waitFor(async () => /Nothing was run[\s\S]*terraform -chdir=infra destroy/.test(await ana.terminalText()), { message: 'the line to be back', timeout: 30_000 });
  });

  it('show at once that a setting of the workspace weakens one, and take it back after a question', async () => {
    const { ana, team } = scene();
    const file = path.join(team.ana.clone, '.vscode', 'settings.json');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ 'terminal.integrated.automationProfile.linux': { path: '/bin/sh' } }));
    await told(ana, /settings\.json was changed so that a gate is weaker/, 40_000);
    await row(/^\.vscode\/settings\.json not gated$/);
    await row(/^Tasks that run in a shell not gated$/);
    await scene().picture('weaker');
    await ana.dismissNotifications();
    // A list that is being drawn may drop the row under the pointer: then it is pressed again.
    const question = await waitFor(
      async () => {
        await ana.treeAction('Gates', 'Tasks that run in a shell', 'Close the gap');
        return waitFor(() => ana.dialogText(), { message: 'the dialog', timeout: 5_000 });
      },
      { message: 'the question', timeout: 40_000 },
    );
    assert.match(question, /Remove “terminal\.integrated\.automationProfile\.linux” from the workspace settings\?/);
    await ana.dialogButton('Change it');
    await waitFor(() => !readFileSync(file, 'utf8').includes('automationProfile'), { message: 'the setting to be gone', timeout: 20_000 });
  });

  it('say above a task that it would be held, and why when that is pressed', async () => {
    const { ana } = scene();
    await ana.openFile('tasks.json');
    await ana.page.locator('.codelens-decoration a', { hasText: 'production: needs 1 signature' }).first().click({ timeout: 30_000 });
    await told(ana, /^“deploy: production”: Would be held for approval\. .* Start it as usual: it waits, and the others are asked\.$/);
  });

  it('warn in tasks.json where a production task starts without a shell, and give it one', async () => {
    const { ana, team } = scene();
    const file = path.join(team.ana.clone, '.vscode', 'tasks.json');
    writeFileSync(file, PROCESS_TASK);
    await ana.openFile('tasks.json');
    await row(/^migrate: production noticed after it began$/);
    await ana.command('Problems: Focus on Problems View');
    await waitFor(async () => (await ana.page.locator('.markers-panel .monaco-list-row').allInnerTexts()).join(' ').includes('starts without a shell'), { message: 'the warning', timeout: 30_000 });
    await ana.page.locator('.markers-panel .monaco-list-row', { hasText: 'starts without a shell' }).first().click();
    await ana.command('Quick Fix...');
    await ana.page.locator('.action-widget .monaco-list-row', { hasText: 'Turn it into a shell task' }).first().click();
    await ana.command('File: Save');
    await waitFor(() => readFileSync(file, 'utf8').includes('"type": "shell"'), { message: 'the shell task', timeout: 20_000 });
    assert.match(readFileSync(file, 'utf8'), /\{ "value": "\$HOME", "quoting": "strong" \}/);
    assert.deepEqual(await rows(ana, 'Held', 0), []);
  });

  it('are put before an assistant from the palette, after a question', async () => {
    const { ana, team } = scene();
    const file = path.join(team.ana.home, '.claude', 'settings.json');
    await ana.command('Countersign: Gate my assistants…');
    await ana.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Claude Code' }).first().click({ timeout: 20_000 });
    await ana.page.keyboard.press('Enter');
    assert.match(await waitFor(() => ana.dialogText(), { message: 'the question' }), /Let Claude Code ask Countersign before each tool call\?[^]*~\/\.claude/);
    assert.ok(!existsSync(file), 'nothing is written before the answer');
    await ana.dialogButton('Change it');
    await waitFor(() => existsSync(file) && readFileSync(file, 'utf8').includes('.countersign/gate/hook'), { message: 'the hook', timeout: 20_000 });
    await row(/^AI assistants waits for review$/);
    await ana.dismissNotifications();
  });

  it('say at once that an assistant asks no longer, whoever saw to that, and that it was told to since the window opened', async () => {
    const { ana, team } = scene();
    const file = path.join(team.ana.home, '.claude', 'settings.json');
    const gated = readFileSync(file, 'utf8');
    writeFileSync(file, JSON.stringify({ ...(JSON.parse(gated) as object), disableAllHooks: true }));
    await row(/^Claude Code not gated$/);
    writeFileSync(file, gated);
    await row(/^AI assistants waits for review$/);
    writeFileSync(file, '{}');
    await told(ana, /settings\.json was changed so that a gate is weaker\. It no longer asks Countersign/, 40_000);
    await row(/^Claude Code not gated$/);
  });

  it('leave their tracks in a log, and what waits is one command away from anywhere', async () => {
    const { ana } = scene();
    await ana.command('Countersign: Show log');
    await waitFor(async () => /Rules of origin\/main in force/.test((await ana.page.locator('.part.panel .view-line').allInnerTexts()).join('\n').replace(/\u00a0/g, ' ')), { message: 'the log', timeout: 20_000 });
    await ana.command('View: Show Explorer');
    await ana.command('Countersign: Show what is waiting');
    await waitFor(async () => (await ana.viewText('Held')).includes('Nothing of yours is held.'), { message: 'what waits', timeout: 20_000 });
  });
});
