import { plain } from '../approval/display.js';

/** How far one thing in an operation reaches, as it was found. Its texts come from outside and are not escaped. */
export interface Extent {
  readonly sort: 'Files' | 'Untracked' | 'Uncommitted' | 'Commits' | 'Plan' | 'Resources' | 'Objects' | 'Tables' | 'Not known';
  /** What in the operation it is about, as that writes it. */
  readonly about: string;
  /** How much: `1,204 files, 3.1 MB`. */
  readonly amount: string;
  /** How that was found, and what it leaves out: a clause without a full stop. */
  readonly how: string;
  /** What the amount is made of, the most first. */
  readonly parts: readonly Part[];
  /** The first few of what it is, each on a line of its own. */
  readonly items: readonly string[];
}

export interface Part {
  readonly name: string;
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
export function extentLines(extents: readonly Extent[], row: (name: string, text: string) => string): readonly string[] {
  return extents.flatMap(({ sort, about, amount, how, parts, items }) => [
    row(sort, [about === '' ? '' : `${plain(about)}: `, plain(amount), how === '' ? '' : ` (${plain(how)})`].join('')),
    ...bars(parts).map((line) => row('', line)),
    ...items.map((item) => row('', cut(plain(item)))),
  ]);
}

function bars(parts: readonly Part[]): readonly string[] {
  if (parts.length < 2) return [];
  const shown = parts.slice(0, MOST_PARTS).map(({ name, count }) => ({ name: shortened(plain(name)), count }));
  const most = Math.max(...shown.map(({ count }) => count));
  const nameWidth = Math.max(...shown.map(({ name }) => name.length));
  const countWidth = Math.max(...shown.map(({ count }) => counted(count).length));
  const lines = shown.map(({ name, count }) => `${name.padEnd(nameWidth)}  ${counted(count).padStart(countWidth)} ${'█'.repeat(Math.max(1, Math.round((count / most) * WIDEST_BAR)))}`);
  return parts.length > shown.length ? [...lines, `and ${parts.length - shown.length} more kinds`] : lines;
}

function cut(text: string): string {
  return text.length > LONGEST_ITEM ? `${text.slice(0, LONGEST_ITEM)} (and ${counted(text.length - LONGEST_ITEM)} more characters)` : text;
}

function shortened(name: string): string {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;
}

/** `1,204`. */
export function counted(count: number): string {
  return count.toLocaleString('en-US');
}

/** `1 file`, `1,204 files`. */
export function amountOf(count: number, one: string, many = `${one}s`): string {
  return `${counted(count)} ${count === 1 ? one : many}`;
}

/** `812 B`, `3.1 MB`. */
export function sizeOf(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 ? counted(bytes) : value.toFixed(1)} ${['B', 'kB', 'MB', 'GB', 'TB'][power] ?? ''}`;
}

/** Things by how often they are there, the most first. */
export function tallied(names: Iterable<string>): readonly Part[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => ({ name, count })).sort((left, right) => right.count - left.count || (left.name < right.name ? -1 : 1));
}
