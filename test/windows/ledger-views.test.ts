import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { waitFor } from '../harness/wait.js';
import { asked, badge, countersign, rows, Scene, showOnly, THEMES, told, useTheme, withScene } from './scene.js';

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

  it('lists it by day, today open, and only what fits a filter, all by keyboard', async () => {
    const { ben } = scene();
    const { page } = ben;
    await showOnly(ben, 'Ledger');
    const listed = await rows(ben, 'Ledger', 3);
    assert.match(listed[0] ?? '', /^Today, \d{4}-\d{2}-\d{2} entries: 2$/);
    assert.match(await ben.treeItem('Ledger', 'Today').getAttribute('aria-label') ?? '', /^Today, \d{4}-\d{2}-\d{2}, entries: 2$/);

    await ben.command('Countersign: Filter ledger…');
    await ben.quickInput('state:done');
    await asked(ben, '“done” is no state');
    await ben.quickInput('PRODUCTION.tfvars person:ben state:denied');
    const [day, found] = await rows(ben, 'Ledger', 2);
    assert.match(day ?? '', /^Today, .* entries: 1$/);
    assert.match(found ?? '', /-auto-approve denied/);
    assert.match(await ben.viewText('Ledger'), /“PRODUCTION\.tfvars person:ben state:denied” fits 1 of 2\. “Clear ledger filter” shows all of them again\./);
    await scene().picture('ledger-filtered');
    // The list has the focus: down to the day, down to the row, open it, read on.
    for (const key of ['Home', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
    await waitFor(async () => (await ben.treeItems('Ledger')).some((row) => row.startsWith('Denied by ben@payments.example')), { message: 'what was said about it' });

    await ben.command('Countersign: Filter ledger…');
    await ben.quickInput('helm');
    await waitFor(async () => (await ben.viewText('Ledger')).includes('Nothing of the last days fits the filter.'), { message: 'the empty view to say so' });
    await scene().picture('ledger-filtered-empty');
    await ben.command('Countersign: Clear ledger filter');
    await waitFor(async () => (await ben.treeItems('Ledger')).length >= 3, { message: 'everything to be listed again' });
    assert.doesNotMatch(await ben.viewText('Ledger'), /fits/);
  });

  const lists: readonly [view: string, filter: string, clear: string, none: string][] = [
    ['Awaiting my approval', 'Filter requests to approve…', 'Clear filter of requests to approve', 'Nothing that waits for your approval fits the filter.'],
    ['Held', 'Filter held requests…', 'Clear filter of held requests', 'Nothing of yours that is held fits the filter.'],
  ];
  for (const [view, filter, clear, none] of lists) {
    it(`lists only what fits a filter under ${view}, by itself, all by keyboard`, async () => {
      const { ben, team } = scene();
      const { page } = ben;
      const asker = view === 'Held' ? team.ben : team.ana;
      for (const option of ['-no-color', '-compact-warnings']) await countersign(asker, asker.clone, 'request', '--', `${COMMAND} ${option}`);
      await ben.command('View: Close All Editors');
      await showOnly(ben, view);
      await ben.command('Countersign: Refresh');
      await rows(ben, view, 2);
      const counted = await waitFor(() => badge(ben), { message: 'the badge' });

      await ben.command(`Countersign: ${filter}`);
      await ben.quickInput(`person:${asker.name} Compact`);
      const [found] = await rows(ben, view, 1);
      assert.match(found ?? '', /-compact-warnings /);
      assert.match(await ben.treeItem(view, '-compact-warnings').getAttribute('aria-label') ?? '', /-compact-warnings, .*\d+ min left/);
      assert.ok((await ben.viewText(view)).includes(`“person:${asker.name} Compact” fits 1 of 2. “${clear}” shows all of them again.`));
      assert.equal(await badge(ben), counted, 'what is hidden waits as well');
      await scene().picture(`${view === 'Held' ? 'held' : 'awaiting'}-filtered`);
      // The list has the focus: down to the row, and open it.
      for (const key of ['Home', 'Enter']) await page.keyboard.press(key);
      await waitFor(async () => (await ben.editorText()).includes('-compact-warnings'), { message: 'the review of what was found' });

      await ben.command(`Countersign: ${filter}`);
      await ben.quickInput('helm');
      await waitFor(async () => (await ben.viewText(view)).includes(none), { message: 'the empty view to say so' });
      await ben.command(`Countersign: ${clear}`);
      await rows(ben, view, 2);
      assert.doesNotMatch(await ben.viewText(view), /fits/);
    });
  }

  it('shows charts without script, in the colours of the theme', async () => {
    const { ben } = scene();
    await ben.command('Countersign: Show ledger report');
    const page = ben.page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');
    await page.getByRole('heading', { name: 'Countersign ledger' }).waitFor();
    assert.equal(await page.locator('svg[role="img"]').count(), 4);
    const colours = new Set<string>();
    for (const [theme, mark] of THEMES) {
      await useTheme(ben, theme, mark);
      await waitFor(async () => !colours.has(await page.locator('body').evaluate('getComputedStyle(document.documentElement).getPropertyValue("--vscode-editor-foreground")')), { message: `the report in ${theme}` });
      colours.add(await page.locator('body').evaluate('getComputedStyle(document.documentElement).getPropertyValue("--vscode-editor-foreground")'));
      await scene().picture(`ledger-report-${theme.replace(/ /g, '-')}`);
    }
  });
});
