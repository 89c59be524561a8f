import path from 'node:path';
import { PROMPT_LOADERS } from '../core/assess/carried.js';
import { userDirectory } from './windows.js';

type Environment = Readonly<Record<string, string>>;

/**
 * The environment of something that a guard met, with what loads our own guards as it was where it was approved: an
 * assistant's hook does not always run in a terminal, and what it let go does. Every other difference stays.
 */
export function withoutOurs(real: Environment, approved: Environment, home: string): Record<string, string> {
  const gate = path.join(userDirectory(home), 'gate');
  const withoutShims = (search = '') => search.split(path.delimiter).filter((entry) => entry !== path.join(gate, 'shims')).join(path.delimiter);
  const ours: Readonly<Record<string, (value: string) => boolean>> = {
    COUNTERSIGN_GATE: (value) => value === gate,
    BASH_ENV: (value) => value === path.join(gate, 'guard.bash'),
    ZDOTDIR: (value) => path.isAbsolute(value) && path.resolve(value) === path.join(gate, 'zdotdir'),
    PROMPT_COMMAND: (value) => PROMPT_LOADERS.includes(value),
    LD_PRELOAD: (value) => value.split(':').every((library) => path.dirname(library) === path.join(gate, 'strict')),
    PATH: (value) => withoutShims(value) === withoutShims(approved['PATH']),
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
