import type { World } from '../../harness/world.js';
import { createTeam, environmentOf } from '../../demo/team.js';

/** Ana's window over the payments repository; Ben is at his own desk and uses the command line. */
export function prepare(): Promise<World> {
  const team = createTeam();
  const { directory, remote, ana, ben } = team;
  return Promise.resolve({
    folder: ana.clone,
    home: ana.home,
    env: { ...environmentOf(ana), TEST_TEAM: JSON.stringify({ directory, remote, ana, ben }) },
    dispose: () => {
      team.dispose();
      return Promise.resolve();
    },
  });
}
