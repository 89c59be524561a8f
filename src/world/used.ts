import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { hexOf, type Digest } from '../core/approval/canonical.js';

/**
 * Remembers on this account that a request was used, whatever any store says later.
 *
 * @param how `run`, or `passed` for what an assistant's hook let go and a guard then let pass
 * @returns false when it was used before
 * @throws the file system's error when it cannot be remembered; nothing may run then
 */
export function markUsed(home: string, digest: Digest, how: 'run' | 'passed' = 'run'): boolean {
  const directory = usedIn(home);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  try {
    closeSync(openSync(path.join(directory, how === 'run' ? hexOf(digest) : `${hexOf(digest)}.${how}`), 'wx', 0o600));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Whether this account remembers that a request was used. */
export function isUsed(home: string, digest: Digest): boolean {
  return existsSync(path.join(usedIn(home), hexOf(digest)));
}

function usedIn(home: string): string {
  return path.join(home, '.countersign', 'used');
}
