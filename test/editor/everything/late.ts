import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type * as vscode from 'vscode';
import { environmentOf, git } from '../../demo/team.js';
import { waitFor } from '../../harness/wait.js';
import { Counter, extension, team } from '../requester/stage.js';
import { deploy, PATIENCE, shellTerminal } from './starting.js';

interface Told {
  readonly by: string;
  readonly way: string;
  readonly script: string;
  readonly environments: readonly string[];
  readonly stopped: boolean;
}

/** The incidents at the remote, as the team sees them. */
function incidents(): readonly Told[] {
  const refs = git(team.ana, team.remote!, 'for-each-ref', '--format=%(refname)', 'refs/countersign/inc/').split('\n').filter(Boolean);
  return refs.map((ref) => JSON.parse(Buffer.from(git(team.ana, team.remote!, 'show', `${ref}:event`).split('.')[1]!, 'base64url').toString()) as Told);
}

/** The layer that is late by nature: it interrupts, and tells. */
export function lateTests(): void {
  describe('a terminal whose start file removes the guard', function () {
    this.timeout(3 * PATIENCE);
    let terminal: vscode.Terminal;
    before(async () => {
      await extension().activate();
      writeFileSync(path.join(team.ana.home, '.bashrc'), 'PROMPT_COMMAND=:\n');
      terminal = await shellTerminal('bash');
    });
    after(() => {
      terminal.dispose();
      writeFileSync(path.join(team.ana.home, '.bashrc'), '');
    });

    it('is interrupted when something in it should have waited, and an incident is recorded for the team', async () => {
      const runs = new Counter();
      terminal.sendText(`sleep 20; ${deploy()}`);
      const incident = await waitFor(() => incidents().find(({ script }) => script.startsWith('sleep 20')), { message: 'the incident at the remote', timeout: PATIENCE });
      assert.equal(runs.count, 0);
      assert.deepEqual([incident.by, incident.way, incident.environments, incident.stopped], [team.ana.email, 'terminal', ['production'], true]);
      const kept = () => readdirSync(path.join(environmentOf(team.ana)['HOME']!, '.countersign', 'incidents'));
      await waitFor(() => kept().length === 0, { message: 'nothing to be kept any more', timeout: PATIENCE });
    });
  });
}
