import { availableParallelism } from 'node:os';
import type { EnvironmentPattern } from '../core/assess/assessment.js';
import { messageOf } from '../core/errors.js';
import type { ReadFile, ReadFiles } from './scan-folder.js';
import { Scanner } from './scanner.js';

/** More readers side by side only take memory. */
const MOST_READERS = 4;

/** Readers side by side, for the many files of one scan. */
export class ScannerPool {
  readonly #all: readonly Scanner[];

  /** @param program what the readers run, where it is not the product's own */
  constructor(home: string, program?: string) {
    this.#all = Array.from({ length: Math.min(MOST_READERS, availableParallelism()) }, () => new Scanner(home, program));
    // They start while the files are listed.
    for (const scanner of this.#all) scanner.begin();
  }

  /** Each of them reads some files at a time. */
  readers(environments: readonly EnvironmentPattern[]): readonly ReadFiles[] {
    return this.#all.map((scanner) => (paths) => readAll(scanner, paths, environments));
  }

  dispose(): void {
    for (const scanner of this.#all) scanner.dispose();
  }
}

/** Where one of several files cannot be read to its end they are read one by one, so that no other is lost. */
async function readAll(scanner: Scanner, paths: readonly string[], environments: readonly EnvironmentPattern[]): Promise<readonly ReadFile[]> {
  try {
    return await scanner.scanAll(paths, environments);
  } catch {
    const found: ReadFile[] = [];
    for (const path of paths) found.push(await scanner.scanAll([path], environments).then(([findings = []]) => findings, (error: unknown) => new Error(messageOf(error))));
    return found;
  }
}
