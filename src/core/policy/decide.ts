import type { Assessment, Effect, Reversible, Target } from '../assess/assessment.js';
import { describeException, exceptionFor, type Occasion } from './exceptions.js';
import type { Environment, Policy } from './policy.js';
import { sentence, type Sentence } from '../say.js';

export type Action = 'allow' | 'warn' | 'confirm' | 'approve' | 'deny';

export interface Verdict {
  readonly action: Action;
  /** The environment that decided, when one did. */
  readonly environment: string | undefined;
  /** One sentence each, the strongest first. */
  readonly reasons: readonly Sentence[];
}

export type ActorKind = 'person' | 'agent';

const RANK: Record<Action, number> = { allow: 0, warn: 1, confirm: 2, approve: 3, deny: 4 };

/** How much an environment matters: the rows of the default policy. */
type Row = 'production' | 'shared' | 'local';

/**
 * One policy applied to an assessment: same input, same verdict.
 *
 * @param occasion what exceptions look at; without it there are none
 */
export function decide(assessment: Assessment, actor: ActorKind, policy: Policy, occasion?: Occasion): Verdict {
  return strictest([local(assessment, actor), ...assessment.targets.map((target) => atTarget(assessment, actor, target, policy, occasion))]);
}

/** Of several verdicts the one that asks for most; the first of equals. */
export function strictest(verdicts: readonly Verdict[]): Verdict {
  return verdicts.reduce((a, b) => (RANK[b.action] > RANK[a.action] ? b : a));
}

function atTarget(assessment: Assessment, actor: ActorKind, target: Target, policy: Policy, occasion: Occasion | undefined): Verdict {
  const environment = policy.environments.find((candidate) => candidate.name === target.environment);
  const row: Row = environment && environment.approvals > 0 ? 'production' : target.environment === 'local' ? 'local' : 'shared';
  const action = isNamed(target) && row === 'production' ? 'approve' : cell(row, assessment.effect, assessment.reversible, actor);
  const usual: Verdict = {
    action,
    environment: target.environment,
    reasons: [reasonFor(action, assessment.effect, target)],
  };
  if (actor === 'agent') return forAgent(usual, environment, assessment.effect);
  const exception = environment && occasion && RANK[action] > RANK.warn ? exceptionFor(policy.exceptions, environment, assessment, occasion) : undefined;
  return exception ? { ...usual, action: 'warn', reasons: [...usual.reasons, describeException(exception)] } : usual;
}

/** What the policy asks of assistants in an environment; it only ever asks for more. */
function forAgent(usual: Verdict, environment: Environment | undefined, effect: Effect): Verdict {
  const least = environment?.agents;
  if (!least || (effect === 'read' && usual.action === 'allow') || RANK[least] <= RANK[usual.action]) return usual;
  const reason = { confirm: sentence('Here a person confirms what an assistant does.'), approve: sentence('Here what an assistant does needs approval.'), deny: sentence('The policy lets no assistant change {0}.', environment.name) }[least];
  return { ...usual, action: least, reasons: [reason, ...usual.reasons] };
}

/** A task that is called production is production-targeted, whatever it contains. */
function isNamed(target: Target): boolean {
  return target.kind === 'task label';
}

function local(assessment: Assessment, actor: ActorKind): Verdict {
  return {
    action: cell('local', assessment.effect, assessment.reversible, actor),
    environment: undefined,
    reasons: assessment.findings.map((finding) => finding.message),
  };
}

function reasonFor(action: Action, effect: Effect, { environment, evidence }: Target): Sentence {
  switch (effect) {
    case 'read':
      // What is called production is held even when nothing in it looks like a change.
      return action === 'approve' ? sentence('Targets {0}: {1}.', environment, evidence) : sentence('Looks at {0}: {1}.', environment, evidence);
    case 'write':
      return sentence('Would change {0}: {1}.', environment, evidence);
    case 'destroy':
      return sentence('Would destroy something in {0}: {1}.', environment, evidence);
    case 'unknown':
      return sentence('It cannot be known what this does to {0}: {1}.', environment, evidence);
  }
}

/** The default policy's table. */
function cell(row: Row, effect: Effect, reversible: Reversible, actor: ActorKind): Action {
  if (effect === 'read') return 'allow';
  if (row === 'production') return 'approve';
  if (effect !== 'destroy') return 'allow';
  const lost = reversible === 'no';
  if (row === 'shared') return lost || actor === 'agent' ? 'confirm' : 'warn';
  if (lost) return actor === 'agent' ? 'confirm' : 'warn';
  return actor === 'agent' ? 'warn' : 'allow';
}
