import { plain, plainly, showLines } from '../../approval/display.js';
import { english, type Say, type Sentence } from '../../say.js';

/**
 * Somebody else's text within a sentence, as a code span: nothing has a meaning in there but the backticks that end it,
 * and the span's own are more than the text has in a row (https://spec.commonmark.org/0.31.2/#code-spans).
 * A sentence of ours stands there in the reader's language.
 */
export function code(text: string | Sentence, say: Say = english): string {
  const shown = typeof text === 'string' ? plain(text) : plainly(text, say);
  if (shown.trim() === '') return shown === '' ? say('(empty)') : say('({0} blanks)', shown.length);
  const fence = '`'.repeat(longestRun(shown) + 1);
  const padding = /^[` ]|[` ]$/.test(shown) ? ' ' : '';
  return `${fence}${padding}${shown}${padding}${fence}`;
}

/** Somebody else's lines as a block, indented into a list item. */
export function codeBlock(text: string, indent: string): string[] {
  const lines = showLines(text).map((line) => line.text);
  const fence = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1));
  return [fence, ...lines, fence].map((line) => `${indent}${line}`);
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
