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

/**
 * A text for places that give some characters a meaning of their own: notifications turn `[text](target)` into a
 * link, which may be a command, and rows turn `$(name)` into a picture. Both are broken up here.
 */
export function inline(text: string): string {
  return plain(text).replace(/\]\(/g, ']\\u{28}').replace(/\$\(/g, '$\\u{28}');
}

/** A line for a document, with long runs of blanks counted instead of shown, so that nothing hides behind them. */
export function counted(text: string): string {
  return text.replace(/ {20,}/g, (blanks) => ` \\u{20}×${blanks.length} `);
}

/** A text of several lines, each escaped by itself, with its line breaks kept where they are. */
export function showLines(text: string): readonly Shown[] {
  return text.split('\n').map(show);
}
