import type { Say } from '../../say.js';
import type { LedgerEntry } from '../entries.js';
import { csv } from './csv.js';
import { htmlReport, type ReportSubject } from './html.js';
import { jsonLines } from './jsonl.js';
import { sarif } from './sarif.js';

/** Every format that the ledger is handed out in. Those for programs are the same in every language. */
export const EXPORTS = {
  jsonl: jsonLines,
  csv,
  sarif,
  html: htmlReport,
} satisfies Readonly<Record<string, (entries: readonly LedgerEntry[], subject: ReportSubject, say?: Say) => string>>;

export type ExportFormat = keyof typeof EXPORTS;

export function isExportFormat(name: string): name is ExportFormat {
  return Object.hasOwn(EXPORTS, name);
}
