import type { Policy } from './policy.js';

/** Who must agree before an operation may run. */
export interface Quorum {
  /** How many other persons must sign. */
  readonly required: number;
  /** Groups and people who may sign; undefined means everyone on the roster. */
  readonly approvers: readonly string[] | undefined;
  /** How long a request may stay open, in seconds. */
  readonly lifetime: number;
}

/** Where a policy asks for nobody, an operation that was held all the same waits for one person, this long. */
const FALLBACK: Quorum = { required: 1, approvers: undefined, lifetime: 30 * 60 };

/**
 * The strictest quorum among the environments that an operation touches.
 *
 * @param policies the trusted policy first; every further one may only tighten
 */
export function quorumFor(targets: readonly { readonly environment: string }[], policies: readonly [Policy, ...Policy[]]): Quorum {
  const touched = new Set(targets.map((target) => target.environment));
  const quorums = policies.flatMap((policy) =>
    policy.environments
      .filter((environment) => environment.approvals > 0 && touched.has(environment.name))
      .map(({ approvals, approvers, lifetime }): Quorum => ({ required: approvals, approvers, lifetime })),
  );
  const [first, ...rest] = quorums;
  return rest.reduce(stricter, first ?? FALLBACK);
}

/** More signatures, a shorter life, and only those who may sign for both. */
function stricter(a: Quorum, b: Quorum): Quorum {
  return { required: Math.max(a.required, b.required), approvers: both(a.approvers, b.approvers), lifetime: Math.min(a.lifetime, b.lifetime) };
}

function both(a: readonly string[] | undefined, b: readonly string[] | undefined): readonly string[] | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.filter((name) => b.includes(name));
}
