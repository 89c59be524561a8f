import type { Sentence } from '../say.js';

/**
 * Something to look at, to know how far an operation reaches. A plain value: where it is looked at, and by whom, is for
 * the edges to say. Paths are absolute and normalised; texts are as the operation writes them, not escaped.
 */
export type Look =
  /** Files and what is below directories. A path may hold wildcards. */
  | { readonly kind: 'files'; readonly about: string; readonly path: string; readonly wild: boolean }
  /** Files that git does not know, as `git clean` takes them. */
  | { readonly kind: 'untracked'; readonly about: string; readonly directory: string; readonly ignored: 'spared' | 'too' | 'only' }
  /** Changes of tracked files that no commit has. */
  | { readonly kind: 'uncommitted'; readonly about: string; readonly directory: string }
  | Moved
  /** The resources of a saved plan: the first of these files that is one in JSON. */
  | { readonly kind: 'plan'; readonly about: string; readonly files: readonly string[] }
  /** The resources that a directory's Terraform files declare. */
  | { readonly kind: 'resources'; readonly about: string; readonly directory: string }
  /** The objects of a manifest, or of those in a directory. */
  | { readonly kind: 'objects'; readonly about: string; readonly path: string; readonly deep: boolean }
  /** Tables, columns, databases and whatever else SQL names. */
  | { readonly kind: 'tables'; readonly does: Sentence; readonly names: readonly string[] }
  /** It reaches something of which nothing can be found out, and why. */
  | { readonly kind: 'unknown'; readonly about: string; readonly why: Sentence };

/** A branch that would not be where it was: what only it had is lost. */
export interface Moved {
  readonly kind: 'commits';
  readonly about: string;
  readonly directory: string;
  /** The branch's remote; undefined for a branch of the clone itself. */
  readonly remote: string | undefined;
  /** The branch's short name; undefined for the one that is checked out. */
  readonly branch: string | undefined;
  /** The revision that it would be at afterwards; undefined when it would be gone. */
  readonly to: string | undefined;
}
