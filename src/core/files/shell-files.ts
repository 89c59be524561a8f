import { dialectOf } from '../languages/dialect.js';
import type { ShellName } from '../assess/assessment.js';
import { HOLE } from '../shell/program.js';
import type { Gather } from './gather.js';
import { PassageBuilder } from './passage.js';

const NAMES = /^(\.?(bash|zsh|ksh)(rc|_profile|_login|_logout|_aliases)|\.?(profile|zshenv|zprofile|zlogin|envrc|login|logout)|PKGBUILD)$/;
const FOLDERS = /\/(\.husky|\.githooks|\.git\/hooks)\/[a-z-]+$/;
/** What a script is told is not known while it lies there. */
const UNKNOWN_ARGUMENTS = `set -- '${HOLE}' '${HOLE}' '${HOLE}' '${HOLE}'; `;

/** The shell that would run a file, by its name and its first line. */
export function shellOf(path: string, text: string): ShellName | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return dialectOf(path, text) ?? (!text.startsWith('#!') && (NAMES.test(name) || FOLDERS.test(path)) ? 'bash' : undefined);
}

/** A shell script: everything it would run, with arguments that nobody knows yet. */
export function readShell(gather: Gather): void {
  const { path, text } = gather.file;
  const shell = shellOf(path, text) ?? 'bash';
  const builder = new PassageBuilder(text);
  if (shell === 'fish') builder.put(UNKNOWN_ARGUMENTS.replace('set --', 'set -l argv'), 0, 0);
  else if (shell !== 'powershell' && shell !== 'cmd') builder.put(UNKNOWN_ARGUMENTS, 0, 0);
  gather.shell(builder.copy(0, text.length).build(), { shell });
}
