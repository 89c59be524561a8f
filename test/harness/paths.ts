import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** The checkout this file was built from: the nearest folder above that holds a package.json. */
export function repositoryRoot(): string {
  let folder = __dirname;
  while (!existsSync(path.join(folder, 'package.json'))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error(`No package.json above ${__dirname}.`);
    folder = parent;
  }
  return folder;
}

/** Where things that survive a fresh clone live: the editor takes minutes to install and is the same for every checkout. */
export function cacheDirectory(): string {
  const base = process.env['XDG_CACHE_HOME'];
  return path.join(base !== undefined && path.isAbsolute(base) ? base : path.join(os.homedir(), '.cache'), 'countersign');
}

/** Absolute path of an executable on PATH, or undefined. */
export function which(command: string, searchPath = process.env['PATH'] ?? ''): string | undefined {
  return searchPath
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => path.join(folder, command))
    .find((file) => existsSync(file));
}
