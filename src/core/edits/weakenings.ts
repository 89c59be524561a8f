import { parse } from 'jsonc-parser';
import { plain } from '../approval/display.js';
import { isTooDeep } from '../files/depth.js';
import { parseTasksJson } from '../languages/tasks-json.js';
import { compareEdit, type Edit } from './compare.js';
import type { World } from '../world.js';
import type { EnvironmentPattern } from '../assess/assessment.js';
import { sentence, spoken, type Sentence } from '../say.js';

/** Settings of the editor by which a gate can be weakened, and the values that do not. */
const SETTINGS: readonly { readonly name: RegExp; readonly harmless?: (value: unknown) => boolean; readonly message: string }[] = [
  { name: /^terminal\.integrated\.automationProfile\.\w+$/, harmless: (value) => value === null || isGate(value), message: '“{0}” replaces the gate shell of tasks.' },
  { name: /^terminal\.integrated\.(default)?[pP]rofiles?\.\w+$/, harmless: (value) => !namesPlainShell(value), message: '“{0}” lets terminals start a shell that has no guard.' },
  { name: /^terminal\.integrated\.env\.\w+$/, harmless: (value) => !setsLoader(value), message: '“{0}” replaces a variable that loads a guard.' },
  { name: /^chat\.useHooks$/, harmless: (value) => value !== false, message: '“{0}” switches off the hooks that assistants ask.' },
  { name: /^chat\.(plugins\.enabled|hookFilesLocations)$/, harmless: (value) => value === true, message: '“{0}” changes which hooks assistants ask.' },
  { name: /^chat\.tools\.(global|terminal|edits)\.autoApprove$/, harmless: (value) => value === false || isEmpty(value), message: '“{0}” lets an assistant act without asking.' },
  { name: /^task\.allowAutomaticTasks$/, harmless: (value) => value === 'off', message: '“{0}” lets tasks start by themselves when the folder opens.' },
  { name: /^security\.workspace\.trust\.enabled$/, harmless: (value) => value !== false, message: '“{0}” switches off Restricted Mode.' },
  { name: /^countersign\./, message: '“{0}” changes how Countersign works.' },
];

/** Variables by which shells find their guards. */
const LOADERS = ['BASH_ENV', 'ZDOTDIR', 'PROMPT_COMMAND', 'XDG_DATA_DIRS', 'PATH', 'LD_PRELOAD'];
/** What in a start file takes a guard away. PATH and XDG_DATA_DIRS are left out: every start file adds to them. */
const REMOVES_GUARD = /^[ \t]*(?:export |declare -x |set -g?x |set -gx |unset |typeset )?[ \t]*(PROMPT_COMMAND|BASH_ENV|ZDOTDIR|LD_PRELOAD|COUNTERSIGN_[A-Z]{1,20})(?==|[ \t]|$)/gm;
const START_FILE = /(^|[\\/])(\.bashrc|\.bash_profile|\.bash_login|\.profile|\.zshrc|\.zshenv|\.zprofile|\.zlogin|config\.fish|\.envrc)$/;
/** Where assistants read which hooks to ask, and git its own. What else lies in their folders is theirs to write. */
const HOOK_FILE = new RegExp(
  [
    String.raw`\.(claude|gemini|qwen)/settings(\.local)?\.json`, String.raw`\.claude/hooks/.+`, String.raw`\.cursor/hooks(\.json|/.+)`, String.raw`\.codex/(hooks\.json|config\.toml)`,
    String.raw`\.(kiro/(hooks|agents)|amazonq/cli-agents|aws/amazonq/cli-agents)/.+`, String.raw`\.github/(hooks/.+|copilot/settings(\.local)?\.json)`, String.raw`\.copilot/(hooks/.+|(settings|config)\.json)`,
    String.raw`(\.clinerules|\.cline|Cline)/hooks/.+`, String.raw`(\.windsurf|\.codeium/windsurf)/hooks\.json`, String.raw`\.?opencode/(plugins?/.+|opencode\.jsonc?)`, String.raw`opencode\.jsonc?`,
    String.raw`\.git/(hooks/.+|config)`, String.raw`\.(husky|githooks)/.+`,
  ].map((file) => `(?:[\\\\/]${file.replaceAll('/', String.raw`[\\/]`)}$)`).join('|'),
  'i',
);
const OUR_HOOK = /countersign\b[^"\n]{0,80}\bhook\b/;

/**
 * How an edit weakens a gate: settings, tasks, hooks, start files of shells, the team's rules. One sentence each,
 * without the file's name; none for an edit that weakens nothing. Never throws.
 */
export function weakeningsOf(edit: Edit, environments: readonly EnvironmentPattern[], world: World): readonly Sentence[] {
  const { path, before = '', after = '' } = edit;
  if (/[\\/]\.vscode[\\/]settings\.json$|\.code-workspace$/.test(path)) return settings(before, after);
  if (/[\\/]\.vscode[\\/]tasks\.json$/.test(path)) return tasks(before, after);
  if (/[\\/]\.countersign[\\/]/.test(path)) {
    const { added, lostProtections } = compareEdit(edit, environments, world);
    return distinct([...lostProtections, ...added].map((finding) => finding.message));
  }
  if (START_FILE.test(path)) return startFile(before, after);
  if (HOOK_FILE.test(path) && OUR_HOOK.test(before) && !OUR_HOOK.test(after)) return [sentence('It no longer asks Countersign before an assistant’s tool runs.')];
  return [];
}

/** Whether a file is one that says whether an assistant asks. */
export function isHookFile(path: string): boolean {
  return HOOK_FILE.test(path);
}

/** Whether a file is one of those that gates rest on. */
export function isGateFile(path: string): boolean {
  return /[\\/]\.vscode[\\/](settings|tasks)\.json$|\.code-workspace$|[\\/]\.countersign[\\/]/.test(path) || START_FILE.test(path) || HOOK_FILE.test(path);
}

function settings(before: string, after: string): readonly Sentence[] {
  const [was, is] = [objectIn(before), objectIn(after)];
  return Object.entries(is).flatMap(([name, value]) => {
    const rule = SETTINGS.find((candidate) => candidate.name.test(name));
    if (!rule || rule.harmless?.(value) || JSON.stringify(was[name]) === JSON.stringify(value)) return [];
    return [{ text: rule.message, values: [name] }];
  });
}

/** Tasks that start without the gate shell now and did not before. */
function tasks(before: string, after: string): readonly Sentence[] {
  const open = (text: string) => {
    const processes = parseTasksJson(text).filter((task) => task.type === 'process').map((task) => sentence('The task “{0}” starts without a shell, so it is stopped only once it has begun.', plain(task.label)));
    const own = ownShells(text).map((label) => sentence('The task “{0}” names a shell of its own, and goes round the gate.', label));
    return [...processes, ...own];
  };
  const known = new Set(open(before).map((weaker) => spoken(weaker)));
  return distinct(open(after)).filter((weaker) => !known.has(spoken(weaker)));
}

/** Sentences without those that say the same. */
function distinct(sentences: readonly Sentence[]): readonly Sentence[] {
  return [...new Map(sentences.map((one) => [spoken(one), one])).values()];
}

function ownShells(text: string): string[] {
  const file = objectIn(text);
  const everywhere = executableOf(file) ? ['(all)'] : [];
  const list: unknown = file['tasks'];
  const nameOf = (task: unknown) => [fieldOf(task, 'label'), fieldOf(task, 'taskName')].find((name) => typeof name === 'string') ?? '?';
  const each = Array.isArray(list) ? list.flatMap((task: unknown) => (executableOf(task) ? [plain(nameOf(task))] : [])) : [];
  return [...everywhere, ...each];
}

function executableOf(task: unknown): boolean {
  const places = [task, ...['linux', 'osx', 'windows'].map((name) => fieldOf(task, name))];
  return places.some((place) => typeof fieldOf(fieldOf(fieldOf(place, 'options'), 'shell'), 'executable') === 'string');
}

function startFile(before: string, after: string): readonly Sentence[] {
  const names = (text: string) => new Set([...text.slice(0, 256 * 1024).matchAll(REMOVES_GUARD)].map((match) => match[1] ?? ''));
  const known = names(before);
  return [...names(after)].filter((name) => !known.has(name)).map((name) => sentence('It sets {0}, by which a shell finds its guard.', name));
}

function objectIn(text: string): Record<string, unknown> {
  const value: unknown = isTooDeep(text) ? undefined : parse(text, [], { allowTrailingComma: true });
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

function isGate(value: unknown): boolean {
  const path = fieldOf(value, 'path');
  return typeof path === 'string' && path.endsWith('/.countersign/gate/bash');
}

function namesPlainShell(value: unknown): boolean {
  return /\b(dash|sh|ksh|busybox|nu|xonsh|tcsh|csh)\b/.test(JSON.stringify(value));
}

function setsLoader(value: unknown): boolean {
  return LOADERS.some((name) => fieldOf(value, name) !== undefined);
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.values(value).every((entry) => entry !== true);
}
