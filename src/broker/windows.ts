import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { WindowEntry } from './protocol.js';

/** The variable by which a terminal knows the window it belongs to. It holds a file's name, never a secret. */
export const WINDOW_VARIABLE = 'COUNTERSIGN_WINDOW';

/** Where Countersign keeps what belongs to this user on this machine. */
export function userDirectory(home: string): string {
  return path.join(home, '.countersign');
}

/** Where every window that is open makes itself known. */
export function windowsDirectory(home: string): string {
  return path.join(userDirectory(home), 'windows');
}

/** Writes a window's entry. */
export function announceWindow(home: string, entry: WindowEntry, name: string): void {
  mkdirSync(windowsDirectory(home), { recursive: true, mode: 0o700 });
  writeFileSync(path.join(windowsDirectory(home), `${name}.json`), JSON.stringify(entry), { mode: 0o600 });
}

/**
 * Tells shells where a window listens for quick asks: `PORT TOKEN` on one line, for they read no JSON. The secret is
 * in the file and not in the environment, where every program could read it.
 */
export function announceQuick(home: string, name: string, port: number, token: string): void {
  writeFileSync(quickFile(home, name), `${port} ${token}\n`, { mode: 0o600 });
}

/** The file that holds a window's port and token for quick asks. */
export function quickFile(home: string, name: string): string {
  return path.join(windowsDirectory(home), `${name}.quick`);
}

export function forgetWindow(home: string, name: string): void {
  rmSync(quickFile(home, name), { force: true });
  rmSync(path.join(windowsDirectory(home), `${name}.json`), { force: true });
}
