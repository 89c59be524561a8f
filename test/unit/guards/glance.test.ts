import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ASSISTANTS } from '../../../src/assistants/assistants.js';
import { GLANCE, LOOKS } from '../../../src/guards/glance.js';
import { PROJECT, assessIn, stopsAgent } from '../core/assess/fake-world.js';

/** The characters that a line of the list may hold. */
const CHARACTERS = Array.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_ ./,:@%+=-');
/** Arguments that make other programs do things. */
const ARGUMENTS = ['-rf /', '--exec rm -rf /', '-e rm', '-c x', '-o out', '--output=out', '-i a', '-w', '-d prod', '-s 2020', '--delete .', '-R', '+x', '@a', 'prod', PROJECT];
/** What runs or writes what an argument, a variable or a configuration says. */
const STEERED = ['git', 'less', 'more', 'man', 'env', 'time', 'find', 'sort', 'tree', 'uniq', 'tee', 'xxd', 'rg', 'file', 'date', 'hostname', 'printf', 'history', 'awk', 'sed', 'vi', 'xargs', 'sudo', 'command', 'eval', '.', 'exec', 'fc', 'set', 'export', 'alias', 'trap', 'bind', 'hash', 'enable', 'read'];

describe('what goes by at a glance', () => {
  it('is written with the characters that a glance lets pass, each once', () => {
    for (const word of GLANCE) assert.ok(Array.from(word).every((character) => character !== ' ' && character !== '=' && CHARACTERS.includes(character)), word);
    assert.equal(new Set(GLANCE).size, GLANCE.length);
  });

  for (const word of GLANCE) {
    it(`only looks: ${word}`, () => {
      for (const argument of ['', ...ARGUMENTS]) {
        const assessment = assessIn(`${word} ${argument}`.trim());
        assert.equal(assessment.effect, 'read', argument);
        assert.ok(!stopsAgent(assessment), argument);
      }
    });
  }

  it('only looks, whatever the arguments', () => {
    fc.assert(
      fc.property(fc.constantFrom(...GLANCE), fc.string({ unit: fc.constantFrom(...CHARACTERS), maxLength: 60 }), (word, rest) => {
        assert.equal(assessIn(`${word} ${rest}`).effect, 'read');
      }),
      { numRuns: 500 },
    );
  });

  for (const tool of LOOKS) {
    it(`is a tool that only looks, whoever has it: ${tool}`, () => {
      const readers = ASSISTANTS.flatMap(({ tools }) => (Object.hasOwn(tools, tool) ? [tools[tool]] : []));
      assert.notEqual(readers.length, 0);
      for (const reader of readers) assert.deepEqual(reader?.({ file_path: 'x', command: 'rm -rf /', content: 'x' }), []);
    });
  }

  it('is nothing that something else can steer', () => {
    assert.deepEqual(GLANCE.filter((word) => STEERED.includes(word)), []);
  });
});
