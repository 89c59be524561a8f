import { isScalar } from 'yaml';
import { list, variableName, variablesOf } from '../languages/taskfile.js';
import { HOLE } from '../shell/program.js';
import type { Gather } from './gather.js';
import { scalarPassage } from './scalars.js';
import { documentsOf, entriesOf, fieldOf, itemsOf } from './yaml-tree.js';

/** `Taskfile.yml`: the commands of every task, with the file's own plain variables filled in. */
export function readTaskfile(gather: Gather): void {
  for (const root of documentsOf(gather.file.text)) {
    const variables = variablesOf(fieldOf(root, 'vars'));
    for (const { key, value: task } of entriesOf(fieldOf(root, 'tasks'))) {
      const known = new Map([...variables, ...variablesOf(fieldOf(task, 'vars'))]);
      const cmds = isScalar(task) ? [task] : [...itemsOf(task), ...list(fieldOf(task, 'cmds')), ...list(fieldOf(task, 'cmd'))];
      for (const item of cmds) {
        for (const node of isScalar(item) ? [item] : [fieldOf(item, 'cmd'), fieldOf(item, 'defer')]) {
          const passage = scalarPassage(gather.file.text, node);
          if (!passage) continue;
          const filled = passage.replace(gather.file.text, /\{\{[^{}]{0,512}\}\}/g, ([all]) => known.get(variableName(all)) ?? HOLE);
          gather.shell(filled, { labels: [key], via: [`task ${key}`] });
        }
      }
    }
  }
}
