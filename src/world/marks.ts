import { statSync } from 'node:fs';

/**
 * A file that changed this recently could change again without a trace, for file systems keep coarse time: up to two
 * seconds of it, and two milliseconds to spare. Milliseconds.
 */
const TOO_FRESH = 2_002;

/**
 * What tells whether files are still as they were when something was read from them: device, number, size, and the
 * two times, of which nobody can set the second. To be taken before the reading. A folder of the same name, a file
 * that went or came, and a rename over it all show.
 */
export class Marks {
  private readonly marks: readonly (Mark | undefined)[];
  /** Whether a later change is sure to show. */
  readonly areTellTale: boolean;

  constructor(private readonly files: readonly string[]) {
    this.marks = files.map(markOf);
    const newest = Math.max(0, ...this.marks.map((mark) => Math.max(mark?.changed ?? 0, mark?.modified ?? 0)));
    this.areTellTale = newest < Date.now() - TOO_FRESH;
  }

  /** Whether nothing changed since. */
  hold(): boolean {
    return this.areTellTale && this.files.every((file, index) => isSame(markOf(file), this.marks[index]));
  }
}

interface Mark {
  readonly device: number;
  readonly number: number;
  readonly size: number;
  readonly modified: number;
  readonly changed: number;
}

/** Undefined for what is not there. A file that may not be looked at could be anything, and is never the same. */
function markOf(file: string): Mark | undefined {
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    return found && { device: found.dev, number: found.ino, size: found.size, modified: found.mtimeMs, changed: found.ctimeMs };
  } catch (error) {
    // Below a file there is nothing.
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return undefined;
    return { device: Number.NaN, number: 0, size: 0, modified: 0, changed: 0 };
  }
}

function isSame(one: Mark | undefined, other: Mark | undefined): boolean {
  if (!one || !other) return one === other;
  return one.changed === other.changed && one.modified === other.modified && one.number === other.number && one.size === other.size && one.device === other.device;
}
