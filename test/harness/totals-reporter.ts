import Mocha, { type MochaOptions, type Runner, type Test } from 'mocha';
import { skipReason } from './skip.js';
import { TOTALS_FILE, writeTotals } from './totals.js';

/** How much of what a failure says is kept: enough to know it by. Characters. */
const KEPT = 1500;

/** The usual report, plus totals and the failed tests with their files in a file; a test skipped without a reason counts as failed. */
export default class TotalsReporter extends Mocha.reporters.Spec {
  private passed = 0;
  private skipped = 0;
  private readonly failedFiles = new Set<string>();
  private readonly unexplained: string[] = [];

  constructor(runner: Runner, options?: MochaOptions) {
    super(runner, options);
    runner.on('pass', () => this.passed++);
    runner.on('fail', (test: Test) => {
      if (test.file !== undefined) this.failedFiles.add(test.file);
    });
    runner.on('pending', (test: Test) => {
      const reason = skipReason(test);
      if (reason === undefined) {
        this.unexplained.push(test.fullTitle());
      } else {
        this.skipped++;
        Mocha.reporters.Base.consoleLog(`      skipped: ${reason}`);
      }
    });
    runner.on('end', () => {
      for (const title of this.unexplained) Mocha.reporters.Base.consoleLog(`  Skipped without a reason, counted as failed: ${title}`);
    });
  }

  /** Mocha calls this at the very end; the number handed on becomes the exit code. */
  override done(failed: number, finish?: (failures: number) => void): void {
    const { passed, skipped } = this;
    const named = this.failures.map((test) => `${test.fullTitle()}\n${(test.err?.stack ?? '').slice(0, KEPT)}`);
    const failures = [...named, ...this.unexplained.map((title) => `${title}\nSkipped without a reason.`)];
    const file = process.env[TOTALS_FILE];
    if (file !== undefined) writeTotals(file, { passed, skipped, failed: failures.length, failures, failedFiles: [...this.failedFiles] });
    finish?.(failed + this.unexplained.length);
  }
}
