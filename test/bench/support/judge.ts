import path from 'node:path';
import { defaultPolicy } from '../../../src/core/policy/policy.js';
import { assess } from '../../../src/core/assess/assess.js';
import type { Assessment, ShellName } from '../../../src/core/assess/assessment.js';
import type { World } from '../../../src/core/world.js';
import { sqlParsersIn } from '../../../src/world/sql-parsers.js';
import { PROJECT, worldOf } from '../../unit/core/assess/fake-world.js';

export { stopsAgent } from '../../unit/core/assess/fake-world.js';

const POLICY = defaultPolicy();
const WORLD: World = { ...worldOf(), sqlParsers: sqlParsersIn(path.resolve('out')) };

/** Assesses a command in a git project in the home directory, where no file but the project exists. */
export function assessed(text: string, shell: ShellName = 'bash'): Assessment {
  return assess({ kind: 'command', text, shell, cwd: PROJECT, labels: [] }, POLICY.environments, WORLD);
}
