import type { Operation } from './operation.js';

/** One ref as a push would change it. The ids are whole; all zeros stands for no commit. */
export interface RefChange {
  readonly ref: string;
  readonly from: string;
  readonly to: string;
}

/** Whether an id stands for no commit: the ref is made, or taken away. */
export function isNone(id: string): boolean {
  return /^0+$/.test(id);
}

/** What a request for a push is called: it names the ref and both ends, so that an approval holds for no other change. */
export function pushLabel({ ref, from, to }: RefChange): string {
  return `push ${ref} from ${isNone(from) ? 'nothing' : from} to ${isNone(to) ? 'nothing' : to}`;
}

/** The command that would make the change: with a lease where it loses something, so that a review says so. */
export function pushCommand({ ref, from, to }: RefChange, remote: string, losesCommits: boolean): string {
  const lease = losesCommits || isNone(to) ? `--force-with-lease=${ref}:${from} ` : '';
  return `git push ${lease}${remote} ${isNone(to) ? '' : to}:${ref}`;
}

/**
 * Whether an operation is exactly this change.
 *
 * @param tree of the new commit, or of the old one where the ref is taken away
 */
export function isPushOf(operation: Operation, change: RefChange, losesCommits: boolean, tree: string): boolean {
  const remote = /^git push (?:--force-with-lease=\S+ )?(\S+) \S+$/.exec(operation.script)?.[1];
  return (
    operation.kind === 'command' &&
    operation.label === pushLabel(change) &&
    remote !== undefined &&
    operation.script === pushCommand(change, remote, losesCommits) &&
    operation.commit === (isNone(change.to) ? change.from : change.to) &&
    operation.worktree === tree
  );
}
