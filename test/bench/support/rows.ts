import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** One labelled command, as the corpus' README describes it. */
export interface Row {
  readonly id: string;
  readonly peer: string;
  readonly command: string;
  readonly expected: 'destructive' | 'safe';
  readonly category: string;
  readonly form: string;
  readonly note?: string;
  readonly weak?: string;
  readonly conflict?: unknown;
  readonly conflict_kind?: string;
}

/** The corpus that measures, when this machine has one: it is no part of the project. */
export function corpusFile(): string | undefined {
  const file = process.env['COUNTERSIGN_CORPUS'] ?? path.resolve(__dirname, '..', '..', '..', '..', 'shared', 'corpus', 'open.jsonl');
  return existsSync(file) ? file : undefined;
}

export function readRows(file: string): readonly Row[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Row);
}

/** The rows that count: labels their own authors stand by, each command once. */
export function coreOf(rows: readonly Row[], form: string): readonly Row[] {
  const byCommand = new Map<string, Row>();
  for (const row of rows) {
    if (row.form !== form || (row.weak !== undefined && row.weak !== '') || (row.conflict !== undefined && row.conflict !== false && row.conflict_kind !== 'weak')) continue;
    if (!byCommand.has(row.command)) byCommand.set(row.command, row);
  }
  return [...byCommand.values()];
}
