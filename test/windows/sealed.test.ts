import assert from 'node:assert/strict';
import { hexOf, sha256 } from '../../src/core/approval/canonical.js';
import { newIdentity, recipientOfIdentity } from '../../src/world/age.js';
import { keepIdentity } from '../../src/world/identity.js';
import { waitFor } from '../harness/wait.js';
import { push, Running, SECRET, sealAs, sealedPolicy } from '../integration/sealed-tools.js';
import { rows, Scene, withScene } from './scene.js';

describe('an approval in the editor', () => {
  let identities: readonly string[];
  const scene = withScene('sealed', async () => {
    identities = [await newIdentity(), await newIdentity()];
    return Scene.open({ seats: ['ben'], policy: sealedPolicy(await Promise.all(identities.map(recipientOfIdentity))) });
  });

  it('names what is sealed, and releases it to the run that waits in a terminal', async () => {
    const { team, ben } = scene();
    [team.ana, team.ben].forEach(({ home }, at) => keepIdentity(home, identities[at]!));
    await sealAs(team.ana, 'DATABASE_URL', SECRET);
    push(team);
    const held = Running.start(team.ana, 'DATABASE_URL', `printf %s "$DATABASE_URL" | sha256sum | grep -q ${hexOf(sha256(SECRET))} && exit 7`);
    await rows(ben, 'Awaiting my approval', 1, 30_000);
    await ben.command('Countersign: Approve…');
    assert.match(await waitFor(() => ben.dialogText(), { message: 'the question' }), /Releases to it what is sealed: DATABASE_URL/);
    assert.match(await ben.editorText(), /DATABASE_URL +variable of production, sealed by ana@payments\.example/);
    await ben.dialogButton('Sign');
    assert.equal(await held.ended, 7, held.output);
  });
});
