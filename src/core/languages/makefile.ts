import type { Span } from '../assess/assessment.js';

/** One line of a recipe, which the tool gives to a shell of its own. */
export interface Line {
  readonly text: string;
  readonly at: Span;
}

/** One rule as it is written: what it makes, what that needs, and how. */
export interface Rule {
  readonly names: readonly string[];
  readonly prerequisites: readonly string[];
  readonly recipe: readonly Line[];
}

export interface Makefile {
  readonly rules: readonly Rule[];
  /** The rules of a target: there may be several, of which one has a recipe. */
  readonly targets: ReadonlyMap<string, readonly Rule[]>;
  readonly variables: ReadonlyMap<string, string>;
  readonly first: string | undefined;
}

/**
 * Reads the rules and plain variables of a make file (or a justfile). Conditionals and functions of make are not
 * evaluated: recipes of every branch count.
 */
export function parseMakefile(text: string, just: boolean): Makefile {
  const rules: Rule[] = [];
  const targets = new Map<string, Rule[]>();
  const variables = new Map<string, string>();
  let first: string | undefined;
  let recipe: Line[] | undefined;
  for (const { text: line, start } of logicalLines(text)) {
    if (recipe && (line.startsWith('\t') || (just && /^ +\S/.test(line)))) {
      const front = /^[\s@+-]*/.exec(line)?.[0].length ?? 0;
      if (line.slice(front).trim() !== '') recipe.push({ text: line.slice(front), at: { start: start + front, end: start + line.trimEnd().length } });
      continue;
    }
    const assignment = /^(?:export\s+|override\s+)*([A-Za-z_][\w.-]*)\s*(?::{0,3}=|\?=|\+=)\s*(.*)$/s.exec(line);
    if (assignment) {
      const value = (assignment[2] ?? '').trim();
      variables.set(assignment[1] ?? '', just ? value.replace(/^(["'])(.*)\1$/s, '$2') : value);
      continue;
    }
    const head = headOf(line);
    if (!head) continue;
    recipe = [];
    const names = just ? head.names.slice(0, 1) : head.names;
    const rule: Rule = { names, prerequisites: head.needs, recipe };
    rules.push(rule);
    for (const name of names) {
      const known = targets.get(name);
      if (known) known.push(rule);
      else targets.set(name, [rule]);
      if (first === undefined && !name.startsWith('.')) first = name;
    }
    const { semicolon } = head;
    if (semicolon === undefined) continue;
    const from = semicolon + 1 + (/^[\s@+-]*/.exec(line.slice(semicolon + 1))?.[0].length ?? 0);
    const to = line.trimEnd().length;
    if (to > from) recipe.push({ text: line.slice(from, to), at: { start: start + from, end: start + to } });
  }
  return { rules, targets, variables, first };
}

/** `name other: need more ; recipe`, without patterns over the whole line: it may be very long. */
function headOf(line: string): { readonly names: readonly string[]; readonly needs: readonly string[]; readonly semicolon: number | undefined } | undefined {
  const colon = line.indexOf(':');
  const head = line.slice(0, colon);
  if (colon <= 0 || /^\s/.test(line) || /[#=]/.test(head)) return undefined;
  const names = head.split(/\s+/).filter((word) => word !== '');
  const after = line[colon + 1] === ':' ? colon + 2 : colon + 1;
  if (names.length === 0 || line[after] === '=') return undefined;
  const semicolon = line.indexOf(';', after);
  const comment = line.indexOf('#', after);
  const inline = semicolon >= 0 && (comment < 0 || semicolon < comment);
  const tail = line.slice(after, inline ? semicolon : comment < 0 ? undefined : comment);
  if (tail.includes('=')) return undefined;
  const needs = tail.split(/\s+/).filter((word) => word !== '' && word !== '|' && word !== '&&');
  return { names, needs, semicolon: inline ? semicolon : undefined };
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
