import { resolvePath } from '../shell/paths.js';
import { HOLE } from '../shell/program.js';
import type { Invocation } from '../shell/program.js';
import { hasFile } from '../world.js';
import type { World } from '../world.js';

/** No call names more files that anybody would look at. */
const MOST_WORDS = 200;
/** How tools are handed a file inside a word: `--flag=FILE`, `name=@FILE`, `@FILE`, `file://FILE`, `fileb://FILE`. */
const IN_WORD = /^(?:-{1,2}[A-Za-z][\w-]*=|[\w.-]+=)?(?:@|fileb?:\/\/)?(.+)$/;

/** What these are given is what they write to, and others may write to it at any moment. */
const WRITERS = new Set(['tee', 'sponge', 'sqlite3', 'sqlite', 'touch', 'truncate']);

/**
 * The files that a call is handed by name: a plan, a manifest, a template, a list of ids. What they say is a part of
 * what would happen, whichever tool it is and whether its grammar is known or not. Only words that name an existing
 * file count; where the call writes to is none of them, and neither is what another machine has under that name.
 */
export function namedFiles({ program, args, cwd, place }: Pick<Invocation, 'program' | 'args' | 'cwd' | 'place'>, world: World): readonly string[] {
  if (place || cwd.includes(HOLE) || WRITERS.has(program)) return [];
  const found = args.slice(0, MOST_WORDS).flatMap(({ text }) => {
    if (text.includes(HOLE)) return [];
    const inner = IN_WORD.exec(text)?.[1];
    return [...new Set([text, ...(inner === undefined ? [] : [inner])])].filter((name) => name !== '' && !name.startsWith('-')).map((name) => resolvePath(cwd, name.startsWith('~/') ? `${world.home}${name.slice(1)}` : name));
  });
  return [...new Set(found)].filter((path) => hasFile(world, path));
}
