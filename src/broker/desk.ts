import { Approvals } from './approvals.js';
import { GitStore } from './git-store.js';
import { Signer, type SignerOptions } from './signer.js';
import { Repository } from '../world/repository.js';
import { CountersignError } from '../core/errors.js';
import { readTrust } from '../world/trust.js';

/** Opens the desk of the repository that a directory belongs to: where its requests are made, signed and used. */
export async function openDesk(directory: string, options: SignerOptions, now: () => number): Promise<Approvals | undefined> {
  const repository = await Repository.at(directory, options.env);
  if (!repository) return undefined;
  const remote = await carrier(repository);
  return new Approvals(repository, new GitStore(repository.git, remote), new Signer(options), now);
}

/** The remote that carries events: the policy's, when this clone has it. */
async function carrier(repository: Repository): Promise<string | undefined> {
  const name = await readTrust(repository).then(
    (trust) => trust.policy.remote,
    // A policy that cannot be read is reported where it is needed; events still travel the usual way.
    () => 'origin',
  );
  return (await repository.remote(name)) === undefined ? undefined : name;
}

/** @throws CountersignError `git` outside a repository */
export async function requireDesk(directory: string, options: SignerOptions, now: () => number): Promise<Approvals> {
  const desk = await openDesk(directory, options, now);
  if (!desk) throw new CountersignError('git', 'This is not inside a git repository, and approvals live in one. Open the repository’s folder.');
  return desk;
}
