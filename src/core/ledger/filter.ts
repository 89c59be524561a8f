import { CountersignError } from '../errors.js';
import { sentence } from '../say.js';
import { peopleOf, stateOf, timestamp, type LedgerEntry } from './entries.js';

/** What somebody looks for in the ledger; what is not given fits everything. */
export interface LedgerFilter {
  /** Unix seconds. */
  readonly since?: number | undefined;
  /** Unix seconds; what is at this moment or later is left out. */
  readonly until?: number | undefined;
  /** A part of anybody's name who asked, decided, ran, reviewed or reported it. */
  readonly person?: string | undefined;
  /** A part of the assistant's name or model. */
  readonly agent?: string | undefined;
  readonly state?: string | undefined;
  /** Words that all stand somewhere in the entry. */
  readonly text?: string | undefined;
}

/** What a filter's state can be. */
export const LEDGER_STATES = ['waiting', 'approved', 'denied', 'expired', 'withdrawn', 'running', 'finished', 'invalid', 'incident', 'bypassed'] as const;

/** What a part of a filter is called in one line; the rest of the line is text. */
const KEYS = ['since', 'until', 'person', 'agent', 'state'] as const;
/** The same as people write it. */
export type FilterWords = { readonly [Key in (typeof KEYS)[number] | 'text']?: string | undefined };

/**
 * Reads a filter as people write it.
 *
 * @param now Unix seconds
 * @throws CountersignError `refused` when a time or a state cannot be understood
 */
export function readFilter({ since, until, person, agent, state, text }: FilterWords, now: number): LedgerFilter {
  if (state !== undefined && !(LEDGER_STATES as readonly string[]).includes(state)) {
    throw new CountersignError('refused', sentence('“{0}” is no state: write one of {1}.', state, LEDGER_STATES.join(', ')));
  }
  return { since: since === undefined ? undefined : momentOf(since, now, 'start'), until: until === undefined ? undefined : momentOf(until, now, 'end'), person, agent, state, text };
}

/** Reads one line such as `since:7d person:ana terraform destroy`: what has no known name in front is text. */
export function filterWords(line: string): FilterWords {
  const read = line.split(/\s+/).filter((word) => word !== '').map((word) => {
    const key = KEYS.find((name) => word.startsWith(`${name}:`) && word.length > name.length + 1);
    return { key, word: key === undefined ? word : word.slice(key.length + 1) };
  });
  const text = read.flatMap(({ key, word }) => (key === undefined ? [word] : []));
  return { ...(text.length > 0 && { text: text.join(' ') }), ...Object.fromEntries(read.flatMap(({ key, word }) => (key === undefined ? [] : [[key, word]]))) };
}

/**
 * A moment as people write it: a day, a time with its zone, or how long ago (`12h`, `7d`).
 *
 * @param edge which end of a day is meant
 * @returns Unix seconds
 * @throws CountersignError `refused`
 */
function momentOf(text: string, now: number, edge: 'start' | 'end'): number {
  const ago = /^(\d{1,5})([hd])$/.exec(text);
  if (ago) return now - Number(ago[1]) * (ago[2] === 'd' ? 86_400 : 3600);
  const at = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2}))?$/.test(text) ? Date.parse(text) / 1000 : NaN;
  if (Number.isNaN(at)) throw new CountersignError('refused', sentence('“{0}” is no time: write 2026-11-26, 2026-11-26T08:30Z, or 7d or 12h for how long ago.', text));
  return text.length === 10 && edge === 'end' ? at + 86_400 : at;
}

/** The entries that fit, in their order. */
export function select(entries: readonly LedgerEntry[], { since, until, person, agent, state, text }: LedgerFilter): readonly LedgerEntry[] {
  const [from, to] = [since, until].map((seconds) => (seconds === undefined ? undefined : timestamp(seconds)));
  const words = (text ?? '').toLowerCase().split(/\s+/).filter((word) => word !== '');
  return entries.filter(
    (entry) =>
      (from === undefined || entry.at >= from) &&
      (to === undefined || entry.at < to) &&
      (person === undefined || peopleOf(entry).some((name) => includes(name, person))) &&
      (agent === undefined || (entry.entry === 'request' && [entry.agent?.name, entry.agent?.model].some((name) => includes(name ?? '', agent)))) &&
      (state === undefined || (state === 'bypassed' ? entry.bypassed.length > 0 : stateOf(entry) === state)) &&
      holdsAll(entry, words),
  );
}

/** @param words in lower case */
function holdsAll(entry: LedgerEntry, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const parts = textsOf(entry).map((part) => part.toLowerCase());
  return words.every((word) => parts.some((part) => part.includes(word)));
}

function includes(text: string, part: string): boolean {
  return text !== '' && text.toLowerCase().includes(part.toLowerCase());
}

/** What a search looks through. */
function textsOf(entry: LedgerEntry): readonly string[] {
  const common = [entry.id, entry.title, entry.script, stateOf(entry), ...peopleOf(entry), ...entry.environments, ...entry.gate, ...entry.bypassed];
  if (entry.entry === 'incident') return [...common, entry.name];
  return [...common, entry.reason, ...entry.rules, ...entry.targets.map(({ name }) => name), ...[entry.agent?.name, entry.denial?.reason, entry.withdrawal?.reason, entry.glass?.reason, entry.glass?.review?.note].flatMap((part) => part ?? [])];
}
