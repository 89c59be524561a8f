/**
 * Milliseconds between the end of one look at the remote and the next while people are at work. Looks of several windows
 * spread by themselves: each window opened at a time of its own, and each look takes its own time.
 */
export const POLL = 5_000;
/** And while nobody has touched the window for a while. */
export const IDLE_POLL = 60_000;
export const IDLE_AFTER = 15 * 60_000;
