import { parse } from 'jsonc-parser';
import { plain } from '../approval/display.js';
import { isTooDeep } from '../files/depth.js';
import { parseTasksJson } from '../languages/tasks-json.js';
import { compareEdit, type Edit } from './compare.js';
import type { World } from '../world.js';
import type { EnvironmentPattern } from '../assess/assessment.js';
import { spoken } from '../say.js';

/** Settings of the editor by which a gate can be weakened, and the values that do not. */
const SETTINGS: readonly { readonly name: RegExp; readonly harmless?: (value: unknown) => boolean; readonly what: string }[] = [
  { name: /^terminal\.integrated\.automationProfile\.\w+$/, harmless: (value) => value === null || isGate(value), what: 'replaces the gate shell of tasks' },
  { name: /^terminal\.integrated\.(default)?[pP]rofiles?\.\w+$/, harmless: (value) => !namesPlainShell(value), what: 'lets terminals start a shell that has no guard' },
  { name: /^terminal\.integrated\.env\.\w+$/, harmless: (value) => !setsLoader(value), what: 'replaces a variable that loads a guard' },
  { name: /^chat\.useHooks$/, harmless: (value) => value !== false, what: 'switches off the hooks that assistants ask' },
  { name: /^chat\.(plugins\.enabled|hookFilesLocations)$/, harmless: (value) => value === true, what: 'changes which hooks assistants ask' },
  { name: /^chat\.tools\.(global|terminal|edits)\.autoApprove$/, harmless: (value) => value === false || isEmpty(value), what: 'lets an assistant act without asking' },
  { name: /^task\.allowAutomaticTasks$/, harmless: (value) => value === 'off', what: 'lets tasks start by themselves when the folder opens' },
  { name: /^security\.workspace\.trust\.enabled$/, harmless: (value) => value !== false, what: 'switches off Restricted Mode' },
  { name: /^countersign\./, what: 'changes how Countersign works' },
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
export function weakeningsOf(edit: Edit, environments: readonly EnvironmentPattern[], world: World): readonly string[] {
  const { path, before = '', after = '' } = edit;
  if (/[\\/]\.vscode[\\/]settings\.json$|\.code-workspace$/.test(path)) return settings(before, after);
  if (/[\\/]\.vscode[\\/]tasks\.json$/.test(path)) return tasks(before, after);
  if (/[\\/]\.countersign[\\/]/.test(path)) {
    const { added, lostProtections } = compareEdit(edit, environments, world);
    return [...new Set([...lostProtections, ...added].map((finding) => spoken(finding.message)))];
  }
  if (START_FILE.test(path)) return startFile(before, after);
  if (HOOK_FILE.test(path) && OUR_HOOK.test(before) && !OUR_HOOK.test(after)) return ['It no longer asks Countersign before an assistant’s tool runs.'];
  return [];
}

/** Whether a file is one of those that gates rest on. */
export function isGateFile(path: string): boolean {
  return /[\\/]\.vscode[\\/](settings|tasks)\.json$|\.code-workspace$|[\\/]\.countersign[\\/]/.test(path) || START_FILE.test(path) || HOOK_FILE.test(path);
}

function settings(before: string, after: string): string[] {
  const [was, is] = [objectIn(before), objectIn(after)];
  return Object.entries(is).flatMap(([name, value]) => {
    const rule = SETTINGS.find((candidate) => candidate.name.test(name));
    if (!rule || rule.harmless?.(value) || JSON.stringify(was[name]) === JSON.stringify(value)) return [];
    return [`“${name}” ${rule.what}.`];
  });
}

/** Tasks that start without the gate shell now and did not before. */
function tasks(before: string, after: string): string[] {
  const open = (text: string) => {
    const processes = parseTasksJson(text).filter((task) => task.type === 'process').map((task) => `The task “${plain(task.label)}” starts without a shell, so it is stopped only once it has begun.`);
    const own = ownShells(text).map((label) => `The task “${label}” names a shell of its own, and goes round the gate.`);
    return [...processes, ...own];
  };
  const known = new Set(open(before));
  return [...new Set(open(after))].filter((sentence) => !known.has(sentence));
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

function startFile(before: string, after: string): string[] {
  const names = (text: string) => new Set([...text.slice(0, 256 * 1024).matchAll(REMOVES_GUARD)].map((match) => match[1] ?? ''));
  const known = names(before);
  return [...names(after)].filter((name) => !known.has(name)).map((name) => `It sets ${name}, by which a shell finds its guard.`);
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
