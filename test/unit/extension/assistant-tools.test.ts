import assert from 'node:assert/strict';
import * as z from 'zod/mini';
import { ASSISTANT_TOOLS } from '../../../src/broker/assistant-tools.js';
import { ASSISTANT_TOOL_NAMES } from '../../../src/extension/ids.js';
import { manifest } from '../../harness/manifest.js';

interface Contributed {
  readonly name: string;
  readonly displayName: string;
  readonly modelDescription: string;
  readonly inputSchema: object;
}

describe('the tools for assistants', () => {
  it('are the same in the manifest, in the editor and over the Model Context Protocol', () => {
    const { contributes } = JSON.parse(manifest()) as { contributes: { languageModelTools: readonly Contributed[] } };
    const expected = ASSISTANT_TOOLS.map(({ name, title, description, input }) => ({ name, displayName: title, modelDescription: description, inputSchema: schemaOf(input) }));
    const found = contributes.languageModelTools.map(({ name, displayName, modelDescription, inputSchema }) => ({ name, displayName, modelDescription, inputSchema }));
    assert.deepEqual(found, expected, `package.json should say ${JSON.stringify(expected, undefined, 2)}`);
    assert.deepEqual(ASSISTANT_TOOLS.map(({ name }) => name), [...ASSISTANT_TOOL_NAMES]);
  });
});

/** As the manifest has it: an object's kind, its properties and which of them it needs. */
function schemaOf(input: z.ZodMiniObject): object {
  const { type, properties, required } = z.toJSONSchema(input, { io: 'input' });
  return { type, properties, required };
}
