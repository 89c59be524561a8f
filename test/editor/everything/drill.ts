import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Report } from '../../../src/drill/report.js';
import { extension, pending, team } from '../requester/stage.js';

const gate = (...parts: readonly string[]): string => path.join(team.ana.home, '.countersign', 'gate', ...parts);

async function drill(...only: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const report = await vscode.commands.executeCommand<Report>('countersign.runDrill', only.length === 0 ? undefined : only);
  for (const { id, result, detail } of report.findings) if (result !== 'waits') console.log(`      ${id}: ${result}. ${detail}`);
  return new Map(report.findings.map(({ id, result }) => [id, result]));
}

/** Takes a guard away by hand while the work is done. */
async function without<T>(file: string, work: () => Promise<T>): Promise<T> {
  renameSync(file, `${file}.away`);
  try {
    return await work();
  } finally {
    renameSync(`${file}.away`, file);
  }
}

export function drillTests(): void {
  describe('the drill', function () {
    this.timeout(400_000);
    before(() => extension().activate());

    it('shows which paths wait and which do not, and asks nobody', async () => {
      const results = await drill();
      const there = (id: string) => results.get(id) ?? 'absent';
      for (const id of ['bash/typed', 'bash/command', 'bash/script', 'bash/sub-shell', 'task/shell', 'task/shell-words', 'task/own-bash', 'path/program', 'script/executable']) assert.equal(results.get(id), 'waits', id);
      for (const id of ['zsh/typed', 'zsh/command', 'zsh/script', 'fish/typed', 'fish/command', 'fish/script', 'npm/script', 'make/target', 'python/child', 'node/child', 'debug/launch']) assert.ok(['waits', 'absent'].includes(there(id)), `${id} ${there(id)}`);
      for (const id of ['broad-permissions', 'own-request', 'other-operation', 'stranger', 'used-twice', 'longer-life', 'assistant-approves']) assert.equal(results.get(`approvals/${id}`), 'waits', id);
      // Nobody hides what is open: without strict mode a full path goes past every gate.
      assert.equal(results.get('path/absolute'), 'decides');
      assert.equal(results.get('env/cleared'), 'decides');
      assert.deepEqual(await pending(), []);
    });

    const removals: readonly (readonly [what: string, file: string, path: string])[] = [
      ['the guard of bash', gate('guard.bash'), 'bash/typed'],
      ['the start file of zsh', gate('zdotdir', '.zshenv'), 'zsh/command'],
      ['the shims', gate('shims'), 'path/program'],
    ];
    for (const [what, file, id] of removals) {
      it(`fails when somebody removes ${what} by hand`, async () => {
        assert.equal((await without(file, () => drill(id))).get(id), 'decides');
        assert.equal((await drill(id)).get(id), 'waits');
      });
    }
  });
}
