import path from 'node:path';
import type { Agent } from '../assistants/call.js';
import type { Operation } from '../core/approval/operation.js';
import { plain } from '../core/approval/display.js';
import type { Edit } from '../core/edits/compare.js';
import { editsOf, patchOf } from '../core/edits/patch-text.js';
import { worldOf, type Ask } from './assessing.js';
import { sentence, type Sentence } from '../core/say.js';

const COMMON = { kind: 'edit', shell: '', env: {}, label: undefined, labels: [], actor: 'agent' } as const;

/**
 * Edits that nobody typed, as what is judged and held: whoever wrote them, the rules for assistants count.
 *
 * @param cwd absolute
 * @param root gives the top of the repository, to which the patch's paths are relative
 */
export function askOfEdits(edits: readonly Edit[], cwd: string, root: () => string | undefined): Ask {
  let text: string | undefined;
  return {
    ...COMMON,
    // Only what is held is shown to anybody.
    get text() {
      return (text ??= patchOf(edits, root()));
    },
    cwd,
    edits,
  };
}

/** What a held edit would make of the files as they are now. @param root the top of this clone */
export function askAgain({ script, directory }: Operation, root: string, home: string): Ask {
  return { ...COMMON, text: script, cwd: path.join(root, directory), edits: editsOf(script, root, worldOf(COMMON, home)) };
}

/** Who wrote an edit, as far as anybody knows: certain where an assistant said so before, a guess otherwise. */
export function provenanceOf(author: Agent | undefined): Sentence {
  return author ? sentence('Proposed by {0}, whose hook announced exactly this edit.', plain(author.name)) : sentence('Proposed by another program, probably: it arrived in the file without typing.');
}
