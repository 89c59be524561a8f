import { sha256 } from '../approval/canonical.js';

/** The branch that finished events are folded into; hosts can protect it against rewriting and deletion. */
export const LEDGER_BRANCH = 'countersign-ledger';

/** One file of the ledger. */
export interface LedgerFile {
  readonly path: string;
  readonly text: string;
}

/** One commit of the ledger, as git tells it. */
export interface LedgerCommit {
  readonly id: string;
  readonly parents: number;
  readonly changes: readonly (LedgerFile & {
    /** Git's letter for what happened to the file; only `A`, added, may be there. */
    readonly status: string;
  })[];
}

/** Where an event stands in the ledger: `<first two digits>/<request digest>/<kind>[-<voice>]`, so that no folder is long. */
export function ledgerPath(eventName: string): string {
  const [kind = '', hex = '', voice] = eventName.split('/');
  return `${hex.slice(0, 2)}/${hex}/${kind}${voice === undefined ? '' : `-${voice}`}`;
}

/** The event that a file of the ledger holds, or undefined for any other file. */
export function eventNameAt(path: string): `${string}/${string}` | undefined {
  const match = /^([0-9a-f]{2})\/(\1[0-9a-f]{62})\/([a-z]+)(?:-([0-9a-f]{16}))?$/.exec(path);
  return match?.[2] === undefined || match[3] === undefined ? undefined : `${match[3]}/${match[2]}${match[4] === undefined ? '' : `/${match[4]}`}`;
}

export function chainPath(number: number): string {
  return `chain/${String(number).padStart(8, '0')}`;
}

/**
 * The list that every commit of the ledger adds: the digest of the list before it, then those of the events that the
 * commit adds, as `sha256sum --check` reads them.
 */
export function chainText(previous: LedgerFile | undefined, files: readonly LedgerFile[]): string {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  return [...(previous ? [previous] : []), ...sorted].map(({ path, text }) => `${sha256(text).slice('sha256:'.length)}  ${path}\n`).join('');
}

/**
 * Proves that commits, the first one first, are a chain to which events were only ever added.
 *
 * @param before the list that the first commit follows; undefined at the beginning
 * @returns what is wrong, one sentence each; nothing when it holds
 */
export function chainProblems(commits: readonly LedgerCommit[], before?: LedgerFile): readonly string[] {
  let previous = before;
  let number = before === undefined ? 0 : Number(before.path.slice('chain/'.length));
  const problems: string[] = [];
  commits.forEach((commit, index) => {
    number += 1;
    const name = `Commit ${commit.id.slice(0, 12)}`;
    if (commit.parents !== (index === 0 && before === undefined ? 0 : 1)) problems.push(`${name} does not follow exactly one other.`);
    for (const { path, status } of commit.changes) {
      if (status !== 'A') problems.push(`${name} changes or removes ${path}, and nothing in a ledger is ever changed.`);
      else if (path !== chainPath(number) && eventNameAt(path) === undefined) problems.push(`${name} adds ${path}, which is no event.`);
    }
    const list = commit.changes.find(({ path }) => path === chainPath(number));
    if (!list) {
      problems.push(`${name} has no list ${chainPath(number)}.`);
      return;
    }
    if (list.text !== chainText(previous, commit.changes.filter((change) => change !== list))) {
      problems.push(`${chainPath(number)} does not say what was added, or does not follow the list before it.`);
    }
    previous = list;
  });
  return problems;
}
