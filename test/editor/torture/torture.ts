import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type * as vscode from 'vscode';
import { which } from '../../harness/paths.js';
import { waitFor } from '../../harness/wait.js';
import { Counter, countersign, extension, pending, team } from '../requester/stage.js';
import { deploy, PATIENCE, shellTerminal } from '../everything/starting.js';

const LINES = 50;
/** In the middle of all that was sent ahead one line needs a signature. */
const HELD = 25;

type Send = (terminal: vscode.Terminal, lines: readonly string[]) => void;

/** Line by line, as extensions and people who type ahead do. */
const sent: Send = (terminal, lines) => {
  for (const line of lines) terminal.sendText(line);
};

/** In pieces that end anywhere. */
const typed: Send = (terminal, lines) => {
  for (const piece of lines.map((line) => `${line}\r`).join('').match(/[^]{1,7}/g) ?? []) terminal.sendText(piece, false);
};

/** In blocks, as terminals paste to a shell that asked for the brackets. */
const pasted: Send = (terminal, lines) => {
  for (let at = 0; at < lines.length; at += 10) terminal.sendText(`\u001b[200~${lines.slice(at, at + 10).join('\r')}\u001b[201~\r`, false);
};

const TERMINALS: readonly (readonly [name: string, shell: string, send: Send])[] = [
  ['bash, sent', 'bash', sent],
  ['zsh, typed', 'zsh', typed],
  ['fish, pasted', 'fish', pasted],
  ['bash, pasted', 'bash', pasted],
];

export function tortureTests(): void {
  describe('200 commands at once in four terminals', function () {
    this.timeout(6 * PATIENCE);
    const terminals: vscode.Terminal[] = [];
    const file = (name: string) => path.join(path.dirname(team.ana.clone), `${name.replace(/\W+/g, '-')}.torture`);
    const done = (name: string) => (existsSync(file(name)) ? readFileSync(file(name), 'utf8').split('\n').slice(0, -1) : []);
    const here = TERMINALS.filter(([, shell]) => which(shell) !== undefined);
    before(async () => {
      await extension().activate();
      for (const [, shell] of here) terminals.push(await shellTerminal(shell));
    });
    after(() => {
      for (const terminal of terminals) terminal.dispose();
    });

    it('run in order, each of them once, around those that wait for a signature', async () => {
      const runs = new Counter();
      const numbers = Array.from({ length: LINES }, (_, index) => index + 1);
      here.forEach(([name, , send], index) => {
        const terminal = terminals[index];
        assert.ok(terminal);
        send(terminal, numbers.map((number) => (number === HELD ? deploy() : `echo line ${number} >> ${file(name)}`)));
      });
      for (let count = 0; count < here.length; count += 1) {
        const { request } = await waitFor(async () => (await pending()).find(({ state }) => state === 'waiting'), { message: `request ${count + 1} to reach Ben`, timeout: 2 * PATIENCE });
        assert.ok(runs.count <= count, 'it ran before anybody approved');
        await countersign(team.ben, 'approve', '--yes', '--target', 'production', request);
      }
      const expected = numbers.filter((number) => number !== HELD).map((number) => `line ${number}`);
      for (const [name] of here) {
        await waitFor(() => done(name).length >= expected.length, { message: `all lines of “${name}”`, timeout: 2 * PATIENCE }).catch(() => undefined);
        assert.deepEqual(done(name), expected, name);
      }
      await waitFor(async () => (await pending()).length === 0, { message: 'nothing to be pending any more', timeout: PATIENCE });
      assert.equal(runs.count, here.length);
    });
  });
}
