import { emptyRoster, parseRoster, type Roster } from '../core/approval/roster.js';
import { POLICY_FILE, ROSTER_FILE, rulesFingerprint } from '../core/approval/rules-change.js';
import { trustOf, type Trust } from '../core/approval/trust.js';
import type { ApprovalRequest } from '../core/approval/request.js';
import { defaultPolicy, parsePolicy, type Policy } from '../core/policy/policy.js';
import type { Repository } from './repository.js';
import { textsOf, type Pin } from './rule-pins.js';
import { rulesAt } from './trust.js';

/** Rules as they stood on the protected branch together. */
interface PastRules {
  readonly policy: Policy;
  readonly roster: Roster;
}

/**
 * The rules that were ever in force, by their digests: a request is judged under those that it names, also years later.
 * Only what stood on the protected branch itself counts, not what a branch that was merged into it once said; and of
 * what came after this account met the repository only what those in charge agreed to, or the person took over by hand
 * (trust table 15, 16).
 */
export class TrustHistory {
  private constructor(
    /** The newest first. */
    private readonly past: readonly PastRules[],
    private readonly source: string,
  ) {}

  /** @param pin the rules that count on this account, or undefined as long as none are pinned */
  static async of(repository: Repository, pin: Pin | undefined): Promise<TrustHistory> {
    const branch = await repository.protectedRevision('origin');
    const commits = branch === undefined ? [] : await changes(repository, branch.revision);
    const before = new Set(pin === undefined ? commits : await changes(repository, pin.met));
    const agreed = new Set(pin === undefined ? [] : [rulesFingerprint(textsOf(pin)), ...pin.history.map(({ fingerprint }) => fingerprint)]);
    const past: PastRules[] = [];
    for (const commit of commits) {
      const texts = await rulesAt(repository, commit);
      if (!before.has(commit) && !agreed.has(rulesFingerprint(texts))) continue;
      // Rules that could not be read were nobody's rules while they stood.
      const policy = texts.policy === null ? defaultPolicy() : attempt(() => parsePolicy(texts.policy ?? ''));
      const roster = texts.roster === null ? emptyRoster() : attempt(() => parseRoster(texts.roster ?? ''));
      if (policy && roster) past.push({ policy, roster });
    }
    return new TrustHistory(past, branch?.name ?? 'defaults');
  }

  /** The rules that a request names, or undefined when they were never in force together. */
  at({ policy, roster }: Pick<ApprovalRequest, 'policy' | 'roster'>): Trust | undefined {
    const rules = this.past.find((one) => one.policy.digest === policy && `sha256:${one.roster.sha256}` === roster);
    return rules && trustOf(rules.policy, rules.roster, this.source);
  }

  /** Everybody who was ever on the roster, each roster by itself, the newest first, under the newest rules. */
  everybody(): readonly Trust[] {
    const rules = this.past[0]?.policy ?? defaultPolicy();
    return [...new Map(this.past.map(({ roster }) => [roster.sha256, roster])).values()].map((roster) => trustOf(rules, roster, this.source));
  }
}

/** The commits of a branch that changed the rules, the newest first; none where this clone does not know the branch so far. */
async function changes(repository: Repository, revision: string): Promise<readonly string[]> {
  const log = await repository.git.maybe(['log', '--first-parent', '--format=%H', '--no-show-signature', revision, '--', POLICY_FILE, ROSTER_FILE]);
  return (log ?? '').split('\n').filter((id) => id !== '');
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
