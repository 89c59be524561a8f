import { counted } from '../../core/blast/extent.js';
import { sentence, type Sentence } from '../../core/say.js';

/** What was counted below a path, before a limit was met. */
export interface Tally {
  readonly files: number;
  /** The sum of their sizes. */
  readonly bytes: number;
  /** Files by the directory that they are in, directly below the path; without a name those that are in none. */
  readonly parts: ReadonlyMap<string, number>;
  /** Directories and links that were not entered or read, for they cannot be, or lead elsewhere. */
  readonly skipped: number;
  /** Why there may be more, a clause without a full stop; undefined when everything was counted. */
  readonly cut: Sentence | undefined;
}

/** Files at one time, to be looked at and never changed: a working copy's as they are now, or a commit's. */
export interface Files {
  /** Where they are: `here`, `in commit 1a2b3c4d`. */
  readonly where: Sentence;
  /** What was counted, and what is left out: clauses without a full stop. */
  readonly counted: readonly Sentence[];
  /** Whether a path is among those that may be looked at; otherwise why not, a clause without a full stop. */
  outside(path: string): Sentence | undefined;
  /** What is at a path and below it, or at all that a path with wildcards names. */
  tally(path: string, wild: boolean, signal: AbortSignal): Promise<Tally>;
  /** The names of the files directly in a directory (or anywhere below it); none when there is no such directory. */
  list(directory: string, deep: boolean, signal: AbortSignal): Promise<readonly string[]>;
  /** A file's text, or undefined when it is missing or larger than anybody reads. */
  read(path: string, signal: AbortSignal): Promise<string | undefined>;
}

/** No file of another size is parsed, in bytes. */
export const MOST_BYTES = 4 * 1024 * 1024;
/** Why counting ended early, where somebody waited. */
export const TIME_UP = sentence('time was up');
/** More are not counted. */
export const MOST_ENTRIES = 200_000;

/** Counts files one after the other. */
export class Counting {
  private files = 0;
  private bytes = 0;
  private skipped = 0;
  private readonly parts = new Map<string, number>();

  /** @param inside the file's path below what is counted */
  add(inside: string, size: number): void {
    this.files += 1;
    this.bytes += size;
    const slash = inside.indexOf('/');
    const part = slash < 0 ? '' : inside.slice(0, slash);
    this.parts.set(part, (this.parts.get(part) ?? 0) + 1);
  }

  skip(): void {
    this.skipped += 1;
  }

  get isFull(): boolean {
    return this.files + this.skipped >= MOST_ENTRIES;
  }

  tally(cut: Sentence | undefined): Tally {
    return { files: this.files, bytes: this.bytes, parts: this.parts, skipped: this.skipped, cut: cut ?? (this.isFull ? sentence('counting stopped at {0} entries', counted(MOST_ENTRIES)) : undefined) };
  }
}

/** The directory before the first wildcard of a path, and a test for the paths below it that are meant. */
export function wildcardsOf(path: string): string {
  const [before = ''] = path.split(/[*?[]/, 1);
  return before.slice(0, Math.max(before.lastIndexOf('/'), 0)) || '/';
}
