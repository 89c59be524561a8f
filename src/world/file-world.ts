import { createHash } from 'node:crypto';
import { closeSync, createReadStream, fstatSync, openSync, readSync, readFileSync, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { GitPlace, World } from '../core/world.js';
import { sqlParsers } from './sql-parsers.js';

/** Larger files are not read: nobody writes a deploy script of this size. Bytes. */
const MAX_FILE = 4 * 1024 * 1024;

/**
 * The World as it is on this machine now. One instance serves one assessment, or one scan: what it read once it gives again,
 * so that a decision never rests on two states of the same file.
 */
export class FileWorld implements World {
  private readonly files = new Map<string, Uint8Array | undefined>();
  private readonly present = new Map<string, boolean>();
  private readonly places = new Map<string, GitPlace | undefined>();

  constructor(
    readonly home: string,
    private readonly environment: Readonly<Record<string, string | undefined>>,
    /** Countersign's own directory. It is the real user's, whatever home the operation claims. */
    readonly own = path.join(home, '.countersign'),
  ) {}

  readonly sqlParsers = sqlParsers;

  /** Every variable that the assessment asked for: what it decided rests on them. */
  readonly asked = new Set<string>();

  env(name: string): string | undefined {
    this.asked.add(name);
    return this.environment[name];
  }

  readFile(file: string): Uint8Array | undefined {
    if (!this.files.has(file)) this.files.set(file, readBounded(file));
    return this.files.get(file);
  }

  isFile(file: string): boolean {
    const known = this.present.get(file);
    if (known !== undefined) return known;
    const found = isFile(file);
    this.present.set(file, found);
    return found;
  }

  git(directory: string): GitPlace | undefined {
    if (!this.places.has(directory)) this.places.set(directory, this.placeOf(directory));
    return this.places.get(directory);
  }

  /** What git says of a working tree is the same in all of its directories, so each looks no further than the one above. */
  private placeOf(directory: string): GitPlace | undefined {
    const own = gitDirectoryOf(path.join(directory, '.git'));
    if (own !== undefined) return gitPlace({ root: directory, own, shared: sharedDirectory(own) });
    const above = path.dirname(directory);
    return above === directory ? undefined : this.git(above);
  }
}

/**
 * The SHA-256 of a file in lower-case hex, or null when there is no such file.
 *
 * @param most of how many bytes; a larger one counts as none
 * @throws Error when it cannot be read
 */
export async function fileDigest(file: string, most = Infinity): Promise<string | null> {
  const isThere = await stat(file).then((found) => found.isFile() && found.size <= most, () => false);
  if (!isThere) return null;
  const hash = createHash('sha256');
  // A file of the kernel’s own says that it is empty, and need not end.
  await pipeline(createReadStream(file, { end: most }), hash);
  return hash.digest('hex');
}

function isFile(file: string): boolean {
  try {
    return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    return false;
  }
}

/** Opens before looking, so that what is measured is what is read; never waits on a pipe or a device. */
export function readBounded(file: string): Uint8Array | undefined {
  let descriptor: number | undefined;
  try {
    // A missing file is the usual case, and an exception for it would cost more than all the rest.
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return undefined;
    descriptor = openSync(file, 'r');
    const { size } = fstatSync(descriptor);
    if (size > MAX_FILE) return undefined;
    const bytes = Buffer.alloc(size);
    const read = readSync(descriptor, bytes, 0, size, 0);
    return bytes.subarray(0, read);
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Where git keeps what belongs to a clone. */
export interface GitDirectories {
  /** The top of the working tree. */
  readonly root: string;
  /** What belongs to this working tree alone: HEAD, the index. */
  readonly own: string;
  /** What its working trees share: refs and configuration. */
  readonly shared: string;
}

/** The clone around a directory. No process is started, for this is asked before every command. */
export function gitDirectories(directory: string): GitDirectories | undefined {
  for (let root = directory; ; root = path.dirname(root)) {
    const own = gitDirectoryOf(path.join(root, '.git'));
    if (own !== undefined) return { root, own, shared: sharedDirectory(own) };
    if (path.dirname(root) === root) return undefined;
  }
}

function gitDirectoryOf(dotGit: string): string | undefined {
  try {
    const found = statSync(dotGit, { throwIfNoEntry: false });
    if (!found || found.isDirectory()) return found && dotGit;
    const target = /^gitdir: (.+)$/m.exec(readFileSync(dotGit, 'utf8'))?.[1];
    return target === undefined ? undefined : path.resolve(path.dirname(dotGit), target);
  } catch {
    return undefined;
  }
}

function sharedDirectory(own: string): string {
  const common = textOf(path.join(own, 'commondir')).trim();
  return common === '' ? own : path.resolve(own, common);
}

function textOf(file: string): string {
  return Buffer.from(readBounded(file) ?? []).toString('utf8');
}

/** Reads git's own files. */
function gitPlace(found: GitDirectories): GitPlace {
  const branch = /^ref: refs\/heads\/(.+)$/m.exec(textOf(path.join(found.own, 'HEAD')))?.[1];
  const defaultBranch = /^ref: refs\/remotes\/[^/]+\/(.+)$/m.exec(textOf(path.join(found.shared, 'refs/remotes/origin/HEAD')))?.[1];
  return { root: found.root, branch, defaultBranch, remotes: remotesIn(textOf(path.join(found.shared, 'config'))) };
}

function remotesIn(config: string): ReadonlyMap<string, string> {
  const remotes = new Map<string, string>();
  let section: string | undefined;
  for (const line of config.split('\n')) {
    const header = /^\s*\[remote "([^"]+)"\]/.exec(line);
    if (header || /^\s*\[/.test(line)) section = header?.[1];
    const url = /^\s*url\s*=(.*)$/.exec(line)?.[1]?.trim();
    if (section !== undefined && url !== undefined) remotes.set(section, url);
  }
  return remotes;
}
