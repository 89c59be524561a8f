import { IS_CLIENT_METHOD, PATTERNS, type CallKind } from './calls.js';
import type { Language } from './inline.js';

/** What the calls that are looked for in JavaScript mean, by the last part of their names. */
const BY_NAME = new Map<string, CallKind[]>();
/** The same for names that may go on. */
const BY_BEGINNING: [beginning: string, kind: CallKind][] = [];
for (const { languages, meaning, names = [] } of PATTERNS) {
  if (!languages.includes('javascript')) continue;
  for (const name of names.map((whole) => whole.replace(/^.*[.$]/, ''))) {
    if (name.endsWith('*')) BY_BEGINNING.push([name.slice(0, -1), meaning]);
    else BY_NAME.set(name, [...(BY_NAME.get(name) ?? []), meaning]);
  }
}
const ANYTHING: ReadonlySet<CallKind> = new Set([...PATTERNS.map(({ meaning }) => meaning), 'client method', 'template']);

/**
 * Which of the calls that are looked for code could hold. Most code holds none, and that is seen long before it is read.
 * What stands in strings and comments counts as well, so what is in it means nothing, and what is not in it is certain.
 */
export function callsIn(source: string, language: Language): ReadonlySet<CallKind> {
  if (language !== 'javascript') return ANYTHING;
  const found = new Set<CallKind>();
  for (let bracket = source.indexOf('('); bracket >= 0; bracket = source.indexOf('(', bracket + 1)) {
    let end = bracket;
    // Nearly always a name stands right there.
    if (!isName(source.charCodeAt(bracket - 1))) {
      end = blanksBefore(source, bracket);
      if (endsWithComment(source, end, bracket)) return ANYTHING;
    }
    let start = end;
    while (start > 0 && isName(source.charCodeAt(start - 1))) start -= 1;
    if (start === end) continue;
    const name = source.slice(start, end);
    for (const kind of BY_NAME.get(name) ?? []) found.add(kind);
    for (const [beginning, kind] of BY_BEGINNING) if (name.startsWith(beginning)) found.add(kind);
    if (IS_CLIENT_METHOD.test(name)) found.add('client method');
  }
  if (holdsTemplate(source)) found.add('template');
  return found;
}

/** A command of zx: `$` before a string. */
function holdsTemplate(source: string): boolean {
  for (let dollar = source.indexOf('$'); dollar >= 0; dollar = source.indexOf('$', dollar + 1)) {
    let next = dollar + 1;
    while (/\s/.test(source.charAt(next))) next += 1;
    if (/["'`/]/.test(source.charAt(next))) return true;
  }
  return false;
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
