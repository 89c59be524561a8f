import { parse } from 'jsonc-parser';
import { isTooDeep } from '../files/depth.js';

/** A task as `.vscode/tasks.json` writes it, as far as it matters here. */
export interface TaskDefinition {
  readonly label: string;
  /** Command and arguments before the editor resolves variables; undefined for a task that only depends on others. */
  readonly command: string | undefined;
  readonly type: string;
  readonly group: string | undefined;
  readonly dependsOn: readonly string[];
}

/** Reads tasks.json. Comments are fine, and what is not a task is left out: VS Code itself shows the errors. */
export function parseTasksJson(text: string): readonly TaskDefinition[] {
  // The parser goes down with the text; a file this deep is no list of tasks.
  const file: unknown = isTooDeep(text) ? undefined : parse(text, [], { allowTrailingComma: true });
  const tasks = fieldOf(file, 'tasks');
  return Array.isArray(tasks) ? tasks.flatMap(definitionsOf) : [];
}

/** One task of the list as it is written, and as it is on each platform. */
export function definitionsOf(task: unknown): readonly TaskDefinition[] {
  return variantsOf(task).flatMap(readTask);
}

/** A task as it is on each platform: what stands under a platform's name replaces what stands above it. */
function variantsOf(task: unknown): unknown[] {
  const own = ['linux', 'osx', 'windows'].map((platform) => fieldOf(task, platform)).filter((variant) => typeof variant === 'object' && variant !== null);
  return [task, ...own.map((variant) => ({ ...(task as object), ...variant }))];
}

function readTask(task: unknown): TaskDefinition[] {
  const label = textOf(fieldOf(task, 'label') ?? fieldOf(task, 'taskName'));
  const type = textOf(fieldOf(task, 'type')) ?? 'process';
  const script = textOf(fieldOf(task, 'script'));
  const own = textOf(fieldOf(task, 'command')) ?? textOf(fieldOf(fieldOf(task, 'command'), 'value'));
  const command = own === undefined ? script && `${type} run ${script}` : [own, ...words(fieldOf(task, 'args'))].join(' ');
  const group = fieldOf(task, 'group');
  const name = label ?? (script === undefined ? undefined : `${type}: ${script}`);
  if (name === undefined) return [];
  return [{ label: name, command, type, group: textOf(group) ?? textOf(fieldOf(group, 'kind')), dependsOn: words(fieldOf(task, 'dependsOn')) }];
}

/**
 * The labels under which a task is known: its own, and those of tasks without a command of their own that
 * consist of it (what they are called is what it does then).
 */
export function labelsAround(label: string, tasks: readonly TaskDefinition[]): readonly string[] {
  const labels = [label];
  for (const known of labels) {
    const parents = tasks.filter((task) => task.command === undefined && task.dependsOn.includes(known));
    labels.push(...parents.map((task) => task.label).filter((name) => !labels.includes(name)));
  }
  return labels;
}

/**
 * Whether a resolved command line could be this task's: the fixed pieces of its definition, in order, with
 * anything where a variable stands. Quotes are left out of account, for the editor adds them.
 */
export function couldBe(commandLine: string, task: TaskDefinition): boolean {
  if (task.command === undefined) return false;
  const bare = (text: string) => text.replace(/["'\\\s]/g, '');
  const line = bare(commandLine);
  const pieces = bare(task.command).split(/\$\{[^}]*\}/);
  let at = 0;
  for (const piece of pieces) {
    const found = line.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return line.startsWith(pieces[0] ?? '');
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A list of texts as VS Code writes it: a text, a list, or objects with a label or value. */
function words(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return list.flatMap((item) => textOf(item) ?? textOf(fieldOf(item, 'value')) ?? textOf(fieldOf(item, 'label')) ?? textOf(fieldOf(item, 'task')) ?? []);
}
