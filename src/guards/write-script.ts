import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Writes a script that shells run or load, only when it differs. A rename never shows a half-written one to a shell
 * that starts in between.
 */
export function writeScript(file: string, text: string): void {
  if (readText(file) === text) return;
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, text, { mode: 0o700 });
  chmodSync(fresh, 0o700);
  renameSync(fresh, file);
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
