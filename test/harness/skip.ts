import type { Context, Hook, Suite, Test } from 'mocha';

const REASON = Symbol.for('countersign.skip-reason');
interface Explained {
  [REASON]?: string;
}

/**
 * Skips the running test (from a hook before all: the whole suite) and records why. A test that is pending
 * without a recorded reason fails the run.
 */
export function skip(context: Context, reason: string): never {
  const runnable = context.test as Test | Hook | undefined;
  const isHook = runnable?.type === 'hook';
  const perTest = isHook && runnable.title.includes('"before each" hook');
  const skipped: Test | Suite | undefined = isHook ? (perTest ? context.currentTest : runnable.parent) : runnable;
  if (skipped !== undefined) (skipped as Explained)[REASON] = reason;
  return context.skip();
}

/** The reason recorded for a pending test, on itself or on a suite around it. */
export function skipReason(test: Test): string | undefined {
  for (let at: (Test | Suite | undefined) & Explained = test; ; at = at.parent) {
    const reason = (at as Explained)[REASON];
    if (reason !== undefined) return reason;
    if (at.parent === undefined) return undefined;
  }
}
