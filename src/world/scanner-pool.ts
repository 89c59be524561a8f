import { availableParallelism } from 'node:os';
import type { EnvironmentPattern } from '../core/assess/assessment.js';
import { messageOf } from '../core/errors.js';
import type { ReadFile } from './scan-folder.js';
import { Scanner } from './scanner.js';

/** More readers side by side only take memory. */
const MOST_READERS = 4;

/** Readers side by side, for the many files of one scan. */
export class ScannerPool {
  /** With so many handfuls of files here no reader waits for one. */
  readonly ahead: number;
  readonly #all: readonly Scanner[];
  readonly #idle: Scanner[];
  readonly #waiting: ((scanner: Scanner) => void)[] = [];

  /** @param program what the readers run, where it is not the product's own */
  constructor(home: string, program?: string) {
    this.#all = Array.from({ length: Math.min(MOST_READERS, availableParallelism()) }, () => new Scanner(home, program));
    this.#idle = [...this.#all];
    // They start while the files are listed.
    for (const scanner of this.#all) scanner.begin();
    this.ahead = 2 * this.#all.length;
  }

  /** What each of some files comes to. Where one of them cannot be read to its end they are read one by one, so that no other is lost. */
  async read(paths: readonly string[], environments: readonly EnvironmentPattern[]): Promise<readonly ReadFile[]> {
    const scanner = this.#idle.pop() ?? (await new Promise<Scanner>((resolve) => this.#waiting.push(resolve)));
    try {
      return await scanner.scanAll(paths, environments);
    } catch {
      const found: ReadFile[] = [];
      for (const path of paths) found.push(await scanner.scanAll([path], environments).then(([findings = []]) => findings, (error: unknown) => new Error(messageOf(error))));
      return found;
    } finally {
      const next = this.#waiting.shift();
      if (next) next(scanner);
      else this.#idle.push(scanner);
    }
  }

  dispose(): void {
    for (const scanner of this.#all) scanner.dispose();
  }
}
