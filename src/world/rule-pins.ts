import { createHash, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import type { RuleTexts } from '../core/approval/rules-change.js';
import { CountersignError, sentenceOf } from '../core/errors.js';
import { sentence } from '../core/say.js';
import { readBounded } from './file-world.js';

const seconds = z.int().check(z.minimum(0), z.maximum(9_999_999_999));
const commitId = z.string().check(z.regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/));
const digest = z.string().check(z.regex(/^sha256:[0-9a-f]{64}$/));

const pinSchema = z.strictObject({
  v: z.literal(1),
  policy: z.nullable(z.string()),
  roster: z.nullable(z.string()),
  /** The commit of the protected branch that these rules come from. */
  commit: commitId,
  /** Where the protected branch stood at first contact: what it had said until then is taken as it is. */
  met: commitId,
  /** The branch's name, for people. */
  branch: z.string(),
  since: seconds,
  how: z.enum(['first contact', 'approved', 'by hand']),
  /** Requests whose approvals led here; none of them counts again. */
  accepted: z.array(digest),
  /** Whether the person has been shown these rules' fingerprint. */
  announced: z.boolean(),
  /** What was in force before: fingerprints, the oldest first. */
  history: z.array(z.strictObject({ at: seconds, how: z.string(), fingerprint: z.string() })),
});

/** The rules that count on this account, in one repository. */
export type Pin = z.infer<typeof pinSchema>;

/** Where a repository is on this machine, and where it comes from. */
export interface RulesPlace {
  /** The directory that all worktrees of a clone share. */
  readonly clone: string;
  /** The URL of the remote whose branch is the protected one; asked only for a clone that is new here. */
  readonly remote: () => Promise<string | undefined>;
}

/**
 * The pinned rules of every repository, below the person's home and outside every working tree: one file for each
 * remote, shared by all clones of it, and one small file for each clone that says which. A clone that was seen keeps
 * its pin when its remote is given another URL.
 */
export class RulePins {
  private readonly directory: string;

  constructor(home: string) {
    this.directory = path.join(home, '.countersign', 'rules');
  }

  /**
   * The pin of a repository, or undefined when it was never seen.
   *
   * @throws CountersignError `policy` when there is one and it cannot be read: it must not count as none
   */
  async find(place: RulesPlace): Promise<Pin | undefined> {
    const known = this.idOf(place.clone);
    if (known !== undefined) return this.read(known) ?? fault(this.directory);
    const remote = await this.sharedId(place);
    const pin = remote === undefined ? undefined : this.read(remote);
    if (pin && remote !== undefined) this.name(place.clone, remote);
    return pin;
  }

  /**
   * Pins the first rules that were seen. Of several processes that do so at once one wins, and its pin is given.
   *
   * @throws CountersignError `store` when it cannot be written
   */
  async create(place: RulesPlace, pin: Pin): Promise<Pin> {
    const id = (await this.sharedId(place)) ?? hash(`clone ${cloneKey(place.clone)}`);
    this.write(path.join(this.directory, `${id}.json`), text(pin), linkSync);
    this.name(place.clone, id);
    return this.read(id) ?? fault(this.directory);
  }

  /**
   * Replaces the pin of a repository that has one. A reader finds the old one or the new one, never a part.
   *
   * @throws CountersignError `store` when it cannot be written
   */
  async replace(place: RulesPlace, pin: Pin): Promise<void> {
    const id = this.idOf(place.clone) ?? (await this.sharedId(place)) ?? hash(`clone ${cloneKey(place.clone)}`);
    this.write(path.join(this.directory, `${id}.json`), text(pin), renameSync);
    this.name(place.clone, id);
  }

  /** The files on which the answer for a clone rests. */
  filesFor(clone: string): readonly string[] {
    const id = this.idOf(clone);
    return [this.cloneFile(clone), ...(id === undefined ? [] : [path.join(this.directory, `${id}.json`)])];
  }

  private read(id: string): Pin | undefined {
    const bytes = readBounded(path.join(this.directory, `${id}.json`));
    if (bytes === undefined) return undefined;
    try {
      return z.parse(pinSchema, JSON.parse(Buffer.from(bytes).toString('utf8')));
    } catch (error) {
      return fault(this.directory, error);
    }
  }

  private idOf(clone: string): string | undefined {
    const bytes = readBounded(this.cloneFile(clone));
    if (bytes === undefined) return undefined;
    const id = Buffer.from(bytes).toString('latin1').trim();
    return /^[0-9a-f]{32}$/.test(id) ? id : fault(this.directory);
  }

  private name(clone: string, id: string): void {
    this.write(this.cloneFile(clone), `${id}\n`, linkSync);
  }

  /** Puts the whole text in its place or nothing: on a full disk no part of it may stay and be taken for a broken pin. */
  private write(file: string, content: string, place: (scratch: string, file: string) => void): void {
    const scratch = `${file}.${randomBytes(6).toString('hex')}`;
    try {
      mkdirSync(this.directory, { recursive: true, mode: 0o700 });
      writeFileSync(scratch, content, { flag: 'wx', mode: 0o600 });
      place(scratch, file);
    } catch (error) {
      if (!isThere(error)) throw new CountersignError('store', sentence('The rules that count could not be noted in {0}: {1}. Make room there, or make it writable.', this.directory, sentenceOf(error)), { cause: error });
    } finally {
      rmSync(scratch, { force: true });
    }
  }

  private cloneFile(clone: string): string {
    return path.join(this.directory, `clone-${hash(cloneKey(clone))}`);
  }

  /** Only a URL that means the same place everywhere is shared between clones. */
  private async sharedId({ remote }: RulesPlace): Promise<string | undefined> {
    const url = (await remote())?.replace(/\/+$/, '').replace(/\.git$/, '');
    return url !== undefined && (path.isAbsolute(url) || /^[^/]+:/.test(url)) ? hash(`remote ${url}`) : undefined;
  }

}

/** A directory that was removed and made anew is another clone. */
function cloneKey(clone: string): string {
  const real = realpathSync.native(clone);
  const { dev, ino } = statSync(real);
  return `${real}\n${dev}:${ino}`;
}

function hash(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 32);
}

function text(pin: Pin): string {
  return `${JSON.stringify(pin, undefined, 1)}\n`;
}

function isThere(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}

function fault(directory: string, cause?: unknown): never {
  throw new CountersignError('policy', sentence('The pinned rules in {0} cannot be read, so it is not known which rules count. Restore that directory from a backup, or remove it to begin anew with the rules of the protected branch.', directory), { cause });
}

export function textsOf({ policy, roster }: Pin): RuleTexts {
  return { policy, roster };
}
