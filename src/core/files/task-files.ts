import { parseComposer, parseDeno, parseNxProject } from '../languages/json-tasks.js';
import type { NamedTasks } from '../languages/named-tasks.js';
import { parsePyproject, parseTox } from '../languages/toml-tasks.js';
import type { Span } from '../assess/assessment.js';
import type { Gather } from './gather.js';
import { Passage } from './passage.js';
import { jsonPassage } from './scalars.js';

/** Who reads which file of named tasks. */
const PARSERS: readonly (readonly [RegExp, (text: string) => NamedTasks])[] = [
  [/(^|\/)composer\.json$/, parseComposer],
  [/(^|\/)deno\.jsonc?$/, parseDeno],
  [/(^|\/)project\.json$/, parseNxProject],
  [/(^|\/)pyproject\.toml$/, parsePyproject],
  [/(^|\/)tox\.ini$/, parseTox],
];

/** `composer.json`, `deno.json`, an Nx `project.json`, `pyproject.toml`, `tox.ini`: the commands of their tasks. */
export function readTaskFile(gather: Gather): void {
  const { path, text } = gather.file;
  const parse = PARSERS.find(([pattern]) => pattern.test(path))?.[1];
  for (const [name, steps] of parse?.(text) ?? []) {
    for (const step of steps) if (step.kind === 'command') gather.shell(passageAt(text, step.at), { labels: [name], via: [`task ${name}`] });
  }
}

/** The text at a place: a string of JSON or TOML without its quotes, or the text itself. */
function passageAt(text: string, { start, end }: Span): Passage {
  const [quotes = ''] = /^(?:"""|'''|["'])/.exec(text.slice(start, start + 3)) ?? [];
  if (quotes === '"') return jsonPassage(text, start, end - start);
  const front = text.startsWith(quotes, end - quotes.length) ? quotes.length : 0;
  return Passage.of(text, start + front, end - front);
}
