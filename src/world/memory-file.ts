import { randomBytes } from 'node:crypto';
import { closeSync, openSync, statfsSync, unlinkSync, writeSync } from 'node:fs';
import path from 'node:path';
import { CountersignError } from '../core/errors.js';

const SHARED_MEMORY = '/dev/shm';
/** What statfs(2) calls a file system that is kept in memory. */
const TMPFS = 0x01021994;

/**
 * Whether files can be kept in memory alone.
 *
 * @throws CountersignError `sealed` where they cannot
 */
export function demandMemoryFiles(): void {
  try {
    if (process.platform === 'linux' && statfsSync(SHARED_MEMORY).type === TMPFS) return;
  } catch {
    // There is none.
  }
  throw new CountersignError('sealed', `A sealed file is given to a command without touching the disk, and that needs Linux with ${SHARED_MEMORY} in memory. Seal it as a variable instead.`);
}

/**
 * A file that has no name and lies in memory, open for reading from its beginning. Its name is gone before the first
 * byte is written, so that no crash can leave it behind.
 *
 * @returns the descriptor, for the caller to close
 */
export function memoryFile(bytes: Uint8Array): number {
  demandMemoryFiles();
  const name = path.join(SHARED_MEMORY, `countersign-${randomBytes(16).toString('hex')}`);
  const writer = openSync(name, 'wx', 0o600);
  try {
    const reader = openSync(name, 'r');
    unlinkSync(name);
    for (let at = 0; at < bytes.length; ) at += writeSync(writer, bytes, at);
    return reader;
  } finally {
    closeSync(writer);
  }
}
