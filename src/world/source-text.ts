import { readFileSync, statSync } from 'node:fs';
import { mayMatter } from '../core/files/kinds.js';
import { MOST_TEXT } from '../core/files/scan.js';

const HASH_BANG = 0x2321;

/** The text of a file that may matter; undefined for pictures, prose and what cannot be read. */
export function textOf(file: string): string | undefined {
  try {
    const matters = mayMatter(file);
    // Without a known name only a first line can make it a script.
    if (!matters && /\.\w+$/.test(file)) return undefined;
    if (!statSync(file).isFile()) return undefined;
    const bytes = readFileSync(file);
    if (!matters && (bytes.length < 2 || bytes.readUInt16BE(0) !== HASH_BANG)) return undefined;
    // What is longer is only said to be too long.
    return bytes.toString('utf8', 0, 4 * MOST_TEXT);
  } catch {
    return undefined;
  }
}
