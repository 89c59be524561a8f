import { CLIENT_CALL, PATTERNS } from './calls.js';
import type { Language } from './inline.js';

/** The names before the brackets of the calls that are looked for in JavaScript, from their last dot or dollar sign on. */
const ALTERNATIVES = PATTERNS.filter(({ languages }) => languages.includes('javascript')).flatMap(({ call: { source } }) => source.slice(source.lastIndexOf('(?:', source.indexOf('|')) + 3, source.lastIndexOf(')')).split('|').map((name) => name.replace(/^.*\\[.$]/, '')));
const NAMES = new Set(ALTERNATIVES.filter((name) => /^\w+$/.test(name)));
const METHOD = CLIENT_CALL.source.slice(CLIENT_CALL.source.indexOf('(') + 1, CLIENT_CALL.source.lastIndexOf(')'));
const SHAPES = new RegExp(`^(?:${[...ALTERNATIVES.filter((name) => !/^\w+$/.test(name)), METHOD].join('|')})$`);
/** A command of zx: `$` before a string. */
const TAGGED = /\$\s*["'`/]/;

/**
 * Whether code could hold any of the calls that are looked for. Most code holds none, and that is seen long before it is
 * read. What stands in strings and comments counts as well, so a yes means nothing, and a no is certain.
 */
export function mayCall(source: string, language: Language): boolean {
  if (language !== 'javascript') return true;
  for (let bracket = source.indexOf('('); bracket >= 0; bracket = source.indexOf('(', bracket + 1)) {
    const end = blanksBefore(source, bracket);
    if (endsWithComment(source, end, bracket)) return true;
    let start = end;
    while (start > 0 && isName(source.charCodeAt(start - 1))) start -= 1;
    if (start === end) continue;
    const name = source.slice(start, end);
    if (NAMES.has(name) || SHAPES.test(name)) return true;
  }
  return TAGGED.test(source);
}

function blanksBefore(source: string, at: number): number {
  let start = at;
  while (start > 0 && /\s/.test(source.charAt(start - 1))) start -= 1;
  return start;
}

/** Whether a comment may stand right before a place, with what is called before it. */
function endsWithComment(source: string, end: number, at: number): boolean {
  if (source.startsWith('*/', end - 2)) return true;
  return end < at && source.slice(end, at).includes('\n') && source.slice(source.lastIndexOf('\n', end - 1) + 1, end).includes('//');
}

/** Letters, digits and `_`: the patterns take a dollar sign for the end of another name. */
function isName(unit: number): boolean {
  return (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x30 && unit <= 0x39) || unit === 0x5f;
}
