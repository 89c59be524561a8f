import { isKnown } from '../shell/program.js';
import { isInside, resolvePath } from '../shell/paths.js';

/** The ground that a file stands on: who is likely to have put it there. */
export interface Ground {
  /** Absolute working directory. */
  readonly cwd: string;
  readonly home: string;
  /** The top of the repository around the working directory, if any. */
  readonly root: string | undefined;
  /** Countersign's own directory. */
  readonly own: string;
}

/**
 * `system`: installed with the machine or the editor. `foreign`: in the work tree, in a directory for temporary files, or
 * given as a relative path, where whoever wrote the operation could have put it. `user`: elsewhere.
 */
export type Standing = 'own' | 'system' | 'user' | 'foreign';

const SYSTEM = /^\/(?:usr|bin|sbin|lib|lib32|lib64|libexec|opt|nix|snap|etc|Applications|Library|System|home\/linuxbrew\/\.linuxbrew|run\/current-system)\//;
const EDITOR = /^\/\.(?:vscode|vscodium|vscode-oss|cursor|windsurf)(?:-[a-z]+){0,3}\//;
const TEMPORARY = /^\/(?:tmp|var\/tmp|dev\/shm|private\/tmp|private\/var\/(?:tmp|folders))(?:\/|$)/;
/** The files that a shell of this user reads anyway, by their paths below the home directory. */
const START_FILES = /^\/\.(?:bashrc|bash_profile|bash_login|bash_aliases|bash_env|bashenv|profile|shrc|kshrc|mkshrc|env|zshenv|zshrc|zprofile|zlogin)$|^\/\.config\/(?:bash|zsh|sh|shell)\/|^\/\.(?:nvm\/nvm\.sh|cargo\/env)$/;

export function standingOf(path: string, ground: Ground): Standing {
  if (!isKnown(path) || !path.startsWith('/')) return 'foreign';
  const file = resolvePath('/', path);
  if (isInside(ground.own, file)) return 'own';
  if (TEMPORARY.test(file)) return 'foreign';
  const system = isInstalled(file, ground);
  // Looking for the repository costs more than all the rest, and whoever works elsewhere has none there.
  if (system && !isInstalled(ground.cwd, ground)) return 'system';
  const tree = treeOf(ground);
  if (tree !== undefined && isInside(tree, file)) return 'foreign';
  return system ? 'system' : 'user';
}

const MOST_KNOWN = 64;
/** Every call of every line has the same one, and it is long. */
const PLAIN = new Map<string, boolean>();

/** Whether a search path has only entries that lie in no work tree, as far as can be said without looking for one. */
export function isPlainSearch(search: string, cwd: string, home: string): boolean {
  const key = `${home}\0${cwd}\0${search}`;
  let plain = PLAIN.get(key);
  if (plain === undefined) {
    plain = search.split(':').every((entry) => entry.startsWith('/') && isKnown(entry) && !/\/\.\.?(?:\/|$)/.test(entry) && !TEMPORARY.test(entry) && isInside(commonOf(entry, cwd), home));
    if (PLAIN.size >= MOST_KNOWN) PLAIN.clear();
    PLAIN.set(key, plain);
  }
  return plain;
}

function isInstalled(file: string, { home }: Ground): boolean {
  return SYSTEM.test(file) || (isInside(home, file) && EDITOR.test(file.slice(home.length)));
}

/** The deepest directory that holds both. */
function commonOf(left: string, right: string): string {
  let end = 0;
  for (let at = 0; at <= left.length && at <= right.length; at += 1) {
    const [a, b] = [left[at] ?? '/', right[at] ?? '/'];
    if (a !== b) break;
    if (a === '/') end = at;
  }
  return end === 0 ? '/' : left.slice(0, end);
}

/** Whether a shell of this user reads the file at every start, so that it is as much a part of the machine as the shell. */
export function isStartFile(path: string, { home }: Ground): boolean {
  return isInside(home, path) && START_FILES.test(path.slice(home.length));
}

/** The work tree; a home directory that is itself a repository is none, for everything of the user's lies in it. */
function treeOf({ cwd, home, root }: Ground): string | undefined {
  if (root !== undefined && !isInside(root, home)) return root;
  return isInside(cwd, home) ? undefined : cwd;
}
