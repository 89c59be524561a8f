import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TOOLS } from '../../../src/core/rules/index.js';
import { PLACES } from '../../../src/core/targets/places.js';
import { GLANCES, LEFT_OUT, SHIMMED } from '../../../src/guards/shimmed.js';
import { shimText } from '../../../src/guards/shims.js';
import { assessIn } from '../core/assess/fake-world.js';

describe('the tools with a shim', () => {
  it('are all for which the rules know where they land, but those that are left out', () => {
    assert.deepEqual([...PLACES.keys()].filter((tool) => !SHIMMED.includes(tool) && !LEFT_OUT.includes(tool)), []);
    assert.deepEqual([...SHIMMED, ...LEFT_OUT].filter((tool) => !PLACES.has(tool) && !TOOLS.has(tool)), []);
    assert.deepEqual(SHIMMED.filter((tool, at) => LEFT_OUT.includes(tool) || SHIMMED.indexOf(tool) !== at), []);
  });
  it('are none that a shim itself or the gate is made of', () => {
    assert.deepEqual(SHIMMED.filter((tool) => /^(bash|sh|env|node|cat|ask)$/.test(tool)), []);
  });
  it('have names that a shell reads as they are', () => {
    assert.deepEqual(SHIMMED.filter((tool) => !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(tool)), []);
  });

  const glances = Object.entries(GLANCES).flatMap(([tool, words]) => words.split(' ').map((word) => `${tool} ${word}`));
  for (const call of glances) {
    it(`only look with ${call}`, () => {
      const more = fc.constantFrom('', 'x', 'delete', 'rm', '--all', '--force', '-f', '--context', 'prod', '--', '-A', 'destroy', 'exec', '-c', '-it', 'sh', 'pods', '--volumes', '-o', 'name', '--raw');
      fc.assert(fc.property(fc.array(more, { maxLength: 5 }), (words) => {
        const { effect, findings } = assessIn([call, ...words].join(' '));
        assert.deepEqual({ effect: effect === 'write' && call.endsWith(' fmt') ? 'read' : effect, rules: findings.map(({ rule }) => rule) }, { effect: 'read', rules: [] }, [call, ...words].join(' '));
      }), { numRuns: 60 });
    });
  }
});

describe('a shim', () => {
  it('has no placeholder left', () => {
    for (const tool of SHIMMED) assert.doesNotMatch(shimText(tool, '/home/ada/.countersign/gate', '/bin/bash'), /@[A-Z]+@/, tool);
  });
});
