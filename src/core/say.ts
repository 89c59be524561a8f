/**
 * Gives a sentence of ours in the language of whoever reads it, with values in the places of `{0}`, `{1}` and so on. Values
 * are put in as they are: what comes from outside is escaped before.
 */
export type Say = (sentence: string, ...values: (string | number)[]) => string;

/** In English, as the sentences are written. What a value holds is no place for another one. */
export const english: Say = (sentence, ...values) => sentence.replace(/\{(\d{1,2})\}/g, (place, number: string) => String(values[Number(number)] ?? place));

/** A sentence of ours before it is known who reads it: what is written, and what belongs into its places. */
export interface Sentence {
  readonly text: string;
  readonly values: readonly Value[];
}

/** What stands in a place of a sentence: something from outside, as it is, or a sentence again. */
export type Value = string | number | Sentence;

/** A sentence with its values, for a reader who is not known yet. */
export function sentence(text: string, ...values: Value[]): Sentence {
  return { text, values };
}

/** A sentence of ours that is kept as a plain text, for it needs no values, or that is a sentence already. Nothing from outside is in such a text: it is shown as it is. */
export function asSentence(text: string | Sentence): Sentence {
  return typeof text === 'string' ? { text, values: [] } : text;
}

/** A text that nobody translates, with what it quotes: all of it counts as coming from outside. */
export function verbatim(text: string): Sentence {
  return { text: '{0}', values: [text] };
}

/** Sentences behind each other. */
export function joined(sentences: readonly Value[], between: string): Sentence {
  return { text: sentences.map((_, place) => `{${place}}`).join(between), values: sentences };
}

/**
 * A sentence in the reader's language; without one in English, as records hold it.
 *
 * @param show makes what comes from outside fit for the place where it is shown; our own words are
 */
export function spoken({ text, values }: Sentence, say: Say = english, show: (value: string) => string = (value) => value): string {
  return say(text, ...values.map((value) => (typeof value === 'object' ? spoken(value, say, show) : typeof value === 'string' ? show(value) : value)));
}

/** A safer way in the reader's language: a sentence of ours ends with a full stop, and a command is the same in all of them. */
export function spokenWay(way: string, say: Say): string {
  return way.endsWith('.') ? say(way) : way;
}
