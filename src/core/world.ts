import type { SqlParsers } from './languages/sql-acts.js';

/**
 * The one narrow interface through which the pure core sees the world. The edges implement it over the
 * file system or over a commit; tests implement it over a table. Every answer is a plain value, and a World
 * must give the same answer to the same question for as long as one assessment lasts.
 */
export interface World {
  /** The user's home directory, absolute. */
  readonly home: string;
  /** An environment variable as the operation would see it. */
  env(name: string): string | undefined;
  /** The bytes of a file, or undefined when it is missing, not a file, unreadable or larger than the edge allows. */
  readFile(path: string): Uint8Array | undefined;
  /** Whether a file of any size is there, also one that {@link readFile} does not give. An edge that leaves this out has only what can be read. */
  isFile?(path: string): boolean;
  /** Countersign's own directory, absolute; without it, the usual place below the home directory. */
  readonly own?: string;
  /** Where a directory stands in git, or undefined outside a repository. */
  git(directory: string): GitPlace | undefined;
  /** Lends real SQL parsers, each loaded when it is asked for first. Without them statements are judged by their words. */
  readonly sqlParsers?: SqlParsers | undefined;
}

export interface GitPlace {
  /** The top of the working tree, absolute. */
  readonly root: string;
  /** The branch that is checked out, or undefined when HEAD is detached. */
  readonly branch: string | undefined;
  /** The remote's default branch by its short name, such as `main`. */
  readonly defaultBranch: string | undefined;
  /** Remote name to URL. */
  readonly remotes: ReadonlyMap<string, string>;
}

/** Whether a file is there, whether or not it can be read. */
export function hasFile(world: World, path: string): boolean {
  return world.isFile?.(path) ?? world.readFile(path) !== undefined;
}
