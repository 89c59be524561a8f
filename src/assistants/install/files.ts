import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { userDirectory } from '../../broker/windows.js';

const recordSchema = z.strictObject({
  file: z.string(),
  /** The bytes before we came, in Base64; null when there was no file. */
  before: z.nullable(z.string()),
  /** SHA-256 of what we wrote last. */
  after: z.string(),
  /** Directories that we made, the outermost first. */
  made: z.array(z.string()),
});
type FileRecord = z.infer<typeof recordSchema>;

/** Changes configuration files that belong to others, and remembers how they were, so that they can be given back byte for byte. */
export class ConfigFiles {
  constructor(private readonly home: string) {}

  read(file: string): string | undefined {
    return readText(file);
  }

  /** Writes a file whole or not at all; nothing happens when it says the same already. Gives whether it changed. */
  write(file: string, text: string, executable = false): boolean {
    const before = readText(file);
    if (before === text && (!executable || isExecutable(file))) return false;
    const known = this.record(file);
    const isKnown = known !== undefined && before !== undefined && known.after === digest(before);
    const made = makeDirectories(path.dirname(file));
    this.keep({ file, before: isKnown ? known.before : before === undefined ? null : Buffer.from(readFileSync(file)).toString('base64'), after: digest(text), made: [...(isKnown ? known.made : []), ...made] });
    // A link keeps pointing where it did.
    const target = existsSync(file) ? realpathSync(file) : file;
    const mode = existsSync(target) ? statSync(target).mode & 0o777 : 0o600;
    replace(target, Buffer.from(text), executable ? mode | 0o700 : mode);
    return true;
  }

  /**
   * Gives a file back as it was before we came. Where somebody changed it since, only what is ours is taken out.
   *
   * @param without takes what is ours out of a text; undefined when nothing is left that anybody would miss
   */
  restore(file: string, without: (text: string) => string | undefined): boolean {
    const now = readText(file);
    if (now === undefined) return false;
    const known = this.record(file);
    if (known?.after === digest(now)) this.put(file, known.before === null ? undefined : Buffer.from(known.before, 'base64'));
    else {
      const kept = without(now);
      if (kept === now) return false;
      this.put(file, kept === undefined ? undefined : Buffer.from(kept));
    }
    for (const directory of [...(known?.made ?? [])].reverse()) removeEmpty(directory);
    rmSync(this.recordFile(file), { force: true });
    return true;
  }

  private put(file: string, bytes: Buffer | undefined): void {
    if (!bytes) rmSync(file, { force: true });
    else {
      const target = realpathSync(file);
      replace(target, bytes, statSync(target).mode & 0o777);
    }
  }

  private record(file: string): FileRecord | undefined {
    try {
      return z.parse(recordSchema, JSON.parse(readFileSync(this.recordFile(file), 'utf8')));
    } catch {
      return undefined;
    }
  }

  private keep(record: FileRecord): void {
    makeDirectories(path.dirname(this.recordFile(record.file)));
    replace(this.recordFile(record.file), Buffer.from(JSON.stringify(record)), 0o600);
  }

  private recordFile(file: string): string {
    return path.join(userDirectory(this.home), 'assistants', `${digest(file)}.json`);
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

function isExecutable(file: string): boolean {
  return (statSync(file).mode & 0o100) !== 0;
}

/** Makes a directory and those above it, and gives those that were not there. */
function makeDirectories(directory: string): readonly string[] {
  const missing: string[] = [];
  for (let at = directory; !existsSync(at); at = path.dirname(at)) missing.unshift(at);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return missing;
}

function removeEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    // Somebody else has put something there.
  }
}

function replace(file: string, bytes: Buffer, mode: number): void {
  const fresh = `${file}.countersign-${process.pid}`;
  try {
    writeFileSync(fresh, bytes, { mode });
    chmodSync(fresh, mode);
    renameSync(fresh, file);
  } finally {
    rmSync(fresh, { force: true });
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
