import type { Span } from '../assess/assessment.js';

/** One line of a recipe, which the tool gives to a shell of its own. */
export interface Line {
  readonly text: string;
  readonly at: Span;
}

export interface Target {
  readonly prerequisites: readonly string[];
  readonly recipe: readonly Line[];
}

export interface Makefile {
  readonly targets: ReadonlyMap<string, Target>;
  readonly variables: ReadonlyMap<string, string>;
  readonly first: string | undefined;
}

/**
 * Reads the rules and plain variables of a make file (or a justfile). Conditionals and functions of make are not
 * evaluated: recipes of every branch count.
 */
export function parseMakefile(text: string, just: boolean): Makefile {
  const targets = new Map<string, { prerequisites: string[]; recipe: Line[] }>();
  const variables = new Map<string, string>();
  let first: string | undefined;
  let current: readonly string[] = [];
  const add = (line: Line): void => {
    for (const name of current) targets.get(name)?.recipe.push(line);
  };
  for (const { text: line, start } of logicalLines(text)) {
    if (current.length > 0 && (line.startsWith('\t') || (just && /^ +\S/.test(line)))) {
      const front = /^[\s@+-]*/.exec(line)?.[0].length ?? 0;
      if (line.slice(front).trim() !== '') add({ text: line.slice(front), at: { start: start + front, end: start + line.trimEnd().length } });
      continue;
    }
    const assignment = /^(?:export\s+|override\s+)*([A-Za-z_][\w.-]*)\s*(?::{0,3}=|\?=|\+=)\s*(.*)$/s.exec(line);
    if (assignment) {
      const value = (assignment[2] ?? '').trim();
      variables.set(assignment[1] ?? '', just ? value.replace(/^(["'])(.*)\1$/s, '$2') : value);
      continue;
    }
    const rule = /^([^\s#:=][^#:=]*?)\s*::?(?!=)\s*([^#=]*)(?:#.*)?$/s.exec(line);
    if (!rule) continue;
    const [, head = '', tail = ''] = rule;
    current = just ? head.split(/\s+/).slice(0, 1) : head.split(/\s+/);
    const semicolon = tail.indexOf(';');
    const needs = (semicolon < 0 ? tail : tail.slice(0, semicolon)).split(/\s+/).filter((word) => word !== '' && word !== '|' && word !== '&&');
    for (const name of current) {
      const known = targets.get(name);
      targets.set(name, { prerequisites: [...(known?.prerequisites ?? []), ...needs], recipe: known?.recipe ?? [] });
      if (first === undefined && !name.startsWith('.')) first = name;
    }
    if (semicolon >= 0) add({ text: tail.slice(semicolon + 1).trim(), at: { start, end: start + line.trimEnd().length } });
  }
  return { targets, variables, first };
}

/** Lines, with those that end in a backslash joined to the next one. */
function logicalLines(text: string): readonly { readonly text: string; readonly start: number }[] {
  const lines: { text: string; start: number }[] = [];
  let start = 0;
  while (start < text.length) {
    let end = text.indexOf('\n', start);
    while (end > 0 && text[end - 1] === '\\') end = text.indexOf('\n', end + 1);
    if (end < 0) end = text.length;
    lines.push({ text: text.slice(start, end), start });
    start = end + 1;
  }
  return lines;
}
