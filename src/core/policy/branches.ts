import { globOf } from './globs.js';
import type { Environment, Policy } from './policy.js';

const HEADS = 'refs/heads/';

/**
 * The environments that protect a branch on the server. Where any branch is protected, so is the one that the rules are
 * read from: who could push there freely could push the protection away.
 *
 * @param ref the whole name, such as `refs/heads/main`
 * @param rulesRef the branch that the server reads the rules from
 */
export function protectingEnvironments(policy: Policy, ref: string, rulesRef: string): readonly Environment[] {
  if (!ref.startsWith(HEADS)) return [];
  const name = withoutHeads(ref);
  const protecting = policy.environments.filter(({ branches }) => branches.length > 0);
  const matching = protecting.filter(({ branches }) => branches.some((glob) => globOf(withoutHeads(glob)).match(name)));
  return matching.length === 0 && ref === rulesRef ? protecting : matching;
}

/** A branch's own name; a policy may give it in either way. */
function withoutHeads(ref: string): string {
  return ref.startsWith(HEADS) ? ref.slice(HEADS.length) : ref;
}
