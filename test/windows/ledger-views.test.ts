import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { waitFor } from '../harness/wait.js';
import { asked, countersign, Scene, told, withScene } from './scene.js';

const COMMAND = 'terraform -chdir=infra destroy -var-file=production.tfvars';

describe('what the editor tells from the ledger', () => {
  const scene = withScene('ledger-views', () => Scene.open({ seats: ['ben'] }));
  let denied = '';

  before(async () => {
    const { ana, ben } = scene().team;
    const request = await countersign(ana, ana.clone, 'request', '--reason', 'the weekly release', '--', COMMAND);
    await countersign(ben, ben.clone, 'approve', '--target', 'production.tfvars', request);
    // It runs, and fails: the demo's infrastructure does not exist.
    await assert.rejects(countersign(ana, ana.clone, 'run', '--', COMMAND));
    const other = await countersign(ana, ana.clone, 'request', '--', `${COMMAND} -auto-approve`);
    denied = (await countersign(ben, ben.clone, 'deny', '--reason', 'Not on a Friday.', other)).replace(/^Denied |\.$/g, '');
  });

  it('writes a post-mortem of the last seven days into a document of its own', async () => {
    const { ben } = scene();
    await ben.commandAndPick('Countersign: Post-mortem…', 'The last seven days');
    await waitFor(async () => (await ben.editorText()).includes('# Post-mortem: the last seven days'), { message: 'the post-mortem' });
    assert.match(await ben.editorText(), /- Asked for: 2, of which 0 through an assistant\n- Approved: 1; denied: 1/);
  });

  it('writes one of a single request', async () => {
    const { ben } = scene();
    await ben.commandAndPick('Countersign: Post-mortem…', `${COMMAND} -auto-approve`);
    await waitFor(async () => (await ben.editorText()).includes(`# Post-mortem: request ${denied}`), { message: 'the post-mortem of the request' });
  });

  it('exports to a file', async () => {
    const { ben, team } = scene();
    const file = path.join(team.ben.home, 'ledger.csv');
    await ben.commandAndPick('Countersign: Export ledger…', 'CSV');
    await ben.pick('Everything');
    await asked(ben, 'Export ledger');
    await ben.quickInput(file);
    // The first Enter goes to the folder; the file is taken once the folder has been read.
    const ok = ben.page.locator('.quick-input-widget:visible').getByRole('button', { name: 'OK' });
    await waitFor(async () => existsSync(file) || (await ok.click({ timeout: 1000 })), { message: 'the file to be written', timeout: 30_000 });
    await told(ben, /^Exported to .*ledger\.csv\. Entries of the ledger: 2\.$/);
    assert.match(readFileSync(file, 'utf8'), /"denied",.*"Not on a Friday\."/);
  });

  it('shows charts without script, in the colours of the theme', async () => {
    const { ben } = scene();
    await ben.command('Countersign: Show ledger report');
    const page = ben.page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');
    await page.getByRole('heading', { name: 'Countersign ledger' }).waitFor();
    assert.equal(await page.locator('svg[role="img"]').count(), 4);
    const colours = new Set<string>();
    for (const theme of ['Light Modern', 'Dark Modern', 'Dark High Contrast', 'Light High Contrast']) {
      await ben.command('Preferences: Color Theme');
      await ben.quickInput(theme);
      await waitFor(async () => !colours.has(await page.locator('body').evaluate('getComputedStyle(document.documentElement).getPropertyValue("--vscode-editor-foreground")')), { message: `the report in ${theme}` });
      colours.add(await page.locator('body').evaluate('getComputedStyle(document.documentElement).getPropertyValue("--vscode-editor-foreground")'));
      await scene().picture(`ledger-report-${theme.replace(/ /g, '-')}`);
    }
  });
});
