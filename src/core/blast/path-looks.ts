import { isKnown, wordOf } from '../shell/program.js';
import type { Word } from '../shell/program.js';
import { resolvePath } from '../shell/paths.js';
import type { Use } from '../rules/use.js';
import { here, unknownPath } from './elsewhere.js';
import type { Look } from './look.js';

/** Calls that delete files. */
export const fileLooks: readonly (readonly [string, (use: Use, home: string) => readonly Look[]])[] = [
  ['filesystem/remove-recursive', here((use) => use.operands.map((word) => pathLook(use, word)))],
  ['filesystem/remove-important', here((use) => use.operands.map((word) => pathLook(use, word)))],
  ['filesystem/find-delete', here((use) => searched(use).map((word) => pathLook(use, word)))],
];

function pathLook(use: Use, word: Word): Look {
  if (!isKnown(word.text)) return unknownPath(use);
  return { kind: 'files', about: word.text, path: resolvePath(use.invocation.cwd, word.text) || '/', wild: word.glob };
}

/** Where a search begins. What of it is found is for the search to say: this is the most that it can take. */
function searched({ invocation: { args, span } }: Use): readonly Word[] {
  const start = args.findIndex(({ text }) => /^[-(!]/.test(text) && !/^-[HLPDO]/.test(text));
  const roots = args.slice(0, start < 0 ? undefined : start).filter(({ text }) => !text.startsWith('-'));
  return roots.length === 0 ? [wordOf('.', span)] : roots;
}
