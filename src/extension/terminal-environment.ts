import path from 'node:path';
import type * as vscode from 'vscode';
import { WINDOW_VARIABLE } from '../broker/windows.js';
import { PRELOAD } from '../guards/strict.js';

/** One change to the environment of every terminal and task of a window. */
export interface Mutation {
  readonly variable: string;
  readonly value: string;
  readonly how: 'replace' | 'prepend';
}

/** The XDG base directory specification's own default, which a prepended directory must not displace. */
const XDG_DATA_DIRS = '/usr/local/share:/usr/share';
const LOAD_BASH_GUARD = '. "$COUNTERSIGN_GATE/guard.bash"';

/**
 * What makes shells load their guards, without a change to any file of the user's. What the user has in these
 * variables is kept under a name of ours, and the guards go on to it.
 *
 * @param own the environment that terminals would have without us
 * @param strictLibrary strict mode's library, when that is on
 */
export function terminalMutations(gate: string, window: string, own: Readonly<Record<string, string | undefined>>, strictLibrary?: string): readonly Mutation[] {
  const replace = (variable: string, value: string): Mutation => ({ variable, value, how: 'replace' });
  const prepend = (variable: string, value: string): Mutation => ({ variable, value, how: 'prepend' });
  const guard = path.join(gate, 'guard.bash');
  const zdotdir = path.join(gate, 'zdotdir');
  /** Keeps the user's value; ours, inherited from a terminal that started the editor, is none. */
  const kept = (variable: string, name: string, ours: string): Mutation[] => {
    const value = own[variable] === ours ? own[name] : own[variable];
    return value === undefined || value === '' ? [] : [replace(name, value)];
  };
  const dataDirectories = own['XDG_DATA_DIRS'] ?? '';
  return [
    replace(WINDOW_VARIABLE, window),
    // A bash that believes to be the first one, with a socket as its input (Node's pipes are sockets), takes itself for one
    // that rshd started, and reads ~/.bashrc in place of BASH_ENV.
    ...(Number(own['SHLVL']) >= 1 ? [] : [replace('SHLVL', '1')]),
    replace('COUNTERSIGN_GATE', gate),
    own['PROMPT_COMMAND'] === undefined || own['PROMPT_COMMAND'].includes(LOAD_BASH_GUARD) ? replace('PROMPT_COMMAND', LOAD_BASH_GUARD) : prepend('PROMPT_COMMAND', `${LOAD_BASH_GUARD}\n`),
    ...kept('BASH_ENV', 'COUNTERSIGN_BASH_ENV', guard),
    replace('BASH_ENV', guard),
    ...kept('ZDOTDIR', 'COUNTERSIGN_ZDOTDIR', zdotdir),
    replace('ZDOTDIR', zdotdir),
    prepend('XDG_DATA_DIRS', `${path.join(gate, 'share')}:${dataDirectories === '' ? XDG_DATA_DIRS : ''}`),
    prepend('PATH', `${path.join(gate, 'shims')}:`),
    // The loader takes blanks and colons for separators (ld.so(8)).
    ...(strictLibrary === undefined ? [] : [replace(PRELOAD, [strictLibrary, ...(own[PRELOAD] ?? '').split(/[\s:]+/).filter((library) => library !== '' && library !== strictLibrary)].join(':'))]),
  ];
}

/** Puts the changes where VS Code takes them from when it starts a terminal or a task; they end with this window. */
export function applyMutations(collection: vscode.EnvironmentVariableCollection, mutations: readonly Mutation[], description: string): void {
  collection.persistent = false;
  collection.description = description;
  // VS Code sends the whole collection with each change, so nothing is taken away to be put back.
  for (const [variable] of collection) if (!mutations.some((mutation) => mutation.variable === variable)) collection.delete(variable);
  for (const { variable, value, how } of mutations) collection[how](variable, value);
}
