import assert from 'node:assert/strict';
import type { Finding } from '../../../../src/core/assess/assessment.js';
import { scanFile } from '../../../../src/core/files/scan.js';
import { PROJECT, worldOf } from '../assess/fake-world.js';
import { spoken } from '../../../../src/core/say.js';

export function scan(path: string, text: string): readonly Finding[] {
  return scanFile({ path: path.startsWith('/') ? path : `${PROJECT}/${path}`, text }, [], worldOf());
}

/** A file with its dangerous places between `«` and `»`, and the rule of each of them in order. */
export type Flagged = readonly [title: string, path: string, marked: string, rules: readonly string[]];
export type Clear = readonly [title: string, path: string, text: string];

/** Takes the marks out, and gives the ranges they stood around. */
export function unmark(marked: string): { readonly text: string; readonly spans: readonly (readonly [number, number])[] } {
  const spans: [number, number][] = [];
  let text = '';
  let open = 0;
  for (const piece of marked.split(/([«»])/)) {
    if (piece === '«') open = text.length;
    else if (piece === '»') spans.push([open, text.length]);
    else text += piece;
  }
  return { text, spans };
}

/** One test for each case. */
export function cases(flagged: readonly Flagged[], clear: readonly Clear[]): void {
  for (const [title, path, marked, rules] of flagged) {
    it(`flags ${title}`, () => {
      const { text, spans } = unmark(marked);
      const findings = scan(path, text);
      assert.deepEqual(findings.map(({ rule, span }) => [rule, text.slice(span.start, span.end)]), rules.map((rule, index) => [rule, text.slice(...(spans[index] ?? [0, 0]))]));
      assert.deepEqual(findings.map(({ span }) => [span.start, span.end]), spans);
      for (const { message, file } of findings) {
        assert.match(spoken(message), /^[^\n]+[.)]$/);
        assert.equal(file, `${PROJECT}/${path}`);
      }
    });
  }
  for (const [title, path, text] of clear) {
    it(`leaves ${title} alone`, () => assert.deepEqual(scan(path, text).map(({ rule, message }) => `${rule}: ${spoken(message)}`), []));
  }
}
