import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod/mini';
import { canonicalText, hexOf, sha256 } from '../core/approval/canonical.js';
import { CountersignError } from '../core/errors.js';
import { userDirectory } from './windows.js';

/** For so long a call is the same call, when another hook of the same assistant reports it. Milliseconds. */
const SAME = 30_000;
/** A hook that was killed leaves its lock behind. Milliseconds. */
const ABANDONED = 10 * 60_000;
const LOOK = 50;

const memorySchema = z.strictObject({ at: z.number(), sources: z.array(z.string()) });

/**
 * Several hooks may report one call: an assistant that reads the configuration of another one, or has one for the person
 * and one for the project. An approval is used once, so the first hook remembers that it let the call go, and each of
 * the others lets it go once more. A second call is reported by the same hook again, and is a new one.
 */
export class CallMemory {
  private readonly directory: string;
  private readonly file: string;

  /**
   * @param call what makes calls the same: session, directory, and what would be done
   * @param source which hook reports it
   */
  constructor(
    home: string,
    call: readonly string[],
    private readonly source: string,
    private readonly now: () => number = Date.now,
  ) {
    this.directory = path.join(userDirectory(home), 'calls');
    this.file = path.join(this.directory, hexOf(sha256(canonicalText([...call]))));
  }

  /**
   * Does the work while no other hook does it for the same call.
   *
   * @throws CountersignError `refused` when another one is at it for too long
   */
  async alone<T>(patience: number, work: () => Promise<T>): Promise<T> {
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    this.tidy();
    const lock = `${this.file}.lock`;
    const end = this.now() + patience;
    while (!this.take(lock)) {
      await pause(LOOK);
      if (this.now() > end) throw new CountersignError('refused', 'The same call is being judged already.');
    }
    try {
      return await work();
    } finally {
      rmSync(lock, { force: true });
    }
  }

  /** Whether another hook let this call go just now. It counts for this one, once. */
  isSame(): boolean {
    const known = this.read();
    if (!known || this.now() - known.at > SAME || known.sources.includes(this.source)) return false;
    this.write({ ...known, sources: [...known.sources, this.source] });
    return true;
  }

  /** This hook lets the call go. */
  remember(): void {
    this.write({ at: this.now(), sources: [this.source] });
  }

  private take(lock: string): boolean {
    try {
      writeFileSync(lock, '', { flag: 'wx', mode: 0o600 });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (ageOf(lock, this.now()) > ABANDONED) rmSync(lock, { force: true });
      return false;
    }
  }

  private read(): z.infer<typeof memorySchema> | undefined {
    try {
      return z.parse(memorySchema, JSON.parse(readFileSync(this.file, 'utf8')));
    } catch {
      return undefined;
    }
  }

  private write(memory: z.infer<typeof memorySchema>): void {
    const fresh = `${this.file}.${process.pid}`;
    writeFileSync(fresh, JSON.stringify(memory), { mode: 0o600 });
    renameSync(fresh, this.file);
  }

  private tidy(): void {
    for (const name of readdirSync(this.directory)) {
      const file = path.join(this.directory, name);
      if (ageOf(file, this.now()) > ABANDONED) rmSync(file, { force: true });
    }
  }
}

/** Milliseconds since it was written; 0 for a file that is gone. */
function ageOf(file: string, now: number): number {
  return now - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? now);
}
