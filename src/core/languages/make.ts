import { pathOf, readText, unknownMaterial } from './material.js';
import { parseMakefile } from './makefile.js';
import type { Line, Makefile, Rule } from './makefile.js';
import type { Follow, Piece } from './material.js';
import type { Invocation } from '../shell/program.js';
import { sentence } from '../say.js';

const VALUES = new Set(['-f', '--file', '--makefile', '-C', '--directory', '-j', '-o', '-W', '-I', '--include-dir', '-l']);
const FILES: Readonly<Record<string, readonly string[]>> = {
  make: ['GNUmakefile', 'makefile', 'Makefile'],
  gmake: ['GNUmakefile', 'makefile', 'Makefile'],
  just: ['justfile', 'Justfile', '.justfile'],
};

/** `make target`: the recipes of the targets and of everything they need, read as shell. Also justfiles. */
export const followMake: Follow = (invocation, world) => {
  const names = FILES[invocation.program];
  if (!names) return unknownMaterial(sentence('What {0} runs is not read yet.', invocation.program));
  const asked = readArguments(invocation);
  if (asked.rehearsal) return { pieces: [], files: [], unknown: [], complete: true };
  const directory = asked.directory === undefined ? invocation.cwd : pathOf(invocation, asked.directory);
  if (directory === undefined) return unknownMaterial(sentence('The directory of the make file cannot be known.'));
  const candidates = asked.file === undefined ? names : [asked.file];
  for (const name of candidates) {
    const path = pathOf({ ...invocation, cwd: directory }, name);
    const read = path === undefined ? undefined : readText(path, world);
    if (path === undefined || read === undefined || 'reason' in read) continue;
    const just = invocation.program === 'just';
    const file = parseMakefile(read.text, just);
    const goals = asked.targets.length > 0 ? asked.targets : file.first === undefined ? [] : [file.first];
    const recipes: Piece[] = [];
    const missing: string[] = [];
    const variables = new Map([...file.variables, ...asked.variables]);
    collect(goals, file, new Set(), (target, line) => {
      recipes.push({ kind: 'shell', text: substitute(line.text, variables, target, just), args: [], file: path, via: `${invocation.program} ${target}`, cwd: directory, at: line.at });
    }, missing);
    return { pieces: recipes, files: [path], unknown: missing.map((target) => sentence('{0} has no recipe for {1}.', path, target)), complete: true };
  }
  return unknownMaterial(sentence('There is no {0} that can be read.', candidates.at(-1) ?? sentence('make file')));
};

function readArguments({ args }: Invocation): { targets: string[]; variables: Map<string, string>; file: string | undefined; directory: string | undefined; rehearsal: boolean } {
  const targets: string[] = [];
  const variables = new Map<string, string>();
  let file: string | undefined;
  let directory: string | undefined;
  let rehearsal = false;
  for (let index = 0; index < args.length; index += 1) {
    const text = args[index]?.text ?? '';
    if (/^(-n|--just-print|--dry-run|--recon|-q|--question|-p|-h|--help|--version|-v|--list|-l|--summary)$/.test(text) || /^-[a-zA-Z]*n[a-zA-Z]*$/.test(text)) rehearsal = true;
    else if (/^(-f|--file|--makefile|--justfile)(=|$)/.test(text)) file = text.includes('=') ? text.slice(text.indexOf('=') + 1) : args[(index += 1)]?.text;
    else if (/^(-C|--directory|--working-directory)(=|$)/.test(text)) directory = text.includes('=') ? text.slice(text.indexOf('=') + 1) : args[(index += 1)]?.text;
    else if (VALUES.has(text)) index += 1;
    else if (/^[A-Za-z_]\w*:?=/.test(text)) variables.set(text.slice(0, text.indexOf('=')).replace(/:$/, ''), text.slice(text.indexOf('=') + 1));
    else if (!text.startsWith('-')) targets.push(text);
  }
  return { targets, variables, file, directory, rehearsal };
}

/** Prerequisites before the target, each once, bounded by the file itself. */
function collect(goals: readonly string[], file: Makefile, seen: Set<string>, add: (target: string, line: Line) => void, missing: string[]): void {
  for (const goal of goals) {
    if (seen.has(goal) || seen.size > 256) continue;
    seen.add(goal);
    const rules = file.targets.get(goal) ?? byPattern(goal, file);
    if (!rules) {
      if (seen.size === 1 || goals.length > 0) missing.push(goal);
      continue;
    }
    for (const { prerequisites } of rules) collect(prerequisites.filter((name) => file.targets.has(name)), file, seen, add, missing);
    for (const { recipe } of rules) for (const line of recipe) add(goal, line);
  }
}

/** `%.o` and `deploy-%`. */
function byPattern(goal: string, file: Makefile): readonly Rule[] | undefined {
  for (const [name, rules] of file.targets) {
    const percent = name.indexOf('%');
    if (percent >= 0 && goal.length >= name.length && goal.startsWith(name.slice(0, percent)) && goal.endsWith(name.slice(percent + 1))) return rules;
  }
  return undefined;
}

/** Replaces `$(NAME)`, `${NAME}`, `$@` and `$$` (or `{{name}}` in a justfile) by what the file itself says. */
export function substitute(recipe: string, variables: ReadonlyMap<string, string>, target: string, just: boolean, depth = 0): string {
  if (depth > 8) return recipe;
  if (just) return recipe.replace(/\{\{\s*([\w-]+)\s*\}\}/g, (all, name: string) => variables.get(name) ?? all);
  return recipe.replace(/\$(?:\$|@|\(([\w.-]+)\)|\{([\w.-]+)\})/g, (all, round?: string, curly?: string) => {
    if (all === '$$') return '$';
    if (all === '$@') return target;
    const value = variables.get(round ?? curly ?? '');
    // An environment variable, then: the shell's own syntax says the same.
    return value === undefined ? `\${${round ?? curly ?? ''}}` : substitute(value, variables, target, just, depth + 1);
  });
}
