import { isMap, isScalar, isSeq } from 'yaml';
import { quote } from '../shell/command.js';
import { HOLE } from '../shell/program.js';
import type { About, Gather } from './gather.js';
import { PassageBuilder } from './passage.js';
import type { Passage } from './passage.js';
import { scalarPassage } from './scalars.js';
import { documentsOf, entriesOf, fieldOf, itemsOf, spanOf, textOf } from './yaml-tree.js';
import { environmentName } from './workflow.js';

/** Keys under which other pipelines and container sets keep commands. */
const COMMANDS = new Set(['run', 'command', 'commands', 'script', 'before_script', 'after_script', 'bash', 'pwsh', 'powershell', 'entrypoint', 'install', 'before_install', 'deploy', 'before_deploy', 'after_deploy', 'after_success', 'cmd', 'args']);
const MOST_DEPTH = 32;

/** CircleCI, Azure Pipelines, Bitbucket, Buildkite, Drone, Travis, Compose: wherever a command stands. */
export function readPipeline(gather: Gather): void {
  for (const root of documentsOf(gather.file.text)) walk(gather, root, [], 0);
}

function walk(gather: Gather, node: unknown, names: readonly string[], depth: number): void {
  if (depth > MOST_DEPTH) return;
  for (const item of itemsOf(node)) walk(gather, item, names, depth + 1);
  const environment = environmentName(fieldOf(node, 'environment')) ?? environmentName(fieldOf(node, 'deployment'));
  const labels = [...names, textOf(fieldOf(node, 'name')), environment].filter((name) => name !== undefined).slice(-8);
  for (const { key, value } of entriesOf(node)) {
    const shell = key === 'pwsh' || key === 'powershell' ? 'powershell' : 'bash';
    if (COMMANDS.has(key) && !isMap(value) && !(isSeq(value) && value.items.some((item) => isMap(item)))) {
      const about: About = { labels, via: labels.slice(-1), elsewhere: true, disposable: key !== 'command' && key !== 'entrypoint', shell };
      const words = isSeq(value) && (key === 'command' || key === 'entrypoint' || key === 'args');
      for (const passage of words ? [argumentsOf(gather, value)] : linesIn(gather, value)) gather.shell(passage, about);
    } else walk(gather, value, [...labels, key].slice(-8), depth + 1);
  }
}

/** A script as a text, or as lists of lines within lists. Each line is a command of its own. */
export function linesIn(gather: Gather, node: unknown, depth = 0): readonly Passage[] {
  if (isScalar(node)) {
    const passage = scalarPassage(gather.file.text, node);
    return passage ? [withoutTemplates(gather, passage)] : [];
  }
  return depth > 8 ? [] : itemsOf(node).flatMap((item) => linesIn(gather, item, depth + 1));
}

/** A list of arguments as one line. */
export function argumentsOf(gather: Gather, ...lists: readonly unknown[]): Passage {
  const builder = new PassageBuilder(gather.file.text);
  for (const item of lists.flatMap((list) => (isScalar(list) ? [list] : itemsOf(list)))) {
    const passage = scalarPassage(gather.file.text, item);
    const span = spanOf(item);
    if (!passage || !span) continue;
    if (builder.length > 0) builder.put(' ', span.start, span.end);
    if (/^[\w./:@%+=,-]+$/.test(passage.text)) builder.append(passage);
    else builder.put(quote(passage.text), span.start, span.end);
  }
  return builder.build();
}

/** `{{ … }}`, `${{ … }}` and `<< … >>` are filled in before the shell sees the text. */
function withoutTemplates(gather: Gather, passage: Passage): Passage {
  return passage.replace(gather.file.text, /\$?\{\{[^{}]{0,1024}\}\}|<<\s?(?:parameters|pipeline|matrix)\.[\w.]{1,128}\s?>>/g, () => HOLE);
}
