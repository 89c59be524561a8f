import type { Span } from '../assess/assessment.js';
import { changesBetween } from './hunks.js';

/** A place of the present text that the person has not seen yet, and what stood there when they last looked. In order, and apart. */
export interface Unseen extends Span {
  readonly was: string;
}

/** A part of a text, in UTF-16 offsets, and what takes its place. */
export interface TextChange extends Span {
  readonly text: string;
}

export function changed(text: string, change: TextChange): string {
  return text.slice(0, change.start) + change.text + text.slice(change.end);
}

/** The text as the person saw it last. */
export function seenText(now: string, unseen: readonly Unseen[]): string {
  let seen = '';
  let end = 0;
  for (const place of unseen) {
    seen += now.slice(end, place.start) + place.was;
    end = place.end;
  }
  return seen + now.slice(end);
}

/** Whether a change is made where something is unseen, or right beside it. */
export function touches(unseen: readonly Unseen[], change: Span): boolean {
  return unseen.some((place) => isBeside(place, change));
}

/** The same places, after a change that touches none of them. */
export function moved(unseen: readonly Unseen[], change: TextChange): readonly Unseen[] {
  const longer = change.text.length - (change.end - change.start);
  return unseen.map((place) => (place.start > change.end ? { ...place, start: place.start + longer, end: place.end + longer } : place));
}

/** What is unseen after a change of the text, which was `before`. What the person saw last stays what it was. */
export function afterChange(before: string, unseen: readonly Unseen[], change: TextChange): readonly Unseen[] {
  const [touched, apart] = [unseen.filter((place) => isBeside(place, change)), unseen.filter((place) => !isBeside(place, change))];
  const start = Math.min(change.start, ...touched.map((place) => place.start));
  const end = Math.max(change.end, ...touched.map((place) => place.end));
  const was = seenText(before.slice(start, end), touched.map((place) => ({ ...place, start: place.start - start, end: place.end - start })));
  const one = { start, end: end + change.text.length - (change.end - change.start), was };
  return [...moved(apart, change), one].sort((a, b) => a.start - b.start);
}

function isBeside(place: Span, change: Span): boolean {
  return place.start <= change.end && place.end >= change.start;
}

/** The smallest single change that makes one text of the other; undefined for the same text. */
export function changeBetween(before: string, after: string): TextChange | undefined {
  if (before === after) return undefined;
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) start += 1;
  let same = 0;
  while (same < most - start && before.charCodeAt(before.length - 1 - same) === after.charCodeAt(after.length - 1 - same)) same += 1;
  return { start, end: before.length - same, text: after.slice(start, after.length - same) };
}

/** Where two texts differ, line by line, as places of the second one. */
export function unseenBetween(seen: string, now: string): readonly Unseen[] {
  return changesBetween(seen, now).map(({ beforeSpan, afterSpan }) => ({ ...afterSpan, was: seen.slice(beforeSpan.start, beforeSpan.end) }));
}
