import type { Assess, Target } from '../assess/assessment.js';
import { decide, strictest, type Verdict } from '../policy/decide.js';
import type { Policies, Policy } from '../policy/policy.js';
import type { World } from '../world.js';
import type { Start } from './starts.js';

/** Where a start is judged, and by what. */
export interface Surroundings {
  /** Absolute; where it would run. */
  readonly cwd: string;
  readonly policies: Policies;
  readonly world: World;
  readonly assess: Assess;
  /** When exceptions are to hold, in Unix seconds. */
  readonly now: number;
}

/** What a start comes to when a person starts it. */
export interface JudgedStart {
  /** The strictest of all rules and of all of its commands. */
  readonly verdict: Verdict;
  /** The rules that asked for most: the others of their repository are asked. */
  readonly asked: Policy;
  /** Where it lands under these rules. */
  readonly targets: readonly Target[];
}

/** Judges what a task or a script would run, one command or more, as the gate will. Every policy judges by its own names alone. */
export function judgeStart({ labels, commands }: Pick<Start, 'labels' | 'commands'>, { cwd, policies, world, assess, now }: Surroundings): JudgedStart {
  const judged = commands.flatMap((text) => {
    const subject = { kind: 'task', text, shell: 'sh', cwd, labels } as const;
    return policies.map((policy) => {
      const assessment = assess(subject, policy.environments, world);
      return { policy, targets: assessment.targets, verdict: decide(assessment, 'person', policy, { ...subject, now }) };
    });
  });
  const verdict = strictest(judged.map((one) => one.verdict));
  const asked = judged.find((one) => one.verdict === verdict)?.policy ?? policies[0];
  return { verdict, asked, targets: judged.flatMap((one) => (one.policy === asked ? one.targets : [])) };
}
