import type { Span } from '../assess/assessment.js';
import { HOLE, limited } from './program.js';
import type { Word } from './program.js';

const MOST_WORDS = 4096;

/** Collects the pieces of one shell word and splits unquoted expansions into several, as the shell does. */
export class Fields {
  readonly #done: Word[] = [];
  #text = '';
  /** Something was written into the current word, even if it is empty (`""`). */
  #started = false;
  #glob = false;
  #bare = false;
  #delivers: string | undefined;

  constructor(private readonly span: Span) {}

  /** Adds text that was quoted, or that the shell does not look at again. */
  quoted(text: string): void {
    this.#text = limited(this.#text + text);
    this.#started = true;
  }

  /** Adds literal text from outside quotes. */
  literal(text: string): void {
    this.#text += text;
    this.#started = true;
    this.#bare = true;
  }

  /** Adds a wildcard that the shell would expand. */
  wildcard(text: string): void {
    this.literal(text);
    this.#glob = true;
  }

  /** Adds the result of an unquoted expansion: split at white space (or what `IFS` says), wildcards alive. */
  expansion(text: string, separators: string): void {
    this.#bare = true;
    if (/[*?[]/.test(text)) this.#glob = true;
    let piece = '';
    if (text.length + this.#text.length > 64 * 1024 || this.#done.length > MOST_WORDS) {
      this.#text = HOLE;
      this.#started = true;
      return;
    }
    for (const char of text) {
      if (separators.includes(char)) {
        this.#text += piece;
        if (piece !== '') this.#started = true;
        piece = '';
        this.next();
      } else piece += char;
    }
    if (piece !== '') {
      this.#text += piece;
      this.#started = true;
    }
  }

  /** Ends the current word and begins another one. */
  next(): void {
    if (!this.#started) return;
    this.#done.push({
      text: this.#text,
      span: this.span,
      glob: this.#glob,
      quoted: !this.#bare,
      ...(this.#delivers === undefined ? {} : { delivers: this.#delivers }),
    });
    this.#text = '';
    this.#started = false;
    this.#glob = false;
    this.#bare = false;
    this.#delivers = undefined;
  }

  /** Notes what reading this word as a file would give. */
  deliver(text: string): void {
    this.#delivers = text;
  }

  finish(): readonly Word[] {
    this.next();
    return this.#done;
  }
}
