import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { waitFor } from '../../harness/wait.js';
import { Counter, countersign, deploymentEndsWith, exitCodeOf, extension, pending, settled, start, team, waitingRequest } from './stage.js';

/** Every way of starting the production task leads to the same wait. */
export function holdingTests(): void {
  describe('a production task', () => {
    before(() => extension().activate());
    afterEach(settled);

    const starts: Record<string, () => Promise<{ readonly ended: Promise<number | undefined> }>> = {
      'by tasks.executeTask': () => start('deploy: production'),
      'from the palette’s Run Task': async () => {
        const ended = exitCodeOf('deploy: production');
        await vscode.commands.executeCommand('workbench.action.tasks.runTask', 'deploy: production');
        return { ended };
      },
      'as a dependency of another task': async () => {
        const ended = exitCodeOf('deploy: production');
        await start('release');
        return { ended };
      },
      'as an npm script': () => start('deploy:production'),
    };
    for (const [way, begin] of Object.entries(starts)) {
      it(`started ${way} waits for the other person, then runs by itself, once`, async () => {
        const runs = new Counter();
        const { ended } = await begin();
        const request = await waitingRequest();
        assert.equal(request.requester, team.ana.email);
        assert.equal(runs.count, 0, 'it ran before anybody approved');
        await countersign(team.ben, 'approve', '--yes', request.request);
        assert.equal(await ended, 0);
        assert.equal(runs.count, 1);
        await settled();
        assert.equal(runs.count, 1);
      });
    }

    it('keeps its own exit code, problem matcher and place in the ledger', async () => {
      const code = deploymentEndsWith(7);
      try {
        const { ended } = await start('deploy: production');
        const { request } = await waitingRequest();
        await countersign(team.ben, 'approve', '--yes', request);
        assert.equal(await ended, 7);
        const file = vscode.Uri.joinPath(vscode.Uri.file(team.ana.clone), 'infra', 'main.tf');
        const problem = await waitFor(() => vscode.languages.getDiagnostics(file)[0], { message: 'the problem matcher', timeout: 10_000 });
        assert.match(problem.message, /instance class db\.t3\.small/);
        const review = await waitFor(
          async () => {
            const text = await countersign(team.ben, 'review', request.replace('sha256:', ''));
            return text.includes('Finished with exit code 7') ? text : undefined;
          },
          { message: 'the outcome in Ben’s ledger', timeout: 20_000 },
        );
        assert.match(review, /signed by ben@payments\.example/);
      } finally {
        code.dispose();
      }
    });

    it('ends with 126 when the requester cancels it', async () => {
      const { ended } = await start('deploy: production');
      const { request } = await waitingRequest();
      await vscode.commands.executeCommand('countersign.cancel', request);
      assert.equal(await ended, 126);
    });

    it('is withdrawn when its terminal goes away', async () => {
      const runs = new Counter();
      const { execution } = await start('deploy: production');
      const { request } = await waitingRequest();
      execution.terminate();
      await waitFor(async () => (await pending()).length === 0, { message: 'the withdrawal', timeout: 20_000 });
      await assert.rejects(countersign(team.ben, 'approve', '--yes', request), /withdrawn/);
      assert.equal(runs.count, 0);
    });

    it('needs a new approval when it is run again, also in a reused terminal', async () => {
      const first = await start('deploy: production');
      const asked = await waitingRequest();
      await countersign(team.ben, 'approve', '--yes', asked.request);
      assert.equal(await first.ended, 0);
      const runs = new Counter();
      const second = await start('deploy: production');
      const again = await waitingRequest();
      assert.notEqual(again.request, asked.request);
      assert.equal(runs.count, 0);
      await vscode.commands.executeCommand('countersign.cancel', again.request);
      assert.equal(await second.ended, 126);
    });

    // The last one: after a denial the same is not asked for again for half an hour.
    it('ends with 126 when the other person says no', async () => {
      const runs = new Counter();
      const { ended } = await start('deploy: production');
      const { request } = await waitingRequest();
      await countersign(team.ben, 'deny', '--reason', 'Not on a Friday', request);
      assert.equal(await ended, 126);
      assert.equal(runs.count, 0);
    });
  });

  describe('a task that names production only in its command', () => {
    it('is held as well', async () => {
      const { ended } = await start('rebuild cost explorer');
      const { request, title } = await waitingRequest();
      assert.equal(title, 'rebuild cost explorer');
      await countersign(team.ben, 'deny', '--reason', 'This is how it began', request);
      assert.equal(await ended, 126);
      await settled();
    });
  });

  describe('other tasks', () => {
    it('run at once and ask nobody', async () => {
      const runs = new Counter();
      const { ended } = await start('deploy: staging');
      assert.equal(await ended, 0);
      assert.equal(runs.count, 1);
      assert.deepEqual(await pending(), []);
    });
  });
}
