import { CountersignError } from '../core/errors.js';
import type { Git } from '../world/git.js';
import { readEventName, type Delivery, type EventName, type Store, type StoredEvent, type SyncResult } from './store.js';

const EVENTS = 'refs/countersign/';
/** Events that are ours and not yet known to have reached the remote. Never pushed or fetched itself. */
const OWED = 'refs/countersign-owed/';
/** No event is longer than this, in bytes; what is longer is somebody's rubbish. */
const MAX_EVENT = 1024 * 1024;

/** So many more times a fetch is tried that another one of this clone overtook. */
const FETCHES = 3;

const IDENTITY = {
  GIT_AUTHOR_NAME: 'Countersign',
  GIT_AUTHOR_EMAIL: 'countersign@invalid',
  GIT_COMMITTER_NAME: 'Countersign',
  GIT_COMMITTER_EMAIL: 'countersign@invalid',
};

/**
 * One git ref per event, each a commit without parents whose tree holds one file `event`. With a remote, a use
 * is won by creating its ref there under a lease that says it must not exist; without one, by creating it here.
 * Refs are only ever added: what was seen once is not forgotten, whatever the remote says later.
 */
export class GitStore implements Store {
  private readonly texts = new Map<string, string>();

  /** @param remote the name of the remote that carries the events, or undefined to keep them in this clone */
  constructor(
    private readonly git: Git,
    private readonly remote: string | undefined,
  ) {}

  /** The protected branch travels with the events: who may approve is what the team says now, not what it once said. */
  private async protectedBranch(): Promise<string[]> {
    const head = await this.git.maybe(['symbolic-ref', '--quiet', `refs/remotes/${this.remote ?? ''}/HEAD`]);
    const candidates = [head, `refs/remotes/${this.remote ?? ''}/main`, `refs/remotes/${this.remote ?? ''}/master`];
    for (const ref of candidates) {
      if (ref === undefined || (await this.git.maybe(['rev-parse', '--verify', '--quiet', ref])) === undefined) continue;
      return [`+refs/heads/${ref.split('/').slice(3).join('/')}:${ref}`];
    }
    return [];
  }

  get shared(): boolean {
    return this.remote !== undefined;
  }

  get name(): string {
    return this.remote === undefined ? 'this clone' : `git remote “${this.remote}”`;
  }

  async events(): Promise<readonly StoredEvent[]> {
    const lines = await this.git.text(['for-each-ref', '--format=%(objectname) %(refname)', EVENTS]);
    const refs = lines.split('\n').flatMap((line) => {
      const [id, ref] = line.split(' ');
      const name = ref?.slice(EVENTS.length);
      return id && name && readEventName(name) ? [{ id, name: name as EventName }] : [];
    });
    await this.load(refs.map(({ id }) => id).filter((id) => !this.texts.has(id)));
    return refs.map(({ id, name }) => ({ name, text: this.texts.get(id) ?? '' }));
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
    if (output.length !== expected) throw new CountersignError('store', 'The recorded events could not be read. Run “git fsck” in this clone.');
    let at = 0;
    for (const [id, size] of sizes) {
      // An empty format still ends in a line break, and so does the content.
      this.texts.set(id, output.subarray(at + 1, at + 1 + size).toString('utf8'));
      at += size + 2;
    }
  }

  private async batch(mode: string, names: readonly string[]): Promise<Buffer> {
    const result = await this.git.try(['cat-file', mode], { input: names.map((name) => `${name}\n`).join('') });
    if (result.code !== 0) throw new CountersignError('store', 'The recorded events could not be read. Run “git fsck” in this clone.');
    return result.stdout;
  }

  async put(name: EventName, text: string): Promise<Delivery> {
    const id = await this.commit(text);
    if (!(await this.create(EVENTS + name, id))) {
      if (await this.holds(name, text)) return 'delivered';
      throw new CountersignError('store', 'Something else is already recorded under this name. Ask again.');
    }
    if (this.remote === undefined) return 'delivered';
    await this.create(OWED + name, id);
    return (await this.deliver([{ id, name }])) === undefined ? 'delivered' : 'pending';
  }

  async consume(name: EventName, text: string): Promise<'won' | 'lost'> {
    const id = await this.commit(text);
    if (!(await this.create(EVENTS + name, id))) return 'lost';
    if (this.remote === undefined) return 'won';
    const ref = EVENTS + name;
    const pushed = await this.git.try(['push', '--quiet', '--no-verify', `--force-with-lease=${ref}:`, this.remote, `${id}:${ref}`], { network: true });
    // Read back: of two pushes that both report success only one can be the one that is there.
    const there = await this.git.try(['ls-remote', this.remote, ref], { network: true });
    // The pattern matches by its end, so other refs may answer as well.
    const held = there.stdout.toString('utf8').split('\n').map((line) => line.split('\t')).find(([, name]) => name === ref)?.[0];
    if (there.code === 0 && held === id) return 'won';
    if (there.code === 0 && held) return 'lost';
    throw new CountersignError('store', `Approved, but its one use could not be recorded at ${this.name}, so nothing was run: ${reason(pushed.stderr || there.stderr)} Try again when it can be reached; that needs a new approval.`);
  }

  async sync(signal?: AbortSignal): Promise<SyncResult> {
    if (this.remote === undefined) return { problem: undefined };
    const owed = await this.git.text(['for-each-ref', '--format=%(objectname) %(refname)', OWED]);
    const refs = owed.split('\n').flatMap((line) => {
      const [id, ref] = line.split(' ');
      return id && ref ? [{ id, name: ref.slice(OWED.length) as EventName }] : [];
    });
    const pushProblem = refs.length > 0 ? await this.deliver(refs) : undefined;
    const args = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules', this.remote, ...(await this.protectedBranch()), `${EVENTS}*:${EVENTS}*`];
    let fetched = await this.git.try(args, { network: true, signal });
    for (let again = 0; again < FETCHES && isOvertaken(fetched.stderr); again += 1) fetched = await this.git.try(args, { network: true, signal });
    return { problem: fetchProblem(fetched.code, fetched.stderr) ?? pushProblem };
  }

  /** Pushes events that are owed. Gives the reason when the remote could not be reached or refused. */
  private async deliver(events: readonly { readonly id: string; readonly name: EventName }[]): Promise<string | undefined> {
    if (this.remote === undefined) return undefined;
    const specs = events.map(({ id, name }) => `${id}:${EVENTS}${name}`);
    const pushed = await this.git.try(['push', '--quiet', '--no-verify', this.remote, ...specs], { network: true });
    // Another process of this clone may have delivered them in the meantime: then the remote refuses to be told twice.
    if (pushed.code !== 0 && !(await this.areThere(events))) return reason(pushed.stderr);
    const lines = events.map(({ name }) => `delete ${OWED}${name}\n`).join('');
    await this.git.try(['update-ref', '--stdin'], { input: lines });
    return undefined;
  }

  private async areThere(events: readonly { readonly id: string; readonly name: EventName }[]): Promise<boolean> {
    const { code, stdout } = await this.git.try(['ls-remote', this.remote ?? '', ...events.map(({ name }) => EVENTS + name)], { network: true });
    const lines = new Set(stdout.toString('utf8').split('\n'));
    return code === 0 && events.every(({ id, name }) => lines.has(`${id}\t${EVENTS}${name}`));
  }

  private async holds(name: EventName, text: string): Promise<boolean> {
    return (await this.events()).some((event) => event.name === name && event.text === text);
  }

  /** Creates a ref unless it exists; git's own lock makes this the compare-and-swap. */
  private async create(ref: string, id: string): Promise<boolean> {
    return (await this.git.try(['update-ref', ref, id, '0'.repeat(id.length)])).code === 0;
  }

  private async commit(text: string): Promise<string> {
    const blob = await this.git.text(['hash-object', '-w', '--stdin'], { input: text });
    const tree = await this.git.text(['mktree'], { input: `100644 blob ${blob}\tevent\n` });
    return this.git.text(['commit-tree', '-m', 'countersign event', tree], { env: IDENTITY });
  }
}

/** Of two fetches at once (the window's, the command line's, the editor's own) one finds a ref changed under its hands. */
function isOvertaken(stderr: string): boolean {
  return /cannot lock ref|unable to create '[^']*\.lock'/i.test(stderr);
}

/** Without a `+` git refuses refs that the remote rewrote, and says so with exit code 1 after all else arrived. */
function fetchProblem(code: number | null, stderr: string): string | undefined {
  if (code === 0) return undefined;
  return code === 1 && stderr.trim() === '' ? 'It rewrote events that this clone has seen before; this clone keeps them as they were.' : reason(stderr);
}

function reason(stderr: string): string {
  const line = stderr.split('\n').find((candidate) => /\S/.test(candidate)) ?? 'git gave no reason';
  const text = line.replace(/^(fatal|error):\s*/, '').trim();
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
