import path from 'node:path';
import { userDirectory } from '../broker/windows.js';
import { installGateShell, type GateParts } from './gate-shell.js';
import { SCRIPTS, type GuardScript } from './scripts.js';
import { bashOn } from './shims.js';
import { writeScript } from './write-script.js';

/** Where everything lies that shells are told to load or to run. */
export function gateDirectory(home: string): string {
  return path.join(userDirectory(home), 'gate');
}

/**
 * Writes the gate shell and every guard. A shell that starts in between sees the old one or the new one, and nothing
 * of the user's own files is changed.
 *
 * @param only the scripts to write, by their paths; without it everything
 */
export function installGuards(home: string, parts: GateParts, only?: readonly string[]): void {
  if (!only) installGateShell(home, parts);
  const directory = gateDirectory(home);
  for (const script of SCRIPTS.filter(({ path: name }) => only?.includes(name) ?? true)) writeScript(path.join(directory, script.path), scriptText(script, directory, parts));
}

/**
 * A guard's text with its placeholders filled in.
 *
 * @throws Error when it holds a placeholder that nobody fills
 */
export function scriptText(script: GuardScript, directory: string, parts: GateParts): string {
  const words: Record<string, string> = { NODE: parts.node, GATE: parts.gate, CLI: path.join(path.dirname(parts.gate), 'cli.js'), SHELL: parts.shell, DIRECTORY: directory };
  // The system is given this path as it is (execve(2)).
  return script.text.replace('#!@BASH@', () => `#!${bashOn(process.env['PATH'] ?? '') ?? '/bin/bash'}`).replace(/@([A-Z_]+)@/g, (whole, name: string) => {
    const value = script.values?.[name] ?? (Object.hasOwn(words, name) ? script.quote(words[name] ?? '') : undefined);
    if (value === undefined) throw new Error(`Nothing fills ${whole} in ${script.path}.`);
    return value;
  });
}
