import assert from 'node:assert/strict';
import { protectingEnvironments } from '../../../../src/core/policy/branches.js';
import { parsePolicy } from '../../../../src/core/policy/policy.js';

describe('a branch', () => {
  const cases: readonly (readonly [glob: string, ref: string, so: boolean])[] = [
    ['release/*', 'refs/heads/release/2', true],
    ['RELEASE/*', 'refs/heads/release/2', true],
    ['refs/heads/release/*', 'refs/heads/release/2', true],
    ['release/*', 'refs/heads/release/2/fix', false],
    ['release', 'refs/tags/release', false],
    ['release', 'refs/heads/releases', false],
  ];
  for (const [glob, ref, so] of cases) it(`“${glob}” ${so ? 'protects' : 'leaves out'} ${ref}`, () => {
    const policy = parsePolicy(`version: 1\nenvironments:\n  production: { branches: ['${glob}'] }\n`);
    assert.equal(protectingEnvironments(policy, ref, 'refs/heads/main').length > 0, so);
  });

  it('that the rules are read from is protected as soon as any is', () => {
    const policy = parsePolicy("version: 1\nenvironments:\n  production: { branches: ['release/*'] }\n");
    assert.equal(protectingEnvironments(policy, 'refs/heads/main', 'refs/heads/main').length, 1);
  });
});
