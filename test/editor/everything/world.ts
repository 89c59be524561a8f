import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { World } from '../../harness/world.js';
import { createTeam, environmentOf } from '../../demo/team.js';

/**
 * Stands for a tool that reaches production: it writes down that it was let through, as the demo's deployment does.
 * Shells call it by themselves to learn how to complete its arguments.
 */
const KUBECTL = '#!/bin/sh\ncase "$*" in *delete*) echo "kubectl $*" >> "$DEPLOYMENTS" ;; esac\n';

/** Ana's window over the payments repository, with a tool of production on her PATH; Ben uses the command line. */
export function prepare(): Promise<World> {
  const team = createTeam();
  const { directory, remote, ana, ben } = team;
  const bin = path.join(directory, 'bin');
  mkdirSync(bin);
  writeFileSync(path.join(bin, 'kubectl'), KUBECTL);
  chmodSync(path.join(bin, 'kubectl'), 0o755);
  // A person's own start files are read as ever.
  for (const file of ['.bashrc', '.zshrc']) writeFileSync(path.join(ana.home, file), 'OWN_START_FILE=read\n');
  const env = environmentOf(ana);
  return Promise.resolve({
    folder: ana.clone,
    home: ana.home,
    env: { ...env, PATH: `${bin}:${env['PATH'] ?? ''}`, TEST_TEAM: JSON.stringify({ directory, remote, ana, ben }) },
    // A remote editor's terminals get a fresh environment, not that of its server.
    settings: { 'terminal.integrated.env.linux': { PATH: `${bin}:\${env:PATH}`, DEPLOYMENTS: path.join(path.dirname(ana.clone), 'deployments.log') } },
    dispose: () => {
      team.dispose();
      return Promise.resolve();
    },
  });
}
