import { Minimatch } from 'minimatch';

/** Compiling takes longer than matching, and every file that changes is asked about. */
const compiled = new Map<string, Minimatch>();
const MOST_COMPILED = 2_000;

/**
 * A glob of a policy. Letter case is ignored, for some file systems ignore it: protecting too much asks once more, too
 * little never. Parentheses stand for themselves, see {@link hasGroup}.
 */
export function globOf(pattern: string): Minimatch {
  const known = compiled.get(pattern);
  if (known) return known;
  const glob = new Minimatch(pattern, { dot: true, nonegate: true, nocomment: true, nocase: true, noext: true });
  if (compiled.size >= MOST_COMPILED) compiled.clear();
  compiled.set(pattern, glob);
  return glob;
}

/** Whether somebody took a glob for one with groups, such as `@(live|prd)` or `!(dev)`, and so protects nothing with it. */
export function hasGroup(pattern: string): boolean {
  return /[!@+?*]\(/.test(pattern);
}

/**
 * Whether a path is what a protected path means, in the way of .gitignore and CODEOWNERS: without a slash it is a name at
 * any depth, a folder is all that is in it, and a leading slash is the top of the repository, or of the disk.
 */
export function isProtectedBy(pattern: string, path: string): boolean {
  const bare = pattern.replace(/^\.\//, '').replace(/\/$/, '');
  const placed = bare.includes('/') ? bare : `**/${bare}`;
  return [placed, `${placed}/**`].map(globOf).some((glob) => glob.match(path) || glob.match(`/${path}`));
}
