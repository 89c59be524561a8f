import { canonicalText } from '../../approval/canonical.js';
import { forPrograms, type LedgerEntry } from '../entries.js';

/** One JSON object a line, keys sorted and pure ASCII, so that nothing in an entry can end its line or move a cursor. */
export function jsonLines(entries: readonly LedgerEntry[]): string {
  return entries.map((entry) => `${canonicalText(forPrograms(entry))}\n`).join('');
}
