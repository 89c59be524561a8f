/**
 * Gives a sentence of ours in the language of whoever reads it, with values in the places of `{0}`, `{1}` and so on. Values
 * are put in as they are: what comes from outside is escaped before.
 */
export type Say = (sentence: string, ...values: (string | number)[]) => string;

/** In English, as the sentences are written. What a value holds is no place for another one. */
export const english: Say = (sentence, ...values) => sentence.replace(/\{(\d)\}/g, (place, number: string) => String(values[Number(number)] ?? place));
