import { Assessor } from './assessor.js';
import type { Assess, Assessment, EnvironmentPattern } from './assessment.js';
import { sentence } from '../say.js';

/**
 * Says what an operation would do and where. Pure: the same subject, environments and world give the same answer. Never
 * throws: what cannot be understood is an unknown effect, and says so in the steps.
 */
export const assess: Assess = (subject, environments, world) => {
  try {
    return new Assessor(environments, world).run(subject);
  } catch {
    return nothingUnderstood(environments);
  }
};

/** An engine that failed cannot rule out anything, so the operation counts as landing in the best protected environment. */
function nothingUnderstood(environments: readonly EnvironmentPattern[]): Assessment {
  const evidence = sentence('the operation could not be understood, so the worst is assumed');
  return {
    effect: 'unknown',
    reversible: 'no',
    findings: [],
    targets: environments.slice(0, 1).map(({ name }) => ({ environment: name, kind: 'assumption', name, evidence })),
    inputs: [],
    steps: [{ stage: 'unknown', text: sentence('The operation could not be understood.') }],
  };
}
