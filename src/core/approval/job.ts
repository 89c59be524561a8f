import { canonicalText } from './canonical.js';
import type { Operation } from './operation.js';

/**
 * Which parts of what a job would run are not what was approved, in words for a person. The request was made on another
 * machine: its environment variables, and files outside the repository that this job does not read, say nothing here.
 * What they would change is compared instead: the targets that this machine finds, and every file it would obey.
 */
export function jobDifferences(approved: Operation, here: Operation): string[] {
  const exact: readonly (readonly [words: string, part: (operation: Operation) => unknown])[] = [
    ['what is being started', ({ kind }) => kind],
    ['the command line', ({ script }) => script],
    ['the shell', ({ shell }) => shell.split(/[\\/]/).at(-1)],
    ['the working directory', ({ directory }) => directory],
    ['the repository', ({ repository }) => repository],
    ['the commit', ({ commit }) => commit],
    ['files in the working copy', ({ worktree }) => worktree],
    // The key for them lives in the process that asked, and in no job.
    ['what it would be given', ({ sealed }) => canonicalText(sealed ?? null)],
  ];
  const within: readonly (readonly [words: string, parts: (operation: Operation) => readonly unknown[]])[] = [
    ['the files it would run', ({ inputs }) => inputs],
    ['where it would land', ({ targets }) => targets.map(({ environment, kind, name }) => [environment, kind, name])],
  ];
  return [
    ...exact.filter(([, part]) => part(approved) !== part(here)),
    ...within.filter(([, parts]) => {
      const known = new Set(parts(approved).map(canonicalText));
      return parts(here).some((part) => !known.has(canonicalText(part)));
    }),
  ].map(([words]) => words);
}
