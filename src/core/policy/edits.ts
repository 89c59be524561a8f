import { isGateFile } from '../edits/weakenings.js';
import { plain } from '../approval/display.js';
import { strictest, type ActorKind, type Verdict } from './decide.js';
import type { Demand, Policy } from './policy.js';
import { sentence, type Sentence } from '../say.js';
import { isProtectedBy } from './globs.js';

/**
 * What an edit of a file needs under one policy: protected paths, and for assistants every file that gates rest on.
 * Several policies: take the {@link strictest} of their verdicts.
 *
 * @param path relative to the top of the repository, with forward slashes; absolute for a file outside it
 */
export function decideEdit(path: string, actor: ActorKind, policy: Policy): Verdict {
  const verdicts = policy.protectedPaths
    .filter(({ paths, by }) => (by === 'everyone' || actor === 'agent') && paths.some((glob) => isProtectedBy(glob, path)))
    .map(({ edits, environment }): Verdict => ({ action: edits, environment, reasons: [reasonFor(edits, plain(path))] }));
  // Trust table 31: an assistant that may edit what stops it is not stopped.
  const gate: Verdict[] = actor === 'agent' && isGateFile(`/${path}`) ? [{ action: 'confirm', environment: undefined, reasons: [sentence('Gates rest on {0}: a person confirms what an assistant changes in it.', plain(path))] }] : [];
  return strictest([{ action: 'allow', environment: undefined, reasons: [] }, ...verdicts, ...gate]);
}

function reasonFor(edits: Demand, path: string): Sentence {
  switch (edits) {
    case 'confirm':
      return sentence('The policy protects {0}: a person confirms each edit.', path);
    case 'approve':
      return sentence('The policy protects {0}: an edit needs approval.', path);
    case 'deny':
      return sentence('The policy protects {0}: it is not edited here.', path);
  }
}
