import { HOLE } from './program.js';
import type { Program, Surroundings } from './program.js';
import { Scope } from './scope.js';
import { Walk } from './walk.js';
import { MAX_LENGTH } from './parse.js';
import type { Frame } from './walk.js';
import type { ShellName } from '../assess/assessment.js';
import { UNREADABLE } from './unreadable.js';

/**
 * Reads a shell text into the program calls it would make, with variables folded and wrappers taken off. Never throws:
 * what cannot be understood is listed in `opaque`, and what was understood around it still counts.
 */
export function parseShell(text: string, shell: ShellName, surroundings: Surroundings): Program {
  const walk = new Walk(surroundings.read);
  const outer = { start: 0, end: text.length };
  const frame: Frame = { source: text, offset: 0, outer, via: [], place: undefined, fed: false, depth: 0, running: [], piped: false, feeds: false };
  try {
    const scope = new Scope(undefined, surroundings);
    if (text.length > MAX_LENGTH) walk.fail(UNREADABLE.tooLong, outer, frame);
    else walk.text(text, scope, frame, undefined, shell);
    for (const { name, frame: where, scope } of walk.functions) {
      const body = scope.function(name);
      if (!body || body.called || surroundings.dormant) continue;
      // A later line may call it, and will then show only its name.
      const inner = scope.child();
      inner.args = [HOLE, HOLE, HOLE, HOLE];
      walk.node(body.body, inner, { ...where, via: [...where.via, `function ${name}`], running: [...where.running, name] }, undefined);
    }
  } catch {
    walk.fail(UNREADABLE.notFollowed, outer, frame);
  }
  return { invocations: walk.invocations, opaque: walk.opaque };
}
