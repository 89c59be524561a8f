import type { Span } from '../assess/assessment.js';

/** Cuts a text at separators outside quotes: new lines, `;`, `|`, `&`, and words that only open or close blocks. */
export function splitPieces(text: string): readonly Span[] {
  const pieces: Span[] = [];
  let start = 0;
  let quote = '';
  const cut = (end: number): void => {
    const piece = text.slice(start, end);
    const front = /^\s*(?:(?:then|do|else|elif|if|while|until|begin|and|or|not|time|!|\{|\()\s+)*/.exec(piece)?.[0].length ?? 0;
    if (piece.slice(front).trim() !== '') pieces.push({ start: start + front, end: start + piece.trimEnd().length });
  };
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charAt(index);
    if (char === '\\' && quote !== "'") index += 1;
    else if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === "'" || char === '"' || char === '`') quote = char;
    else if (char === '\n' || char === ';' || char === '|' || char === '&') {
      cut(index);
      start = index + 1;
    }
  }
  cut(text.length);
  return pieces;
}
