import { parse } from 'smol-toml';
import { objectOf, type Payload } from './payload.js';

/** Nobody's configuration is longer, in characters. */
const MAX_LENGTH = 1024 * 1024;

/** The table in a TOML text, or undefined where it cannot be read. Never throws. */
export function tableIn(text: string): Payload | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  try {
    return objectOf(parse(text));
  } catch {
    return undefined;
  }
}
