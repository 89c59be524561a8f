import { runMocha } from '../../harness/suite-runner.js';
import { drillTests } from './drill.js';
import { lateTests } from './late.js';
import { startingTests } from './starting.js';

export const run = (): Promise<void> =>
  runMocha([], () => {
    startingTests();
    lateTests();
    drillTests();
  });
