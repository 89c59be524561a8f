import { CountersignError } from '../core/errors.js';
import { sentence } from '../core/say.js';
import { Repository } from '../world/repository.js';
import { RulePins } from '../world/rule-pins.js';
import { Seen } from '../world/seen.js';
import { Approvals } from './approvals.js';
import { EventStore } from './event-store.js';
import type { Messenger } from './messenger.js';
import { carryingRules, Routes, type Carrying } from './route.js';
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
  const store = await openStore(repository, () => carryingRules(repository, pins), options.env);
  return new Approvals(repository, store, new Signer(options), new Seen(options.home), pins, options.home, now, options.messenger);
}

/** The store that the rules ask for, now and whenever they ask for another one. */
export function openStore(repository: Repository, rules: () => Promise<Carrying>, env: NodeJS.ProcessEnv): Promise<EventStore> {
  return EventStore.open(repository.git, new Routes(repository, env, rules));
}

/** @throws CountersignError `git` outside a repository */
export async function requireDesk(directory: string, options: DeskOptions, now: () => number): Promise<Approvals> {
  const desk = await openDesk(directory, options, now);
  if (!desk) throw new CountersignError('git', sentence('This is not inside a git repository, and approvals live in one. Open the repository’s folder.'));
  return desk;
}
