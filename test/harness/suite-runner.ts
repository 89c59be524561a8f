import { appendFileSync } from 'node:fs';
import { format } from 'node:util';
import Mocha from 'mocha';
import TotalsReporter from './totals-reporter.js';

/** The environment variable that names a file for what the suite prints, where an extension host has no terminal. */
export const REPORT_FILE = 'COUNTERSIGN_REPORT_FILE';

/**
 * Runs compiled test files with mocha in this process, which may be an extension host, and rejects when
 * anything failed. `register` may declare tests right here instead of, or besides, in files.
 */
export async function runMocha(files: readonly string[], register?: () => void): Promise<void> {
  const report = process.env[REPORT_FILE];
  if (report !== undefined) {
    Mocha.reporters.Base.consoleLog = (...parts: unknown[]) => appendFileSync(report, `${format(...parts)}\n`);
  }
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, forbidOnly: true, reporter: TotalsReporter, color: false });
  if (register !== undefined) {
    mocha.suite.emit('pre-require', globalThis, '', mocha);
    register();
  }
  for (const file of files) mocha.addFile(file);
  const failures = await new Promise<number>((resolve) => void mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} failed.`);
}
