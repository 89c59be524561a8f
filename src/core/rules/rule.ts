import type { Effect, Reversible, Severity } from '../assess/assessment.js';
import type { Sentence } from '../say.js';
import type { Grammar, Use } from './use.js';

/** What a rule may know beside the command itself. */
export interface Context {
  readonly home: string;
  /** The top of the repository the command runs in, if any. */
  readonly root: string | undefined;
  /** The remote's default branch, if it is known. */
  readonly defaultBranch: string | undefined;
  /** The branch that is checked out, if it is known. */
  readonly branch: string | undefined;
}

/** What a match may say differently from the rule itself. */
export interface Override {
  readonly severity?: Severity;
  readonly reversible?: Reversible;
  readonly effect?: Effect;
  readonly message?: Sentence;
}

/** The cases that show what a rule is about; one generic test runs all of them. */
export interface Examples {
  readonly flagged: readonly string[];
  readonly clear: readonly string[];
}

/** One reason to care, as data: everything about one risky operation in one entry. */
export interface Rule {
  /** `tool/what`. */
  readonly id: string;
  /** What it does, in a few words. */
  readonly title: string;
  /** Patterns over the operands, sub-command first: `delete ns|namespace`, `* delete-*`. None: every call. */
  readonly on?: string | readonly string[];
  /** At least one of these options must be given. */
  readonly options?: string;
  /** None of these options may be given. */
  readonly unless?: string;
  /** What patterns cannot say. An object changes severity or words of this match. */
  readonly when?: (use: Use, context: Context) => boolean | Override;
  /** Default `destroy`. */
  readonly effect?: Effect;
  readonly severity: Severity;
  readonly reversible: Reversible;
  /** One sentence for a person: what would happen. */
  readonly message: string | ((use: Use) => Sentence);
  /** A safer way, as a command or a sentence. */
  readonly safer?: string;
  readonly examples: Examples;
}

/** A family of programs with one grammar, the effects of its sub-commands, and its rules. */
export interface Tool {
  readonly names: readonly string[];
  readonly grammar: Grammar;
  /** Options under which nothing happens; `--help` and `--version` always belong to them. */
  readonly harmless?: string;
  /** Operand patterns that only look. */
  readonly reads?: readonly string[];
  /** Operand patterns that change something, without being a reason to care by themselves. */
  readonly writes?: readonly string[];
  /** The effect of every other call. */
  readonly otherwise: Effect;
  readonly rules: readonly Rule[];
}

/** Checks a rule's shape where it is written. */
export function defineRule<Kind extends Rule>(rule: Kind): Kind {
  return rule;
}

/** Checks a tool's shape where it is written. */
export function defineTool(tool: Tool): Tool {
  return tool;
}
