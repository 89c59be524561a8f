import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';
import { reportOf } from '../../../../src/core/files/report.js';
import { sarifLog, type SarifFinding } from '../../../../src/core/files/sarif.js';
import { repositoryRoot } from '../../../harness/paths.js';
import { PROJECT, worldOf } from '../assess/fake-world.js';

interface Validator {
  addMetaSchema(schema: unknown): void;
  compile(schema: unknown): { (data: unknown): boolean; readonly errors?: unknown };
}

/** The schema as OASIS published it; the package carries it together with the validator that reads its draft. */
function schema(): ReturnType<Validator['compile']> {
  const load = createRequire(path.join(repositoryRoot(), 'node_modules', '@microsoft', 'jest-sarif', 'package.json'));
  const Ajv = load('ajv') as new (options: object) => Validator;
  const validator = new Ajv({ schemaId: 'auto', validateSchema: false, unknownFormats: 'ignore' });
  validator.addMetaSchema(load('ajv/lib/refs/json-schema-draft-04.json'));
  return validator.compile(load('./lib/schemas/sarif-2.1.0-rtm.5.json'));
}

interface Log {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string; readonly helpUri: string }[] } };
    readonly results: readonly { readonly ruleId: string; readonly ruleIndex: number; readonly level: string; readonly message: { readonly text: string }; readonly suppressions?: unknown; readonly locations: readonly { readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region: object } }[] }[];
  }[];
}

function logOf(files: Readonly<Record<string, string>>): Log {
  const findings = Object.entries(files).flatMap(([name, text]): SarifFinding[] => reportOf({ path: `${PROJECT}/${name}`, text }, [{ name: 'production', match: ['*prod*'] }], worldOf()).map((finding) => ({ path: name, finding })));
  return JSON.parse(JSON.stringify(sarifLog(findings))) as Log;
}

const FILES = {
  'clean up.sh': '#!/bin/bash\nexport A=1\n  rm -rf /srv/data \\\n    /srv/more\n# countersign-ignore git/force-push: a mirror of ours\ngit push --force backup main\n',
  'db/1.sql': 'DROP TABLE users;\n',
  '.github/workflows/a.yml': 'jobs:\n  a:\n    runs-on: self-hosted\n    environment: production\n    steps:\n      - run: kubectl delete ns shop\n',
};

describe('a log in SARIF', () => {
  const validate = schema();

  it('is valid by the schema of SARIF 2.1.0, with findings and without', () => {
    for (const log of [logOf(FILES), logOf({})]) assert.ok(validate(log), JSON.stringify(validate.errors));
    assert.ok(!validate({ ...logOf(FILES), version: '3' }), 'the schema does refuse something');
  });

  it('says what is wrong where, with a page about the rule', () => {
    const [run] = logOf(FILES).runs;
    const [remove, push, drop] = run!.results;
    assert.equal(remove!.ruleId, 'filesystem/remove-recursive');
    assert.deepEqual(remove!.locations[0]!.physicalLocation, { artifactLocation: { uri: 'clean%20up.sh', uriBaseId: 'SRCROOT' }, region: { startLine: 3, startColumn: 3, endLine: 4, endColumn: 14 } });
    assert.equal(remove!.suppressions, undefined);
    assert.deepEqual(push!.suppressions, [{ kind: 'inSource', justification: 'a mirror of ours' }]);
    assert.deepEqual([drop!.ruleId, drop!.level], ['sql/drop-table', 'error']);
    for (const { ruleId, ruleIndex } of run!.results) assert.equal(run!.tool.driver.rules[ruleIndex]!.id, ruleId);
    for (const { helpUri } of run!.tool.driver.rules) assert.match(helpUri, /\/docs\/rules\.md#[a-z0-9-]+$/);
  });

  it('says where it lands, how it is reached and what is safer', () => {
    const text = logOf(FILES).runs[0]!.results.at(-1)!.message.text;
    assert.match(text, /Lands in production: .+ Reached through job a → environment production\. Safer: /);
  });
});
