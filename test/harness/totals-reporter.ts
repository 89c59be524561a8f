import Mocha, { type MochaOptions, type Runner, type Test } from 'mocha';
import { skipReason } from './skip.js';
import { TOTALS_FILE, writeTotals } from './totals.js';

/** The usual report, plus totals and the files of failed tests in a file; a test skipped without a reason counts as failed. */
export default class TotalsReporter extends Mocha.reporters.Spec {
  private passed = 0;
  private failed = 0;
  private skipped = 0;
  private readonly failedFiles = new Set<string>();
  private readonly unexplained: string[] = [];

  constructor(runner: Runner, options?: MochaOptions) {
    super(runner, options);
    runner.on('pass', () => this.passed++);
    runner.on('fail', (test: Test) => {
      this.failed++;
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
  override done(failures: number, finish?: (failures: number) => void): void {
    const { passed, skipped } = this;
    const file = process.env[TOTALS_FILE];
    if (file !== undefined) writeTotals(file, { passed, skipped, failed: this.failed + this.unexplained.length, failedFiles: [...this.failedFiles] });
    finish?.(failures + this.unexplained.length);
  }
}
