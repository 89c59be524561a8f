import { parse } from 'unbash';
import type { ParsedScript } from 'unbash';
import type { Sentence } from '../say.js';
import { UNREADABLE } from './unreadable.js';

export type {
  AndOr,
  Assignment,
  Command,
  CommandNode,
  CompoundList,
  HereDoc,
  ParameterExpansionPart,
  ParsedScript,
  Pipeline,
  PipelineNode,
  Redirection,
  Statement,
  SyntaxNode,
  Word as SyntaxWord,
  WordPart,
} from 'unbash';
export { forEachChild } from 'unbash';

/** Longer texts are not read: the parser is linear, a person's patience is not. */
export const MAX_LENGTH = 64 * 1024;
const MAX_NESTING = 64;

/** A tree, or the reason why there is none. */
export type Parsed = { readonly tree: ParsedScript } | { readonly opaque: Sentence };

/**
 * Parses a POSIX-like shell text. Never throws: what the parser cannot take comes back as a reason. Errors that the
 * parser noticed are in `errors` of the tree and of every nested script; the walker must look at each of them.
 */
export function parsePosix(text: string): Parsed {
  if (text.length > MAX_LENGTH) return { opaque: UNREADABLE.tooLong };
  // The parser takes seconds over thousands of unclosed openings, so they are counted first.
  if (nesting(text) > MAX_NESTING) return { opaque: UNREADABLE.tooNested };
  try {
    return { tree: parse(text) };
  } catch {
    return { opaque: UNREADABLE.gaveUp };
  }
}

/** The deepest level of open brackets, quotes ignored: too high is possible, too low is not. */
function nesting(text: string): number {
  let open = 0;
  let deepest = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x28 || code === 0x7b) {
      open += 1;
      if (open > deepest) deepest = open;
    } else if ((code === 0x29 || code === 0x7d) && open > 0) open -= 1;
  }
  return deepest;
}
