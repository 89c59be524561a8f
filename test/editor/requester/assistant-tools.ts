import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { ASSISTANT_TOOL_NAMES } from '../../../src/extension/ids.js';
import { Counter, extension } from './stage.js';

/** What chat assistants of the editor can ask of the gate. */
export function assistantToolTests(): void {
  describe('chat assistants', () => {
    before(() => extension().activate());

    const ask = async (name: string, input: object): Promise<string> => {
      const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined });
      return content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
    };

    it('see the tools', () => {
      const names = vscode.lm.tools.map(({ name }) => name);
      for (const name of ASSISTANT_TOOL_NAMES) assert.ok(names.includes(name), name);
    });

    it('are told what a command would do, and nothing is run', async () => {
      const runs = new Counter();
      assert.match(await ask('countersign_assess_command', { command: 'terraform -chdir=infra destroy -var-file=production.tfvars' }), /^The gate would hold it.*\n[^]*Target: production/);
      assert.match(await ask('countersign_assess_command', { command: 'git status' }), /^The gate has no objection\./);
      assert.equal(runs.count, 0);
    });

    it('are told that a request is not there', async () => {
      assert.equal(await ask('countersign_check_request', { request: 'ffffffff' }), 'Countersign: There is no such request in this repository. Nothing was run.');
    });
  });
}
