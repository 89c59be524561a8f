import { plain } from '../core/approval/display.js';
import { CountersignError } from '../core/errors.js';
import { sentence } from '../core/say.js';
import type { Git } from '../world/git.js';
import { readEventName, type EventName, type StoredEvent } from './store.js';

export const EVENTS = 'refs/countersign/';
/** Events that are ours and not yet known to have reached the others. Never pushed or fetched itself. */
const OWED = 'refs/countersign-owed/';
/** No event is longer than this, in bytes; what is longer is somebody's rubbish. */
const MAX_EVENT = 1024 * 1024;
/** With more refs than this, git is asked to pack them, for it reads a loose one by opening a file. */
const MANY = 500;

/** The same text makes the same commit in every clone, so that two who deliver one event do not stand in each other's way. */
const WHO_AND_WHEN = {
  GIT_AUTHOR_NAME: 'Countersign',
  GIT_AUTHOR_EMAIL: 'countersign@invalid',
  GIT_AUTHOR_DATE: '2000-01-01T00:00:00Z',
  GIT_COMMITTER_NAME: 'Countersign',
  GIT_COMMITTER_EMAIL: 'countersign@invalid',
  GIT_COMMITTER_DATE: '2000-01-01T00:00:00Z',
};

interface Ref {
  readonly id: string;
  readonly ref: string;
}

/** The events among refs, by their names below a folder. */
function named(refs: readonly Ref[], folder: string): readonly { readonly id: string; readonly name: EventName }[] {
  return refs.flatMap(({ id, ref }) => {
    const name = ref.slice(folder.length);
    return ref.startsWith(folder) && readEventName(name) ? [{ id, name: name as EventName }] : [];
  });
}

/**
 * The events that this clone knows: one git ref each, on a commit without parents whose tree holds one file `event`.
 * Refs are only ever added, so that what was seen once is not forgotten, whatever anybody says later; only what the
 * ledger holds is dropped.
 */
export class CloneEvents {
  private readonly texts = new Map<string, string>();

  constructor(private readonly git: Git) {}

  async all(): Promise<readonly StoredEvent[]> {
    return this.withTexts(named(await this.refs(EVENTS), EVENTS));
  }

  /** What still has to reach the others, the names of all events, and a text that is the same exactly as long as nothing was added or dropped. */
  async standing(): Promise<{ readonly owed: readonly StoredEvent[]; readonly names: readonly EventName[]; readonly fingerprint: string }> {
    const refs = await this.refs(OWED, EVENTS);
    return { owed: await this.withTexts(named(refs, OWED)), names: named(refs, EVENTS).map(({ name }) => name), fingerprint: refs.filter(({ ref }) => ref.startsWith(EVENTS)).map(({ id, ref }) => `${id} ${ref}`).join('\n') };
  }

  /**
   * Keeps an event, and notes that it is owed to the others.
   *
   * @returns the event, or undefined when this name is taken
   */
  async add(name: EventName, text: string, owed: boolean): Promise<StoredEvent | undefined> {
    const id = await this.commit(text);
    // The debt first: whatever ends this process between the two, an event that is here reaches the others.
    const refs = owed ? [OWED + name, EVENTS + name] : [EVENTS + name];
    return (await this.create(refs, id)) ? { id, name, text } : undefined;
  }

  /** Owes everything that this clone has to others who never heard of it. */
  async oweAll(): Promise<void> {
    const events = named(await this.refs(EVENTS), EVENTS);
    await this.git.text(['update-ref', '--stdin'], { input: events.map(({ id, name }) => `update ${OWED}${name} ${id}\n`).join('') });
  }

  /** Writes an event's object without keeping it under its name yet. */
  async write(name: EventName, text: string): Promise<StoredEvent> {
    return { id: await this.commit(text), name, text };
  }

  /** Keeps events that others made, as they are. Those whose name is taken stay as they were. */
  async adopt(events: readonly { readonly name: EventName; readonly text: string }[]): Promise<void> {
    const known = new Set(named(await this.refs(EVENTS), EVENTS).map(({ name }) => name));
    const fresh = events.filter(({ name, text }) => !known.has(name) && readEventName(name) !== undefined && Buffer.byteLength(text) <= MAX_EVENT);
    if (fresh.length === 0) return;
    const commits = fresh.map(({ name, text }) => {
      const who = `Countersign <countersign@invalid> 946684800 +0000`;
      const bytes = Buffer.from(text);
      return Buffer.concat([Buffer.from(`commit ${EVENTS}${name}\nauthor ${who}\ncommitter ${who}\ndata 18\ncountersign event\n\nM 100644 inline event\ndata ${bytes.length}\n`), bytes, Buffer.from('\n')]);
    });
    await this.git.text(['fast-import', '--quiet', '--date-format=raw'], { input: Buffer.concat(commits) });
  }

  async has(name: EventName): Promise<boolean> {
    return (await this.git.maybe(['rev-parse', '--verify', '--quiet', EVENTS + name])) !== undefined;
  }

  async settle(names: readonly EventName[]): Promise<void> {
    await this.remove(names.map((name) => OWED + name));
  }

  /** Drops events that the ledger holds. */
  async drop(names: readonly EventName[]): Promise<void> {
    await this.remove(names.flatMap((name) => [OWED + name, EVENTS + name]));
  }

  private async remove(refs: readonly string[]): Promise<void> {
    if (refs.length === 0) return;
    await this.git.try(['update-ref', '--stdin'], { input: refs.map((ref) => `delete ${ref}\n`).join('') });
  }

  private async refs(...folders: readonly string[]): Promise<readonly Ref[]> {
    const lines = (await this.git.text(['for-each-ref', '--format=%(objectname) %(refname)', ...folders])).split('\n');
    if (lines.length > MANY) await this.pack();
    return lines.flatMap((line) => {
      const [id = '', ref] = line.split(' ');
      return ref === undefined ? [] : [{ id, ref }];
    });
  }

  private packed = 0;

  /** At most once an hour: it is about speed, and others may be packing as well. */
  private async pack(): Promise<void> {
    if (Date.now() - this.packed < 3_600_000) return;
    this.packed = Date.now();
    await this.git.try(['pack-refs', '--all']);
  }

  private async withTexts(refs: readonly { readonly id: string; readonly name: EventName }[]): Promise<readonly StoredEvent[]> {
    await this.load(refs.map(({ id }) => id).filter((id) => !this.texts.has(id)));
    return refs.map(({ id, name }) => ({ id, name, text: this.texts.get(id) ?? '' }));
  }

  /**
   * Reads the texts of events, each once: a commit's content never changes. Sizes and types are asked for first,
   * so that only small files are ever read, and what git answers is taken apart by those sizes alone.
   */
  private async load(ids: readonly string[]): Promise<void> {
    const wanted = [...new Set(ids)];
    if (wanted.length === 0) return;
    const checked = await this.batch('--batch-check=%(objecttype) %(objectsize)', wanted.map((id) => `${id}:event`));
    const lines = checked.toString('latin1').split('\n');
    const sizes = new Map<string, number>();
    wanted.forEach((id, index) => {
      const [type, size] = (lines[index] ?? '').split(' ');
      if (type === 'blob' && Number(size) <= MAX_EVENT) sizes.set(id, Number(size));
      else this.texts.set(id, '');
    });
    const output = await this.batch('--batch=', [...sizes.keys()].map((id) => `${id}:event`));
    const expected = [...sizes.values()].reduce((sum, size) => sum + size + 2, 0);
    if (output.length !== expected) throw unreadable();
    let at = 0;
    for (const [id, size] of sizes) {
      // An empty format still ends in a line break, and so does the content.
      this.texts.set(id, output.subarray(at + 1, at + 1 + size).toString('utf8'));
      at += size + 2;
    }
  }

  private async batch(mode: string, names: readonly string[]): Promise<Buffer> {
    const result = await this.git.try(['cat-file', mode], { input: names.map((name) => `${name}\n`).join('') });
    if (result.code !== 0) throw unreadable();
    return result.stdout;
  }

  /**
   * Creates refs unless the last of them exists; git's own lock makes this the compare-and-swap.
   *
   * @throws CountersignError `store` when it failed for any other reason than that the name is taken
   */
  private async create(refs: readonly string[], id: string): Promise<boolean> {
    const result = await this.git.try(['update-ref', '--stdin'], { input: refs.map((ref) => `create ${ref} ${id}\n`).join('') });
    if (result.code === 0) return true;
    if ((await this.git.maybe(['rev-parse', '--verify', '--quiet', refs.at(-1) ?? ''])) !== undefined) return false;
    throw new CountersignError('store', sentence('It could not be recorded in this clone: {0}', firstReason(result.stderr)));
  }

  private async commit(text: string): Promise<string> {
    const blob = await this.git.text(['hash-object', '-w', '--stdin'], { input: text });
    const tree = await this.git.text(['mktree'], { input: `100644 blob ${blob}\tevent\n` });
    return this.git.text(['commit-tree', '-m', 'countersign event', tree], { env: WHO_AND_WHEN });
  }
}

function unreadable(): CountersignError {
  return new CountersignError('store', sentence('The recorded events could not be read. Run “git fsck” in this clone.'));
}

/**
 * Whether a ref stands where a folder of events belongs, or the other way round: git has room for one of the two, and
 * anybody with push rights can be the first. Gives the sentence for it.
 */
export function wayBlocked(stderr: string, remote: string): string | undefined {
  const pair = /'(refs\/countersign[\w/-]{0,200})' exists; cannot create '(refs\/countersign[\w/-]{0,200})'/.exec(stderr)?.slice(1, 3) ?? [];
  const blocker = pair.find((ref) => !isProper(ref));
  return blocker === undefined ? undefined : `Somebody made the ref ${blocker} there, which keeps events out. Anybody who may push can remove it with “git push ${remote} :${blocker}”; what waits here is sent then. Find out who made it.`;
}

/** Whether a ref is where an event of its kind is: only a use has a place of its own, everything else may be said by several. */
function isProper(ref: string): boolean {
  const name = ref.slice(EVENTS.length);
  const kind = readEventName(name)?.kind;
  return kind !== undefined && (kind === 'use') === (name.split('/').length === 2);
}

/** Why git failed, as a sentence. */
export function firstReason(stderr: string): string {
  const line = stderr.split('\n').find((candidate) => /\S/.test(candidate)) ?? 'git gave no reason';
  const text = line.replace(/^(fatal|error):\s*/, '').trim();
  return plain(/[.!?]$/.test(text) ? text : `${text}.`);
}
