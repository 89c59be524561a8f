import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { waitFor } from '../harness/wait.js';
import { copied, countersign, heldRequest, rows, runTask, Scene, told, withScene } from './scene.js';

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
    // Wide terminals are rare: what is said may be broken between any two letters.
    await waitFor(async () => /CountersignhältdieseAufgabean\..+Nichtswurdeausgeführt\.NachderFreigabeläuftesvonselbst;Strg\+Cbrichtab\./s.test((await ana.terminalText()).replace(/\s/g, '')), { message: 'the terminal' });
  });

  it('shows the review in German', async () => {
    const { ana } = scene();
    await ana.openView('Angehalten');
    await ana.treeItem('Angehalten', 'deploy: production').click();
    await waitFor(async () => /^Freigabeanfrage [0-9a-f]{8}$/m.test(await ana.editorText()), { message: 'the review' });
    const review = await ana.editorText();
    for (const words of [/^Was laufen würde$/m, /^ {2}Anfrage von +ana@payments\.example, kein Assistent gemeldet$/m, /^ {2}Stand +Wartet auf 1 Signatur\. Signieren können: ben@payments\.example$/m, /^Was dieser Rechner festgestellt hat$/m, /^ {2}Commit +[0-9a-f]{12} ist in diesem Klon/m]) assert.match(review, words);
    await scene().picture('german-review');
  });

  it('says in German what a script would do, while it is typed', async () => {
    const { ana, team } = scene();
    const script = path.join(team.ana.clone, 'wipe.sh');
    writeFileSync(script, '#!/bin/sh\nkubectl delete namespace payments\n');
    await ana.openFile('wipe.sh');
    await ana.command('View: Toggle Problems');
    await waitFor(async () => /Löscht .*payments/.test((await ana.page.locator('.markers-panel').innerText()).replace(/\u00a0/g, ' ')), { message: 'the finding' });
    await scene().picture('german-finding');
  });

  it('shows in German what a command would do, and how far it reaches', async () => {
    const { ana, team } = scene();
    await countersign(team.ana, team.ana.clone, 'request', '--', 'terraform -chdir=infra destroy -var-file=production.tfvars');
    await rows(ana, 'Angehalten', 2, 30_000);
    await ana.treeItem('Angehalten', 'terraform').click();
    // Long lines are wrapped, and what stands below is scrolled to.
    const shown = async () => (await ana.editorText()).replace(/\s+/g, ' ');
    await waitFor(async () => (await shown()).includes('Freigabeanfrage'), { message: 'the review' });
    const isSomewhere = async (words: RegExp): Promise<boolean> => {
      await ana.page.keyboard.press('Control+Home');
      for (let page = 0; page < 5; page += 1) {
        if (words.test(await shown())) return true;
        await ana.page.keyboard.press('PageDown');
      }
      return false;
    };
    for (const words of [/ production Terraform-Datei .*: production\.tfvars auf der Befehlszeile angegeben /, / kritisch Zerstört jede Ressource dieser Konfiguration\./, / Ressourcen terraform .*: \d+ Ressourcen? \(wie die Dateien in Commit [0-9a-f]{8} festlegen; count, for_each/]) {
      await waitFor(() => isSomewhere(words), { message: String(words), timeout: 30_000 });
    }
    await scene().picture('german-reach');
  });

  it('has its commands in German, and what they answer', async () => {
    const { ana } = scene();
    await ana.command('Countersign: Anfrage als Text kopieren');
    await copied(ana, 'csr1.');
    await told(ana, 'Kopiert. Senden Sie es an jemanden, der freigeben darf');
  });

  it('writes its report in German', async () => {
    const { ana } = scene();
    await ana.command('Countersign: Protokollbericht anzeigen');
    const page = ana.page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');
    await page.getByRole('heading', { name: 'Countersign-Protokoll' }).waitFor({ timeout: 20_000 });
    assert.equal(await page.locator('html').getAttribute('lang'), 'de');
    await scene().picture('german-report');
  });
});
