import type { Span } from '../assess/assessment.js';
import type { Sentence } from '../say.js';

/** One piece of a word, before expansion. */
export type FishPart =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | { readonly kind: 'wildcard'; readonly text: string }
  /** `$x`, `$$x`, `$x[1..2]`; `dollars` counts how often the name is looked up. */
  | { readonly kind: 'variable'; readonly name: string; readonly dollars: number; readonly quoted: boolean; readonly index: FishWord | undefined }
  /** `(…)` and `$(…)`. */
  | { readonly kind: 'substitution'; readonly body: readonly FishJob[]; readonly quoted: boolean; readonly index: FishWord | undefined; readonly span: Span }
  | { readonly kind: 'braces'; readonly items: readonly (readonly FishPart[])[] };

export interface FishWord extends Span {
  readonly parts: readonly FishPart[];
}

export interface FishRedirect {
  readonly operator: string;
  readonly descriptor: number | undefined;
  readonly target: FishWord;
}

/** What every stage of a pipeline may have around it. */
interface Surrounded extends Span {
  readonly assignments: readonly { readonly name: string; readonly value: FishWord }[];
  readonly redirects: readonly FishRedirect[];
}

export type FishBlock =
  | { readonly kind: 'begin'; readonly body: readonly FishJob[] }
  | { readonly kind: 'if'; readonly clauses: readonly FishClause[]; readonly otherwise: readonly FishJob[] | undefined }
  | { readonly kind: 'while'; readonly condition: readonly FishJob[]; readonly body: readonly FishJob[] }
  | { readonly kind: 'for'; readonly name: FishWord | undefined; readonly items: readonly FishWord[]; readonly body: readonly FishJob[] }
  | { readonly kind: 'switch'; readonly subject: FishWord | undefined; readonly cases: readonly FishCase[] }
  | { readonly kind: 'function'; readonly header: readonly FishWord[]; readonly body: readonly FishJob[] };

export type FishStage = Surrounded & (FishBlock | { readonly kind: 'call'; readonly words: readonly FishWord[] });

export interface FishClause {
  readonly condition: readonly FishJob[];
  readonly body: readonly FishJob[];
}

export interface FishCase {
  readonly patterns: readonly FishWord[];
  readonly body: readonly FishJob[];
}

/** One pipeline. */
export interface FishJob extends Span {
  readonly stages: readonly FishStage[];
  /** It only runs depending on what came before: `and`, `or`, `&&`, `||`. */
  readonly conditional: boolean;
  readonly background: boolean;
}

export interface FishScript {
  readonly jobs: readonly FishJob[];
  /** The first thing that fish would not accept; it then runs nothing of the text. */
  readonly error: { readonly reason: Sentence; readonly at: number } | undefined;
  /** The text is nested deeper than we read, so something in it was not looked at. */
  readonly tooDeep: boolean;
}
