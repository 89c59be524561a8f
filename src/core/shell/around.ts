import type { Surround } from './expand.js';
import type { ParsedScript, SyntaxNode } from './parse.js';
import { HOLE } from './program.js';
import type { Scope } from './scope.js';
import type { Frame, Walk } from './walk.js';
import type { Span } from '../assess/assessment.js';

interface Positioned {
  readonly pos: number;
  readonly end: number;
}

/** The services that word expansion needs at one point of a walk. There is one to every command, so it is a class. */
export class Around implements Surround {
  constructor(
    private readonly walk: Walk,
    readonly scope: Scope,
    private readonly frame: Frame,
  ) {}

  span(node: Positioned): Span {
    return this.walk.span(this.frame, node);
  }

  substitute(script: ParsedScript | undefined, node: Positioned, fed?: boolean): string {
    if (!script) return HOLE;
    const { walk, frame } = this;
    const outer = walk.span(frame, node);
    const inner: Frame = { ...frame, depth: frame.depth + 1, outer, ...(script.source === undefined ? {} : { source: script.source, offset: undefined }) };
    if (walk.isTooDeep(inner)) return HOLE;
    return walk.script(script, this.scope.child(), inner, fed ? { text: HOLE, at: 0 } : undefined);
  }

  visit(node: SyntaxNode): void {
    this.walk.visit(node, this.scope, this.frame);
  }
}
