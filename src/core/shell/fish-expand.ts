import type { FishPart, FishWord } from './fish-syntax.js';
import { UNKNOWN } from './fish-variables.js';
import type { FishList } from './fish-variables.js';
import { trimEnd } from './paths.js';
import { HOLE, isKnown, limited } from './program.js';
import type { Word } from './program.js';
import type { Span } from '../assess/assessment.js';

/** Results beyond this number are not told apart. */
const MOST_RESULTS = 64;

/** What expansion needs from the run around it. */
export interface FishSurround {
  readonly home: string;
  variable(name: string): FishList;
  /** Runs a command substitution: what it prints, or the text of a file it names (`psub`). */
  substitute(part: Extract<FishPart, { kind: 'substitution' }>): { readonly output: string; readonly delivers: string | undefined };
  span(node: Span): Span;
}

interface Piece {
  readonly text: string;
  readonly glob: boolean;
  readonly delivers?: string;
}

const EMPTY: readonly Piece[] = [{ text: '', glob: false }];

/** Expands one word into the words the command would get: none, one or several. Fish never splits a value at blanks. */
export function expandFishWord(word: FishWord, around: FishSurround): readonly Word[] {
  const pieces = product(word.parts, around);
  const quoted = word.parts.length > 0 && word.parts.every((part) => part.kind !== 'braces' && part.kind !== 'wildcard' && part.quoted);
  const span = around.span(word);
  return pieces.map(({ text, glob, delivers }) => ({ text, span, glob, quoted, ...(delivers === undefined ? {} : { delivers }) }));
}

/** Expands words into plain texts. */
export function expandFishTexts(words: readonly FishWord[], around: FishSurround): readonly string[] {
  return words.flatMap((word) => expandFishWord(word, around)).map((word) => (word.glob ? word.text.replace(/[*?]+/g, HOLE) : word.text));
}

/** Every combination of what the parts of a word may become: a list of nothing takes the whole word away. */
function product(parts: readonly FishPart[], around: FishSurround): readonly Piece[] {
  let results = EMPTY;
  for (const [at, part] of parts.entries()) {
    const values = valuesOf(part, around, at === 0);
    if (results.length * values.length > MOST_RESULTS) results = [{ text: HOLE, glob: false }];
    else results = values.flatMap((right) => results.map((left) => join(left, right)));
  }
  return results;
}

function join(left: Piece, right: Piece): Piece {
  const delivers = left.delivers ?? right.delivers;
  return { text: limited(left.text + right.text), glob: left.glob || right.glob, ...(delivers === undefined ? {} : { delivers }) };
}

function valuesOf(part: FishPart, around: FishSurround, first: boolean): readonly Piece[] {
  switch (part.kind) {
    case 'text':
      return [{ text: first && !part.quoted ? tilde(part.text, around.home) : part.text, glob: false }];
    case 'wildcard':
      return [{ text: part.text, glob: true }];
    case 'braces':
      return part.items.flatMap((item) => product(item, around));
    case 'variable': {
      let list = around.variable(part.name);
      for (let more = 1; more < part.dollars && more < 8; more += 1) list = list.flatMap((name) => (/^\w+$/.test(name) ? around.variable(name) : UNKNOWN));
      return pieces(picked(list, part.index, around), part.quoted, ' ');
    }
    case 'substitution': {
      const { output, delivers } = around.substitute(part);
      if (delivers !== undefined) return [{ text: `/tmp/.psub.${HOLE}`, glob: false, delivers }];
      const text = trimEnd(output, '\n');
      return pieces(picked(text === '' ? [] : text.split('\n'), part.index, around), part.quoted, '\n');
    }
  }
}

function pieces(list: FishList, quoted: boolean, joint: string): readonly Piece[] {
  return (quoted ? [list.join(joint)] : list).map((text) => ({ text, glob: false }));
}

/** `[2]`, `[-1]`, `[1..2]`, `[1 3]` of a list; what is not known to the last element is a hole. */
function picked(list: FishList, index: FishWord | undefined, around: FishSurround): FishList {
  if (!index) return list;
  const asked = expandFishTexts([index], around);
  if (!list.every(isKnown)) return UNKNOWN;
  const items: string[] = [];
  for (const one of asked.flatMap((text) => text.split(/\s+/)).filter((text) => text !== '')) {
    const range = /^(-?[1-9]\d{0,5})(?:\.\.(-?[1-9]\d{0,5}))?$/.exec(one);
    if (!range) return UNKNOWN;
    const at = (text: string): number => (Number(text) < 0 ? list.length + Number(text) : Number(text) - 1);
    const from = at(range[1] ?? '1');
    const to = range[2] === undefined ? from : at(range[2]);
    if (range[2] !== undefined && (from > to || from < 0)) return UNKNOWN;
    if (from >= 0) items.push(...list.slice(from, to + 1));
  }
  return items;
}

function tilde(text: string, home: string): string {
  return text === '~' || text.startsWith('~/') ? home + text.slice(1) : text;
}
