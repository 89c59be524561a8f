import { readdirSync } from 'node:fs';
import path from 'node:path';
import { PROMPT_LOADERS } from '../core/assess/carried.js';
import { findProgram } from '../world/programs.js';
import { userDirectory } from './windows.js';

type Environment = Readonly<Record<string, string>>;

/**
 * The environment of something that a guard met, with what loads our own guards, and what the editor gives to terminals
 * alone, as it was where it was approved: an assistant's hook does not always run in a terminal, and what it let go does.
 * Every other difference stays.
 *
 * @param editor where the editor is installed
 */
export function withoutOurs(real: Environment, approved: Environment, home: string, editor?: string): Record<string, string> {
  const gate = path.join(userDirectory(home), 'gate');
  const withoutShims = (search = '') => search.split(path.delimiter).filter((entry) => entry !== path.join(gate, 'shims')).join(path.delimiter);
  const ours: Readonly<Record<string, (value: string) => boolean>> = {
    COUNTERSIGN_GATE: (value) => value === gate,
    BASH_ENV: (value) => value === path.join(gate, 'guard.bash'),
    ZDOTDIR: (value) => path.isAbsolute(value) && path.resolve(value) === path.join(gate, 'zdotdir'),
    PROMPT_COMMAND: (value) => PROMPT_LOADERS.includes(value),
    LD_PRELOAD: (value) => value.split(':').every((library) => path.dirname(library) === path.join(gate, 'strict')),
    PATH: (value) => findsTheSame(withoutShims(value), withoutShims(approved['PATH'])),
    // So that git asks nobody for anything in a terminal of the agent, and asks for passwords in the window.
    GIT_PAGER: (value) => value === 'cat',
    GIT_EDITOR: (value) => value === ':',
    GIT_ASKPASS: (value) => editor !== undefined && value === path.join(editor, 'extensions', 'git', 'dist', 'askpass.sh'),
  };
  // What is not there is as good as ours, and stands where ours stood.
  const isAlike = (name: string, value: string | undefined) => value === undefined || (ours[name]?.(value) ?? false);
  const kept = Object.entries(real).filter(([name, value]) => !isAlike(name, value) || !(name in ours));
  const replaced = Object.keys(ours).flatMap((name): [string, string][] => {
    const before = approved[name];
    const fits = before !== undefined && isAlike(name, real[name]) && (name in real || isAlike(name, before));
    return fits ? [[name, before]] : [];
  });
  return Object.fromEntries([...kept, ...replaced]);
}

/**
 * Whether a search path finds every program where the approved one finds it. It may have further directories: extensions
 * of the editor, its agent's among them, put some into the terminals, and a hook does not run in one.
 */
function findsTheSame(search: string, approved: string): boolean {
  const known = approved.split(path.delimiter);
  const entries = search.split(path.delimiter);
  if (entries.filter((entry) => known.includes(entry)).join(path.delimiter) !== approved) return false;
  const isFoundBefore = (name: string) => {
    const before = findProgram(name, approved);
    return before === undefined || before === findProgram(name, search);
  };
  return entries.filter((entry) => !known.includes(entry)).every((entry) => path.isAbsolute(entry) && (namesIn(entry)?.every(isFoundBefore) ?? false));
}

/** Undefined where it is not known what is there: programs run also from a directory that nobody may list. */
function namesIn(directory: string): readonly string[] | undefined {
  try {
    return readdirSync(directory);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? [] : undefined;
  }
}
