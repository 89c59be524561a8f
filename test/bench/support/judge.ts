import { defaultPolicy } from '../../../src/core/policy/policy.js';
import { assess } from '../../../src/core/assess/assess.js';
import type { Assessment, ShellName } from '../../../src/core/assess/assessment.js';
import { PROJECT, worldOf } from '../../unit/core/assess/fake-world.js';

export { stopsAgent } from '../../unit/core/assess/fake-world.js';

const POLICY = defaultPolicy();
const WORLD = worldOf();

/** Assesses a command in a git project in the home directory, where no file but the project exists. */
export function assessed(text: string, shell: ShellName = 'bash'): Assessment {
  return assess({ kind: 'command', text, shell, cwd: PROJECT, labels: [] }, POLICY.environments, WORLD);
}
