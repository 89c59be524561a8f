import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { mayMatter } from '../core/files/kinds.js';
import { MOST_TEXT } from '../core/files/scan.js';

const HASH_BANG = 0x2321;

/** What is longer is only said to be too long: so many bytes hold more letters than any reader takes. */
const MOST_BYTES = 4 * MOST_TEXT;
/** Every file is read into the same place. */
let place = Buffer.allocUnsafe(MOST_TEXT);

/** The text of a file that may matter; undefined for pictures, prose and what cannot be read. */
export function textOf(file: string): string | undefined {
  const matters = mayMatter(file);
  // Without a known name only a first line can make it a script.
  if (!matters && /\.\w+$/.test(file)) return undefined;
  let descriptor: number | undefined;
  try {
    descriptor = openFile(file);
    if (descriptor === undefined) return undefined;
    const found = fstatSync(descriptor);
    if (!found.isFile()) return undefined;
    const size = Math.min(found.size, MOST_BYTES);
    if (size > place.length) place = Buffer.allocUnsafe(MOST_BYTES);
    const read = readSync(descriptor, place, 0, size, 0);
    if (!matters && (read < 2 || place.readUInt16BE(0) !== HASH_BANG)) return undefined;
    return place.toString('utf8', 0, read);
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Opens a file. What a link leads to is looked at first: opening a device can set something off. Nobody is waited for at the other end of a pipe. */
function openFile(file: string): number | undefined {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK;
  try {
    return openSync(file, flags | constants.O_NOFOLLOW);
  } catch {
    return statSync(file).isFile() ? openSync(file, flags) : undefined;
  }
}
