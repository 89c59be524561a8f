import type { Span } from '../assess/assessment.js';
import type { FileRule, SourceFile } from '../files/gather.js';
import type { Sentence, Value } from '../say.js';

/** Something in a file that keeps things safe, and what it means when it is gone. */
export interface Fact {
  /** What it protects, in words that stay the same when the file is moved around: an address, a job, a variable. */
  readonly key: string;
  readonly span: Span;
  /** What to say when it is gone. */
  readonly rule: FileRule;
  /** What belongs into the places of the rule's message. */
  readonly values?: readonly Value[];
  /** A sentence of its own, in place of the rule's. */
  readonly message?: Sentence;
  /** A number that may not go down: approvals, days of backups. */
  readonly level?: number;
  /**
   * The unprotected form of the same thing. A protection that has such a form is only lost when there is more of that
   * form afterwards: a rehearsal that is deleted altogether hurts nobody.
   */
  readonly bare?: boolean;
}

/** Finds the protections of a file. The file after the edit may say that something was renamed. */
export type FactReader = (file: SourceFile, after: SourceFile | undefined) => readonly Fact[];

/** What a fact means when it is gone, as a sentence. */
export function messageOf({ rule, values = [], message }: Fact): Sentence {
  return message ?? { text: rule.message, values };
}

/** A lost protection, as a rule. */
export function loss(id: string, severity: FileRule['severity'], message: string, safer: string): FileRule {
  return { id, severity, effect: 'write', reversible: 'with-effort', message, safer };
}

/** A text in which only the words matter. */
export function normal(text: string): string {
  return text.split(/\s+/).filter((word) => word !== '').join(' ');
}
