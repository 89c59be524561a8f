import { runMocha } from '../../harness/suite-runner.js';
import { tortureTests } from './torture.js';

export const run = (): Promise<void> => runMocha([], tortureTests);
