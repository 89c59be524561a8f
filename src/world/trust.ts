import path from 'node:path';
import { emptyRoster, parseRoster } from '../core/approval/roster.js';
import { trustOf, type Trust } from '../core/approval/trust.js';
import { defaultPolicy, parsePolicy, type Policy } from '../core/policy/policy.js';
import { readBounded } from './file-world.js';
import type { Repository } from './repository.js';

export const POLICY_FILE = '.countersign/policy.yaml';
export const ROSTER_FILE = '.countersign/allowed_signers';
/** Before any policy is read there is only the usual name to go by. */
const FIRST_REMOTE = 'origin';

/**
 * Reads the trusted policy and roster from the protected branch. The working copy has no say here.
 *
 * @throws CountersignError `policy` or `roster` when one of them cannot be understood
 */
export async function readTrust(repository: Repository): Promise<Trust> {
  const branch = await repository.protectedRevision(FIRST_REMOTE);
  const [policy, roster] = branch
    ? await Promise.all([repository.fileAt(branch.revision, POLICY_FILE), repository.fileAt(branch.revision, ROSTER_FILE)])
    : [undefined, undefined];
  return trustOf(
    policy === undefined ? defaultPolicy() : parsePolicy(policy),
    roster === undefined ? emptyRoster() : parseRoster(roster),
    branch?.name ?? 'defaults',
  );
}

/**
 * The working copy's policy, which may only tighten, or undefined when there is none.
 *
 * @throws CountersignError `policy` when it cannot be understood
 */
export function readWorkingPolicy(root: string): Policy | undefined {
  const bytes = readBounded(path.join(root, POLICY_FILE));
  return bytes === undefined ? undefined : parsePolicy(Buffer.from(bytes).toString('utf8'));
}
