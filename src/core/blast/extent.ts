import { plain, plainly } from '../approval/display.js';
import { english, joined, sentence, spoken, type Say, type Sentence, type Value } from '../say.js';

const SORTS = {
  Files: sentence('Files'),
  Untracked: sentence('Untracked'),
  Uncommitted: sentence('Uncommitted'),
  Commits: sentence('Commits'),
  Plan: sentence('Plan'),
  Resources: sentence('Resources'),
  Objects: sentence('Objects'),
  Tables: sentence('Tables'),
  'Not known': sentence('Not known'),
};

/** How far one thing in an operation reaches, as it was found. What in it comes from outside is not escaped. */
export interface Extent {
  readonly sort: keyof typeof SORTS;
  /** What in the operation it is about, as that writes it. */
  readonly about: string;
  /** How much: `1,204 files, 3.1 MB`. */
  readonly amount: Sentence;
  /** How that was found, and what it leaves out: clauses without a full stop. */
  readonly how: readonly Sentence[];
  /** What the amount is made of, the most first. */
  readonly parts: readonly Part[];
  /** The first few of what it is, each on a line of its own. */
  readonly items: readonly Value[];
}

export interface Part {
  readonly name: Value;
  readonly count: number;
}

const MOST_PARTS = 12;
const WIDEST_BAR = 24;
const LONGEST_NAME = 28;
const LONGEST_ITEM = 200;

/**
 * Lines for people: what, how much, and how that was found. Where there are several parts, bars show at a glance which
 * of them is large. Everything from outside is escaped.
 *
 * @param row puts a name in front of a text, as the place where it is shown does
 */
export function extentLines(extents: readonly Extent[], row: (name: string, text: string) => string, say: Say = english): readonly string[] {
  return extents.flatMap(({ sort, about, amount, how, parts, items }) => [
    row(spoken(SORTS[sort], say), [about === '' ? '' : `${plain(about)}: `, shown(amount, say), how.length === 0 ? '' : ` (${shown(joined(how, '; '), say)})`].join('')),
    ...bars(parts, say).map((line) => row('', line)),
    ...items.map((item) => row('', cut(shown(item, say), say))),
  ]);
}

export interface RecordedExtent {
  readonly sort: Extent['sort'];
  readonly about: string;
  readonly amount: string;
  readonly how: string;
  readonly parts: readonly { readonly name: string; readonly count: number }[];
  readonly items: readonly string[];
}

/** An extent as programs have it, in English. */
export function recordedExtent({ sort, about, amount, how, parts, items }: Extent): RecordedExtent {
  return { sort, about, amount: spoken(amount), how: how.map((clause) => spoken(clause)).join('; '), parts: parts.map(({ name, count }) => ({ name: inEnglish(name), count })), items: items.map((item) => inEnglish(item)) };
}

function inEnglish(value: Value): string {
  return typeof value === 'object' ? spoken(value) : String(value);
}

function shown(value: Value, say: Say): string {
  return typeof value === 'object' ? plainly(value, say) : plain(String(value));
}

function bars(parts: readonly Part[], say: Say): readonly string[] {
  if (parts.length < 2) return [];
  const drawn = parts.slice(0, MOST_PARTS).map(({ name, count }) => ({ name: shortened(shown(name, say)), count, written: spoken(counted(count), say) }));
  const most = Math.max(...drawn.map(({ count }) => count));
  const nameWidth = Math.max(...drawn.map(({ name }) => name.length));
  const countWidth = Math.max(...drawn.map(({ written }) => written.length));
  const lines = drawn.map(({ name, count, written }) => `${name.padEnd(nameWidth)}  ${written.padStart(countWidth)} ${'█'.repeat(Math.max(1, Math.round((count / most) * WIDEST_BAR)))}`);
  return parts.length > drawn.length ? [...lines, spoken(sentence('and {0} more kinds', parts.length - drawn.length), say)] : lines;
}

function cut(text: string, say: Say): string {
  return text.length > LONGEST_ITEM ? spoken(sentence('{0} (and {1} more characters)', text.slice(0, LONGEST_ITEM), counted(text.length - LONGEST_ITEM)), say) : text;
}

function shortened(name: string): string {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;
}

/** `1,204`: what stands between thousands is the language's own. */
export function counted(count: number): Sentence {
  return count < 1000 ? joined([count], '') : sentence('{0},{1}', counted(Math.floor(count / 1000)), String(count % 1000).padStart(3, '0'));
}

/** `1 file`, `1,204 files`. */
export function filesOf(count: number): Sentence {
  return count === 1 ? sentence('1 file') : sentence('{0} files', counted(count));
}

/** `812 B`, `3.1 MB`. */
export function sizeOf(bytes: number): Sentence {
  const power = bytes < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3));
  const unit = ['B', 'kB', 'MB', 'GB', 'TB'][power] ?? '';
  if (power === 0) return joined([bytes, unit], ' ');
  const [whole = '', tenth = ''] = (bytes / 1000 ** power).toFixed(1).split('.');
  return joined([sentence('{0}.{1}', whole, tenth), unit], ' ');
}

/** Things by how often they are there, the most first. */
export function tallied(names: Iterable<string>): readonly { readonly name: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => ({ name, count })).sort((left, right) => right.count - left.count || (left.name < right.name ? -1 : 1));
}
