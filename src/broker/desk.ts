import { CountersignError } from '../core/errors.js';
import { sentence } from '../core/say.js';
import { defaultPolicy, parsePolicy, type Policy } from '../core/policy/policy.js';
import type { StorePolicy } from '../core/policy/store-policy.js';
import { databaseSettings, sourceOf } from '../world/database.js';
import { Repository } from '../world/repository.js';
import { Seen } from '../world/seen.js';
import { RulePins } from '../world/rule-pins.js';
import { readBranchRules, rulesPlace } from '../world/trust.js';
import { Approvals } from './approvals.js';
import type { Carrier } from './carrier.js';
import { CloneEvents } from './clone-events.js';
import { EventStore } from './event-store.js';
import { GitCarrier } from './git-carrier.js';
import { GitRemote } from './git-remote.js';
import { LedgerBranch } from './ledger-branch.js';
import type { Messenger } from './messenger.js';
import { CHANNEL, PostgresCarrier } from './postgres-carrier.js';
import { Signer, type SignerOptions } from './signer.js';

export interface DeskOptions extends SignerOptions {
  /** Tells the team’s chat of requests that are made here; without it nobody is told, as of a drill’s. */
  readonly messenger?: Messenger;
}

/** Opens the desk of the repository that a directory belongs to: where its requests are made, signed and used. */
export async function openDesk(directory: string, options: DeskOptions, now: () => number): Promise<Approvals | undefined> {
  const repository = await Repository.at(directory, options.env);
  if (!repository) return undefined;
  const pins = new RulePins(options.home);
  const policy = await carrying(repository, pins).catch(
    // A policy that cannot be read is reported where it is needed; events still travel the usual way.
    () => ({ remote: 'origin', store: { postgres: undefined, offline: 'hold' } as const }),
  );
  const store = await openStore(repository, policy, options.env);
  return new Approvals(repository, store, new Signer(options), new Seen(options.home), pins, options.home, now, options.messenger);
}

/** The store that a policy asks for. */
export async function openStore(repository: Repository, policy: { readonly remote: string; readonly store: StorePolicy }, env: NodeJS.ProcessEnv): Promise<EventStore> {
  const { git } = repository;
  const remote = (await repository.remote(policy.remote)) === undefined ? undefined : policy.remote;
  const clone = new CloneEvents(git);
  const ledger = new LedgerBranch(git, remote);
  const gitRemote = remote === undefined ? undefined : new GitRemote(git, remote, ledger);
  return new EventStore(clone, ledger, carrierOf(policy.store, clone, gitRemote, env));
}

function carrierOf({ postgres }: StorePolicy, clone: CloneEvents, remote: GitRemote | undefined, env: NodeJS.ProcessEnv): Carrier | undefined {
  if (!postgres) return remote && new GitCarrier(remote);
  return new PostgresCarrier({
    source: sourceOf(postgres),
    repository: postgres.repository,
    clone,
    remote,
    connect: async (onNotice) => {
      const settings = databaseSettings(postgres, env);
      const { connect } = await import('../world/postgres.js');
      return connect(settings, CHANNEL, onNotice);
    },
  });
}

/** What says where events are kept. Rules that nobody approved must not lead them somewhere else. */
async function carrying(repository: Repository, pins: RulePins): Promise<Pick<Policy, 'remote' | 'store'>> {
  const texts = (await pins.find(rulesPlace(repository))) ?? (await readBranchRules(repository))?.texts;
  return texts?.policy == null ? defaultPolicy() : parsePolicy(texts.policy);
}

/** @throws CountersignError `git` outside a repository */
export async function requireDesk(directory: string, options: DeskOptions, now: () => number): Promise<Approvals> {
  const desk = await openDesk(directory, options, now);
  if (!desk) throw new CountersignError('git', sentence('This is not inside a git repository, and approvals live in one. Open the repository’s folder.'));
  return desk;
}
