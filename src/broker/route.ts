import { defaultPolicy, parsePolicy, type Policy } from '../core/policy/policy.js';
import type { StorePolicy } from '../core/policy/store-policy.js';
import { databaseSettings, sourceOf } from '../world/database.js';
import type { Repository } from '../world/repository.js';
import type { RulePins } from '../world/rule-pins.js';
import { readBranchRules, rulesPlace } from '../world/trust.js';
import type { Carrier } from './carrier.js';
import { CloneEvents } from './clone-events.js';
import { GitCarrier } from './git-carrier.js';
import { GitRemote } from './git-remote.js';
import { LedgerBranch } from './ledger-branch.js';
import { CHANNEL, PostgresCarrier } from './postgres-carrier.js';

/** How events leave a clone, and where the ledger is. */
export interface Route {
  /** The same exactly when events go the same way. */
  readonly id: string;
  /** What the rules said that it follows. */
  readonly rules: string;
  readonly ledger: LedgerBranch;
  /** Undefined where everything stays in this clone. */
  readonly carrier: Carrier | undefined;
}

/** What a policy says about where events are kept. */
export type Carrying = Pick<Policy, 'remote' | 'store'>;

/** Finds the way that events go now: the one in hand for as long as nothing changed that it rests on. */
export class Routes {
  private carrying: Carrying = { remote: 'origin', store: { postgres: undefined, offline: 'hold' } };

  constructor(
    private readonly repository: Repository,
    private readonly env: NodeJS.ProcessEnv,
    /** What the rules say; a policy that cannot be read is reported where it is needed, and events go on as before. */
    private readonly rules: () => Promise<Carrying>,
  ) {}

  async find(current?: Route): Promise<Route> {
    this.carrying = await this.rules().catch(() => this.carrying);
    const { remote: usual, store } = this.carrying;
    const rules = JSON.stringify([usual, store]);
    // Fails closed: where others can be asked, only other rules lead to somebody else. A remote that is taken away, or
    // leaves another one as the only one, leaves nobody to ask.
    if (current?.carrier && current.rules === rules) return current;
    const remote = await this.repository.remoteFor(usual);
    if (current?.carrier && remote === undefined && !store.postgres) return current;
    const id = JSON.stringify([rules, remote]);
    return current?.id === id ? current : { id, rules, ...this.open(remote, store) };
  }

  private open(remote: string | undefined, store: StorePolicy): Pick<Route, 'ledger' | 'carrier'> {
    const { git } = this.repository;
    const ledger = new LedgerBranch(git, remote);
    const gitRemote = remote === undefined ? undefined : new GitRemote(git, remote, ledger);
    return { ledger, carrier: this.carrierOf(store, gitRemote) };
  }

  private carrierOf({ postgres }: StorePolicy, remote: GitRemote | undefined): Carrier | undefined {
    if (!postgres) return remote && new GitCarrier(remote);
    return new PostgresCarrier({
      source: sourceOf(postgres),
      repository: postgres.repository,
      clone: new CloneEvents(this.repository.git),
      remote,
      connect: async (onNotice) => {
        const settings = databaseSettings(postgres, this.env);
        const { connect } = await import('../world/postgres.js');
        return connect(settings, CHANNEL, onNotice);
      },
    });
  }
}

/** What says where events are kept. Rules that nobody approved must not lead them somewhere else. */
export async function carryingRules(repository: Repository, pins: RulePins): Promise<Carrying> {
  const texts = (await pins.find(rulesPlace(repository))) ?? (await readBranchRules(repository))?.texts;
  return texts?.policy == null ? defaultPolicy() : parsePolicy(texts.policy);
}
