import { parseTree } from 'jsonc-parser';
import type { Node } from 'jsonc-parser';
import { isTooDeep } from '../files/depth.js';
import type { NamedTasks, TaskStep } from './named-tasks.js';

/** The scripts of `composer.json`. https://getcomposer.org/doc/articles/scripts.md */
export function parseComposer(text: string): NamedTasks {
  return tasksOf(text, ['scripts'], (node) => listOf(node).flatMap((item) => step(item, composerStep)));
}

/** The tasks of `deno.json`: a text, or an object with a command and what it needs. */
export function parseDeno(text: string): NamedTasks {
  return tasksOf(text, ['tasks'], (node) => [
    ...listOf(field(node, 'dependencies')).flatMap((item) => (item.type === 'string' ? [{ kind: 'task' as const, name: String(item.value) }] : [])),
    ...listOf(node.type === 'object' ? field(node, 'command') : node).flatMap((item) => step(item)),
  ]);
}

/** The targets of an Nx `project.json` that run commands. https://nx.dev/nx-api/nx/executors/run-commands */
export function parseNxProject(text: string): NamedTasks {
  return tasksOf(text, ['targets'], (node) => {
    const options = field(node, 'options');
    const configurations = (field(node, 'configurations')?.children ?? []).flatMap(({ children }) => children?.[1] ?? []);
    const commands = [node, ...(options ? [options] : []), ...configurations].flatMap((owner) => [...listOf(field(owner, 'command')), ...listOf(field(owner, 'commands'))]);
    return [
      ...listOf(field(node, 'dependsOn')).flatMap((item) => (item.type === 'string' && /^[\w-]+$/.test(String(item.value)) ? [{ kind: 'task' as const, name: String(item.value) }] : [])),
      ...commands.flatMap((item) => step(item.type === 'object' ? field(item, 'command') : item)),
    ];
  });
}

/** The scripts of `package.json`, without its life cycle. */
export function parseNodeScripts(text: string): NamedTasks {
  return tasksOf(text, ['scripts'], (node) => listOf(node).flatMap((item) => step(item)));
}

function tasksOf(text: string, path: readonly string[], read: (node: Node) => readonly TaskStep[]): NamedTasks {
  const root = isTooDeep(text) ? undefined : parseTree(text, [], { allowTrailingComma: true });
  const table = path.reduce<Node | undefined>((node, name) => field(node, name), root);
  const found = new Map<string, readonly TaskStep[]>();
  if (table?.type !== 'object') return found;
  for (const { children } of table.children ?? []) {
    const [key, value] = children ?? [];
    if (key && value) found.set(String(key.value), read(value));
  }
  return found;
}

function step(node: Node | undefined, read: (text: string) => TaskStep | string = (text) => text): readonly TaskStep[] {
  if (node?.type !== 'string') return [];
  const meant = read(String(node.value));
  return [typeof meant === 'string' ? { kind: 'command', text: meant, at: { start: node.offset, end: node.offset + node.length } } : meant];
}

/** `@php x` runs PHP, `@name` another script, `@putenv` nothing, and `Class::method` code of the package. */
function composerStep(text: string): TaskStep | string {
  if (/^@(php|composer)\s/.test(text)) return text.slice(1);
  if (text.startsWith('@putenv')) return 'true';
  if (text.startsWith('@')) return { kind: 'task', name: text.slice(1).split(/\s/, 1)[0] ?? '' };
  return /^[\\\w]+::\w+$/.test(text) ? 'true' : text;
}

function listOf(node: Node | undefined): readonly Node[] {
  return node === undefined ? [] : node.type === 'array' ? (node.children ?? []) : [node];
}

function field(node: Node | undefined, name: string): Node | undefined {
  if (node?.type !== 'object') return undefined;
  return node.children?.findLast(({ children }) => children?.[0]?.value === name)?.children?.[1];
}
