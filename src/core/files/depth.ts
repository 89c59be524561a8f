/** Deeper than any file that a person writes, and far from what the parsers' recursion could not take. */
const MOST = 256;

/**
 * Whether a YAML or JSON text nests deeper than its parser should follow. The parsers recurse, and a regular expression
 * that is first used near the end of the stack ends the whole process, so this is asked before. Quotes are ignored.
 */
export function isTooDeep(text: string): boolean {
  let open = 0;
  let dashes = 0;
  let front = true;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x0a) {
      front = true;
      dashes = 0;
    } else if (code === 0x5b || code === 0x7b) open += 1;
    else if ((code === 0x5d || code === 0x7d) && open > 0) open -= 1;
    // `- - - x` and `? ? ? x` nest within one line.
    else if (front && (code === 0x2d || code === 0x3f || code === 0x3a)) dashes += 1;
    else if (code !== 0x20 && code !== 0x09) front = false;
    if (open > MOST || dashes > MOST) return true;
  }
  return false;
}
