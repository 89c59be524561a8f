import { asSentence, sentence, spoken, type Sentence } from '../../say.js';
import type { LedgerEntry, RequestEntry } from '../entries.js';

/** What came of an entry, of which it has one. */
export type End = 'approved' | 'denied' | 'bypassed' | 'other';

/** How many entries of one day, assistant or rule came to which end. */
export interface Count {
  /** A sentence where the name is ours. */
  readonly name: string | Sentence;
  /** Requests; incidents never asked. */
  readonly held: number;
  readonly ends: Readonly<Record<End, number>>;
}

export interface Statistics {
  readonly total: Count;
  /** A day each, in order and without gaps; a month each where that were more than two months of days. */
  readonly overTime: readonly Count[];
  readonly unit: 'day' | 'month';
  /** The most held first. */
  readonly byAgent: readonly Count[];
  readonly byRule: readonly Count[];
  readonly waits: Waits;
}

/** How long approved requests waited until they ran, in seconds. */
export interface Waits {
  readonly count: number;
  readonly median: number | undefined;
  readonly p90: number | undefined;
  /** How many waited at most so long, and longer than the step before. */
  readonly steps: readonly { readonly name: Sentence; readonly count: number }[];
}

const STEPS = [[60, sentence('up to 1 min')], [300, sentence('up to 5 min')], [900, sentence('up to 15 min')], [3600, sentence('up to 1 h')], [14_400, sentence('up to 4 h')], [Infinity, sentence('longer')]] as const;
const MOST_DAYS = 62;
const DAY = 86_400_000;

const NO_AGENT = sentence('no assistant reported');

export function statistics(entries: readonly LedgerEntry[]): Statistics {
  const requests = entries.filter((entry) => entry.entry === 'request');
  return {
    total: countOf('all', entries),
    ...overTime(entries),
    byAgent: counts(requests, ({ agent }) => [agent?.name ?? NO_AGENT]),
    byRule: counts(requests, ({ rules }) => rules),
    waits: waitsOf(requests),
  };
}

/** What an entry came to: what went round the gate counts as that, whatever else was said. */
export function endOf(entry: LedgerEntry): End {
  if (entry.bypassed.length > 0 || entry.entry === 'incident') return 'bypassed';
  if (entry.state === 'denied') return 'denied';
  return entry.approvals.length > 0 && ['approved', 'running', 'finished'].includes(entry.state) ? 'approved' : 'other';
}

function countOf(name: Count['name'], entries: readonly LedgerEntry[]): Count {
  const ends = { approved: 0, denied: 0, bypassed: 0, other: 0 };
  for (const entry of entries) ends[endOf(entry)] += 1;
  return { name, held: entries.filter(({ entry }) => entry === 'request').length, ends };
}

function counts<Entry extends LedgerEntry>(entries: readonly Entry[], namesOf: (entry: Entry) => readonly Count['name'][]): readonly Count[] {
  const groups = new Map<Count['name'], Entry[]>();
  for (const entry of entries) {
    for (const name of new Set(namesOf(entry))) {
      const group = groups.get(name);
      if (group) group.push(entry);
      else groups.set(name, [entry]);
    }
  }
  return [...groups].map(([name, group]) => countOf(name, group)).sort((a, b) => b.held - a.held || (wordsOf(a) < wordsOf(b) ? -1 : 1));
}

function wordsOf({ name }: Count): string {
  return spoken(asSentence(name));
}

function overTime(entries: readonly LedgerEntry[]): Pick<Statistics, 'overTime' | 'unit'> {
  const days = entries.map(({ at }) => Date.parse(at.slice(0, 10)));
  if (days.length === 0) return { overTime: [], unit: 'day' };
  const [first, last] = [days.reduce((a, b) => Math.min(a, b)), days.reduce((a, b) => Math.max(a, b))];
  const unit = (last - first) / DAY < MOST_DAYS ? 'day' : 'month';
  const length = unit === 'day' ? '2026-11-26'.length : '2026-11'.length;
  const all = Array.from({ length: (last - first) / DAY + 1 }, (_, day) => new Date(first + day * DAY).toISOString().slice(0, length));
  const groups = new Map<string, LedgerEntry[]>(all.map((name) => [name, []]));
  for (const entry of entries) groups.get(entry.at.slice(0, length))?.push(entry);
  return { overTime: [...groups].map(([name, group]) => countOf(name, group)), unit };
}

/** An approval carries no time of its own; the requester's window uses it up as soon as it comes. */
function waitsOf(requests: readonly RequestEntry[]): Waits {
  const waits = requests.flatMap((entry) => (endOf(entry) === 'approved' && entry.use && entry.kind !== 'rules' ? [Math.max(0, (Date.parse(entry.use.at) - Date.parse(entry.at)) / 1000)] : [])).sort((a, b) => a - b);
  const rank = (share: number) => waits[Math.ceil(share * waits.length) - 1];
  const steps = STEPS.map(([most, name], index) => ({ name, count: waits.filter((wait) => wait <= most && wait > (STEPS[index - 1]?.[0] ?? -1)).length }));
  return { count: waits.length, median: rank(0.5), p90: rank(0.9), steps };
}
