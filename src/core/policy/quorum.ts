import { plain } from '../approval/display.js';
import { english, joined, sentence, spoken, type Say, type Sentence } from '../say.js';
import type { Part, Policies, Policy, PresenceDemand, Signing } from './policy.js';

/** Who must agree before an operation may run. */
export interface Quorum {
  /** Every one of these must be met; within one of them, every part needs persons of its own. */
  readonly requirements: readonly (readonly Part[])[];
  /** What a signature must prove about the person who made it. */
  readonly presence: PresenceDemand;
  /** How long a request may stay open, in seconds. */
  readonly lifetime: number;
}

/** Where a policy asks for nobody, an operation that was held all the same waits for one person, this long. */
const FALLBACK: Quorum = { requirements: [[{ count: 1, of: undefined }]], presence: 'none', lifetime: 30 * 60 };

/** Where the policy does not say how long a change of the rules may wait for signatures, in seconds. */
const RULES_LIFETIME = 24 * 60 * 60;

const DEMANDS: readonly PresenceDemand[] = ['none', 'touch', 'pin'];

/**
 * What the environments that an operation touches ask for, all of it.
 *
 * @param policies the trusted policy first; every further one may only tighten
 */
export function quorumFor(targets: readonly { readonly environment: string }[], policies: Policies): Quorum {
  const touched = new Set(targets.map((target) => target.environment));
  return all(policies.flatMap((policy) => policy.environments.filter(({ name }) => touched.has(name))));
}

/** What an operation needs under one policy. */
export function quorumOf({ kind, targets }: { readonly kind: string; readonly targets: readonly { readonly environment: string }[] }, policy: Policy): Quorum {
  return kind === 'rules' ? quorumForRules(policy) : quorumFor(targets, [policy]);
}

/** What a change of these rules needs: what they say about it, else what every protected environment asks for. */
export function quorumForRules({ rules, environments }: Policy): Quorum {
  const { lifetime, ...quorum } = all(rules ? [rules] : environments);
  // It is read with more care than a command, and merged by somebody afterwards.
  return { ...quorum, lifetime: rules ? lifetime : RULES_LIFETIME };
}

function all(signings: readonly Signing[]): Quorum {
  const [first, ...rest] = signings.filter(({ approvals }) => approvals > 0).map(({ parts, presence, lifetime }): Quorum => ({ requirements: [parts], presence, lifetime }));
  return rest.reduce(both, first ?? FALLBACK);
}

/** More signatures, a shorter life, and the stronger proof. */
function both(a: Quorum, b: Quorum): Quorum {
  const known = new Set(a.requirements.map((parts) => JSON.stringify(parts)));
  return {
    requirements: [...a.requirements, ...b.requirements.filter((parts) => !known.has(JSON.stringify(parts)))],
    presence: DEMANDS[Math.max(DEMANDS.indexOf(a.presence), DEMANDS.indexOf(b.presence))] ?? 'pin',
    lifetime: Math.min(a.lifetime, b.lifetime),
  };
}

/** The quorum as people say it: `1 signature`, `2 of sre and 1 of dba`; the policy's names are escaped. */
export function describeQuorum(quorum: Quorum, say: Say = english): string {
  return spoken(quorumSentence(quorum), say);
}

/** The same for a reader who is not known yet. */
export function quorumSentence({ requirements, presence }: Quorum): Sentence {
  const each = requirements.map((parts) => chained(parts.map(partSentence), (before, next) => sentence('{0} and {1}', before, next)));
  const said = chained(each, (before, next) => sentence('{0}; and {1}', before, next));
  switch (presence) {
    case 'none':
      return said;
    case 'touch':
      return sentence('{0}, each with a security key that was touched', said);
    case 'pin':
      return sentence('{0}, each with a security key and its PIN', said);
  }
}

function chained([first = joined([], ''), ...rest]: readonly Sentence[], both: (before: Sentence, next: Sentence) => Sentence): Sentence {
  return rest.reduce(both, first);
}

function partSentence({ count, of }: Part): Sentence {
  if (of !== undefined) return sentence('{0} of {1}', count, of.map(plain).join(', '));
  return count === 1 ? sentence('1 signature') : sentence('{0} signatures', count);
}

/**
 * Whether these persons meet every requirement. Within one requirement nobody counts twice, also who belongs to
 * several groups: persons are matched to the places that are to be filled (augmenting paths).
 *
 * @param mayFill whether a person may stand for a part
 */
export function isMet(quorum: Quorum, persons: readonly string[], mayFill: (person: string, part: Part) => boolean): boolean {
  return quorum.requirements.every((parts) => {
    const places = parts.flatMap((part) => Array.from({ length: part.count }, () => part));
    const seated = new Map<number, string>();
    const seat = (person: string, tried: Set<number>): boolean =>
      places.some((part, at) => {
        if (tried.has(at) || !mayFill(person, part)) return false;
        tried.add(at);
        const sitting = seated.get(at);
        if (sitting !== undefined && !seat(sitting, tried)) return false;
        seated.set(at, person);
        return true;
      });
    for (const person of new Set(persons)) seat(person, new Set());
    return seated.size === places.length;
  });
}
