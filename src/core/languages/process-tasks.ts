import { getNodeValue, parseTree, type Node } from 'jsonc-parser';
import { isTooDeep } from '../files/depth.js';
import type { Span } from '../assess/assessment.js';

/** A replacement in the text of tasks.json. */
export interface TaskEdit {
  readonly span: Span;
  readonly text: string;
}

/** A task of tasks.json that starts without a shell, and what would give it one. */
export interface ProcessTask {
  readonly label: string;
  /** Where the file says so: the type, or the task's first brace where nothing says it. */
  readonly span: Span;
  /** Program and arguments as written, variables and all. */
  readonly words: readonly string[];
  /** Makes it a shell task that starts the same program with the same arguments. */
  readonly edits: readonly TaskEdit[];
}

/** Characters that every shell takes as they are; VS Code's own variables are filled in before. */
const PLAIN = /^(?:[A-Za-z0-9_@%+=:,./-]|\$\{[^}]*\})+$/;

/** The tasks of a tasks.json that start without a shell, top to bottom. */
export function processTasks(text: string): readonly ProcessTask[] {
  const root = isTooDeep(text) ? undefined : parseTree(text, [], { allowTrailingComma: true });
  const tasks = field(root, 'tasks')?.children ?? [];
  return tasks.flatMap((task) => readTask(task) ?? []);
}

function readTask(task: Node): ProcessTask | undefined {
  const type = field(task, 'type');
  const command = field(task, 'command');
  // Without a type it is a process task (VS Code, "Tasks 2.0.0"); without a command it only groups others.
  if (!command || (type !== undefined && type.value !== 'process')) return undefined;
  const label = textOf(field(task, 'label')) ?? textOf(field(task, 'taskName')) ?? textOf(command);
  if (label === undefined) return undefined;
  const args = field(task, 'args')?.children ?? [];
  const words = [command, ...args];
  const edits = type ? [{ span: spanOf(type), text: '"shell"' }] : [{ span: { start: task.offset + 1, end: task.offset + 1 }, text: ' "type": "shell",' }];
  return {
    label,
    span: type ? spanOf(type) : { start: task.offset, end: task.offset + 1 },
    words: words.map((word) => textOf(word) ?? ''),
    edits: [...edits, ...words.flatMap(strongly)],
  };
}

/** A word that means something to a shell is quoted, so that the program gets what it got before. */
function strongly(word: Node): TaskEdit[] {
  const value: unknown = getNodeValue(word);
  if (typeof value !== 'string' || PLAIN.test(value)) return [];
  return [{ span: spanOf(word), text: `{ "value": ${JSON.stringify(value)}, "quoting": "strong" }` }];
}

function field(node: Node | undefined, name: string): Node | undefined {
  return node?.children?.find((property) => property.type === 'property' && property.children?.[0]?.value === name)?.children?.[1];
}

function textOf(node: Node | undefined): string | undefined {
  const value: unknown = node && getNodeValue(node);
  if (typeof value === 'string') return value;
  const quoted: unknown = typeof value === 'object' && value !== null && 'value' in value ? value.value : undefined;
  return typeof quoted === 'string' ? quoted : undefined;
}

function spanOf({ offset, length }: Node): Span {
  return { start: offset, end: offset + length };
}
