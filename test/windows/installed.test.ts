import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packageExtension } from '../harness/package-extension.js';
import { waitFor } from '../harness/wait.js';
import { countersign, heldRequest, rows, runTask, Scene, terminalSays, withScene } from './scene.js';

describe('the packaged extension, installed in a clean editor', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'countersign-vsix-'));
  const vsix = path.join(folder, 'countersign.vsix');
  const scene = withScene('installed', async () => Scene.open({ vsix: await packageExtension(vsix), seats: ['ana'] }));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('is small, with the grammars of SQL, age and the reader of open files in it', () => {
    const { size } = statSync(vsix);
    assert.ok(size < 3_000_000, `the .vsix has ${size} bytes`);
  });

  it('holds a production task, and runs it once when it is approved in a terminal', async () => {
    const { ana, team } = scene();
    await runTask(ana);
    const name = await heldRequest(ana);
    assert.match((await rows(ana, 'Held', 1)).join(), /^deploy: production waiting/);
    assert.equal(scene().deployed, 0);

    assert.match(await countersign(team.ben, team.ben.clone, 'pending'), new RegExp(`^${name} .*ana@payments\\.example`));
    const token = await countersign(team.ben, team.ben.clone, 'approve', '--yes', name);
    assert.match(token, /^cs1\./m);
    await terminalSays(ana, 'Done: payments is live in production');
    await rows(ana, 'Held', 0);
    assert.equal(scene().deployed, 1);
  });

  it('leaves tasks and terminals as they were before, once it is uninstalled', async function () {
    this.timeout(240_000);
    await scene().uninstall('countersign.countersign');
    const { ana } = scene();
    await runTask(ana);
    await waitFor(() => scene().deployed === 2, { message: 'the task to run without asking', timeout: 60_000 });
    await ana.command('Terminal: Create New Terminal');
    await waitFor(async () => /\S/.test(await ana.terminalText()) && !(await ana.terminalText()).includes('Done: payments'), { message: 'the new terminal to be in front' });
    await ana.typeInTerminal('echo "left: $(env | grep -c -e ^COUNTERSIGN_WINDOW -e ^COUNTERSIGN_GATE -e [.]countersign.gate)."');
    await terminalSays(ana, 'left: 0.', 60_000);
  });
});
