import { spoken, verbatim, type Say, type Sentence } from './say.js';

/** Every way in which Countersign refuses to go on. Tests assert the code; people read the message. */
export type ErrorCode =
  | 'canonical' // a value that has no canonical form
  | 'signature' // malformed or wrong signature
  | 'key' // a key that cannot be read or used
  | 'roster' // the list of allowed signers cannot be trusted as written
  | 'policy' // the policy file cannot be understood
  | 'token' // an approval token that is not well formed
  | 'request' // a request that is not well formed or not signed by its requester
  | 'refused' // well formed, and still not good enough to run
  | 'sealed' // a sealed item that cannot be read, sealed or opened
  | 'changed' // what would run is no longer what was approved
  | 'store' // the store cannot be read or written
  | 'notify' // a chat that could not be told of a request
  | 'git' // git is missing or failed
  | 'cancelled'; // the person changed their mind

/** An error whose message is one plain sentence with the next step, fit to be shown to a person. */
export class CountersignError extends Error {
  /** The message before it is known who reads it; `message` is the same in English. */
  readonly said: Sentence;

  /** @param message a plain text is read as it is in every language */
  constructor(
    readonly code: ErrorCode,
    message: string | Sentence,
    options?: ErrorOptions,
  ) {
    const said = typeof message === 'string' ? verbatim(message) : message;
    super(spoken(said), options);
    this.name = 'CountersignError';
    this.said = said;
  }
}

/** The text of anything thrown, as a sentence for a person: in the reader's language, or without one in English. */
export function messageOf(error: unknown, say?: Say): string {
  return spoken(sentenceOf(error), say);
}

/** The same before it is known who reads it, as a value for another sentence. */
export function sentenceOf(error: unknown): Sentence {
  return error instanceof CountersignError ? error.said : verbatim(error instanceof Error ? error.message : String(error));
}
