import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';

/** Seconds that a hook waits for a teammate where its assistant leaves it the time. */
const DEFAULT_WAIT = 30;
/** Every assistant that waits was told to wait longer than this. */
export const LONGEST_WAIT = 540;

const settingsSchema = z.strictObject({ wait: z.int().check(z.minimum(0), z.maximum(LONGEST_WAIT)) });

export function settingsFile(home: string): string {
  return path.join(home, '.countersign', 'assistants.json');
}

/** How long hooks wait for a teammate before they say no for the time being, in seconds. */
export function waitOf(home: string): number {
  try {
    return z.parse(settingsSchema, JSON.parse(readFileSync(settingsFile(home), 'utf8'))).wait;
  } catch {
    return DEFAULT_WAIT;
  }
}
