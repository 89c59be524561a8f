import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { policySchema } from '../../../../src/core/policy/schema.js';
import { repositoryRoot } from '../../../harness/paths.js';

const FILE = 'schemas/policy.schema.json';

describe('the JSON schema of the policy', () => {
  it('is what the policy is read with; write it anew with COUNTERSIGN_UPDATE=1', () => {
    const file = path.join(repositoryRoot(), FILE);
    const schema = { ...z.toJSONSchema(policySchema, { io: 'input', target: 'draft-7' }), title: 'Countersign policy' };
    const text = `${JSON.stringify(schema, undefined, 2)}\n`;
    if (process.env['COUNTERSIGN_UPDATE'] === '1') writeFileSync(file, text);
    assert.equal(readFileSync(file, 'utf8'), text);
  });

  it('is offered to the editor, and travels with the extension', () => {
    const manifest = JSON.parse(readFileSync(path.join(repositoryRoot(), 'package.json'), 'utf8')) as { contributes: { yamlValidation: unknown } };
    assert.deepEqual(manifest.contributes.yamlValidation, [{ fileMatch: '.countersign/policy.yaml', url: `./${FILE}` }]);
    assert.ok(readFileSync(path.join(repositoryRoot(), '.vscodeignore'), 'utf8').split('\n').includes(`!${FILE}`));
  });
});
