import { isScalar } from 'yaml';
import { documentsOf, entriesOf, fieldOf, itemsOf, spanOf, textOf } from '../files/yaml-tree.js';
import { HOLE } from '../shell/program.js';
import type { NamedTasks, TaskStep } from './named-tasks.js';

/**
 * The tasks of a `Taskfile.yml` with the file's own plain variables filled in. What is included from other files is
 * not read. https://taskfile.dev/reference/schema
 *
 * @param given variables of the command line
 */
export function parseTaskfile(text: string, given: ReadonlyMap<string, string>): NamedTasks {
  const tasks = new Map<string, readonly TaskStep[]>();
  for (const root of documentsOf(text)) {
    const general = variablesOf(fieldOf(root, 'vars'));
    for (const { key, value: task } of entriesOf(fieldOf(root, 'tasks'))) {
      const known = new Map([...general, ...variablesOf(fieldOf(task, 'vars')), ...given]);
      const fill = (raw: string): string => raw.replace(/\{\{[^{}]{0,512}\}\}/g, (all) => known.get(variableName(all)) ?? HOLE);
      const directory = textOf(fieldOf(task, 'dir'));
      const commands = isScalar(task) ? [task] : [...itemsOf(task), ...list(fieldOf(task, 'cmds')), ...list(fieldOf(task, 'cmd'))];
      const steps: readonly TaskStep[] = [
        ...list(fieldOf(task, 'deps')).flatMap((item) => named(textOf(item) ?? textOf(fieldOf(item, 'task')))),
        ...commands.flatMap((item) => {
          const node = isScalar(item) ? item : (fieldOf(item, 'cmd') ?? fieldOf(item, 'defer'));
          const at = spanOf(node);
          const command = textOf(node);
          if (command === undefined || !at) return named(textOf(fieldOf(item, 'task')) ?? textOf(fieldOf(fieldOf(item, 'defer'), 'task')));
          return [{ kind: 'command' as const, text: fill(command), at, ...(directory !== undefined && { directory: fill(directory) }) }];
        }),
      ];
      for (const name of [key, ...list(fieldOf(task, 'aliases')).flatMap((item) => textOf(item) ?? [])]) tasks.set(name, steps);
    }
  }
  return tasks;
}

/** The name in `{{.NAME}}`, or nothing where more is computed. */
export function variableName(template: string): string {
  return /^\{\{-?\s{0,8}\.(\w+)\s{0,8}-?\}\}$/.exec(template)?.[1] ?? '';
}

/** The plain variables of a mapping; what is computed is not known. */
export function variablesOf(node: unknown): readonly (readonly [string, string])[] {
  return entriesOf(node).map(({ key, value }) => {
    const text = textOf(value);
    return [key, text === undefined || text.includes('{{') ? HOLE : text] as const;
  });
}

function named(name: string | undefined): readonly TaskStep[] {
  return name === undefined ? [] : [{ kind: 'task', name: name.replace(/^:/, '') }];
}

/** A list, also where only one thing stands. */
export function list(node: unknown): readonly unknown[] {
  return isScalar(node) ? [node] : itemsOf(node);
}
