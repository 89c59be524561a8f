import type { Override, Rule } from '../rules/rule.js';
import { asSentence, spoken, type Sentence, type Value } from '../say.js';
import { HOLE } from '../shell/program.js';
import type { Assessment, Effect, Finding, Reversible, Target } from './assessment.js';

const RANK: Readonly<Record<Effect, number>> = { read: 0, write: 1, unknown: 2, destroy: 3 };
const LOSS: Readonly<Record<Reversible, number>> = { yes: 0, 'with-effort': 1, no: 2 };

/** The finding that a rule's match makes, at its place. */
export function findingOf(rule: Rule, override: Override, message: string | Sentence, { file, span, via }: Pick<Finding, 'file' | 'span' | 'via'>): Finding {
  return {
    rule: rule.id,
    severity: override.severity ?? rule.severity,
    effect: override.effect ?? rule.effect ?? 'destroy',
    reversible: override.reversible ?? rule.reversible,
    message: shownSentence(asSentence(override.message ?? message)),
    safer: rule.safer,
    file,
    span,
    via,
  };
}

/** A finding as records and programs have it: in English. */
export function recorded({ message, targets, ...finding }: Finding): object {
  return { ...finding, message: spoken(message), ...(targets && { targets: targets.map(recordedTarget) }) };
}

/** A step as records and programs have it: in English. */
export function recordedStep<Stage>({ stage, text }: { readonly stage: Stage; readonly text: Sentence }): { readonly stage: Stage; readonly text: string } {
  return { stage, text: spoken(text) };
}

/** A target as records and programs have it: in English. */
export function recordedTarget({ evidence, ...target }: Target): RecordedTarget {
  return { ...target, evidence: spoken(evidence) };
}

export type RecordedTarget = Omit<Target, 'evidence'> & { readonly evidence: string };

/** A text with a sign that people understand for each piece that cannot be known. */
export function shownText(text: string): string {
  return text.includes(HOLE) ? text.replaceAll(HOLE, '…') : text;
}

/** A sentence with such signs in it and in its values. */
export function shownSentence({ text, values }: Sentence): Sentence {
  return { text: shownText(text), values: values.map((value): Value => (typeof value === 'object' ? shownSentence(value) : typeof value === 'string' ? shownText(value) : value)) };
}

/** The worse of two effects. */
export function worse(left: Effect, right: Effect): Effect {
  return RANK[left] >= RANK[right] ? left : right;
}

/** Whether a part does nothing that is worse than what the whole was known to do. */
export function isNoWorse(part: Pick<Assessment, 'effect' | 'reversible'>, whole: Pick<Assessment, 'effect' | 'reversible'>): boolean {
  if (part.effect !== 'destroy' || whole.effect !== 'destroy') return RANK[part.effect] <= RANK[whole.effect];
  return LOSS[part.reversible] <= LOSS[whole.reversible];
}

/** What a finding means for the whole: what is worth one and cannot be known counts as destructive. */
export function weightOf({ effect, severity }: Finding): Effect {
  return effect === 'unknown' && severity !== 'low' ? 'destroy' : effect;
}

/** How hard it is to undo everything, once a finding is added. What only may destroy has not destroyed anything yet. */
export function harder(before: Reversible, { effect, reversible }: Finding): Reversible {
  return effect === 'destroy' && LOSS[reversible] > LOSS[before] ? reversible : before;
}

/** Targets without those that say the same. */
export function unique(targets: readonly Target[]): readonly Target[] {
  if (targets.length < 2) return targets;
  const seen = new Set<string>();
  return targets.filter(({ environment, kind, name }) => {
    const key = `${environment}\0${kind}\0${name}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
