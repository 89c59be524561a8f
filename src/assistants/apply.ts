import type { Change, PatchHunk, Replacement } from './call.js';

/** A file's text after a change. */
export interface Applied {
  /** Undefined when the file is gone. */
  readonly after: string | undefined;
  /** Whether it is certain. Where it is not, `after` holds at least everything new. */
  readonly certain: boolean;
}

/** What a change makes of a text; undefined stands for a file that is not there. Never throws. */
export function applyChange(before: string | undefined, change: Change): Applied {
  const text = before ?? '';
  switch (change.type) {
    case 'write':
      return { after: change.text, certain: true };
    case 'append':
      return { after: text === '' || text.endsWith('\n') ? text + change.text : `${text}\n${change.text}`, certain: true };
    case 'insert': {
      const lines = text.split('\n');
      const added = change.text.endsWith('\n') ? change.text.slice(0, -1) : change.text;
      return { after: [...lines.slice(0, change.line), added, ...lines.slice(change.line)].join('\n'), certain: change.line <= lines.length };
    }
    case 'replace':
      return change.pairs.reduce<Applied>(replaced, { after: text, certain: true });
    case 'patch':
      return patched(text, change.hunks);
    case 'delete':
      return { after: undefined, certain: true };
    case 'unknown':
      return { after: beside(text, change.text), certain: false };
  }
}

function replaced({ after = '', certain }: Applied, { old, now, all }: Replacement): Applied {
  if (old === '' && after === '') return { after: now, certain };
  const at = old === '' ? -1 : after.indexOf(old);
  // The tool fails, or finds something that only looks like it.
  if (at < 0) return { after: beside(after, now), certain: false };
  return { after: all ? after.replaceAll(old, () => now) : after.slice(0, at) + now + after.slice(at + old.length), certain };
}

function patched(text: string, hunks: readonly PatchHunk[]): Applied {
  const lines = text.split('\n');
  let from = 0;
  let certain = true;
  for (const { old, now } of hunks) {
    const at = old.length === 0 ? endOf(lines) : placeOf(lines, old, from);
    if (at < 0) {
      certain = false;
      lines.push(...now);
      continue;
    }
    lines.splice(at, old.length, ...now);
    from = at + now.length;
  }
  return { after: lines.join('\n'), certain };
}

/** Lines that are only added stand at the end, before the last line break. */
function endOf(lines: readonly string[]): number {
  return lines.at(-1) === '' ? lines.length - 1 : lines.length;
}

function placeOf(lines: readonly string[], old: readonly string[], from: number): number {
  for (const same of [(a: string, b: string) => a === b, (a: string, b: string) => a.trim() === b.trim()]) {
    for (let at = from; at + old.length <= lines.length; at += 1) {
      if (old.every((line, index) => same(lines[at + index] ?? '', line))) return at;
    }
  }
  return -1;
}

function beside(before: string, added: string): string {
  return before === '' ? added : `${before}\n${added}`;
}
