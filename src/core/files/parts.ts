import type { Span } from '../assess/assessment.js';

/** Shorter texts are read in one piece. */
const SHORT = 8 * 1024;

/** What makes one statement mean something to a later one, or a quote end elsewhere than it seems to. */
const DEPENDS = /\\['"\\]|\/\*M?!|\b(?:delimiter|standard_conforming_strings|sql_mode|ansi_quotes|prepare|execute|copy)\b|\bcreate\s{1,8}(?:or\s{1,8}replace\s{1,8})?(?:function|procedure)\b|^\s{0,8}(?:go\s{0,8}$|\.)/im;

/**
 * The parts of a long script of statements that know nothing of one another. Each ends behind a statement and its line;
 * a text whose statements may depend on one another is one part.
 */
export function sqlParts(text: string): readonly Span[] {
  const whole = [{ start: 0, end: text.length }];
  if (text.length <= SHORT || DEPENDS.test(text)) return whole;
  const parts: Span[] = [];
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charAt(index);
    if (char === "'" || char === '"' || char === '`') index = text.indexOf(char, index + 1);
    else if (char === '$') index = dollarEnd(text, index);
    else if (text.startsWith('--', index)) index = text.indexOf('\n', index);
    else if (text.startsWith('/*', index)) index = text.indexOf('*/', index + 2);
    // A client's own command.
    else if (char === '\\') return whole;
    else if (char === ';' && text[index + 1] === '\n' && index - start > SHORT) {
      parts.push({ start, end: index + 2 });
      start = index + 2;
    }
    // What never ends keeps the rest together.
    if (index < 0) break;
  }
  return [...parts, { start, end: text.length }];
}

/** The last character of a text between `$tag$` and `$tag$`, or the dollar itself; negative when it never ends. */
function dollarEnd(text: string, from: number): number {
  const tag = /^\$(?:[A-Za-z_]\w{0,62})?\$/.exec(text.slice(from, from + 66))?.[0];
  if (tag === undefined) return from;
  const close = text.indexOf(tag, from + tag.length);
  return close < 0 ? close : close + tag.length - 1;
}

/** The documents of a YAML stream with the lines that open them: nothing but such a line may begin with `---` and a blank. */
export function yamlParts(text: string): readonly Span[] {
  const starts = [...text.matchAll(/^---(?=[ \t\r\n]|$(?![\s\S]))/gm)].map(({ index }) => index).filter((index) => index > 0);
  return [0, ...starts].map((start, at) => ({ start, end: starts[at] ?? text.length }));
}
