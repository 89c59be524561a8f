/** What the commands of many files came to, while the rules and the world stay as they are: most projects run the same few. */
export class CommonAnswers {
  readonly #known = new Map<string, unknown>();

  recall<T>(key: string, find: () => T): T {
    const known = this.#known.get(key);
    if (known !== undefined) return known as T;
    const answer = find();
    if (key.length <= LONGEST_KEY && this.#known.size < MOST_COMMON) this.#known.set(key, answer);
    return answer;
  }
}

/** What is longer stands in one file only. Characters. */
const LONGEST_KEY = 512;
const MOST_COMMON = 10_000;

/**
 * What the parts of a file came to, kept from one version of the file to the next, so that typing costs what changed.
 * An answer rests on the world as it was: whoever keeps a memory forgets it when the rules or other files change.
 */
export class Memory {
  #before = new Map<string, unknown>();
  #now = new Map<string, unknown>();

  /** @param common what holds in other files as well, where several are read */
  constructor(private readonly common?: CommonAnswers) {}

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

  /** The same for what means the same in every file. */
  recallCommon<T>(key: string, find: () => T): T {
    const { common } = this;
    return this.recall(key, common ? () => common.recall(key, find) : find);
  }
}
