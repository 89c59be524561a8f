import assert from 'node:assert/strict';
import { readdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { Counter, extension, pending, start, team } from './stage.js';

/** With a piece of the machinery missing, production does not start, and everything else does. */
export function refusingTests(): void {
  describe('a production task is not started', () => {
    before(() => extension().activate());

    /** Takes something away while the work is done. */
    async function without(file: string, work: () => Promise<void>): Promise<void> {
      renameSync(file, `${file}.away`);
      try {
        await work();
      } finally {
        renameSync(`${file}.away`, file);
      }
    }

    async function refusesProductionOnly(): Promise<void> {
      const runs = new Counter();
      const { ended } = await start('deploy: production');
      assert.equal(await ended, 126);
      assert.equal(runs.count, 0);
      assert.deepEqual(await pending(), []);
      const staging = await start('deploy: staging');
      assert.equal(await staging.ended, 0);
      assert.equal(runs.count, 1);
    }

    it('when the broker cannot be reached', async () => {
      const windows = path.join(team.ana.home, '.countersign', 'windows');
      assert.equal(readdirSync(windows).filter((name) => name.endsWith('.json')).length, 1);
      await without(windows, refusesProductionOnly);
    });

    it('when there is no key to ask with', async () => {
      await without(team.ana.key, refusesProductionOnly);
    });

    it('when the gate’s own program is gone', async () => {
      const runs = new Counter();
      await without(path.join(extension().extensionPath, 'out', 'gate.js'), async () => {
        const { ended } = await start('deploy: production');
        assert.notEqual(await ended, 0);
        assert.equal(runs.count, 0);
      });
    });
  });
}
