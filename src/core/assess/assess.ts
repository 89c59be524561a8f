import { Assessor } from './assessor.js';
import type { Assess, Assessment } from './assessment.js';

/**
 * Says what an operation would do and where. Pure: the same subject, environments and world give the same answer. Never
 * throws: what cannot be understood is an unknown effect, and says so in the steps.
 */
export const assess: Assess = (subject, environments, world) => {
  try {
    return new Assessor(environments, world).run(subject);
  } catch {
    return NOTHING_UNDERSTOOD;
  }
};

const NOTHING_UNDERSTOOD: Assessment = {
  effect: 'unknown',
  reversible: 'no',
  findings: [],
  targets: [],
  inputs: [],
  steps: [{ stage: 'unknown', text: 'The operation could not be understood.' }],
};
