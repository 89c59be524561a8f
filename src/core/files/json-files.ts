import { parseTree } from 'jsonc-parser';
import type { Node } from 'jsonc-parser';
import { quote } from '../shell/command.js';
import { HOLE } from '../shell/program.js';
import type { Gather } from './gather.js';
import { PassageBuilder } from './passage.js';
import type { Passage } from './passage.js';
import { jsonPassage } from './scalars.js';

/** `package.json`: every script is a shell text, and its name says where it goes. */
export function readPackageJson(gather: Gather): void {
  // Most of them that lie in a repository of packages run nothing.
  if (!/"scripts"|\\u/.test(gather.file.text)) return;
  for (const [name, script] of propertiesOf(field(parseTree(gather.file.text), 'scripts'))) {
    const passage = textAt(gather, script);
    if (passage) gather.shell(passage, { labels: [name], via: [`script ${name}`] });
  }
}

/** `.vscode/tasks.json` and a workspace file: commands with their arguments, for each system. */
export function readTasksJson(gather: Gather): void {
  const tree = parseTree(gather.file.text, [], { allowTrailingComma: true });
  const file = field(tree, 'tasks')?.type === 'object' ? field(tree, 'tasks') : tree;
  for (const task of [file, ...(field(file, 'tasks')?.children ?? [])]) {
    if (!task) continue;
    const label = textOf(field(task, 'label')) ?? textOf(field(task, 'taskName'));
    for (const form of [task, field(task, 'linux'), field(task, 'osx'), field(task, 'windows')]) {
      const passage = form && commandLine(gather, [field(form, 'command')], field(form, 'args') ?? field(task, 'args'));
      const cwd = textOf(field(field(form, 'options') ?? field(task, 'options'), 'cwd'));
      if (passage) gather.shell(passage, { labels: label === undefined ? [] : [label], via: label === undefined ? [] : [`task ${label}`], ...(cwd?.startsWith('/') && { cwd }) });
    }
  }
}

/** `.vscode/launch.json`: what a debug session starts. */
export function readLaunchJson(gather: Gather): void {
  const tree = parseTree(gather.file.text, [], { allowTrailingComma: true });
  const file = field(tree, 'launch') ?? tree;
  for (const launch of field(file, 'configurations')?.children ?? []) {
    const name = textOf(field(launch, 'name'));
    const about = { labels: name === undefined ? [] : [name], via: name === undefined ? [] : [`launch ${name}`] };
    for (const form of [launch, field(launch, 'linux'), field(launch, 'osx'), field(launch, 'windows')]) {
      if (!form) continue;
      const passages = [
        commandLine(gather, [field(form, 'command')], undefined),
        commandLine(gather, [field(form, 'runtimeExecutable')], field(form, 'runtimeArgs')),
        commandLine(gather, [field(form, 'program')], field(form, 'args')),
      ];
      for (const passage of passages) if (passage) gather.shell(passage, about);
    }
  }
}

/** A command and its arguments as one line: arguments are quoted as the editor does it. */
function commandLine(gather: Gather, [command]: readonly (Node | undefined)[], args: Node | undefined): Passage | undefined {
  const first = command && textAt(gather, command.type === 'object' ? field(command, 'value') : command);
  if (!first) return undefined;
  const builder = new PassageBuilder(gather.file.text).append(first);
  for (const item of args?.type === 'string' ? [args] : (args?.children ?? [])) {
    const node = item.type === 'object' ? field(item, 'value') : item;
    const passage = textAt(gather, node);
    if (!node || !passage) continue;
    builder.put(' ', node.offset, node.offset + node.length);
    if (/^[\w./:@%+=,-]+$/.test(passage.text)) builder.append(passage);
    else builder.put(quote(passage.text), node.offset, node.offset + node.length);
  }
  return builder.build();
}

/** A string with the editor's variables taken out: `${workspaceFolder}` is where it runs, and the rest is not known. */
function textAt(gather: Gather, node: Node | undefined): Passage | undefined {
  if (node?.type !== 'string') return undefined;
  const passage = jsonPassage(gather.file.text, node.offset, node.length);
  return !passage.text.includes('${') ? passage : passage.replace(gather.file.text, VARIABLE, ([, name]) => valueOf(name));
}

/** A command line of `tasks.json` with the editor's variables taken out. */
export function withoutVariables(text: string): string {
  return text.replace(VARIABLE, (_whole, name: string) => valueOf(name));
}

const VARIABLE = /\$\{(workspaceFolder|[a-zA-Z]+:[^{}]*|file\w*|relativeFile\w*|selectedText|pathSeparator|lineNumber)\}/g;

function valueOf(variable: string | undefined): string {
  return variable === 'workspaceFolder' ? '.' : variable === 'pathSeparator' ? '/' : HOLE;
}

function field(node: Node | undefined, name: string): Node | undefined {
  return propertiesOf(node).findLast(([key]) => key === name)?.[1];
}

function propertiesOf(node: Node | undefined): readonly (readonly [string, Node])[] {
  if (node?.type !== 'object') return [];
  return (node.children ?? []).flatMap(({ children }) => {
    const [key, value] = children ?? [];
    return key && value ? [[String(key.value), value] as const] : [];
  });
}

function textOf(node: Node | undefined): string | undefined {
  return node?.type === 'string' ? String(node.value) : undefined;
}
