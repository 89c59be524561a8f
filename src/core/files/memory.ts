/**
 * What the parts of a file came to, kept from one version of the file to the next, so that typing costs what changed.
 * An answer rests on the world as it was: whoever keeps a memory forgets it when the rules or other files change.
 */
export class Memory {
  #before = new Map<string, unknown>();
  #now = new Map<string, unknown>();

  /** Begins the next version; what the last one did not ask for is forgotten. */
  turn(): void {
    this.#before = this.#now;
    this.#now = new Map();
  }

  /** What was found for a key before, else what `find` finds now. One key always means one kind of answer. */
  recall<T>(key: string, find: () => T): T {
    const known = this.#now.get(key) ?? this.#before.get(key);
    const answer = known === undefined ? find() : (known as T);
    this.#now.set(key, answer);
    return answer;
  }
}
