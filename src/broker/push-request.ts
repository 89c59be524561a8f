import { randomBytes } from 'node:crypto';
import { plain } from '../core/approval/display.js';
import type { Operation } from '../core/approval/operation.js';
import { isNone, pushCommand, pushLabel, type RefChange } from '../core/approval/push.js';
import { CountersignError } from '../core/errors.js';
import type { RequestView } from '../core/ledger/fold.js';
import { protectingEnvironments } from '../core/policy/branches.js';
import { quorumFor } from '../core/policy/quorum.js';
import type { Repository } from '../world/repository.js';
import type { Approvals } from './approvals.js';

/** A push as somebody wants to make it. */
export interface WantedPush {
  readonly change: RefChange;
  readonly remote: string;
  readonly losesCommits: boolean;
}

/**
 * Reads `[REVISION:]BRANCH` (git-push(1), <refspec>) against the remote as it is now.
 *
 * @param remote the remote that is pushed to
 * @throws CountersignError `git` when a name means nothing, or the remote cannot be reached
 */
export async function readPush(repository: Repository, spec: string, remote: string): Promise<WantedPush> {
  const colon = spec.indexOf(':');
  const [revision, name] = colon < 0 ? [spec, spec] : [spec.slice(0, colon), spec.slice(colon + 1)];
  const ref = name.startsWith('refs/') ? name : `refs/heads/${name}`;
  if ((await repository.git.maybe(['check-ref-format', ref])) === undefined) throw new CountersignError('git', 'This is no branch to push to: write main, HEAD:main, or :main to take it away.');
  const none = '0'.repeat((await repository.git.text(['rev-parse', 'HEAD'])).length);
  const listed = await repository.git.text(['ls-remote', remote, ref], { network: true });
  const from = listed.split('\n').map((line) => line.split('\t')).find(([, listedRef]) => listedRef === ref)?.[0] ?? none;
  const to = revision === '' ? none : await repository.git.maybe(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]);
  if (to === undefined) throw new CountersignError('git', `There is no commit “${plain(revision)}” here to push.`);
  const isKept = isNone(from) || (!isNone(to) && (await repository.git.try(['merge-base', '--is-ancestor', from, to])).code === 0);
  return { change: { ref, from, to }, remote, losesCommits: !isKept };
}

/**
 * Asks for approval of exactly this change of a branch, as the server's hook will demand it.
 *
 * @throws CountersignError `refused` when the policy protects no such branch
 */
export async function askForPush(desk: Approvals, change: RefChange, remote: string, losesCommits: boolean, reason: string): Promise<RequestView> {
  const { policy } = await desk.trust();
  const { repository } = desk;
  const rulesRef = `refs/heads/${(await repository.protectedRevision(remote))?.name.replace(`${remote}/`, '') ?? ''}`;
  const environments = protectingEnvironments(policy, change.ref, rulesRef);
  if (environments.length === 0) throw new CountersignError('refused', `The policy does not protect ${change.ref}: push as usual.`);
  if (change.from === change.to) throw new CountersignError('refused', 'The server has that already: there is nothing to push.');
  const commit = isNone(change.to) ? change.from : change.to;
  const branch = change.ref.replace(/^refs\/heads\//, '');
  const targets = environments.map(({ name }) => ({ environment: name, kind: 'git branch', name: branch, evidence: `the policy protects the branch ${branch}` }));
  const operation: Operation = {
    kind: 'command',
    label: pushLabel(change),
    script: pushCommand(change, remote, losesCommits),
    shell: '/bin/sh',
    directory: '.',
    environment: {},
    inputs: [],
    repository: (await repository.state()).repository,
    commit,
    worktree: await repository.git.text(['rev-parse', '--verify', `${commit}^{tree}`]),
    targets,
  };
  const findings = losesCommits ? ['Commits that are on the branch now would no longer be reachable from it.'] : [];
  return desk.ask(operation, randomBytes(16).toString('hex'), { agent: null, findings, reason, quorum: quorumFor(targets, [policy]) });
}
