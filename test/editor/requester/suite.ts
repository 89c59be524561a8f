import { runMocha } from '../../harness/suite-runner.js';
import { holdingTests } from './holding.js';
import { refusingTests } from './refusing.js';

export const run = (): Promise<void> =>
  runMocha([], () => {
    holdingTests();
    refusingTests();
  });
