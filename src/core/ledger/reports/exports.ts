import type { LedgerEntry } from '../entries.js';
import { csv } from './csv.js';
import { htmlReport, type ReportSubject } from './html.js';
import { jsonLines } from './jsonl.js';
import { sarif } from './sarif.js';

/** Every format that the ledger is handed out in. */
export const EXPORTS = {
  jsonl: jsonLines,
  csv,
  sarif,
  html: htmlReport,
} satisfies Readonly<Record<string, (entries: readonly LedgerEntry[], subject: ReportSubject) => string>>;

export type ExportFormat = keyof typeof EXPORTS;

export function isExportFormat(name: string): name is ExportFormat {
  return Object.hasOwn(EXPORTS, name);
}
