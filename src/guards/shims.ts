import { readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { REFUSED_STATUS, RUN_STATUS } from './gate-shell.js';
import { posixQuote } from './quoting.js';
import asking from './shells/asking.bash';
import shim from './shells/shim.sh';
import { GLANCES, SHIMMED } from './shimmed.js';
import { writeScript } from './write-script.js';

/** What changed when the shims were brought up to date. */
export interface ShimChanges {
  /** Every tool that has a shim now. */
  readonly present: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export function shimsDirectory(gate: string): string {
  return path.join(gate, 'shims');
}

/**
 * Gives a shim to every tool of the list that is found on the search path, and takes away those of tools that are gone,
 * so that looking for a tool that is not there finds nothing. Cheap enough to be called again whenever a tool may have
 * been installed. Without bash there are none: no other shell can ask without starting a program.
 *
 * @param gate the gate's directory
 * @param search the PATH of the terminals, with or without the shims themselves
 */
export function installShims(gate: string, search: string): ShimChanges {
  const directory = shimsDirectory(gate);
  const before = names(directory);
  const programs = programsOn(search, directory);
  const bash = usable(programs.get('bash') ?? []);
  const present = bash === undefined ? [] : SHIMMED.filter((tool) => (programs.get(tool) ?? []).some(isProgram));
  for (const tool of present) writeScript(path.join(directory, tool), shimText(tool, gate, bash ?? ''));
  const removed = before.filter((name) => !present.includes(name));
  for (const name of removed) rmSync(path.join(directory, name), { force: true });
  return { present, added: present.filter((tool) => !before.includes(tool)), removed };
}

/** Takes all shims away: a terminal that still has them on its PATH finds the tools themselves. */
export function removeShims(gate: string): void {
  rmSync(shimsDirectory(gate), { recursive: true, force: true });
}

/** The bash that runs shims; undefined when there is none. */
export function bashOn(search: string): string | undefined {
  return usable(search.split(path.delimiter).filter((directory) => path.isAbsolute(directory)).map((directory) => path.join(directory, 'bash')));
}

/** The system's own first. A path with a blank cannot stand in a script's first line (execve(2)). */
function usable(found: readonly string[]): string | undefined {
  return ['/bin/bash', '/usr/bin/bash', ...found].find((file) => !/\s/.test(file) && isProgram(file));
}

export function shimText(tool: string, gate: string, bash: string): string {
  return fillAsking(shim, gate, bash, { TOOL: posixQuote(tool), GLANCE: glance(tool) });
}

/** A script that asks, with its placeholders filled in. */
export function fillAsking(script: string, gate: string, bash: string, more: Readonly<Record<string, string>>): string {
  const values: Readonly<Record<string, string>> = { BASH: bash, DIRECTORY: posixQuote(gate), RUN: String(RUN_STATUS), REFUSED: String(REFUSED_STATUS), ...more };
  return script.replace('@ASKING@', () => asking.trimEnd()).replace(/@([A-Z]+)@/g, (_, name: string) => values[name] ?? '');
}

/** What git sends to another machine is judged as git's: `ssh -p 22 git@host "git-upload-pack 'path'"`. */
const GIT_TRANSFER = `transfer="^(-o SendEnv=GIT_PROTOCOL )?(-[46] )?(-p [0-9]+ )?[A-Za-z0-9_][A-Za-z0-9_.@-]* git-(upload-pack|receive-pack|upload-archive) '[^']*'$"
[[ "$*" =~ $transfer ]] && run "$@"`;

function glance(tool: string): string {
  if (tool === 'ssh') return GIT_TRANSFER;
  const words = Object.hasOwn(GLANCES, tool) ? GLANCES[tool] : undefined;
  return words === undefined ? '' : `case \${1-} in ${words.split(' ').join(' | ')}) run "$@" ;; esac`;
}

function names(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** Where the search path has each name: one look at every directory, for it may have thousands of files. */
function programsOn(search: string, besides: string): ReadonlyMap<string, readonly string[]> {
  const wanted = new Set([...SHIMMED, 'bash']);
  const found = new Map<string, string[]>();
  for (const directory of new Set(search.split(path.delimiter))) {
    if (!path.isAbsolute(directory) || path.resolve(directory) === besides) continue;
    for (const name of names(directory)) {
      if (wanted.has(name)) found.set(name, [...(found.get(name) ?? []), path.join(directory, name)]);
    }
  }
  return found;
}

function isProgram(file: string): boolean {
  try {
    const { mode } = statSync(file);
    return (mode & 0o111) !== 0 && statSync(file).isFile();
  } catch {
    return false;
  }
}
