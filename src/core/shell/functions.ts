import { parsePosix } from './parse.js';

/** The functions that a text defines at its top level, by name, each as a text that defines it again. */
export function functionsIn(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const parsed = parsePosix(text);
  if ('opaque' in parsed) return found;
  for (const { command } of parsed.tree.commands) {
    const node = command.type === 'Pipeline' && command.commands.length === 1 ? command.commands[0] : command;
    if (node?.type === 'Function') found.set(node.name.text, text.slice(node.pos, node.end));
  }
  return found;
}

/** The name under which bash hands a function on in the environment; the value is the definition without its name. */
export function exportedName(name: string): string {
  return `BASH_FUNC_${name}%%`;
}

/** The same for Apple's build of bash 3.2. */
export function appleExportedName(name: string): string {
  return `__BASH_FUNC<${name}>()`;
}
