import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { waitFor } from '../harness/wait.js';
import { asked, countersign, rows, Scene, told, withScene } from './scene.js';

const NAME = 'production.tfvars';

describe('approving what cannot be undone', () => {
  const scene = withScene('irreversible', () => Scene.open({ seats: ['ben'] }));

  /** Presses “Sign” in the question, which says what comes next. */
  async function sign(): Promise<void> {
    const { ben } = scene();
    await ben.command('Countersign: Approve…');
    assert.match(await waitFor(() => ben.dialogText(), { message: 'the question' }), /This cannot be undone: you are asked next to type where it lands\./);
    await ben.dialogButton('Sign');
    await asked(ben, `Type where it lands: ${NAME}`);
  }

  before(async () => {
    const { ana } = scene().team;
    await countersign(ana, ana.clone, 'request', '--', `terraform -chdir=infra destroy -var-file=${NAME}`);
    await rows(scene().ben, 'Awaiting my approval', 1, 30_000);
  });

  it('signs nothing when the name is not typed', async () => {
    const { ben } = scene();
    await sign();
    await ben.quickInput('production');
    await asked(ben, `Type exactly: ${NAME}`);
    await ben.page.keyboard.press('Escape');
    await sign();
    await ben.quickInput('');
    await told(ben, /^This cannot be undone, so nothing was signed/);
    assert.match((await rows(ben, 'Awaiting my approval', 1)).join(), /^terraform -chdir=infra destroy/);
  });

  it('can be read in light, dark and high contrast: the panel, the review and what open files would do', async function () {
    this.timeout(240_000);
    const { ben, team } = scene();
    writeFileSync(path.join(team.ben.clone, 'cleanup.sh'), `#!/bin/sh\nrm -rf ./data\nkubectl --context prod-eu delete namespace payments\n`);
    await ben.openFile('cleanup.sh');
    await ben.command('View: Split Editor Down');
    await ben.treeItem('Awaiting my approval', 'terraform').click();
    await waitFor(async () => (await ben.editorText()).includes('Approval request'), { message: 'the review' });
    await ben.command('View: Toggle Problems');
    await waitFor(async () => (await ben.page.locator('.markers-panel .monaco-list-row').count()) >= 2, { message: 'what the script would do, in Problems' });
    await scene().pictureInThemes('readable');
  });

  it('signs when it is', async () => {
    const { ben } = scene();
    await sign();
    await ben.quickInput(NAME);
    await told(ben, /^Approved: terraform/);
    await rows(ben, 'Awaiting my approval', 0);
  });

  it('asks for every place where it lands, one after the other, and signs only when each is typed', async () => {
    const { ben, team } = scene();
    await countersign(team.ana, team.ana.clone, 'request', '--', 'kubectl --context prod-eu delete namespace payments && kubectl --context prod-us delete namespace payments');
    await rows(ben, 'Awaiting my approval', 1, 30_000);
    for (const answer of ['Escape', 'prod-us']) {
      await ben.command('Countersign: Approve…');
      await ben.dialogButton('Sign');
      await asked(ben, 'Type where it lands, 1 of 2: prod-eu');
      await ben.quickInput('prod-eu');
      await asked(ben, 'Type where it lands, 2 of 2: prod-us');
      if (answer === 'Escape') await ben.page.keyboard.press(answer);
      else await ben.quickInput(answer);
      await rows(ben, 'Awaiting my approval', answer === 'Escape' ? 1 : 0);
    }
    await told(ben, /^Approved: kubectl/);
  });
});
