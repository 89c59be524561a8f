import assert from 'node:assert/strict';
import fc from 'fast-check';
import { runs } from '../../../runs.js';
import type { ShellName } from '../../../../src/core/assess/assessment.js';
import { HOLE, isKnown } from '../../../../src/core/shell/program.js';
import { parseShell } from '../../../../src/core/shell/shell.js';

const surroundings = { cwd: '/work', home: '/home/ada', env: () => undefined };

/** The calls of a text as lines; what is unknown is `?`. */
export function callsIn(shell: ShellName): (text: string) => readonly string[] {
  return (text) => parseShell(text, shell, surroundings).invocations.map(({ program, args }) => [program, ...args.map((word) => word.text)].join(' ').replaceAll(new RegExp(`${HOLE}[^ ]*`, 'g'), '?'));
}

/** What holds for any text: there is an answer, and every range lies in the text and shows what it is about. */
export function alwaysAnswers(shell: ShellName, tokens: readonly string[]): void {
  const joined = fc.tuple(fc.array(fc.constantFrom(...tokens), { maxLength: 30 }), fc.constantFrom(' ', '')).map(([list, between]) => list.join(between));
  const check = (text: string): void => {
    for (const { span, name, program, via } of parseShell(text, shell, surroundings).invocations) {
      assert.ok(span.start >= 0 && span.start <= span.end && span.end <= text.length, `${span.start}-${span.end}`);
      const shown = text.slice(name.span.start, name.span.end);
      // A name that was written as it is stands in its range.
      if (via.length === 0 && isKnown(name.text) && /^[a-z]+$/.test(shown)) assert.ok(text.slice(span.start, span.end).includes(shown), `${program} in ${JSON.stringify(text)}`);
    }
  };
  it('answers for any tokens, with ranges that lie in the text', () => fc.assert(fc.property(joined, check), { numRuns: runs(1500) }));
  it('answers for any string', () => fc.assert(fc.property(fc.string({ maxLength: 200, unit: 'binary' }), check), { numRuns: runs(700) }));
}
