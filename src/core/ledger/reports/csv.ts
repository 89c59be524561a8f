import { plain } from '../../approval/display.js';
import { spoken } from '../../say.js';
import { stateOf, type LedgerEntry, type RequestEntry } from '../entries.js';

type Column = readonly [name: string, of: (entry: LedgerEntry) => string];

const ofRequest = (read: (entry: RequestEntry) => string | number | null | undefined) => (entry: LedgerEntry) => (entry.entry === 'request' ? String(read(entry) ?? '') : '');

const COLUMNS: readonly Column[] = [
  ['id', ({ id }) => id],
  ['entry', ({ entry }) => entry],
  ['at', ({ at }) => at],
  ['state', stateOf],
  ['title', ({ title }) => title],
  ['person', ({ person }) => person],
  ['agent', ofRequest(({ agent }) => agent?.name)],
  ['agent session', ofRequest(({ agent }) => agent?.session)],
  ['agent model', ofRequest(({ agent }) => agent?.model)],
  ['environments', ({ environments }) => environments.join(', ')],
  ['script', ({ script }) => script],
  ['directory', ofRequest(({ directory }) => directory)],
  ['commit', ofRequest(({ commit }) => commit)],
  ['reason', ofRequest(({ reason }) => reason)],
  ['gate', ({ gate }) => gate.join(' ')],
  ['rules', ofRequest(({ rules }) => rules.join(', '))],
  ['needed', ofRequest(({ needed }) => spoken(needed))],
  ['approved by', ofRequest(({ approvals }) => approvals.map(({ person }) => person).join(', '))],
  ['denied by', ofRequest(({ denial }) => denial?.person)],
  ['denied at', ofRequest(({ denial }) => denial?.at)],
  ['denied because', ofRequest(({ denial }) => denial?.reason)],
  ['glass broken at', ofRequest(({ glass }) => glass?.at)],
  ['glass broken because', ofRequest(({ glass }) => glass?.reason)],
  ['glass reviewed by', ofRequest(({ glass }) => glass?.review?.person)],
  ['run at', ofRequest(({ use }) => use?.at)],
  ['run by', ofRequest(({ use }) => use?.by)],
  ['ended at', ofRequest(({ outcome }) => outcome?.at)],
  ['exit code', ofRequest(({ outcome }) => outcome?.exitCode)],
  ['bypassed', ({ bypassed }) => bypassed.join(', ')],
];

/** A table after RFC 4180, one entry a line; for a reader with a spreadsheet, who must not be made to run a formula. */
export function csv(entries: readonly LedgerEntry[]): string {
  const lines = [COLUMNS.map(([name]) => name), ...entries.map((entry) => COLUMNS.map(([, of]) => of(entry)))];
  return lines.map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
}

/**
 * One cell, quoted always. Line breaks and everything else that could mislead are visible ASCII; an apostrophe goes in
 * front of what a spreadsheet would take for a formula (https://owasp.org/www-community/attacks/CSV_Injection).
 */
export function cell(text: string): string {
  const shown = plain(text);
  return `"${(/^\s*[=+\-@]/.test(shown) ? `'${shown}` : shown).replaceAll('"', '""')}"`;
}
