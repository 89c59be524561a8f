import assert from 'node:assert/strict';
import { RULES, TOOLS } from '../../../../src/core/rules/index.js';
import { rulesIn } from '../assess/fake-world.js';

describe('rules', () => {
  it('have ids of the form tool/what, each used once', () => {
    const ids = RULES.map((rule) => rule.id);
    assert.deepEqual(ids.filter((id) => !/^[a-z0-9]+(-[a-z0-9]+)*\/[a-z0-9]+(-[a-z0-9]+)*$/.test(id)), []);
    const reused = ids.filter((id, at) => ids.indexOf(id) !== at && !SHARED.has(id));
    assert.deepEqual(reused, []);
  });

  it('show no case twice on the same side', () => {
    const flagged = RULES.flatMap((rule) => (SHARED.has(rule.id) ? [] : rule.examples.flagged.map((text) => `${rule.id} ${text}`)));
    assert.deepEqual(flagged.filter((text, at) => flagged.indexOf(text) !== at), []);
  });

  it('belong to tools whose names are known by one letter case', () => {
    assert.deepEqual([...TOOLS.keys()].filter((name) => name.trim() !== name || name === ''), []);
  });

  for (const rule of RULES) {
    describe(rule.id, () => {
      it('has at least three cases of each kind, none in both', () => {
        const { flagged, clear } = rule.examples;
        assert.ok(flagged.length >= 3, 'flagged');
        assert.ok(clear.length >= 3, 'clear');
        assert.deepEqual(flagged.filter((text) => clear.includes(text)), []);
      });
      for (const text of rule.examples.flagged) {
        it(`is raised by ${text}`, () => assert.ok(rulesIn(text).includes(rule.id), `raised: ${rulesIn(text).join(', ') || 'nothing'}`));
      }
      for (const text of rule.examples.clear) {
        it(`is quiet about ${text}`, () => assert.ok(!rulesIn(text).includes(rule.id)));
      }
      it('suggests something that it does not flag itself', () => {
        if (rule.safer !== undefined) assert.ok(!rulesIn(rule.safer).includes(rule.id), rule.safer);
      });
      it('speaks in sentences', () => {
        assert.match(rule.title, /^[A-Z“]/);
        if (typeof rule.message === 'string') assert.match(rule.message, /[.]$/);
      });
    });
  }
});

/** Rules that several tools use with other options around them. */
const SHARED = new Set(['disk/wipe', 'gcloud/storage-delete']);
