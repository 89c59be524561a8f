import { wordOf } from '../shell/program.js';
import { followFramework, FRAMEWORKS } from './framework-code.js';
import { followInline, versionless } from './inline.js';
import { followMake } from './make.js';
import { followObeyed, OBEYING } from './obeyed.js';
import { followNodeScript } from './package-scripts.js';
import { followScript, isWindowsScript } from './scripts.js';
import { followRake } from './rakefile.js';
import { followSql, SQL_CLIENTS } from './sql-clients.js';
import { followTaskRunner, RUNNING } from './task-runners.js';
import type { Follow } from './material.js';

/** Which programs run or obey something else, and who reads it. The first one that answers wins. */
const FOLLOWERS: readonly (readonly [readonly string[], Follow])[] = [
  [['sh', 'bash', 'zsh', 'dash', 'ash', 'ksh', 'mksh', 'fish', 'source', '.'], followScript],
  [FRAMEWORKS, followFramework],
  [['python', 'python2', 'python3', 'pypy', 'pypy3', 'py', 'node', 'nodejs', 'bun', 'deno', 'tsx', 'ts-node', 'ruby', 'perl', 'php', 'awk', 'gawk', 'mawk', 'nawk', 'lua', 'osascript'], followInline],
  [OBEYING, followObeyed],
  [['npm', 'pnpm', 'yarn', 'bun'], followNodeScript],
  [['make', 'gmake', 'just'], followMake],
  [['rake'], followRake],
  [RUNNING, followTaskRunner],
  [SQL_CLIENTS, followSql],
];

const INDEX = index();

/** What an invocation would run or obey: files, inline code, statements. Undefined when it runs nothing else. */
export const follow: Follow = (invocation, world) => {
  for (const follower of INDEX.get(invocation.program) ?? INDEX.get(versionless(invocation.program)) ?? []) {
    const material = follower(invocation, world);
    if (material) return material;
  }
  // `pdm run nuke`: a script of the project, where it has one of that name.
  const runner = /^(pdm|hatch|rye|pixi) run$/.exec(invocation.via.at(-1) ?? '')?.[1];
  if (runner !== undefined) return followTaskRunner({ ...invocation, program: runner, args: [wordOf('run', invocation.span), invocation.name, ...invocation.args] }, world);
  // `./deploy.sh`, `bin/release`: a path that names a file of this machine. `deploy.ps1` needs no path.
  return invocation.name.text.includes('/') || isWindowsScript(invocation.name.text) ? followScript(invocation, world) : undefined;
};

function index(): ReadonlyMap<string, readonly Follow[]> {
  const byProgram = new Map<string, Follow[]>();
  for (const [names, follower] of FOLLOWERS) {
    for (const name of names) byProgram.set(name, [...(byProgram.get(name) ?? []), follower]);
  }
  return byProgram;
}
