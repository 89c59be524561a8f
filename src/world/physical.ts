import { readlinkSync, realpathSync } from 'node:fs';
import path from 'node:path';

/** As many links are followed to what is not there. */
const MOST_LINKS = 16;

/** Where a file really is, so that a link to what is protected is no way round; what is not there yet by its directory. */
export function physical(file: string, links = 0): string {
  try {
    return realpathSync.native(file);
  } catch {
    const target = links < MOST_LINKS ? linkedTo(file) : undefined;
    if (target !== undefined) return physical(path.resolve(path.dirname(file), target), links + 1);
    const parent = path.dirname(file);
    return parent === file ? file : path.join(physical(parent, links), path.basename(file));
  }
}

function linkedTo(file: string): string | undefined {
  try {
    return readlinkSync(file);
  } catch {
    return undefined;
  }
}
