/** A word of a POSIX shell, of bash or of zsh that stands for exactly this text. */
export function posixQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A command line of a POSIX shell that is these words, quoted where that is needed. */
export function posixLine(words: readonly string[]): string {
  return words.map((word) => (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : posixQuote(word))).join(' ');
}

/** A word of fish that stands for exactly this text; a backslash counts inside single quotes (fish "Quotes"). */
export function fishQuote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

/** The same for PowerShell, where every kind of single quotation mark ends a string (about_Quoting_Rules). */
export function powershellQuote(text: string): string {
  return `'${text.replace(/['\u2018-\u201b]/g, '$&$&')}'`;
}
