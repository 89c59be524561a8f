import path from 'node:path';
import type { Approvals } from './approvals.js';
import { judgeAsk, type Ask, type Judged } from './assessing.js';
import { emptyRoster } from '../core/approval/roster.js';
import { trustOf, type Trust } from '../core/approval/trust.js';
import { CountersignError } from '../core/errors.js';
import { strictest } from '../core/policy/decide.js';
import { defaultPolicy } from '../core/policy/policy.js';
import { FileWorld } from '../world/file-world.js';
import { objectionAtGuard } from './voices.js';
import { verbatim } from '../core/say.js';

/** An ask judged by the best rules that can be read. */
export interface Ruling {
  readonly judged: Judged;
  /** The desk whose rules asked for most: where the ask would be approved. */
  readonly desk: Approvals | undefined;
  /** Why better rules could not be read. With a problem nothing can be approved, only allowed or refused. */
  readonly problem: CountersignError | undefined;
  /** The team has rules and they cannot be read: what has a name may bear one of theirs, and what acts may act there. */
  readonly blind: boolean;
}

/**
 * Judges an ask under the rules of every repository that has a say in it; the strictest wins, so that the
 * directory a task starts in cannot choose whose rules count. Where rules cannot be read (no git, a broken policy
 * or roster), the defaults and the working copy's own still tell production from the rest, so that a fault neither
 * opens the gate nor stops work that it has nothing to do with.
 *
 * @param openDesks opens the desks that have a say: the ask's own repository first
 */
export async function ruleOn(ask: Ask, openDesks: () => Promise<readonly Approvals[]>, home: string): Promise<Ruling> {
  let desks: readonly Approvals[];
  try {
    desks = await openDesks();
  } catch (error) {
    return withoutRules(ask, home, undefined, error);
  }
  if (desks.length === 0) return { judged: judgeAsk(ask, NO_RULES, undefined, home), desk: undefined, problem: undefined, blind: false };
  const rulings = await Promise.all(desks.map((desk) => ruleAt(ask, desk, home)));
  const verdict = strictest(rulings.map((candidate) => candidate.judged.verdict));
  const ruling = rulings.reduce((found, candidate) => (candidate.judged.verdict === verdict && found.judged.verdict !== verdict ? candidate : found));
  const blind = rulings.find((candidate) => candidate.blind);
  return blind ? { ...ruling, problem: blind.problem, blind: true } : ruling;
}

/**
 * Judges what a guard met. An assistant speaks for nobody. What it does is confirmed by its person in the assistant's own
 * window, so of what it started only what others have to approve, or nobody may do, is held for its sake.
 */
export async function ruleAtGuard(ask: Ask, openDesks: () => Promise<readonly Approvals[]>, home: string): Promise<Ruling> {
  const ruling = await ruleOn(ask, openDesks, home);
  const objection = objectionAtGuard(ask, home);
  if (objection !== undefined) return { ...ruling, judged: { ...ruling.judged, verdict: { action: 'deny', environment: undefined, reasons: [verbatim(objection)] } } };
  return ask.actor === 'agent' && ruling.judged.verdict.action === 'confirm' ? ruleOn({ ...ask, actor: 'person' }, openDesks, home) : ruling;
}

const NO_RULES = trustOf(defaultPolicy(), emptyRoster(), 'defaults');

async function ruleAt(ask: Ask, desk: Approvals, home: string): Promise<Ruling> {
  let trust: Trust;
  try {
    trust = await desk.trust();
  } catch (error) {
    return withoutRules(ask, home, desk, error);
  }
  try {
    return { judged: judgeAsk(ask, trust, desk.repository.root, home), desk, problem: undefined, blind: false };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    // The working copy's policy may only tighten; without it the trusted one still holds.
    return { judged: judgeAsk(ask, trust, undefined, home), desk, problem: error, blind: false };
  }
}

function withoutRules(ask: Ask, home: string, desk: Approvals | undefined, error: unknown): Ruling {
  if (!(error instanceof CountersignError)) throw error;
  const root = desk?.repository.root ?? new FileWorld(home, {}).git(path.resolve(ask.cwd))?.root;
  return { judged: judgeByDefaults(ask, root, home), desk, problem: error, blind: desk !== undefined };
}

/** The defaults, tightened by the working copy's policy where that can be read. */
function judgeByDefaults(ask: Ask, root: string | undefined, home: string): Judged {
  try {
    return judgeAsk(ask, NO_RULES, root, home);
  } catch {
    return judgeAsk(ask, NO_RULES, undefined, home);
  }
}
