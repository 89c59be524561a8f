import { Minimatch } from 'minimatch';
import { isGateFile } from '../edits/weakenings.js';
import { plain } from '../approval/display.js';
import { strictest, type ActorKind, type Verdict } from './decide.js';
import type { Policy } from './policy.js';

/**
 * What an edit of a file needs under one policy: protected paths, and for assistants every file that gates rest on.
 * Several policies: take the {@link strictest} of their verdicts.
 *
 * @param path relative to the top of the repository, with forward slashes; absolute for a file outside it
 */
export function decideEdit(path: string, actor: ActorKind, policy: Policy): Verdict {
  const verdicts = policy.protectedPaths
    .filter(({ paths, by }) => (by === 'everyone' || actor === 'agent') && paths.some((glob) => matches(glob, path)))
    .map(({ edits, environment }): Verdict => ({ action: edits, environment, reasons: [`The policy protects ${plain(path)}: ${WORDS[edits]}.`] }));
  // Trust table 31: an assistant that may edit what stops it is not stopped.
  const gate: Verdict[] = actor === 'agent' && isGateFile(`/${path}`) ? [{ action: 'confirm', environment: undefined, reasons: [`Gates rest on ${plain(path)}: a person confirms what an assistant changes in it.`] }] : [];
  return strictest([{ action: 'allow', environment: undefined, reasons: [] }, ...verdicts, ...gate]);
}

const WORDS = { confirm: 'a person confirms each edit', approve: 'an edit needs approval', deny: 'it is not edited here' } as const;

/** Letter case is ignored, for some file systems ignore it: protecting too much asks once more, too little never. */
function matches(glob: string, path: string): boolean {
  return new Minimatch(glob, { dot: true, nonegate: true, nocomment: true, nocase: true }).match(path);
}
