import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import path from 'node:path';

/** A shell that this machine has. */
export interface FoundShell {
  /** `bash`, `zsh`, `fish`, `sh`, `pwsh`. */
  readonly name: ShellKind;
  /** Absolute. */
  readonly path: string;
  /** What `sh` really is, such as `dash`; the shell's own name for the others. */
  readonly really: string;
}

export const SHELL_KINDS = ['bash', 'zsh', 'fish', 'sh', 'pwsh'] as const;
export type ShellKind = (typeof SHELL_KINDS)[number];

/** Where shells are, also when the PATH of this process is a poor one. */
const USUAL = ['/bin', '/usr/bin', '/usr/local/bin', '/opt/homebrew/bin', '/opt/local/bin'];

/**
 * The program of this name on a search path, absolute, or undefined.
 *
 * @param besides a directory that does not count
 */
export function findProgram(name: string, searchPath: string, besides?: string): string | undefined {
  return searchPath
    .split(path.delimiter)
    .filter((directory) => path.isAbsolute(directory) && directory !== besides)
    .map((directory) => path.join(directory, name))
    .find(isProgram);
}

/** The shells of this machine, each kind once. */
export function findShells(searchPath: string, besides?: string): readonly FoundShell[] {
  const everywhere = [searchPath, ...USUAL].join(path.delimiter);
  return SHELL_KINDS.flatMap((name): FoundShell[] => {
    const found = findProgram(name, everywhere, besides);
    return found === undefined ? [] : [{ name, path: found, really: path.basename(realpathSync(found)) }];
  });
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
