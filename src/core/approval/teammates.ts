import { isPrincipal } from './roster.js';

/** Somebody in the history who could be on the roster. */
export interface Teammate {
  /** As the newest commit under this address has it: somebody else's text. */
  readonly name: string;
  /** As the newest commit has it, and fit to be a principal. */
  readonly email: string;
  /** How many of the commits that were looked at are theirs. */
  readonly commits: number;
}

/** What `teammatesIn` reads: the format of `git log`, one commit a line. */
export const AUTHOR_FORMAT = '%aN%x00%aE';

/** Nobody reads a longer list of people to choose from. */
const MOST_TEAMMATES = 30;

const BOT_NAME = /\[bot\]|[-_]bot$|^(?:dependabot|renovate|greenkeeper|github actions?|gitlab ci)\b/i;
const BOT_ADDRESS = /\[bot\]|(?:^|[-_.+])bot@|^(?:dependabot|renovate|greenkeeper|github-actions)\b/i;
const NO_REPLY = /(?:^|[^a-z])(?:no|do-?not)[-_.]?reply(?:[^a-z]|$)/i;

/** A user as both hosting services take them. */
const USER = '[a-z0-9](?:[a-z0-9_.-]{0,253}[a-z0-9_])?';
const GITHUB_PRIVATE = new RegExp(`^(?:[0-9]{1,20}\\+)?(${USER})@users\\.noreply\\.github\\.com$`, 'i');
const GITLAB_PRIVATE = new RegExp(`^[0-9]{1,20}-(${USER})@users\\.noreply\\.gitlab\\.com$`, 'i');
const WHOLE_USER = new RegExp(`^${USER}$`, 'i');

/**
 * The people who committed, most commits first, then the latest. Left out are machines, addresses that nobody has mail
 * or an account at, addresses that cannot stand on a roster, and whoever is known already.
 *
 * @param log in `AUTHOR_FORMAT`, newest first
 * @param known names and addresses, in any letter case
 */
export function teammatesIn(log: string, known: readonly string[]): readonly Teammate[] {
  const leftOut = new Set(known.map((text) => text.toLowerCase()));
  const found = new Map<string, Teammate>();
  for (const line of log.split('\n')) {
    const [name = '', email = ''] = line.split('\0');
    const id = email.toLowerCase();
    if (leftOut.has(id) || leftOut.has(name.toLowerCase()) || !isPerson(name, email)) continue;
    const before = found.get(id);
    found.set(id, before ? { ...before, commits: before.commits + 1 } : { name, email, commits: 1 });
  }
  return [...found.values()].sort((one, other) => other.commits - one.commits).slice(0, MOST_TEAMMATES);
}

function isPerson(name: string, email: string): boolean {
  if (!/.@./.test(email) || !isPrincipal(email) || BOT_NAME.test(name.trim()) || BOT_ADDRESS.test(email)) return false;
  return privateAccount(email) !== undefined || !NO_REPLY.test(email);
}

/** A hosting service that lists its users' public keys, and whose the repository is there. */
export interface Hosting {
  readonly service: 'github' | 'gitlab';
  readonly owner: string;
}

/** Where a remote is hosted, by its URL; undefined anywhere else. */
export function hostingOf(url: string): Hosting | undefined {
  const [host, place] = hostAndPath(url);
  const [, service] = /^(?:ssh\.|altssh\.|www\.)?(github|gitlab)\.com$/i.exec(host) ?? [];
  const [owner = ''] = place.replace(/^\/+/, '').split('/');
  if (service === undefined || !WHOLE_USER.test(owner)) return undefined;
  return { service: service.toLowerCase() === 'github' ? 'github' : 'gitlab', owner };
}

function hostAndPath(url: string): readonly [host: string, path: string] {
  if (url.includes('://')) {
    if (!URL.canParse(url)) return ['', ''];
    const { hostname, pathname } = new URL(url);
    return [hostname, pathname];
  }
  // As scp(1) has it: a path with a colon behind its first slash is a path.
  const [, host = '', place = ''] = /^(?:[^@/:]{1,255}@)?([^@/:]{1,255}):(.*)$/.exec(url) ?? [];
  return [host, place];
}

/**
 * The account that an address stands for, as `github:USER` or `gitlab:USER`: by a hosting service's own private address,
 * or because the repository's owner there is called so. A mere likeness of names would fetch a stranger's keys, so
 * nothing else is guessed.
 */
export function accountOf(email: string, hosting: Hosting | undefined): string | undefined {
  const account = privateAccount(email);
  if (account !== undefined || !hosting) return account;
  const local = email.slice(0, email.lastIndexOf('@'));
  return local.toLowerCase() === hosting.owner.toLowerCase() ? `${hosting.service}:${hosting.owner}` : undefined;
}

function privateAccount(email: string): string | undefined {
  const [, github] = GITHUB_PRIVATE.exec(email) ?? [];
  if (github !== undefined) return `github:${github}`;
  const [, gitlab] = GITLAB_PRIVATE.exec(email) ?? [];
  return gitlab === undefined ? undefined : `gitlab:${gitlab}`;
}
