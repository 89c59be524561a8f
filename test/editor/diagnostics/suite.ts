import { runMocha } from '../../harness/suite-runner.js';
import { findingsTests } from './findings.js';
import { policyTests } from './policy.js';

export const run = (): Promise<void> =>
  runMocha([], () => {
    findingsTests();
    policyTests();
  });
