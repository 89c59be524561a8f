import type { Git } from './git.js';

/** A branch of a remote as it was last fetched. */
export interface RemoteBranch {
  /** Its name here: `refs/remotes/origin/main`. */
  readonly ref: string;
  readonly commit: string;
}

/** The default branch of a remote as this clone knows it, or undefined where it does not: its HEAD, or else the usual names. */
export async function defaultBranchOf(remote: string, git: Git): Promise<RemoteBranch | undefined> {
  const [head, ...usual] = ['HEAD', 'main', 'master'].map((name) => `refs/remotes/${remote}/${name}`);
  const refs = await commitsAt([head ?? '', ...usual], git);
  // Only a symbolic HEAD names a branch.
  const named = refs.find(({ ref, target }) => ref === head && target !== '');
  if (named) return { ref: named.target, commit: named.commit };
  return usual.flatMap((name) => refs.find(({ ref }) => ref === name) ?? [])[0];
}

/** The refs of these names that are there and point at commits; `target` is what a symbolic one stands for. */
async function commitsAt(names: readonly string[], git: Git): Promise<readonly (RemoteBranch & { readonly target: string })[]> {
  const lines = (await git.text(['for-each-ref', '--format=%(objecttype) %(objectname) %(refname) %(symref)', ...names])).split('\n');
  return lines.flatMap((line) => {
    const [type, commit = '', ref = '', target = ''] = line.split(' ');
    // A name also finds what lies below it.
    return type === 'commit' && names.includes(ref) ? [{ ref, commit, target }] : [];
  });
}
