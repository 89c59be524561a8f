import type { Span } from '../assess/assessment.js';
import type { Sentence } from '../say.js';

/** What follows a value: `.Name`, `::Name`, `(…)`, `[…]`. */
export interface PsMember {
  readonly name: string | undefined;
  readonly called: boolean;
  readonly args: readonly PsWord[];
}

/** One piece of a word, before evaluation. */
export type PsPart =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean; readonly chain: readonly PsMember[] }
  | { readonly kind: 'variable'; readonly name: string; readonly quoted: boolean; readonly splat: boolean; readonly chain: readonly PsMember[] }
  /** `[IO.File]`. */
  | { readonly kind: 'type'; readonly name: string; readonly chain: readonly PsMember[] }
  /** `(…)`, `$(…)`, `@(…)`. */
  | { readonly kind: 'sub'; readonly body: readonly PsStatement[]; readonly quoted: boolean; readonly chain: readonly PsMember[] }
  /** `@{ Name = value }`. */
  | { readonly kind: 'table'; readonly body: readonly PsStatement[]; readonly chain: readonly PsMember[] }
  /** `{ … }`. */
  | { readonly kind: 'block'; readonly body: readonly PsStatement[]; readonly parameters: readonly string[]; readonly chain: readonly PsMember[] };

export interface PsWord extends Span {
  readonly parts: readonly PsPart[];
  /** A comma stands in front of it, so it belongs to the same argument as the word before. */
  readonly joined: boolean;
}

export interface PsRedirect {
  readonly operator: string;
  readonly descriptor: number | undefined;
  readonly target: PsWord;
}

export type PsStage = Span &
  (
    | { readonly kind: 'command'; readonly operator: '&' | '.' | ''; readonly words: readonly PsWord[]; readonly redirects: readonly PsRedirect[] }
    /** Values with operators between them: `operators[n]` stands in front of `words[n]`. */
    | { readonly kind: 'expression'; readonly words: readonly PsWord[]; readonly operators: readonly string[]; readonly redirects: readonly PsRedirect[] }
  );

export type PsStatement = Span &
  (
    | { readonly kind: 'pipeline'; readonly stages: readonly PsStage[]; readonly conditional: boolean }
    /** `$x = …`; a target that is no plain variable has no name. */
    | { readonly kind: 'assignment'; readonly name: string | undefined; readonly operator: string; readonly target: PsStage; readonly value: PsStatement | undefined }
    | { readonly kind: 'function'; readonly name: string; readonly parameters: readonly string[]; readonly body: readonly PsStatement[] }
    /** `if`, `while`, `try` … with what stands in its brackets. */
    | { readonly kind: 'control'; readonly keyword: string; readonly head: readonly PsStatement[]; readonly body: readonly PsStatement[] }
  );

export interface PsScript {
  readonly statements: readonly PsStatement[];
  readonly error: { readonly reason: Sentence; readonly at: number } | undefined;
  readonly tooDeep: boolean;
}
