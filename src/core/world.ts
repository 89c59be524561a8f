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
  /** Where a directory stands in git, or undefined outside a repository. */
  git(directory: string): GitPlace | undefined;
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
