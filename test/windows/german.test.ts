import assert from 'node:assert/strict';
import { waitFor } from '../harness/wait.js';
import { copied, heldRequest, rows, runTask, Scene, told, withScene } from './scene.js';

describe('the extension in an editor whose language is German', () => {
  const scene = withScene('german', () => Scene.open({ seats: ['ana'], language: 'de' }));

  it('names its views and says in German that nothing waits', async () => {
    const { ana } = scene();
    await waitFor(async () => (await ana.viewText('Angehalten')).includes('Nichts von Ihnen ist angehalten.'), { message: 'the empty view' });
    await waitFor(async () => /Nichts wartet auf Ihre Freigabe\. Anfrage aus Text prüfen…/.test(await ana.viewText('Wartet auf meine Freigabe')), { message: 'the empty view of approvals' });
  });

  it('says in German that a task waits, and for how long', async () => {
    const { ana } = scene();
    await runTask(ana);
    await heldRequest(ana);
    assert.match((await rows(ana, 'Angehalten', 1)).join(), /^deploy: production wartet · noch \d+ min$/);
    await waitFor(async () => (await ana.statusBarText()).includes('1 angehalten'), { message: 'the status bar' });
  });

  it('has its commands in German, and what they answer', async () => {
    const { ana } = scene();
    await ana.command('Countersign: Anfrage als Text kopieren');
    await copied(ana, 'csr1.');
    await told(ana, 'Kopiert. Senden Sie es an jemanden, der freigeben darf');
  });
});
