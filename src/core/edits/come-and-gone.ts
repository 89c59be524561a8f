/**
 * How a file that came or went stands to the last commit. A checkout, a pull or a reset leaves every file as the commit
 * has it, or away where the commit has none: what is as committed was git’s doing, or was committed by somebody.
 */
export type Standing = 'as committed' | 'uncommitted' | 'unknown to git';

/** A file that came or went while the window was open. */
export interface ComeOrGone {
  readonly isThere: boolean;
  /** Whether the person saw its text in this window before. */
  readonly wasSeen: boolean;
  /** Whether the person did it in the editor; so do assistants that use the editor for it. */
  readonly byHand: boolean;
  /** Whether an assistant announced exactly this. */
  readonly isAnnounced: boolean;
  readonly standing: Standing;
}

/** Whether a person has to be asked about it, if anything is at stake. */
export function isProposed({ isThere, wasSeen, byHand, isAnnounced, standing }: ComeOrGone): boolean {
  if (byHand && !isAnnounced) return false;
  // Of a deleted file without a commit, nobody knows more than what the person saw.
  return standing === 'uncommitted' || (standing === 'unknown to git' && (isThere || wasSeen));
}

/** The files that differ from the last commit by being there, and by not being there; relative to the top of the tree. */
export interface Uncommitted {
  readonly come: readonly string[];
  readonly gone: readonly string[];
}

/** Reads `git status --porcelain=v1 -z --no-renames`. */
export function readStatus(output: string): Uncommitted {
  const entries = output.split('\0').filter((entry) => entry.length > 3).map((entry) => ({ state: entry.slice(0, 2), name: entry.slice(3) }));
  const isGone = (state: string) => state === 'D ' || state[1] === 'D';
  return {
    come: entries.filter(({ state }) => state === '??' || (state.startsWith('A') && !isGone(state))).map(({ name }) => name),
    // What was added and never committed is in no commit that could give it back.
    gone: entries.filter(({ state }) => isGone(state) && !state.startsWith('A')).map(({ name }) => name),
  };
}
