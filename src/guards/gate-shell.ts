import path from 'node:path';
import { userDirectory } from '../broker/windows.js';
import { posixQuote as quote } from './quoting.js';
import { writeScript } from './write-script.js';

/**
 * Exit code by which the gate says that the command may run. Any other one, a crash included, means
 * no; 0 is not it, for a program that ends without having decided also ends with 0.
 */
export const RUN_STATUS = 86;
/** What a refused command ends with: "found, but not to be executed" (POSIX, 2.8.2 Exit Status for Commands). */
export const REFUSED_STATUS = 126;

export interface GateParts {
  /** The shell that tasks would get without the gate, absolute. */
  readonly shell: string;
  /** The Node executable that runs the command line, absolute. */
  readonly node: string;
  /** The gate's own program, absolute. */
  readonly gate: string;
}

/** Where the gate shell is. Its name is `bash` because VS Code takes its quoting rules from the name. */
export function gateShellPath(home: string): string {
  return path.join(userDirectory(home), 'gate', 'bash');
}

/**
 * Writes the gate shell that package.json names as the shell for tasks. It asks before the real shell gets the
 * command and then becomes that shell, so exit codes, signals and output are the command's own.
 */
export function installGateShell(home: string, parts: GateParts): void {
  const file = gateShellPath(home);
  writeScript(file, gateShellText(parts, path.join(path.dirname(file), 'start.bash')));
}

function gateShellText({ shell, node, gate }: GateParts, start: string): string {
  // A bash that somebody types into reads its own start file and then the guard, whatever that file does.
  const interactive =
    path.basename(shell) === 'bash'
      ? `  case "$#\${1-}" in
    0) exec ${quote(shell)} --init-file ${quote(start)} ;;
    2--init-file | 2--rcfile)
      COUNTERSIGN_START="$2"
      export COUNTERSIGN_START
      exec ${quote(shell)} --init-file ${quote(start)} ;;
  esac
`
      : '';
  return `#!/bin/sh
# Countersign's gate for task shells, written anew by the extension: changes here are lost.
# VS Code starts it as \`bash -c COMMAND\`. It asks, and only then becomes the real shell.
# NODE_OPTIONS is emptied so that nothing is loaded into the gate itself, and handed over to be judged.
if [ ! -x ${quote(node)} ] || [ ! -f ${quote(gate)} ]; then
  echo 'Countersign has moved or is gone, so this task was not started. Reload the window; if Countersign was removed, reload once more.' >&2
  exit ${REFUSED_STATUS}
fi
trap : INT
COUNTERSIGN_NODE_OPTIONS="\${NODE_OPTIONS-}" ELECTRON_RUN_AS_NODE=1 NODE_OPTIONS='' ${quote(node)} ${quote(gate)} --shell ${quote(shell)} --pid "$$" -- "$@"
status=$?
trap - INT
if [ "$status" -eq ${RUN_STATUS} ]; then
${interactive}  exec ${quote(shell)} "$@"
fi
if [ "$status" -eq 0 ]; then status=${REFUSED_STATUS}; fi
exit "$status"
`;
}
