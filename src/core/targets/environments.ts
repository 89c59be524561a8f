import { Minimatch } from 'minimatch';
import type { EnvironmentPattern } from '../assess/assessment.js';

/** The one place where glob options are fixed: no surprises from `!`, `#` or letter case. */
const OPTIONS = { dot: true, nonegate: true, nocomment: true, nocase: true, noext: true } as const;

/** What names mean when no policy says otherwise. A pattern without a wildcard is a word of the name, not the whole of it. */
export const DEFAULT_ENVIRONMENTS: readonly EnvironmentPattern[] = [
  { name: 'production', match: ['prod', 'prd', 'production', 'live'] },
  { name: 'staging', match: ['stag', 'staging', 'stage', 'stg', 'uat', 'preprod', 'pre-prod', 'nonprod', 'non-prod', 'preproduction', 'pre-production'] },
];

interface Matcher {
  readonly name: string;
  /** Whole names with wildcards. */
  readonly globs: readonly Minimatch[];
  /** Words, or runs of words such as `pre-prod`, joined by one space. */
  readonly words: readonly string[];
}

const MADE = new WeakMap<readonly EnvironmentPattern[], Environments>();
const MOST_KNOWN = 4096;

/** The recogniser for a policy's patterns; made once for each list. */
export function environmentsOf(patterns: readonly EnvironmentPattern[]): Environments {
  const key = patterns.length === 0 ? DEFAULT_ENVIRONMENTS : patterns;
  let made = MADE.get(key);
  if (!made) {
    made = new Environments(key);
    MADE.set(key, made);
  }
  return made;
}

/** Recognises environments by name, and remembers its answers. */
export class Environments {
  readonly #matchers: readonly Matcher[];
  /** Runs of several words and whose they are, the longest first. */
  readonly #phrases: readonly (readonly [phrase: string, name: string])[];
  readonly #known = new Map<string, string | undefined>();

  constructor(patterns: readonly EnvironmentPattern[]) {
    this.#matchers = (patterns.length === 0 ? DEFAULT_ENVIRONMENTS : patterns).map(({ name, match }) => ({
      name,
      globs: match.filter((glob) => /[*?[{]/.test(glob)).map((glob) => new Minimatch(glob, OPTIONS)),
      words: match.filter((glob) => !/[*?[{]/.test(glob)).map((glob) => wordsOf(glob).join(' ')).filter((word) => word !== ''),
    }));
    this.#phrases = this.#matchers
      .flatMap(({ name, words }) => words.filter((word) => word.includes(' ')).map((phrase) => [phrase, name] as const))
      .sort(([a], [b]) => b.length - a.length);
  }

  /**
   * The environment that a name belongs to, if any; of several the one that was given first. The `prod` in
   * `pre-prod` belongs to that phrase and is not a word of its own.
   */
  of(name: string): string | undefined {
    if (this.#known.has(name)) return this.#known.get(name);
    let text = ` ${wordsOf(name).join(' ')} `;
    const named = new Set<string>();
    for (const [phrase, owner] of this.#phrases) {
      if (!text.includes(` ${phrase} `)) continue;
      named.add(owner);
      text = text.replaceAll(` ${phrase} `, ' | ');
    }
    const found = this.#matchers.find(
      ({ name: candidate, globs, words }) =>
        named.has(candidate) || words.some((word) => text.includes(` ${word} `)) || globs.some((glob) => glob.match(name)),
    )?.name;
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.set(name, found);
    return found;
  }
}

/** The words of a name, split at everything that is not a letter, mark or digit of any language, at camel case, and between letters and digits. */
function wordsOf(name: string): readonly string[] {
  return name
    .slice(0, 512)
    .normalize('NFC')
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .replace(/(\p{L})(\d)/gu, '$1 $2')
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== '');
}
