import type { About, Gather } from './gather.js';
import { linesIn } from './pipelines.js';
import { environmentName } from './workflow.js';
import { documentsOf, entriesOf, fieldOf, itemsOf, tagOf, textOf } from './yaml-tree.js';

/** More jobs than one may extend at all. */
const MOST_BASES = 32;

/** `.gitlab-ci.yml`: the scripts of every job, its own and those it takes over with `extends`, `!reference` and `default`. */
export function readGitlab(gather: Gather): void {
  for (const root of documentsOf(gather.file.text)) {
    const general = [root, fieldOf(root, 'default')];
    const image = general.map((node) => fieldOf(node, 'image')).find((node) => node !== undefined);
    for (const node of general) run(gather, root, node, { via: ['pipeline'], elsewhere: true, disposable: image !== undefined });
    for (const { key, value: job } of entriesOf(root)) {
      if (key === 'default' || entriesOf(job).length === 0) continue;
      const own = (name: string): unknown => inherited(root, job, name);
      const environment = environmentName(own('environment'));
      const about: About = {
        labels: environment === undefined ? [key] : [key, environment],
        via: environment === undefined ? [`job ${key}`] : [`job ${key}`, `environment ${environment}`],
        elsewhere: true,
        disposable: (own('image') ?? image) !== undefined,
        env: new Map(entriesOf(own('variables')).flatMap(({ key: name, value }) => { const text = textOf(value) ?? textOf(fieldOf(value, 'value')); return text === undefined || text.includes('$') ? [] : [[name, text] as const]; })),
      };
      const shared = about.labels?.length === 2 ? (name: string): unknown => general.map((node) => fieldOf(node, name)).find((node) => node !== undefined) : () => undefined;
      for (const name of SCRIPTS) scripts(gather, root, own(name) ?? shared(name), about);
    }
  }
}

const SCRIPTS = ['before_script', 'script', 'after_script'] as const;

function run(gather: Gather, root: unknown, node: unknown, about: About): void {
  for (const name of SCRIPTS) scripts(gather, root, fieldOf(node, name), about);
}

/** A script: lines, lists of lines, and references to the scripts of other jobs. */
function scripts(gather: Gather, root: unknown, node: unknown, about: About, seen = new Set<unknown>()): void {
  if (seen.has(node)) return;
  seen.add(node);
  if (tagOf(node) === '!reference') {
    const path = itemsOf(node).flatMap((item) => textOf(item) ?? []);
    scripts(gather, root, path.length === 0 ? undefined : referenced(root, path), about, seen);
    return;
  }
  const items = itemsOf(node);
  if (items.length === 0) for (const line of linesIn(gather, node)) gather.shell(line, about);
  for (const item of items) scripts(gather, root, item, about, seen);
}

function referenced(root: unknown, [job = '', name, ...rest]: readonly string[]): unknown {
  const node = fieldOf(root, job);
  return name === undefined ? node : fieldOf(inherited(root, node, name), ...rest);
}

/** What a job says, or what those it extends say: the last of them first. */
function inherited(root: unknown, job: unknown, name: string, seen = new Set<unknown>()): unknown {
  const own = fieldOf(job, name);
  if (own !== undefined || seen.has(job) || seen.size > MOST_BASES) return own;
  seen.add(job);
  const extended = fieldOf(job, 'extends');
  const names = itemsOf(extended).length > 0 ? itemsOf(extended) : [extended];
  for (const base of [...names].reverse()) {
    const title = textOf(base);
    const found = title === undefined ? undefined : inherited(root, fieldOf(root, title), name, seen);
    if (found !== undefined) return found;
  }
  return undefined;
}
