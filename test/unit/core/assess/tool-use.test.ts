import assert from 'node:assert/strict';
import fc from 'fast-check';
import { assessTool, toolText, toolUseOf } from '../../../../src/core/assess/tool-use.js';
import { decide } from '../../../../src/core/policy/decide.js';
import { defaultPolicy } from '../../../../src/core/policy/policy.js';
import { runs } from '../../../runs.js';
import { worldOf } from './fake-world.js';

const policy = defaultPolicy();
const verdict = (name: string, input: unknown) => {
  const assessment = assessTool({ name, input }, policy.environments, worldOf());
  return `${assessment.effect} ${decide(assessment, 'agent', policy).action}`;
};

describe('a tool of another program', () => {
  const CASES: readonly (readonly [name: string, input: unknown, expected: string])[] = [
    ['mcp__github__get_file_contents', { path: 'README.md' }, 'read allow'],
    ['mcp__github__list_deleted_branches', {}, 'read allow'],
    ['mcp__github__delete_repository', { name: 'x' }, 'destroy confirm'],
    ['mcp__github__create_issue', { title: 'delete everything' }, 'write allow'],
    ['mcp_railway_volumeDelete', { volumeId: 'v1' }, 'destroy confirm'],
    ['MCP:drop_table', { table: 'users' }, 'destroy confirm'],
    ['db/query', { sql: 'select * from users' }, 'read allow'],
    ['db/query', { sql: 'delete from users' }, 'destroy confirm'],
    ['mcp__postgres__execute_sql', { project: 'payments-prod', query: 'DROP TABLE users' }, 'destroy approve'],
    ['mcp__postgres__execute_sql', { project: 'payments-prod', query: 'select 1' }, 'read allow'],
    ['mcp__postgres-prod__execute_sql', { statements: ['select 1', 'truncate users'] }, 'destroy approve'],
    ['mcp__search__query', { query: 'drop table or delete from, which is better?' }, 'destroy confirm'],
    ['mcp__search__query', { query: 'how do I centre a div' }, 'read allow'],
    ['mcp__k8s__scale_deployment', { context: 'prod-eu', replicas: 0 }, 'write approve'],
    ['mcp__k8s__scale_deployment', { context: 'dev', replicas: 0 }, 'write allow'],
    ['mcp__k8s__get_pods', { context: 'prod-eu' }, 'read allow'],
    ['mcp__thing__frobnicate', { where: 'production' }, 'unknown approve'],
    ['mcp__thing__frobnicate', {}, 'unknown allow'],
  ];
  for (const [name, input, expected] of CASES) it(`${name} ${JSON.stringify(input)}: ${expected}`, () => assert.equal(verdict(name, input), expected));

  it('is judged whatever it is given, and is the same again when it is read from its text', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), (name, input) => {
        const use = { name: name.replace(/\s/g, '_'), input };
        assert.deepEqual(toolUseOf(toolText(use)), JSON.parse(JSON.stringify(use)));
        assert.deepEqual(assessTool(use, policy.environments, worldOf()), assessTool(toolUseOf(toolText(use)), policy.environments, worldOf()));
      }),
      { numRuns: runs(200) },
    );
    assessTool({ name: 'x'.repeat(100_000), input: JSON.parse(`${'['.repeat(2000)}${']'.repeat(2000)}`) }, policy.environments, worldOf());
  });
});
