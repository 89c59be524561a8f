import { structuredPatch } from 'diff';
import type { Finding, Span } from '../assess/assessment.js';
import { linesOf } from '../files/passage.js';

/** A range of lines, counted from 0. */
export interface Lines {
  readonly start: number;
  readonly count: number;
}

/** One place where an edit changes the file, and what that change brings or takes. */
export interface Hunk {
  readonly before: Lines;
  readonly after: Lines;
  /** The same ranges in UTF-16 offsets. */
  readonly beforeSpan: Span;
  readonly afterSpan: Span;
  readonly added: readonly Finding[];
  readonly lostProtections: readonly Finding[];
}

export type Change = Omit<Hunk, 'added' | 'lostProtections'>;

/** Beyond so many changed lines the whole file counts as one change: a finer answer would take quadratic time. */
const MOST_CHANGES = 1500;

/** Where two texts differ, line by line. */
export function changesBetween(before: string, after: string): readonly Change[] {
  if (before === after) return [];
  const [old, now] = [startsOf(before), startsOf(after)];
  const patch = structuredPatch('before', 'after', before, after, '', '', { context: 0, maxEditLength: MOST_CHANGES });
  if (!patch) return [change({ start: 0, count: old.length - 1 }, { start: 0, count: now.length - 1 }, old, now)];
  return patch.hunks.map((hunk) => change(linesIn(hunk.oldStart, hunk.oldLines), linesIn(hunk.newStart, hunk.newLines), old, now));
}

/** The change that a place belongs to: the one around it, else the nearest one. */
export function changeAt(changes: readonly Change[], side: 'beforeSpan' | 'afterSpan', { start, end }: Span): number {
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, change] of changes.entries()) {
    const span = change[side];
    const distance = start < span.end && end > span.start ? -1 : Math.min(Math.abs(start - span.end), Math.abs(span.start - end));
    if (distance < least) {
      least = distance;
      best = index;
    }
  }
  return best;
}

/** Whether a place lies in one of the changes. */
export function isChanged(changes: readonly Change[], side: 'beforeSpan' | 'afterSpan', { start, end }: Span): boolean {
  let low = 0;
  let high = changes.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((changes[middle]?.[side].end ?? 0) > start) high = middle;
    else low = middle + 1;
  }
  const span = changes[low]?.[side];
  return span !== undefined && start < span.end && end > span.start;
}

/** `@@ -3,0 +4,2 @@`: a range without lines stands behind the line it names, in a patch of two files that exist. */
function linesIn(start: number, count: number): Lines {
  return { start: Math.max(0, start - 1), count };
}

function change(before: Lines, after: Lines, old: readonly number[], now: readonly number[]): Change {
  return { before, after, beforeSpan: spanOf(before, old), afterSpan: spanOf(after, now) };
}

function spanOf({ start, count }: Lines, starts: readonly number[]): Span {
  const last = starts.at(-1) ?? 0;
  return { start: starts[start] ?? last, end: starts[start + count] ?? last };
}

/** Where each line begins, and where the text ends. */
function startsOf(text: string): readonly number[] {
  return [...linesOf(text).map(({ start }) => start), text.length];
}
