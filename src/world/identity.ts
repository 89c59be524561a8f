import { closeSync, mkdirSync, openSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { CountersignError } from '../core/errors.js';
import { sentence } from '../core/say.js';
import { readBounded } from './file-world.js';

/** As age-keygen writes it: comments, and one key. */
const IDENTITY = /^(?:#[^\n]*\n)*(AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58})\n$/;

/** Where this account keeps the private half of what items are sealed for. */
export function identityFile(home: string): string {
  return path.join(home, '.countersign', 'age-identity');
}

/**
 * This account's key for sealed items, or undefined when it has none yet.
 *
 * @throws CountersignError `key` when others could read it, or it is none
 */
export function readIdentity(home: string): string | undefined {
  const file = identityFile(home);
  const mode = statSync(file, { throwIfNoEntry: false })?.mode;
  if (mode === undefined) return undefined;
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) throw new CountersignError('key', sentence('Others on this machine can read {0}, which opens what is sealed. Run “chmod 600 {0}”.', file));
  const identity = IDENTITY.exec(Buffer.from(readBounded(file) ?? []).toString('latin1'))?.[1];
  if (identity === undefined) throw new CountersignError('key', sentence('{0} holds no age identity. Bring it back from a backup, or move it away and run “countersign seal --recipient” for a new one.', file));
  return identity;
}

/** Keeps a new key. One that is there already is never replaced. */
export function keepIdentity(home: string, identity: string): void {
  mkdirSync(path.dirname(identityFile(home)), { recursive: true, mode: 0o700 });
  const descriptor = openSync(identityFile(home), 'wx', 0o600);
  try {
    writeSync(descriptor, `${identity}\n`);
  } finally {
    closeSync(descriptor);
  }
}
