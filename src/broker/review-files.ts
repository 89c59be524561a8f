import path from 'node:path';
import { counted, showLines } from '../core/approval/display.js';
import type { Finding } from '../core/assess/assessment.js';
import type { World } from '../core/world.js';

/** The text of a file that would run, as the commit has it, ready to be shown. */
export interface FollowedFile {
  /** Relative to the top of the repository. */
  readonly path: string;
  readonly lines: readonly { readonly text: string; /** A finding stands on this line. */ readonly flagged: boolean }[];
  /** How many lines are not shown. */
  readonly left: number;
}

const MOST_LINES = 200;
/** Of all files together. */
const MOST_IN_ALL = 1000;
const LONGEST_LINE = 400;

/**
 * The files that would run, escaped and bounded: what an approver has to read beside the command. Lines with findings
 * are marked, and a file that is cut says how much is left.
 *
 * @param inputs paths relative to the top of the repository
 */
export function followedFiles(inputs: readonly string[], findings: readonly Finding[], root: string, world: World): readonly FollowedFile[] {
  let room = MOST_IN_ALL;
  return inputs.flatMap((input) => {
    const file = path.join(root, input);
    const bytes = world.readFile(file);
    if (!bytes || bytes.includes(0)) return [];
    const text = new TextDecoder().decode(bytes);
    const shown = showLines(text.replace(/\n$/, ''));
    const flagged = new Set(findings.flatMap(({ file: place, span }) => (place === file ? [lineOf(text, span.start)] : [])));
    const most = Math.min(MOST_LINES, room);
    room -= Math.min(shown.length, most);
    const lines = shown.slice(0, most).map((line, index) => ({ text: cut(counted(line.text)), flagged: flagged.has(index) }));
    return [{ path: input, lines, left: shown.length - lines.length }];
  });
}

function cut(line: string): string {
  return line.length <= LONGEST_LINE ? line : `${line.slice(0, LONGEST_LINE)} (and ${line.length - LONGEST_LINE} more characters)`;
}

function lineOf(text: string, offset: number): number {
  let line = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}
