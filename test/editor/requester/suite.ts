import { runMocha } from '../../harness/suite-runner.js';
import { assistantToolTests } from './assistant-tools.js';
import { holdingTests } from './holding.js';
import { refusingTests } from './refusing.js';

export const run = (): Promise<void> =>
  runMocha([], () => {
    holdingTests();
    refusingTests();
    assistantToolTests();
  });
