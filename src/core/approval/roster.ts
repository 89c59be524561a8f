import { createHash } from 'node:crypto';
import { CountersignError, sentenceOf } from '../errors.js';
import { sentence, type Sentence } from '../say.js';
import { decodeKey, isKeyType, publicKeyLine, type PublicKey } from './public-key.js';

export { People } from './people.js';

/** One line of the list of allowed signers: these principals own this key. */
export interface RosterEntry {
  /** Names of one person, such as `alice@example.com`; never patterns. */
  readonly principals: readonly string[];
  readonly key: PublicKey;
  /** What the key may sign; undefined means anything. */
  readonly namespaces: readonly string[] | undefined;
  /** First moment at which the key counts, in Unix seconds. */
  readonly validAfter: number | undefined;
  /** Last moment at which the key counts, in Unix seconds. */
  readonly validBefore: number | undefined;
  /** Line number in the file, from 1. */
  readonly line: number;
}

export interface Roster {
  readonly entries: readonly RosterEntry[];
  /** SHA-256 of the file's bytes, in hexadecimal. */
  readonly sha256: string;
}

const MAX_CHARACTERS = 4 * 1024 * 1024;
/** No pattern characters, quotes or blanks, and nothing outside ASCII: two names that look alike are alike. */
const PRINCIPAL = /^[A-Za-z0-9_][A-Za-z0-9_.+%=@'-]{0,253}$/;
const NAMESPACE = /^[A-Za-z0-9_][A-Za-z0-9_.+@:/-]{0,253}$/;
/** Control, format (bidi, zero-width), separator and broken characters can make a line read as another. */
const DECEPTIVE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\uFFFD]/u;

/** What is wrong with one line of a list of allowed signers. */
export class RosterLineError extends CountersignError {
  /** @param line from 1 */
  constructor(
    readonly line: number,
    readonly problem: Sentence,
    cause?: unknown,
  ) {
    super('roster', sentence('Line {0} of the list of allowed signers: {1}', line, problem), { cause });
  }
}

/**
 * Reads a list of allowed signers in OpenSSH's format (ssh-keygen(1), ALLOWED SIGNERS), strictly: what this
 * accepts, stock ssh-keygen understands in the same way on every machine, and the reverse need not hold.
 * Refused are patterns and certificate authorities (one such line lets any key be anybody), unknown or repeated
 * options, times in local time (they differ from machine to machine; write `Z`), and unreadable keys.
 *
 * @throws CountersignError 'roster' naming the line
 */
export function parseRoster(text: string): Roster {
  if (text.length > MAX_CHARACTERS) throw new CountersignError('roster', sentence('The list of allowed signers is larger than 4 MB; remove what is not a key.'));
  if (text.startsWith('\uFEFF')) throw new CountersignError('roster', sentence('The list of allowed signers starts with a byte order mark; save it as plain UTF-8.'));
  const entries = text.split('\n').flatMap((line, index) => {
    try {
      return parseLine(line.endsWith('\r') ? line.slice(0, -1) : line, index + 1);
    } catch (cause) {
      throw new RosterLineError(index + 1, sentenceOf(cause), cause);
    }
  });
  refuseLookAlikes(entries);
  return { entries, sha256: createHash('sha256').update(text, 'utf8').digest('hex') };
}

/** A roster that gives no key to anybody. */
export function emptyRoster(): Roster {
  return parseRoster('');
}

function parseLine(raw: string, line: number): RosterEntry[] {
  if (DECEPTIVE.test(raw.replaceAll('\t', ' '))) refuse(sentence('It holds an invisible, control or broken character; type the line anew.'));
  const text = raw.trim();
  if (text === '' || text.startsWith('#')) return [];
  const [principals, afterPrincipals] = takeWord(text);
  let [type, rest] = takeWord(afterPrincipals);
  let options = '';
  if (!isKeyType(type) && isKeyType(takeWord(rest)[0])) {
    options = type;
    [type, rest] = takeWord(rest);
  }
  const [encoded] = takeWord(rest);
  const key = decodeKey(type, encoded);
  return [{ principals: parsePrincipals(principals), key, ...parseOptions(options), line }];
}

/** The first word of a line and what follows it. A quoted part may hold blanks. */
function takeWord(text: string): readonly [word: string, rest: string] {
  let quoted = false;
  let end = 0;
  for (; end < text.length; end += 1) {
    const character = text[end];
    if (character === '"') quoted = !quoted;
    if (!quoted && (character === ' ' || character === '\t')) break;
  }
  if (quoted) refuse(sentence('A quotation mark is missing.'));
  return [text.slice(0, end), text.slice(end).trimStart()];
}

/** Whether a name can stand on a roster. */
export function isPrincipal(name: string): boolean {
  return PRINCIPAL.test(name);
}

function parsePrincipals(word: string): readonly string[] {
  const list = /^"([^"]*)"$/.exec(word)?.[1] ?? word;
  return list.split(',').map(checkPrincipal);
}

function checkPrincipal(principal: string): string {
  if (/[*?!]/.test(principal)) refuse(sentence('"{0}" is a pattern, which would let one key be several people; write each name in full.', principal));
  if (!PRINCIPAL.test(principal)) refuse(sentence('"{0}" is not a name of ASCII letters, digits and . _ - + @ % = \'.', escapeForeign(principal)));
  return principal;
}

type Options = Pick<RosterEntry, 'namespaces' | 'validAfter' | 'validBefore'>;

/** Options as sshd(8) and ssh-keygen(1) write them: `name="value"`, joined by commas. */
function parseOptions(text: string): Options {
  const values = new Map<string, string>();
  let rest = text;
  while (rest !== '') {
    const [whole, written = '', value] = /^([A-Za-z-]{1,40})(?:="([^"\\]*)")?(?=,.|$)/.exec(rest) ?? refuse(sentence('Options are written as name="value" and joined by commas.'));
    const name = written.toLowerCase();
    if (name === 'cert-authority') refuse(sentence('Certificate authorities are not accepted, because they can name anybody; list each key.'));
    if (!['namespaces', 'valid-after', 'valid-before'].includes(name)) refuse(sentence('The option "{0}" is not known.', written));
    if (value === undefined) refuse(sentence('The option "{0}" needs a value in quotation marks.', written));
    if (values.has(name)) refuse(sentence('The option "{0}" is given twice.', written));
    values.set(name, value);
    rest = rest.slice(whole.length + 1);
  }
  const validAfter = parseTime(values.get('valid-after'));
  const validBefore = parseTime(values.get('valid-before'));
  if (validAfter !== undefined && validBefore !== undefined && validBefore <= validAfter) refuse(sentence('The key ends before it starts.'));
  return { namespaces: values.get('namespaces')?.split(',').map(checkNamespace), validAfter, validBefore };
}

function checkNamespace(namespace: string): string {
  return NAMESPACE.test(namespace) ? namespace : refuse(sentence('"{0}" is not a namespace; patterns are not accepted.', escapeForeign(namespace)));
}

/** YYYYMMDD[HHMM[SS]]Z in Unix seconds. */
function parseTime(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const parts = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(Z?)$/.exec(text) ?? refuse(sentence('"{0}" is not a time like 20270131Z.', escapeForeign(text)));
  if (parts[7] === '') refuse(sentence('"{0}" is in local time and means another moment on each machine; write {0}Z for UTC.', text));
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map((part?: string) => Number(part ?? 0));
  const time = Date.UTC(year, month - 1, day, hour, minute, second);
  const digits = new Date(time).toISOString().replace(/\D/g, '').slice(0, 14);
  // The round trip refuses 30 February; ssh-keygen takes 0 for "no limit".
  if (year < 1971 || digits !== text.slice(0, -1).padEnd(14, '0')) refuse(sentence('"{0}" is not a day and time of the calendar.', text));
  return time / 1000;
}

/** Two names that differ only in their capitals would be two people to ssh-keygen and one to whoever reads them. */
function refuseLookAlikes(entries: readonly RosterEntry[]): void {
  const seen = new Map<string, string>();
  for (const { principals, line } of entries) {
    for (const principal of principals) {
      const known = seen.get(principal.toLowerCase()) ?? principal;
      if (known !== principal) throw new RosterLineError(line, sentence('"{0}" is written "{1}" above; write it in one way.', principal, known));
      seen.set(principal.toLowerCase(), principal);
    }
  }
}

/**
 * The line of the roster that gives this key to someone, for this namespace and at this time.
 *
 * @param at Unix seconds; both ends of a key's validity are inclusive, as in ssh-keygen
 * @throws CountersignError 'roster' with the reason: unknown key, another namespace, not yet valid, expired
 */
export function authorise(roster: Roster, key: PublicKey, namespace: string, at: number): { readonly principal: string; readonly entry: RosterEntry } {
  const rows = rowsByKey(roster).get(keyName(key)) ?? [];
  const [named] = rows;
  if (!named) throw new CountersignError('roster', sentence('The key {0} is not on the list of allowed signers; have its owner added.', key.fingerprint));
  const forNamespace = rows.filter((entry) => entry.namespaces?.includes(namespace) ?? true);
  const entry = forNamespace.find((row) => !isBefore(row, at) && !isAfter(row, at));
  const [principal] = entry?.principals ?? [];
  if (entry && principal !== undefined) return { principal, entry };
  const [row] = forNamespace;
  const owner = (row ?? named).principals[0] ?? '';
  const limit = (row && isBefore(row, at) ? row.validAfter : row?.validBefore) ?? 0;
  const when = new Date(limit * 1000).toISOString();
  const { line } = row ?? named;
  if (!row) refuse(sentence('The key of {0} ({1}) may not sign for "{2}"; have line {3} of the list of allowed signers changed.', owner, key.fingerprint, namespace, line));
  if (isBefore(row, at)) refuse(sentence('The key of {0} ({1}) is not valid before {2}; have line {3} of the list of allowed signers changed.', owner, key.fingerprint, when, line));
  return refuse(sentence('The key of {0} ({1}) expired at {2}; have line {3} of the list of allowed signers changed.', owner, key.fingerprint, when, line));
}

/** The lines of a roster by key: every signature of every request asks, and a large team has hundreds of lines. */
const indexes = new WeakMap<Roster, ReadonlyMap<string, readonly RosterEntry[]>>();

function rowsByKey(roster: Roster): ReadonlyMap<string, readonly RosterEntry[]> {
  const known = indexes.get(roster);
  if (known) return known;
  const rows = new Map<string, RosterEntry[]>();
  for (const entry of roster.entries) rows.set(keyName(entry.key), [...(rows.get(keyName(entry.key)) ?? []), entry]);
  indexes.set(roster, rows);
  return rows;
}

/** The same exactly when the key is. */
function keyName({ blob }: PublicKey): string {
  return blob.toString('base64');
}

// Written so that a time that is no number is never in time.
const isBefore = (entry: RosterEntry, at: number): boolean => entry.validAfter !== undefined && !(at >= entry.validAfter);
const isAfter = (entry: RosterEntry, at: number): boolean => entry.validBefore !== undefined && !(at <= entry.validBefore);

/**
 * A line, without its line end, that parseRoster and ssh-keygen read as: this person owns this key for these purposes.
 *
 * @throws CountersignError 'roster' when a part cannot be written down
 */
export function formatRosterLine(entry: { readonly principal: string; readonly key: PublicKey; readonly namespaces: readonly string[]; readonly comment?: string }): string {
  const { principal, key, namespaces, comment = '' } = entry;
  if (DECEPTIVE.test(comment)) refuse(sentence('The comment holds an invisible, control or broken character.'));
  if (namespaces.length === 0) refuse(sentence('A key needs at least one namespace to sign for.'));
  return `${checkPrincipal(principal)} namespaces="${namespaces.map(checkNamespace).join(',')}" ${publicKeyLine(key, comment.trim())}`;
}

function escapeForeign(text: string): string {
  return text.slice(0, 100).replace(/[^ -~]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

function refuse(message: Sentence): never {
  throw new CountersignError('roster', message);
}
