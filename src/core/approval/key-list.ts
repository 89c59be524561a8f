import { CountersignError, sentenceOf } from '../errors.js';
import { sentence } from '../say.js';
import { APPROVAL_NAMESPACE } from './token.js';
import { parsePublicKeyLine, type PublicKey } from './public-key.js';
import { BREAK_GLASS_NAMESPACE, RECORD_NAMESPACE } from './record.js';
import { REQUEST_NAMESPACE } from './request.js';
import { formatRosterLine, parseRoster, RosterLineError } from './roster.js';

/** What a key on the roster may sign. */
export const ROSTER_NAMESPACES = [REQUEST_NAMESPACE, APPROVAL_NAMESPACE, RECORD_NAMESPACE, BREAK_GLASS_NAMESPACE];

const ROSTER_HEAD = `# Who may ask for and sign approvals: OpenSSH "allowed signers", one key a line (see ssh-keygen(1)).
`;
/** Nobody has more keys, and no team's list is longer, in characters. */
const MAX_LENGTH = 1024 * 1024;

/** A key, and whose it is as far as the text says. */
export interface ListedKey {
  /** The name on a roster line; a bare public key has none. */
  readonly principal: string | undefined;
  readonly key: PublicKey;
  readonly comment: string;
}

/** One person and key for the roster. */
export interface Member {
  readonly principal: string;
  readonly key: PublicKey;
}

/**
 * Reads keys as people have them: public keys one a line, as in a `.pub` file, in `authorized_keys` without options and in
 * a hosting service's list, or lines of a roster. A key that occurs twice is given once.
 *
 * @throws CountersignError `key` naming the first line that is neither, or when there is no key at all
 */
export function readKeyList(text: string): readonly ListedKey[] {
  if (text.length > MAX_LENGTH) throw new CountersignError('key', sentence('The list of keys is too long to be one.'));
  const lines = text.split('\n').map((line, index) => ({ line: line.trim(), number: index + 1 })).filter(({ line }) => line !== '' && !line.startsWith('#'));
  const found = new Map<string, ListedKey>();
  for (const { line, number } of lines) {
    const listed = readNumbered(line, lines.length > 1 ? number : undefined);
    const known = `${listed.principal ?? ''} ${listed.key.fingerprint}`;
    if (!found.has(known)) found.set(known, listed);
  }
  if (found.size === 0) throw new CountersignError('key', sentence('There is no public key in it.'));
  return [...found.values()];
}

/** @param number what the line is called in what is wrong with it */
function readNumbered(line: string, number: number | undefined): ListedKey {
  try {
    return readLine(line);
  } catch (error) {
    const problem = error instanceof RosterLineError ? error.problem : sentenceOf(error);
    throw new CountersignError('key', number === undefined ? problem : sentence('Line {0}: {1}', number, problem), { cause: error });
  }
}

function readLine(line: string): ListedKey {
  if (/^(ssh-|ecdsa-|sk-)/.test(line)) return { principal: undefined, ...parsePublicKeyLine(line) };
  const [entry] = parseRoster(`${line}\n`).entries;
  const [principal] = entry?.principals ?? [];
  if (entry && principal !== undefined) return { principal, key: entry.key, comment: principal };
  throw new CountersignError('key', sentence('This is neither a public key nor a roster line.'));
}

/**
 * The roster with these members added behind what it says already. Keys that it has for the same person stay as they are.
 *
 * @param existing the roster's text, or undefined where there is none yet
 * @throws CountersignError `roster` when either cannot be written as a roster
 */
export function rosterWith(existing: string | undefined, members: readonly Member[]): string {
  const before = existing === undefined ? ROSTER_HEAD : existing === '' || existing.endsWith('\n') ? existing : `${existing}\n`;
  const known = new Set(parseRoster(before).entries.flatMap(({ principals, key }) => principals.map((principal) => `${principal} ${key.fingerprint}`)));
  const fresh = members.filter(({ principal, key }) => {
    const name = `${principal} ${key.fingerprint}`;
    return known.has(name) ? false : known.add(name);
  });
  const text = before + fresh.map(({ principal, key }) => `${formatRosterLine({ principal, key, namespaces: ROSTER_NAMESPACES })}\n`).join('');
  parseRoster(text);
  return text;
}
