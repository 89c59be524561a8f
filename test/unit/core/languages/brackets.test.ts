import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { Brackets, splitTop } from '../../../../src/core/languages/brackets.js';
import { scanCode } from '../../../../src/core/languages/calls.js';
import { runs } from '../../../runs.js';

/** What stands between a bracket and its closing one, found by counting again at each. */
function counted(code: string, from: number): number | undefined {
  let depth = 1;
  for (let index = from; index < code.length; index += 1) {
    if ('([{'.includes(code.charAt(index))) depth += 1;
    else if (')]}'.includes(code.charAt(index))) depth -= 1;
    if (depth === 0) return index;
  }
  return undefined;
}

describe('brackets of code', () => {
  it('are found near and far as by counting at each', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('(', ')', '[', ']', '{', '}', 'a', ',', 'a'.repeat(300)), { maxLength: 60 }).map((parts) => parts.join('')), (code) => {
        const brackets = new Brackets(code);
        for (let index = 0; index < code.length; index += 1) {
          if (!'([{'.includes(code.charAt(index))) continue;
          const expected = counted(code, index + 1);
          if (expected !== undefined) assert.equal(brackets.endOf(index + 1), expected, `${code} ${index}`);
        }
      }),
      { numRuns: runs(500) },
    );
  });
  it('that never close take little of what follows', () => {
    const code = 'exec('.repeat(13_000);
    const brackets = new Brackets(code);
    let looked = 0;
    for (let index = 5; index < code.length; index += 5) looked += brackets.inside(index).length;
    assert.ok(looked <= 256 * 13_000, String(looked));
  });
  it('around a long callback show their first argument', () => {
    const code = `exec("rm -rf /srv", () => {${'work();\n'.repeat(2000)}})`;
    const [piece] = scanCode(code, 'javascript', 'x.js').pieces;
    assert.equal(piece?.kind === 'shell' && piece.text, 'rm -rf /srv');
    assert.deepEqual(piece!.at, { start: 0, end: code.length });
  });
  it('split at their own commas only', () => assert.deepEqual(splitTop('a, f(b, c), [d, e], { g, h },'), ['a', 'f(b, c)', '[d, e]', '{ g, h }']));
});
