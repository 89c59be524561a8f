import { emptyRoster, parseRoster, type Roster } from '../core/approval/roster.js';
import { POLICY_FILE, ROSTER_FILE } from '../core/approval/rules-change.js';
import { trustOf, type Trust } from '../core/approval/trust.js';
import type { ApprovalRequest } from '../core/approval/request.js';
import { defaultPolicy, parsePolicy, type Policy } from '../core/policy/policy.js';
import type { Repository } from './repository.js';

/**
 * The rules that the protected branch ever had, by their digests: a request is judged under those that it names, also
 * years later. Only what stood on the branch itself counts, not what a branch that was merged into it once said.
 */
export class TrustHistory {
  private constructor(
    private readonly policies: ReadonlyMap<string, Policy>,
    /** The newest first. */
    private readonly rosters: ReadonlyMap<string, Roster>,
    private readonly source: string,
  ) {}

  static async of(repository: Repository): Promise<TrustHistory> {
    const branch = await repository.protectedRevision('origin');
    const policies = new Map<string, Policy>([[defaultPolicy().digest, defaultPolicy()]]);
    const rosters = new Map<string, Roster>();
    const log = branch === undefined ? '' : await repository.git.text(['log', '--first-parent', '--format=%H', '--no-show-signature', branch.revision, '--', POLICY_FILE, ROSTER_FILE]);
    for (const commit of log.split('\n').filter((id) => id !== '')) {
      const [policy, roster] = await Promise.all([repository.fileAt(commit, POLICY_FILE), repository.fileAt(commit, ROSTER_FILE)]);
      // Rules that could not be read were nobody's rules while they stood.
      const read = attempt(() => parsePolicy(policy ?? ''));
      if (policy !== undefined && read) policies.set(read.digest, read);
      const keys = roster === undefined ? emptyRoster() : attempt(() => parseRoster(roster));
      if (keys) rosters.set(`sha256:${keys.sha256}`, keys);
    }
    return new TrustHistory(policies, rosters, branch?.name ?? 'defaults');
  }

  /** The rules that a request names, or undefined when the protected branch never had them. */
  at({ policy, roster }: Pick<ApprovalRequest, 'policy' | 'roster'>): Trust | undefined {
    const [rules, keys] = [this.policies.get(policy), this.rosters.get(roster)];
    return rules && keys ? trustOf(rules, keys, this.source) : undefined;
  }

  /** Everybody who was ever on the roster, each roster by itself, the newest first, under the newest rules. */
  everybody(): readonly Trust[] {
    const rules = [...this.policies.values()].at(1) ?? defaultPolicy();
    return [...this.rosters.values()].map((roster) => trustOf(rules, roster, this.source));
  }
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
