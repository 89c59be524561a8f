import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { CountersignError } from '../../core/errors.js';
import { posixLine } from '../../guards/quoting.js';
import { findProgram } from '../../world/programs.js';
import type { Assistant, Placement, Scope } from '../assistant.js';
import { tableIn } from '../toml.js';
import { ConfigFiles } from './files.js';
import { hasEntry, isOurs, valueAt, withEntry, withoutEntry } from './json-list.js';

/** Where assistants keep their configuration. */
export interface Ground {
  readonly home: string;
  /** The top of the repository, for configuration that everybody shares. */
  readonly project: string | undefined;
  /** The search path by which assistants are found. */
  readonly searchPath: string;
  /** Assistants whose hook the editor's extension brings along, each with the setting that keeps it from asking, if one does. */
  readonly carried?: ReadonlyMap<string, string | undefined>;
}

export type HookState =
  | 'gated' // it asks before each tool call
  | 'silenced' // it is told to ask, and a setting keeps it from asking
  | 'untrusted' // a person has to agree first
  | 'outdated' // it names another hook of ours than it should
  | 'missing' // it asks nobody
  | 'none'; // it has no hook

export interface Standing {
  readonly assistant: Assistant;
  readonly scope: Scope;
  readonly state: HookState;
  /** One sentence: how this is known, or what is to be done. */
  readonly detail: string;
}

/** Whether an assistant is there: its program on the search path, or its folder in the home directory. */
export function isPresent({ id, programs, folders }: Assistant, { home, searchPath, carried }: Ground): boolean {
  return carried?.has(id) === true || programs.some((name) => findProgram(name, searchPath) !== undefined) || folders.some((folder) => existsSync(path.join(home, folder)));
}

/** The command line by which an assistant's configuration names our hook. Everybody of a project has a home of their own. */
export function hookCommand({ id, configuredAs = id }: Assistant, scope: Scope, home: string): string {
  const from = posixLine(['--from', `${configuredAs}/${scope}`]);
  return scope === 'project' ? `"$HOME"/.countersign/gate/hook ${from}` : `${posixLine([path.join(home, '.countersign', 'gate', 'hook')])} ${from}`;
}

/** How an assistant stands, by its configuration as it is now. */
export function standingOf(assistant: Assistant, scope: Scope, ground: Ground): Standing {
  const standing = (state: HookState, detail: string): Standing => ({ assistant, scope, state, detail });
  const gated = (): Standing => standing('gated', `${assistant.name} asks before each tool call (${assistant.hook ?? ''}). Fails open: ${assistant.failsOpen}.`);
  const setting = ground.carried?.get(assistant.id);
  if (setting !== undefined) return standing('silenced', `“${setting}” in the settings keeps ${assistant.name} from asking.`);
  if (scope === 'user' && ground.carried?.has(assistant.id)) return gated();
  const root = rootOf(scope, ground);
  const placements = root === undefined ? [] : assistant.placements[scope].flatMap((placement) => placedIn(placement, root));
  if (assistant.hook === undefined || placements.length === 0 || root === undefined) return standing('none', `${assistant.name} has no hook that could be asked. What holds it: ${assistant.next}.`);
  const command = hookCommand(assistant, scope, ground.home);
  const files = new ConfigFiles(ground.home);
  const texts = placements.map((placement) => ({ placement, text: files.read(path.join(root, fileOf(placement))) }));
  if (texts.every(({ placement, text }) => !mentionsUs(placement, text))) return standing('missing', `Nothing tells ${assistant.name} to ask before it acts.`);
  if (!texts.every(({ placement, text }) => isPlaced(placement, text, command))) return standing('outdated', `${assistant.name} is told to ask an older hook, or not before everything.`);
  const off = silencedBy(assistant, ground);
  if (off !== undefined) return standing('silenced', `${off} keeps ${assistant.name} from asking.`);
  const { consent } = assistant;
  const consentRoot = consent && rootOf(consent.scope, ground);
  const [first] = placements;
  if (consent && consentRoot !== undefined && first && !consent.isGiven(files.read(path.join(consentRoot, consent.file)), path.join(root, fileOf(first)))) return standing('untrusted', consent.how);
  return gated();
}

/** The folders that somebody works in, on one machine. */
export type Grounds = readonly [Ground, ...Ground[]];

/** How an assistant stands in several folders: as in the first of them in which it does not ask, if there is one. */
export function standingAcross(assistant: Assistant, grounds: Grounds): { readonly standing: Standing; readonly ground: Ground } {
  const [first, ...others] = grounds;
  const at = (ground: Ground) => ({ standing: bestStanding(assistant, ground), ground });
  return [first, ...others].map(at).find(({ standing }) => standing.state !== 'gated') ?? at(first);
}

/** By the person's own configuration or the project's: one that asks is enough. */
function bestStanding(assistant: Assistant, ground: Ground): Standing {
  const [user, project] = [standingOf(assistant, 'user', ground), standingOf(assistant, 'project', ground)];
  const both = [user, project];
  return both.find(({ state }) => state === 'gated') ?? both.find(({ state }) => state !== 'missing' && state !== 'none') ?? user;
}

/**
 * Tells an assistant to ask our hook. What is there already stays; doing it again changes nothing.
 *
 * @returns the files that changed
 * @throws CountersignError `refused` naming the file that cannot be changed; the others may have been
 */
export function install(assistant: Assistant, scope: Scope, ground: Ground): readonly string[] {
  const root = requireRoot(scope, ground);
  const command = hookCommand(assistant, scope, ground.home);
  const files = new ConfigFiles(ground.home);
  return together(assistant.placements[scope].flatMap((placement) => placedIn(placement, root))).flatMap((placements) => {
    const [placement] = placements;
    if (!placement) return [];
    const file = path.join(root, fileOf(placement));
    return explained(file, () => {
      const before = files.read(file);
      if (placement.type === 'file') {
        if (before !== undefined && !isOurs(before)) throw new CountersignError('refused', 'Another hook stands there already, and there can be only one.');
        return files.write(file, placement.text(command), placement.executable) ? [file] : [];
      }
      const after = placements.reduce<string | undefined>((text, each) => (each.type === 'entry' ? withEntry(text, each.at, each.entry(command), each.base) : text), before) ?? '';
      return files.write(file, after) ? [file] : [];
    });
  });
}

/** Takes our hook out of an assistant's configuration. @returns the files that changed */
export function remove(assistant: Assistant, scope: Scope, ground: Ground): readonly string[] {
  const root = requireRoot(scope, ground);
  const files = new ConfigFiles(ground.home);
  return together(assistant.placements[scope].flatMap((placement) => placedIn(placement, root))).flatMap((placements) => {
    const [placement] = placements;
    if (!placement) return [];
    const file = path.join(root, fileOf(placement));
    const without = (text: string): string | undefined => (placement.type === 'file' ? (isOurs(text) ? undefined : text) : placements.reduce((kept, each) => (each.type === 'entry' ? withoutEntry(kept, each.at) : kept), text));
    return explained(file, () => (files.restore(file, without) ? [file] : []));
  });
}

type Placed = Exclude<Placement, { readonly type: 'entries' }>;

/** A placement with the files that it stands for here. */
function placedIn(placement: Placement, root: string): readonly Placed[] {
  if (placement.type !== 'entries') return [placement];
  const { folder, at, entry, own } = placement;
  const names = jsonFilesIn(path.join(root, folder));
  return (names.length === 0 ? [own.name] : names).map((name) => ({ type: 'entry', file: `${folder}/${name}`, at, entry, base: own.rest }));
}

function jsonFilesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json') && !name.startsWith('.')).sort();
  } catch {
    return [];
  }
}

/** Placements of the same file are written together. */
function together(placements: readonly Placed[]): readonly (readonly Placed[])[] {
  return [...new Set(placements.map(fileOf))].map((file) => placements.filter((placement) => fileOf(placement) === file));
}

function fileOf(placement: Placed): string {
  return placement.file;
}

function isPlaced(placement: Placed, text: string | undefined, command: string): boolean {
  return placement.type === 'file' ? text === placement.text(command) : hasEntry(text, placement.at, placement.entry(command));
}

function mentionsUs(placement: Placed, text: string | undefined): boolean {
  return text !== undefined && (placement.type === 'file' ? isOurs(text) : text.includes('/.countersign/gate/hook'));
}

/** The switch that is off, as people find it. */
function silencedBy({ switches }: Assistant, ground: Ground): string | undefined {
  const files = new ConfigFiles(ground.home);
  const found = switches.find(({ scope, file, key, silences }) => {
    const root = rootOf(scope, ground);
    const text = root === undefined ? undefined : files.read(path.join(root, file));
    if (text === undefined) return false;
    return silences(file.endsWith('.toml') ? key.reduce<unknown>((value, name) => (typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined), tableIn(text)) : valueAt(text, key));
  });
  return found && `“${found.key.join('.')}” in ${found.scope === 'user' ? '~/' : ''}${found.file}`;
}

function rootOf(scope: Scope, { home, project }: Ground): string | undefined {
  return scope === 'user' ? home : project;
}

function requireRoot(scope: Scope, ground: Ground): string {
  const root = rootOf(scope, ground);
  if (root === undefined) throw new CountersignError('git', 'This is not inside a git repository, so there is no project to write to.');
  return root;
}

function explained<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new CountersignError('refused', `${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
