import { forEachChild, parsePosix } from './parse.js';
import type { Assignment, SyntaxNode, SyntaxWord } from './parse.js';
import { isKnown, isMarker, type Surroundings } from './program.js';
import { parseShell } from './shell.js';
import type { ShellName } from '../assess/assessment.js';

/** More names than any definition calls; a text beyond that is not followed name by name. */
const MOST_NAMES = 400;
/** What a function or an alias can be called, and what can be told to a shell without quotes. */
const NAME = /^[A-Za-z_][\w.:+@-]{0,99}$/;
const WORDS = /[A-Za-z_][\w.:+@-]*/g;
/** What can make a call whose name the line does not show. */
const COMPUTES = /[$`]|\beval\b/;

/**
 * The names that a line or the definitions it uses could call and that nobody has explained: each may be a function
 * or an alias of the shell. Undefined when there are too many to ask for.
 *
 * @param definitions functions and aliases as the shell prints them
 * @param line the text that runs; the definitions of every word of it have come along
 */
export function unexplained(definitions: string, line: string, shell: ShellName, surroundings: Surroundings): readonly string[] | undefined {
  if (definitions === '' && !COMPUTES.test(line)) return [];
  const { called, defined } = namesIn(definitions, shell);
  for (const { name, program } of parseShell(`${definitions}\n${line}`, shell, surroundings).invocations) if (!isMarker(program) && isKnown(name.text)) called.add(name.text);
  const explained = new Set([...defined, ...(line.match(WORDS) ?? [])]);
  const names = [...called].filter((name) => NAME.test(name) && !explained.has(name));
  return names.length > MOST_NAMES ? undefined : names;
}

interface Names {
  readonly called: Set<string>;
  readonly defined: Set<string>;
}

function namesIn(text: string, shell: ShellName): Names {
  const names: Names = { called: new Set(), defined: new Set() };
  const parsed = shell === 'bash' || shell === 'zsh' || shell === 'sh' ? parsePosix(text) : undefined;
  const tree = parsed && 'tree' in parsed && !parsed.tree.errors ? parsed.tree : undefined;
  if (tree) collect(tree, names, 0);
  // Where the grammar is another one, every word could be a name.
  else for (const [word] of text.matchAll(WORDS)) names.called.add(word);
  for (const [, name = ''] of text.matchAll(/^(?:function |alias )([\w.:+@-]+)/gm)) names.defined.add(name);
  return names;
}

function collect(node: SyntaxNode, names: Names, depth: number): void {
  if (node.type === 'Function') names.defined.add(node.name.value);
  if (node.type === 'Command' && node.name) {
    if (node.name.value !== 'alias') names.called.add(node.name.value);
    else for (const word of node.args) alias(word, names, depth);
  }
  forEachChild(node, (child) => collect(child, names, depth));
}

/** `alias NAME=TEXT`: what the text calls is called. */
function alias(word: SyntaxWord | Assignment, names: Names, depth: number): void {
  const isPlain = word.type === 'Word';
  const [, name = '', text = ''] = /^([^=]+)=([\s\S]*)$/.exec(isPlain ? word.value : `${word.name}=${word.value.type === 'Word' ? word.value.value : ''}`) ?? [];
  if (name === '') return;
  names.defined.add(name);
  const parsed = parsePosix(text);
  if ('tree' in parsed && depth < 2) collect(parsed.tree, names, depth + 1);
}
