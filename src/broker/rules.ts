import type { Approvals } from './approvals.js';
import { judgeAsk, type Ask, type Judged } from './assessing.js';
import { emptyRoster } from '../core/approval/roster.js';
import { trustOf } from '../core/approval/trust.js';
import { CountersignError } from '../core/errors.js';
import { defaultPolicy } from '../core/policy/policy.js';

/** An ask judged by the best rules that can be read. */
export interface Ruling {
  readonly judged: Judged;
  /** The desk of the ask's repository, when there is one and it could be opened. */
  readonly desk: Approvals | undefined;
  /** Why better rules could not be read. With a problem nothing can be approved, only allowed or refused. */
  readonly problem: CountersignError | undefined;
}

/**
 * Judges an ask under its repository's rules. Where they cannot be read (no git, a broken policy or roster), the
 * rules that are left still tell production from the rest, so that a fault neither opens the gate nor stops work
 * that it has nothing to do with.
 *
 * @param openDesk opens the desk of the ask's repository, or gives undefined outside any
 */
export async function ruleOn(ask: Ask, openDesk: () => Promise<Approvals | undefined>, home: string): Promise<Ruling> {
  let desk: Approvals | undefined;
  let trust = trustOf(defaultPolicy(), emptyRoster(), 'defaults');
  try {
    desk = await openDesk();
    if (desk) trust = await desk.trust();
    return { judged: await judgeAsk(ask, trust, desk?.repository.root, home), desk, problem: undefined };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return { judged: await judgeAsk(ask, trust, undefined, home), desk, problem: error };
  }
}
