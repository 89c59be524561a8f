import { linesOf } from '../files/passage.js';
import type { NamedTasks, TaskStep } from './named-tasks.js';

/** Tables of `pyproject.toml` that name commands: poethepoet, PDM, taskipy, Rye, Hatch, Pixi. A sub-table names one task. */
const TABLE = /^\[\s*tool\.(?:poe\.tasks|pdm\.scripts|taskipy\.tasks|rye\.scripts|hatch\.envs\.[\w-]+\.scripts|pixi\.tasks)(?:\.["']?([\w:-]+)["']?)?\s*\]/;
const ANY_TABLE = /^\s*\[\[?[^\]]/;
const STRING = /"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/g;
/** Keys of a task that are no command. */
const OTHER = /^(help|args|cwd|env|envfile|uses|executor|default|description|deps|control|capture_stdout|working_dir|site_packages|keep_going|depends-on|inputs|outputs)$/;

/** The tasks that a `pyproject.toml` names: every text in a task's definition is a command, or another task's name. */
export function parsePyproject(text: string): NamedTasks {
  const definitions = new Map<string, { readonly start: number; readonly end: number }[]>();
  let owner: string | undefined;
  let inside = false;
  let current: { name: string; start: number; end: number } | undefined;
  const close = (): void => {
    if (current) definitions.set(current.name, [...(definitions.get(current.name) ?? []), current]);
    current = undefined;
  };
  for (const { start, end } of linesOf(text)) {
    const line = text.slice(start, Math.min(end, start + 1024));
    const table = TABLE.exec(line);
    if (table || (ANY_TABLE.test(line) && /^\s*\[\[?[\w."'\s-]+\]/.test(line))) {
      close();
      inside = table !== null;
      owner = table?.[1];
      continue;
    }
    if (!inside) continue;
    const key = /^\s*["']?([\w:.-]+)["']?\s*=/.exec(line);
    if (key) {
      close();
      const [head, name = ''] = key;
      if (owner === undefined || !OTHER.test(name)) current = { name: owner ?? name, start: start + head.length, end };
    } else if (current) current = { ...current, end };
  }
  close();
  const names = new Set(definitions.keys());
  return new Map([...definitions].map(([name, spans]) => [name, spans.flatMap((span) => stepsIn(text, span, names, name))]));
}

function stepsIn(text: string, { start, end }: { readonly start: number; readonly end: number }, names: ReadonlySet<string>, own: string): readonly TaskStep[] {
  const body = text.slice(start, end);
  const steps: TaskStep[] = [];
  for (const match of body.matchAll(STRING)) {
    const [all] = match;
    const before = /([\w-]+)\s*=\s*$/.exec(body.slice(Math.max(0, match.index - 64), match.index))?.[1];
    if (before !== undefined && OTHER.test(before)) continue;
    const length = /^("""|''')/.test(all) ? 3 : 1;
    const value = all.slice(length, -length);
    // poethepoet names another task without a mark.
    if (names.has(value) && value !== own) steps.push({ kind: 'task', name: value });
    else steps.push({ kind: 'command', text: before === 'script' ? 'true' : value.replaceAll('\\"', '"').replaceAll('\\\\', '\\'), at: { start: start + match.index, end: start + match.index + all.length } });
  }
  return steps;
}

/** The commands of every environment of `tox.ini`. https://tox.wiki/en/latest/config.html */
export function parseTox(text: string): NamedTasks {
  const tasks = new Map<string, TaskStep[]>();
  let name = '';
  let inside = false;
  for (const { start, end } of linesOf(text)) {
    const line = text.slice(start, end);
    const section = /^\[([\w:.{},-]{1,200})\]/.exec(line)?.[1];
    if (section !== undefined) name = section.replace(/^testenv:?/, '') || 'testenv';
    const key = /^([\w-]+)\s*=/.exec(line);
    if (key) inside = /^commands(_pre|_post)?$/.test(key[1] ?? '');
    else if (!/^\s/.test(line)) inside = false;
    const front = key ? key[0].length : 0;
    const command = line.slice(front).trim().replace(/^-\s*/, '').replace(/\s*\\$/, '');
    if (!inside || command === '' || command.startsWith('#')) continue;
    const at = start + front + line.slice(front).indexOf(command);
    const steps = tasks.get(name) ?? [];
    steps.push({ kind: 'command', text: command, at: { start: at, end: at + command.length } });
    tasks.set(name, steps);
  }
  return tasks;
}
