import type { Invocation, Word } from '../shell/program.js';

/** How a tool reads its command line. Lists are space-separated option names. */
export interface Grammar {
  /** Options that take a value as the next word, wherever they stand. */
  readonly values?: string;
  /** Options that take a value after one sub-command only: `{ commit: '-m --message' }`. */
  readonly valuesOf?: Readonly<Record<string, string>>;
  /** Other long options the tool knows; listed where the tool accepts unambiguous beginnings of them. */
  readonly flags?: string;
  /** Long options have one dash (`terraform -auto-approve`, `find -delete`), so `-abc` is one option, not three. */
  readonly singleDash?: true;
  /** Long options may be cut short as GNU getopt and git allow: `--recurs`. */
  readonly abbreviates?: true;
}

export interface Option {
  /** As the tool spells it in full: `--recursive`, `-r`. */
  readonly name: string;
  readonly value: string | undefined;
}

const NO_VALUES: readonly string[] = [];
/** Rules name the same options again and again. */
const LISTED = new Map<string, ReadonlySet<string>>();

/** Option names that are written in one text, as a set. */
export function listed(names: string): ReadonlySet<string> {
  let set = LISTED.get(names);
  if (!set) {
    set = new Set(names.split(' '));
    LISTED.set(names, set);
  }
  return set;
}

/** One invocation, read by its tool's grammar. */
export class Use {
  constructor(
    readonly invocation: Invocation,
    readonly options: readonly Option[],
    /** Words that are neither options nor their values, sub-commands first. */
    readonly operands: readonly Word[],
  ) {}

  /** Whether any of the options (space-separated) is given. */
  has(names: string): boolean {
    if (this.options.length === 0) return false;
    const wanted = listed(names);
    return this.options.some((option, at) => wanted.has(option.name) && option.value !== 'false' && !this.negated(option.name, at));
  }

  /** `--no-force` after `--force` takes it back. */
  private negated(name: string, at: number): boolean {
    if (!name.startsWith('--')) return false;
    const opposite = `--no-${name.slice(2)}`;
    return this.options.some((option, index) => index > at && option.name === opposite);
  }

  /** The value of the last of the given options. */
  value(names: string): string | undefined {
    if (this.options.length === 0) return undefined;
    const wanted = listed(names);
    return this.options.findLast((option) => wanted.has(option.name))?.value;
  }

  /** Every value of the given options. */
  values(names: string): readonly string[] {
    if (this.options.length === 0) return NO_VALUES;
    const wanted = listed(names);
    return this.options.flatMap((option) => (wanted.has(option.name) && option.value !== undefined ? [option.value] : []));
  }

  operand(index: number): string | undefined {
    return this.operands[index]?.text;
  }

  /** The operands as texts, from an index on. */
  rest(from: number): readonly string[] {
    return this.operands.slice(from).map((word) => word.text);
  }
}

interface Compiled {
  readonly values: ReadonlySet<string>;
  readonly valuesOf: ReadonlyMap<string, ReadonlySet<string>>;
  readonly long: readonly string[];
  readonly grammar: Grammar;
}

const DASH = 0x2d;
const COMPILED = new WeakMap<Grammar, Compiled>();

/** Reads an invocation's arguments by a tool's grammar. */
export function readUse(invocation: Invocation, grammar: Grammar): Use {
  const compiled = compile(grammar);
  const options: Option[] = [];
  const operands: Word[] = [];
  const { args } = invocation;
  let sub: ReadonlySet<string> | undefined;
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index];
    if (!word) break;
    const { text } = word;
    if (text === '--') {
      operands.push(...args.slice(index + 1));
      break;
    }
    if (text.length < 2 || text.charCodeAt(0) !== DASH || /^-\d+$/.test(text)) {
      if (operands.length === 0) sub = compiled.valuesOf.get(text);
      operands.push(word);
      continue;
    }
    const takes = (name: string): boolean => compiled.values.has(name) || sub?.has(name) === true;
    const equals = text.indexOf('=');
    if (text.startsWith('--') || grammar.singleDash) {
      const given = equals > 0 ? text.slice(0, equals) : text;
      const name = grammar.abbreviates ? complete(given, compiled.long) : grammar.singleDash && given.startsWith('--') ? given.slice(1) : given;
      const eats = equals < 0 && (takes(name) || takes(given));
      options.push({ name, value: equals > 0 ? text.slice(equals + 1) : eats ? args[index + 1]?.text : undefined });
      if (eats) index += 1;
      continue;
    }
    // A cluster: `-rf`, `-n5`, `-itn name`.
    let at = 1;
    for (; at < text.length; at += 1) {
      const name = `-${text.charAt(at)}`;
      if (takes(name)) {
        const attached = text.slice(at + 1);
        if (attached === '') index += 1;
        options.push({ name, value: attached === '' ? args[index]?.text : attached.replace(/^=/, '') });
        break;
      }
      options.push({ name, value: undefined });
    }
    if (text.length > 2) options.push({ name: text, value: undefined });
  }
  return new Use(invocation, options, operands);
}

function compile(grammar: Grammar): Compiled {
  const known = COMPILED.get(grammar);
  if (known) return known;
  const values = list(grammar.values);
  const compiled: Compiled = {
    values: new Set(values),
    valuesOf: new Map(Object.entries(grammar.valuesOf ?? {}).map(([sub, names]) => [sub, new Set(names.split(' '))])),
    long: [...values, ...list(grammar.flags)].filter((name) => name.startsWith('--')),
    grammar,
  };
  COMPILED.set(grammar, compiled);
  return compiled;
}

function list(names: string | undefined): readonly string[] {
  return names === undefined || names === '' ? [] : names.split(' ');
}

function complete(given: string, long: readonly string[]): string {
  if (long.includes(given)) return given;
  const candidates = long.filter((name) => name.startsWith(given));
  // `--forc` where both `--force` and `--force-with-lease` exist: a tool that knows only one of them takes the shorter.
  const [shortest] = [...candidates].sort((left, right) => left.length - right.length);
  return shortest !== undefined && given.length > 3 && candidates.every((name) => name.startsWith(shortest)) ? shortest : given;
}
