import { languageOf } from '../languages/inline.js';
import { parseMakefile } from '../languages/makefile.js';
import type { Line } from '../languages/makefile.js';
import { substitute } from '../languages/make.js';
import { HOLE } from '../shell/program.js';
import type { Gather } from './gather.js';
import { Passage, PassageBuilder } from './passage.js';

/** A make file: each line of a recipe goes to a shell of its own. */
export function readMakefile(gather: Gather): void {
  recipes(gather, false);
}

/** A justfile: as a make file, and a recipe that begins with `#!` is one script. */
export function readJustfile(gather: Gather): void {
  recipes(gather, true);
}

function recipes(gather: Gather, just: boolean): void {
  const { text } = gather.file;
  const file = parseMakefile(text, just);
  for (const { names, recipe } of file.rules) {
    const [target = ''] = names;
    const about = { labels: names.slice(0, 16), via: [`${just ? 'just' : 'make'} ${target}`] };
    const [first] = recipe;
    if (just && first?.text.startsWith('#!')) {
      const language = languageOf(first.text, '');
      const whole = script(text, recipe);
      if (language === 'shell') gather.shell(whole, about);
      else if (language !== undefined) gather.code(whole, language, about);
      continue;
    }
    for (const line of recipe) {
      const passage = Passage.of(text, line.at.start, line.at.end);
      const pattern = just ? /\{\{[^{}]{0,256}\}\}/g : /\$(?:\$|@|[<^*?+%]|\([^()$]{0,256}\)|\{[^{}$]{0,256}\})/g;
      gather.shell(passage.replace(text, pattern, ([all]) => valueOf(all, file.variables, target, just)), about);
    }
  }
}

/** What make puts in a variable's place; a function of make and an automatic variable are not known. */
function valueOf(text: string, variables: ReadonlyMap<string, string>, target: string, just: boolean): string {
  const value = substitute(text, variables, target, just);
  if (just) return value === text ? HOLE : value;
  return /^\$[({][^)}]*[^\w.)}-][^)}]*[)}]$/.test(value) || /^\$[<^*?+%]$/.test(value) ? HOLE : value;
}

function script(text: string, recipe: readonly Line[]): Passage {
  const builder = new PassageBuilder(text);
  for (const { at } of recipe) builder.copy(at.start, at.end).put('\n', at.end, at.end);
  return builder.build();
}
