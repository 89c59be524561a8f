import { runMocha } from '../../harness/suite-runner.js';
import { findingsTests } from './findings.js';

export const run = (): Promise<void> => runMocha([], () => findingsTests());
