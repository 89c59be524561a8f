import { textOf } from '../broker/sealing.js';
import type { Opened } from '../broker/unsealing.js';
import { memoryFile } from '../world/memory-file.js';

/** What a command is given besides what was in its environment anyway. */
export interface Given {
  readonly variables: Readonly<Record<string, string>>;
  /** Open files; the command has the first of them as 3, the next as 4, and so on. They are closed here once it has started. */
  readonly descriptors: readonly number[];
}

export const NOTHING: Given = { variables: {}, descriptors: [] };
/** Those before are the command's input and outputs. */
const FIRST_DESCRIPTOR = 3;

/** Hands opened items over: variables as they are, files as the path of a descriptor that leads to memory. */
export function handOver(opened: readonly Opened[]): Given {
  const descriptors: number[] = [];
  const entries = opened.map(({ name, kind, value }): readonly [string, string] => {
    if (kind === 'variable') return [name, textOf(value) ?? ''];
    return [name, `/dev/fd/${FIRST_DESCRIPTOR + descriptors.push(memoryFile(value)) - 1}`];
  });
  return { variables: Object.fromEntries(entries), descriptors };
}
