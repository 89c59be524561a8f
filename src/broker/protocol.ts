import type { TaskNames } from './protocol-schemas.js';

export type { Answer, GuardAsk, Pass, TaskNames, WindowEntry } from './protocol-schemas.js';

/** The version of the words between guards and broker. A guard that speaks another one is refused. */
export const PROTOCOL_VERSION = 1;

/** Where a guard's question goes, and an assistant's hook's word that it let something go. */
export const ASK_PATH = '/v1/ask';
export const PASS_PATH = '/v1/pass';

/**
 * Shows lines to whoever waits.
 *
 * @param held from now on it is held for others to approve, under these names; null when nobody can tell them
 */
export type Say = (lines: readonly string[], held?: TaskNames | null) => void;
