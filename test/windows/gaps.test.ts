import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { waitFor } from '../harness/wait.js';
import type { Window } from '../harness/window.js';
import { Scene, settledTerminal, showOnly, withScene } from './scene.js';

const DESTROY = 'terraform -chdir=infra destroy -var-file=production.tfvars';

const says = (window: Window, pattern: RegExp, timeout = 60_000) => waitFor(async () => pattern.test(await window.terminalText()), { message: `${String(pattern)} in the terminal`, timeout });

const openTerminal = async (window: Window) => {
  await window.command('Terminal: Create New Terminal');
  await says(window, /\S/);
};

const shows = (window: Window, pattern: RegExp, timeout = 60_000) => waitFor(async () => (await window.treeItems('Gates')).some((row) => pattern.test(row)), { message: `${String(pattern)} under Gates`, timeout });

const holdsWhatIsTyped = async (window: Window) => {
  await window.typeInTerminal(DESTROY);
  await says(window, /Countersign holds/);
  await says(window, /Ctrl\+C cancels/);
  await window.page.keyboard.press('Control+C');
  await says(window, /Nothing was run/);
};

describe('a start file that removes the guard of bash', function () {
  this.timeout(240_000);
  const scene = withScene('start-file', () => Scene.open({ seats: ['ana'], settings: { 'terminal.integrated.defaultProfile.linux': 'bash' } }));

  it('is noticed', async () => {
    const { ana, team } = scene();
    writeFileSync(path.join(team.ana.home, '.bashrc'), 'PROMPT_COMMAND=:\nPS1="own> "\n');
    await showOnly(ana, 'Gates');
    await openTerminal(ana);
    await shows(ana, /^bash not gated$/);
  });

  it('does not matter any more once the gap is closed from the palette, after a question', async () => {
    const { ana } = scene();
    await ana.commandAndPick('Countersign: Close the gap', 'bash');
    const question = await waitFor(() => ana.dialogText(), { message: 'the question' });
    assert.match(question, /Change “terminal\.integrated\.profiles\.linux” in the user settings\?[^]*Choose another default profile to undo it/);
    await ana.dialogButton('Change it');
    // A terminal that is opened before VS Code took the setting over has the old profile.
    await waitFor(async () => (await openTerminal(ana), await shows(ana, /^(?:bash|Countersign) waits for review$/, 10_000)), { message: 'a terminal through the gate', timeout: 60_000 });
    await settledTerminal(ana);
    await says(ana, /own>/);
    await holdsWhatIsTyped(ana);
  });
});

describe('Restricted Mode', function () {
  this.timeout(240_000);
  const settings = { 'terminal.integrated.defaultProfile.linux': 'bash', 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never', 'security.workspace.trust.banner': 'never' };
  const scene = withScene('restricted', () => Scene.open({ seats: ['ana'], settings }));

  it('asks nobody for trust, and shows at once what the folder would weaken', async () => {
    const { ana, team } = scene();
    await showOnly(ana, 'Gates');
    await waitFor(async () => (await ana.statusBarText()).includes('Restricted Mode'), { message: 'Restricted Mode in the status bar' });
    const file = path.join(team.ana.clone, '.vscode', 'settings.json');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ 'countersign.guardTerminals': false, 'countersign.strictMode': 'off', 'countersign.signingKey': '/nowhere', 'terminal.integrated.automationProfile.linux': { path: '/bin/sh' } }));
    await shows(ana, /^\.vscode\/settings\.json not gated$/);
    assert.equal(await ana.dialogText(), undefined);
  });

  it('ends with trust, and what is typed is held although the folder says that terminals are not to be guarded', async () => {
    const { ana } = scene();
    await ana.command('Terminal: Create New Terminal');
    await waitFor(() => ana.dialogText(), { message: 'VS Code’s own question for trust' });
    await ana.dialogButton('Trust Folder & Continue');
    await says(ana, /\S/);
    await shows(ana, /^Open terminals waits for review$/);
    await settledTerminal(ana);
    await holdsWhatIsTyped(ana);
  });
});
