import { sleep } from './processes.js';

export interface WaitOptions {
  /** Milliseconds; 15 s when absent. */
  readonly timeout?: number;
  /** What was waited for, in the words of the failure. */
  readonly message: string;
}

/**
 * Calls `probe` until it answers something other than undefined, null, false or '', and returns that.
 * A probe that throws counts as "not yet"; its last error ends up in the failure.
 */
export async function waitFor<T>(probe: () => Promise<T> | T, options: WaitOptions): Promise<NonNullable<T>> {
  const timeout = options.timeout ?? 15_000;
  let last: unknown;
  const deadline = Date.now() + timeout;
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined && value !== null && value !== false && value !== '') return value;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() >= deadline) break;
    await sleep(50);
  }
  const cause = last instanceof Error ? ` (${last.message.split('\n')[0] ?? ''})` : '';
  throw new Error(`Waited ${Math.round(timeout / 100) / 10} s in vain: ${options.message}${cause}`, { cause: last });
}
