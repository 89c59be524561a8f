import { findNodeAtLocation, getNodeValue, parseTree, type Node } from 'jsonc-parser';
import { definitionsOf, labelsAround, parseTasksJson } from '../languages/tasks-json.js';
import { isTooDeep } from './depth.js';
import { withoutVariables } from './json-files.js';
import { kindOf } from './kinds.js';

/** Something that a file lets people start by its name. */
export interface Start {
  /** As VS Code calls the task that it makes of it. */
  readonly label: string;
  /** Every name under which people know it. */
  readonly labels: readonly string[];
  /** The command line on each platform, with the editor's variables taken out. */
  readonly commands: readonly string[];
  /** Where it stands in the text. */
  readonly at: number;
}

/** The tasks of a `tasks.json` and the scripts of a `package.json`, top to bottom; nothing for other files. */
export function startsIn({ path, text }: { readonly path: string; readonly text: string }): readonly Start[] {
  const kind = kindOf(path, text);
  if ((kind !== 'vscode tasks' && kind !== 'package.json') || isTooDeep(text)) return [];
  const tree = parseTree(text, [], { allowTrailingComma: true });
  if (!tree) return [];
  return kind === 'package.json' ? scriptsOf(tree) : tasksOf(tree, text);
}

function tasksOf(tree: Node, text: string): readonly Start[] {
  const all = parseTasksJson(text);
  return (findNodeAtLocation(tree, ['tasks'])?.children ?? []).flatMap((node): readonly Start[] => {
    const forms = definitionsOf(getNodeValue(node));
    const [first] = forms;
    const commands = forms.flatMap(({ command }) => (command === undefined ? [] : [withoutVariables(command)]));
    if (!first || commands.length === 0) return [];
    const { label, group } = first;
    return [{ label, labels: [...labelsAround(label, all), ...(group === undefined ? [] : [group])], commands: [...new Set(commands)], at: node.offset }];
  });
}

function scriptsOf(tree: Node): readonly Start[] {
  return (findNodeAtLocation(tree, ['scripts'])?.children ?? []).flatMap(({ children = [] }): readonly Start[] => {
    const [name, script] = children;
    if (name?.type !== 'string' || script?.type !== 'string') return [];
    const label = String(name.value);
    return [{ label: `npm: ${label}`, labels: [label], commands: [String(script.value)], at: name.offset }];
  });
}
