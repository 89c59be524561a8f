import { resolvePath } from '../shell/paths.js';
import { isKnown } from '../shell/program.js';
import type { Use } from '../rules/use.js';
import { sentence } from '../say.js';
import { calledAs, here, unknownPath } from './elsewhere.js';
import type { Look } from './look.js';

/** Git calls that lose commits, or work that is in none. */
export const gitLooks: readonly (readonly [string, (use: Use, home: string) => readonly Look[]])[] = [
  ['git/force-push', inRepository(pushed)],
  ['git/delete-remote-branch', inRepository(pushed)],
  ['git/reset-hard', inRepository((use, directory) => [uncommitted(use, directory), ...moved(use, directory, undefined, use.operand(1) ?? 'HEAD')])],
  ['git/checkout-discard', inRepository((use, directory) => [uncommitted(use, directory)])],
  ['git/restore', inRepository((use, directory) => [uncommitted(use, directory)])],
  ['git/checkout-reset-branch', inRepository((use, directory) => {
    const branch = use.value('-B -C --force-create');
    // The grammar gives `-B`'s name as its value, and where it goes as what follows.
    return branch === undefined ? [uncommitted(use, directory)] : moved(use, directory, branch, use.operand(1) ?? 'HEAD');
  })],
  ['git/clean', inRepository((use, directory) => [{ kind: 'untracked', about: calledAs(use), directory, ignored: use.has('-X') ? 'only' : use.has('-x') ? 'too' : 'spared' }])],
  ['git/delete-branch', inRepository(deleted)],
];

/** `-C` may be given several times, each relative to the one before it. */
function inRepository(looks: (use: Use, directory: string) => readonly Look[]): (use: Use, home: string) => readonly Look[] {
  return here((use) => {
    const steps = use.values('-C');
    if (steps.some((step) => !isKnown(step))) return [unknownPath(use)];
    return looks(use, steps.reduce((directory, step) => resolvePath(directory, step), use.invocation.cwd));
  });
}

function uncommitted(use: Use, directory: string): Look {
  return { kind: 'uncommitted', about: calledAs(use), directory };
}

function moved(use: Use, directory: string, branch: string | undefined, to: string | undefined, remote?: string): readonly Look[] {
  if (![branch, to, remote].every((name) => name === undefined || isKnown(name))) return [{ kind: 'unknown', about: calledAs(use), why: sentence('which branch it means is only known when it runs') }];
  return [{ kind: 'commits', about: calledAs(use), directory, remote, branch, to }];
}

/** `push REMOTE [+][SOURCE]:BRANCH …` (git-push(1), <refspec>). */
function pushed(use: Use, directory: string): readonly Look[] {
  if (use.has('--mirror --all --prune --branches')) return [{ kind: 'unknown', about: calledAs(use), why: sentence('it pushes every branch, and none of them is named') }];
  const remote = use.operand(1) ?? use.value('--repo') ?? 'origin';
  const refs = use.rest(2);
  const isDeletion = use.has('-d --delete');
  if (refs.length === 0) return moved(use, directory, undefined, 'HEAD', remote);
  return refs.flatMap((spec) => {
    const plain = spec.replace(/^\+/, '');
    const colon = plain.indexOf(':');
    const [source, name] = colon < 0 ? [plain, plain] : [plain.slice(0, colon), plain.slice(colon + 1)];
    if (/^refs\/(?!heads\/)/.test(name)) return [];
    const branch = name === 'HEAD' || name === '@' ? undefined : name.replace(/^refs\/heads\//, '');
    return moved(use, directory, branch, isDeletion || source === '' ? undefined : source, remote);
  });
}

/** `branch -D NAME…`, `branch -f NAME [WHERE]`, `branch -M [OLD] NEW`. */
function deleted(use: Use, directory: string): readonly Look[] {
  if (use.has('-D -d --delete')) {
    const remote = use.has('-r --remotes');
    return use.rest(1).flatMap((name) => {
      const slash = name.indexOf('/');
      return remote && slash > 0 ? moved(use, directory, name.slice(slash + 1), undefined, name.slice(0, slash)) : moved(use, directory, name, undefined);
    });
  }
  const renames = use.has('-M -C -m -c --move --copy');
  const [first, second] = use.rest(1);
  if (renames) return moved(use, directory, second ?? first, second === undefined ? 'HEAD' : first);
  return moved(use, directory, first, second ?? 'HEAD');
}
