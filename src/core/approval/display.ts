import { spoken, type Say, type Sentence } from '../say.js';

/**
 * How text from outside is shown, in terminals and documents alike: every character that can hide, reorder,
 * move a cursor or look like another one becomes visible ASCII. Nothing is ever cut out.
 */
export interface Shown {
  readonly text: string;
  /** How many characters had to be escaped. */
  readonly escaped: number;
}

export function show(text: string): Shown {
  let escaped = 0;
  let out = '';
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    if (point >= 0x20 && point < 0x7f && character !== '\\') out += character;
    else if (character === '\\') out += '\\\\';
    else {
      escaped += 1;
      out += `\\u{${point.toString(16)}}`;
    }
  }
  return { text: out, escaped };
}

/** The text alone, for places that show it inline. */
export function plain(text: string): string {
  return show(text).text;
}

/** A sentence of our own in the reader's language: its words as they are, and what it quotes escaped. */
export function plainly(sentence: Sentence, say?: Say): string {
  return spoken(sentence, say, plain);
}

/** The same before it is known who reads it. */
export function escaped({ text, values }: Sentence): Sentence {
  return { text, values: values.map((value) => (typeof value === 'object' ? escaped(value) : typeof value === 'string' ? plain(value) : value)) };
}

/**
 * A sentence of our own, with what it quotes, for places that give some characters a meaning: notifications turn
 * `[text](target)` into a link, which may be a command, and rows turn `$(name)` into a picture. Both are broken up,
 * and what could hide or reorder text is made visible; our own typography stays.
 */
export function inert(text: string): string {
  return text
    .replace(/\]\(/g, ']\\u{28}')
    .replace(/\$\(/g, '$\\u{28}')
    .replace(/[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, (unit) => `\\u{${unit.charCodeAt(0).toString(16)}}`);
}

/** Somebody else's text for the same places. */
export function inline(text: string): string {
  return inert(plain(text));
}

/** A line for a document, with long runs of blanks counted instead of shown, so that nothing hides behind them. */
export function counted(text: string): string {
  return text.replace(/ {20,}/g, (blanks) => ` \\u{20}×${blanks.length} `);
}

/** A text of several lines, each escaped by itself, with its line breaks kept where they are. */
export function showLines(text: string): readonly Shown[] {
  return text.split('\n').map(show);
}
