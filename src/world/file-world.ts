import { createHash } from 'node:crypto';
import { closeSync, createReadStream, fstatSync, openSync, readSync, readFileSync, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { GitPlace, World } from '../core/world.js';

/** Larger files are not read: nobody writes a deploy script of this size. Bytes. */
const MAX_FILE = 4 * 1024 * 1024;

/**
 * The World as it is on this machine now. One instance serves one assessment: what it read once it gives again,
 * so that a decision never rests on two states of the same file.
 */
export class FileWorld implements World {
  private readonly files = new Map<string, Uint8Array | undefined>();
  private readonly places = new Map<string, GitPlace | undefined>();

  constructor(
    readonly home: string,
    private readonly environment: Readonly<Record<string, string | undefined>>,
  ) {}

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

  git(directory: string): GitPlace | undefined {
    if (!this.places.has(directory)) this.places.set(directory, gitPlace(directory));
    return this.places.get(directory);
  }
}

/** The SHA-256 of a file of any size in lower-case hex, or null when there is no such file. */
export async function fileDigest(file: string): Promise<string | null> {
  const isFile = await stat(file).then((found) => found.isFile(), () => false);
  if (!isFile) return null;
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Opens before looking, so that what is measured is what is read; never waits on a pipe or a device. */
export function readBounded(file: string): Uint8Array | undefined {
  let descriptor: number | undefined;
  try {
    if (!statSync(file).isFile()) return undefined;
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

/** Reads git's own files: no process is started, for this is asked before every command. */
function gitPlace(directory: string): GitPlace | undefined {
  for (let at = directory; ; at = path.dirname(at)) {
    const gitDirectory = gitDirectoryOf(path.join(at, '.git'));
    if (gitDirectory !== undefined) return readPlace(at, gitDirectory);
    if (path.dirname(at) === at) return undefined;
  }
}

function gitDirectoryOf(dotGit: string): string | undefined {
  try {
    if (statSync(dotGit).isDirectory()) return dotGit;
    const target = /^gitdir: (.+)$/m.exec(readFileSync(dotGit, 'utf8'))?.[1];
    return target === undefined ? undefined : path.resolve(path.dirname(dotGit), target);
  } catch {
    return undefined;
  }
}

function readPlace(root: string, gitDirectory: string): GitPlace {
  const text = (name: string) => Buffer.from(readBounded(name) ?? []).toString('utf8');
  const common = text(path.join(gitDirectory, 'commondir')).trim();
  const shared = common === '' ? gitDirectory : path.resolve(gitDirectory, common);
  const branch = /^ref: refs\/heads\/(.+)$/m.exec(text(path.join(gitDirectory, 'HEAD')))?.[1];
  const defaultBranch = /^ref: refs\/remotes\/[^/]+\/(.+)$/m.exec(text(path.join(shared, 'refs/remotes/origin/HEAD')))?.[1];
  return { root, branch, defaultBranch, remotes: remotesIn(text(path.join(shared, 'config'))) };
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
