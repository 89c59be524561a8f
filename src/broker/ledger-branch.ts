import { plain } from '../core/approval/display.js';
import { chainPath, chainText, eventNameAt, LEDGER_BRANCH, ledgerPath, type LedgerCommit, type LedgerFile } from '../core/ledger/chain.js';
import { CountersignError } from '../core/errors.js';
import { sentence } from '../core/say.js';
import type { Git } from '../world/git.js';
import type { RunResult } from '../world/process.js';
import { firstReason } from './clone-events.js';
import { eventName, type StoredEvent } from './store.js';

const BRANCH = `refs/heads/${LEDGER_BRANCH}`;
/** The newest commit that this clone has accepted: it is only ever moved forward. */
const TIP = 'refs/countersign-ledger/tip';
/** What the remote said last, accepted or not. */
const FOUND = 'refs/countersign-ledger/found';

/**
 * The branch that finished events are folded into, append-only: each commit adds event files, and a list that names
 * their digests and that of the list before it. This clone remembers the last commit and follows only what descends
 * from it and takes nothing away.
 */
export class LedgerBranch {
  constructor(
    private readonly git: Git,
    /** The remote that has it, or undefined where it is kept in this clone alone. */
    readonly remote: string | undefined,
  ) {}

  /** The newest accepted commit, or undefined before there is any. */
  tip(): Promise<string | undefined> {
    return this.git.maybe(['rev-parse', '--verify', '--quiet', TIP]);
  }

  /** What to fetch, after this tip. A pattern finds nothing without an error; a branch that was seen before is asked for by its name. */
  refspec(tip: string | undefined): string {
    return tip === undefined ? `+${BRANCH}*:${FOUND}*` : `+${BRANCH}:${FOUND}`;
  }

  /** Follows what was fetched after a tip, if it may be followed. Gives the reason when it may not. */
  async advance(tip: string | undefined, { code, stderr }: RunResult): Promise<string | undefined> {
    if (tip !== undefined && code !== 0 && stderr.includes(`find remote ref ${BRANCH}`)) return this.refusal('is gone', tip);
    const found = await this.git.maybe(['rev-parse', '--verify', '--quiet', `${FOUND}^{commit}`]);
    if (found === undefined || found === tip) return undefined;
    if (tip !== undefined) {
      const descends = await this.git.try(['merge-base', '--is-ancestor', tip, found]);
      if (descends.code !== 0) return this.refusal('was rewritten', tip);
      const lost = await this.git.text(['diff-tree', '-r', '--no-renames', '--name-only', '--diff-filter=a', tip, found]);
      if (lost !== '') return this.refusal('lost or changed entries', tip);
    }
    await this.accept(found, tip);
    return undefined;
  }

  private refusal(what: string, tip: string): string {
    return `The ledger branch ${LEDGER_BRANCH} ${what} there since this clone saw it, so nothing is used up: find out who did that, then push it back with “git push --force ${this.remote ?? ''} ${tip.slice(0, 12)}:${BRANCH}”.`;
  }

  private async accept(id: string, tip: string | undefined): Promise<void> {
    await this.git.try(['update-ref', TIP, id, tip ?? '0'.repeat(id.length)]);
  }

  /** Whether the ledger knows that a request was used. */
  async hasUse(requestHex: string): Promise<boolean> {
    const folder = folderOf(requestHex);
    const names = await this.git.maybe(['ls-tree', '--name-only', '--full-tree', TIP, folder]);
    if (names === undefined && (await this.tip()) !== undefined) throw new CountersignError('store', sentence('The ledger cannot be read. Run “git fsck” in this clone.'));
    return (names ?? '').split('\n').some((name) => /^(used|off-.*)$/.test(name.slice(folder.length)));
  }

  /** The blobs of all files in the ledger, by path. */
  async files(): Promise<ReadonlyMap<string, string>> {
    if ((await this.tip()) === undefined) return new Map();
    const entries = (await this.git.text(['ls-tree', '-r', '-z', '--full-tree', TIP])).split('\0').map((entry) => entry.split('\t'));
    return new Map(entries.flatMap(([facts = '', path]) => (path === undefined ? [] : [[path, facts.split(' ')[2] ?? '']])));
  }

  /**
   * Adds files, all or none.
   *
   * @returns false when somebody else added something first: fetch, and see what is still missing
   * @throws CountersignError `store` when the remote does not take it
   */
  async append(files: readonly LedgerFile[]): Promise<boolean> {
    const tip = await this.tip();
    const last = tip === undefined ? undefined : await this.lastList(tip);
    const number = last === undefined ? 1 : Number(last.path.slice('chain/'.length)) + 1;
    const list = { path: chainPath(number), text: chainText(last, files) };
    const id = await this.commit([...files, list], tip, `countersign ledger ${number}`);
    if (this.remote !== undefined) {
      const pushed = await this.git.try(['push', '--quiet', '--no-verify', `--force-with-lease=${BRANCH}:${tip ?? ''}`, this.remote, `${id}:${BRANCH}`], { network: true });
      if (pushed.code !== 0 && /stale info|already exists|fetch first|cannot lock ref|failed to update ref/.test(pushed.stderr)) return false;
      if (pushed.code !== 0) throw new CountersignError('store', sentence('The ledger could not be pushed to “{0}”: {1} Somebody who may push to the branch {2} has to do it.', this.remote, firstReason(pushed.stderr), LEDGER_BRANCH));
    }
    await this.accept(id, tip);
    return true;
  }

  private async lastList(tip: string): Promise<LedgerFile> {
    const path = (await this.git.text(['ls-tree', '--name-only', '--full-tree', tip, 'chain/'])).split('\n').at(-1) ?? '';
    if (!/^chain\/\d{8}$/.test(path)) throw new CountersignError('store', sentence('The ledger branch does not end in a list of what was added. Run “countersign ledger verify”.'));
    return { path, text: `${await this.git.text(['cat-file', 'blob', `${tip}:${path}`])}\n` };
  }

  private async commit(files: readonly LedgerFile[], parent: string | undefined, message: string): Promise<string> {
    // A name of its own: two windows may be at it at once.
    const ref = `refs/countersign-ledger/new/${process.pid}-${Date.now()}`;
    const head = `commit ${ref}\ncommitter Countersign <countersign@invalid> ${Math.floor(Date.now() / 1000)} +0000\ndata ${message.length}\n${message}\n${parent === undefined ? '' : `from ${parent}\n`}`;
    const body = files.map(({ path, text }) => `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`);
    try {
      await this.git.text(['fast-import', '--quiet', '--date-format=raw'], { input: [head, ...body].join('') });
      return await this.git.text(['rev-parse', '--verify', '--quiet', ref]);
    } finally {
      await this.git.try(['update-ref', '-d', ref]);
    }
  }

  /**
   * Every commit with what it added, the oldest first.
   *
   * @param since a commit of the ledger that is trusted as it is; undefined reads from the beginning
   */
  async commits(since: string | undefined): Promise<readonly LedgerCommit[]> {
    const range = since === undefined ? [TIP] : [`${since}..${TIP}`];
    const log = await this.git.text(['-c', 'log.showRoot=true', 'log', '--format=commit %H %P', '--raw', '--no-abbrev', '--no-renames', '-m', '--reverse', '--no-show-signature', ...range]);
    const commits: { id: string; parents: number; changes: { status: string; path: string; blob: string }[] }[] = [];
    for (const line of log.split('\n')) {
      const [head, id = '', ...parents] = line.split(' ');
      if (head === 'commit') commits.push({ id, parents: parents.filter((parent) => parent !== '').length, changes: [] });
      const [facts, path] = line.startsWith(':') ? line.split('\t') : [];
      const [, , , blob = '', status = ''] = facts?.split(' ') ?? [];
      if (path !== undefined) commits.at(-1)?.changes.push({ status, path, blob });
    }
    const texts = await this.blobs(commits.flatMap(({ changes }) => changes.map(({ blob }) => blob)));
    return commits.map((commit) => ({ ...commit, changes: commit.changes.map(({ status, path, blob }) => ({ status, path, text: texts.get(blob) ?? '' })) }));
  }

  /** The list that a commit ended in. */
  listAt(commit: string): Promise<LedgerFile> {
    return this.lastList(commit);
  }

  /**
   * A commit of the ledger, by any of its names.
   *
   * @throws CountersignError `store` when the ledger does not descend from it
   */
  async ancestor(name: string): Promise<string> {
    const id = await this.git.maybe(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
    const descends = id === undefined ? undefined : await this.git.try(['merge-base', '--is-ancestor', id, TIP]);
    if (id === undefined || descends?.code !== 0) throw new CountersignError('store', sentence('The ledger does not descend from “{0}”.', plain(name)));
    return id;
  }

  /** The events about one request. There has to be a ledger. */
  async about(requestHex: string): Promise<readonly StoredEvent[]> {
    return this.eventsAt(TIP, folderOf(requestHex));
  }

  /** The events that a commit's ledger held, in all of its folders or in one. */
  async eventsAt(commit: string, ...folder: readonly string[]): Promise<readonly StoredEvent[]> {
    const entries = (await this.git.text(['ls-tree', '-r', '-z', '--full-tree', commit, ...folder])).split('\0').map((entry) => entry.split('\t'));
    const files = entries.flatMap(([facts = '', path = '']) => {
      const name = eventNameAt(path);
      return name === undefined ? [] : [{ name, blob: facts.split(' ')[2] ?? '', id: path }];
    });
    const texts = await this.blobs(files.map(({ blob }) => blob));
    return files.map(({ name, blob, id }) => ({ id, name, text: texts.get(blob) ?? '' }));
  }

  /** The texts of blobs, each read once. What is no blob reads as empty. */
  private async blobs(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const wanted = [...new Set(ids)].filter((id) => !/^0+$/.test(id));
    const output = (await this.git.try(['cat-file', '--batch'], { input: wanted.map((id) => `${id}\n`).join('') })).stdout;
    const texts = new Map<string, string>();
    for (let at = 0; at < output.length; ) {
      const end = output.indexOf(0x0a, at);
      const [id = '', type, size] = output.subarray(at, end).toString('latin1').split(' ');
      at = end + 1;
      if (type === 'missing') continue;
      if (type === 'blob') texts.set(id, output.subarray(at, at + Number(size)).toString('utf8'));
      at += Number(size) + 1;
    }
    return texts;
  }
}

/** Where the ledger has what is about a request. */
function folderOf(requestHex: string): string {
  return ledgerPath(eventName('use', requestHex)).replace(/[^/]*$/, '');
}
