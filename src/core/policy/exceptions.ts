import { Minimatch } from 'minimatch';
import type { Assessment } from '../assess/assessment.js';
import type { Environment, Exception } from './policy.js';
import { sentence, type Sentence } from '../say.js';

/** What an exception looks at besides the assessment. */
export interface Occasion {
  /** The command line, or the task's, as the shell would get it. */
  readonly text: string;
  readonly kind: 'command' | 'task';
  /** A task's label and other names; empty for a command. */
  readonly labels: readonly string[];
  /** Unix seconds. */
  readonly now: number;
}

/**
 * The exception that lets a person go ahead in an environment without approval, or undefined. All that it names must
 * fit; what it does not name, it does not cover: without `rules` nothing that destroys, and never what cannot be known.
 */
export function exceptionFor(exceptions: readonly Exception[], environment: Environment, assessment: Assessment, occasion: Occasion): Exception | undefined {
  const { now, kind, text, labels } = occasion;
  if (assessment.effect === 'unknown' || environment.freezes.some(({ from, until }) => from <= now && now < until)) return undefined;
  return exceptions.find(
    (exception) =>
      exception.environment === environment.name &&
      now < exception.until &&
      (exception.command === undefined || (kind === 'command' && matchesCommand(exception.command, text))) &&
      (exception.task === undefined || (kind === 'task' && labels.some((label) => globOf(exception.task ?? '').match(label)))) &&
      covers(exception, assessment),
  );
}

function covers({ rules }: Exception, { effect, findings }: Assessment): boolean {
  const acting = findings.filter((finding) => finding.effect !== 'read');
  if (rules === undefined) return effect !== 'destroy' && acting.every((finding) => finding.effect === 'write');
  // An effect that no finding explains is none that the rules name.
  return acting.length > 0 && acting.every((finding) => rules.some((rule) => globOf(rule).match(finding.rule)));
}

function globOf(pattern: string): Minimatch {
  return new Minimatch(pattern, { dot: true, nonegate: true, nocomment: true, noext: true, nobrace: true });
}

/** The exception in one sentence, its reason and its end. */
export function describeException({ reason, until }: Exception): Sentence {
  return sentence('Excepted until {0} UTC: {1}.', new Date(until * 1000).toISOString().slice(0, 16).replace('T', ' '), reason.trim().replace(/[.\s]+$/, ''));
}

/** What `*` stands for in a command: a part of one word. No blank, quote, expansion or operator can hide in it. */
const PART_OF_WORD = /[A-Za-z0-9_@%+=:,./-]/;

/**
 * Whether a command line is one that a pattern describes. Compared from left to right with one place to come back to,
 * in time proportional to the product of the lengths at worst.
 */
export function matchesCommand(pattern: string, text: string): boolean {
  let [at, of, star, from] = [0, 0, -1, 0];
  while (at < text.length) {
    const next = pattern[of];
    if (next === '*') {
      star = of;
      from = at;
      of += 1;
    } else if (next === text[at]) {
      of += 1;
      at += 1;
    } else if (star >= 0 && PART_OF_WORD.test(text[from] ?? '')) {
      from += 1;
      at = from;
      of = star + 1;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(of));
}
