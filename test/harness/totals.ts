import { readFileSync, writeFileSync } from 'node:fs';

/** What a run of tests amounts to. */
export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Each failure, named with what it said, so that the end of a long run tells what failed. */
  readonly failures: readonly string[];
}

/** The environment variable that names the file a mocha run writes its totals to. */
export const TOTALS_FILE = 'COUNTERSIGN_TOTALS_FILE';

export const nothingRan: Totals = { passed: 0, failed: 0, skipped: 0, failures: [] };

export const add = (a: Totals, b: Totals): Totals => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
  failures: [...a.failures, ...b.failures],
});

/** Totals as a mocha run leaves them: with the files in which a test failed, so that those can be run once more. */
export interface ReportedTotals extends Totals {
  readonly failedFiles: readonly string[];
}

export function writeTotals(file: string, totals: Totals | ReportedTotals): void {
  writeFileSync(file, JSON.stringify(totals));
}

/** The totals that `step` left behind; one that ended without leaving any, or badly without naming a failure, is one failure. */
export function readTotals(file: string, step: string, succeeded: boolean): Totals {
  let totals: Totals;
  try {
    totals = JSON.parse(readFileSync(file, 'utf8')) as Totals;
  } catch {
    return { ...nothingRan, failed: 1, failures: [`${step} ended without counting its tests.`] };
  }
  return succeeded || totals.failed > 0 ? totals : { ...totals, failed: 1, failures: [`${step} ended badly after its tests.`] };
}
