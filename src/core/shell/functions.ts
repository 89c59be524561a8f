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

const MOST_NAMES = 1024;
/** Every call asks for the names of its program's, and making them takes longer than looking them up. */
const NAMES = new Map<string, ExportedNames>();

/** The names under which a function is handed on in the environment; the value is the definition without its name. */
export interface ExportedNames {
  readonly bash: string;
  /** Of Apple's build of bash 3.2. */
  readonly apple: string;
}

export function exportedNames(name: string): ExportedNames {
  let names = NAMES.get(name);
  if (!names) {
    names = { bash: `BASH_FUNC_${name}%%`, apple: `__BASH_FUNC<${name}>()` };
    if (NAMES.size >= MOST_NAMES) NAMES.clear();
    NAMES.set(name, names);
  }
  return names;
}
