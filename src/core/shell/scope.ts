import { exportedNames } from './functions.js';
import { parsePosix } from './parse.js';
import type { CommandNode, CompoundList } from './parse.js';
import { HOLE, limited } from './program.js';
import type { Surroundings } from './program.js';

/** A variable's value: one text, or the elements of an array. */
export type Value = string | readonly string[];

/** A text that exports thousands of names would otherwise cost the square of its length. */
const MOST_EXPORTED = 128;

const NO_ARGS: readonly string[] = [];
const NONE: ReadonlyMap<string, string> = new Map();

/** A function's body together with the text its positions index. */
export interface FunctionBody {
  readonly body: CommandNode | CompoundList;
  called: boolean;
  /** It came with the environment, so its positions are none of the text's. */
  readonly imported?: true;
}

/**
 * What a shell knows at one point of the text. A child sees its parent's names; what it assigns stays in it until
 * {@link Scope.merge} says that the parent may or may not have taken that way.
 */
export class Scope {
  // Most scopes know none of these, and there are several scopes to a command.
  #values: Map<string, Value> | undefined;
  #exported: Map<string, true> | undefined;
  #functions: Map<string, FunctionBody> | undefined;
  #aliases: Map<string, string> | undefined;
  #changes = 0;
  #cwd: string | undefined;
  #args: readonly string[] | undefined;

  constructor(
    private readonly parent: Scope | undefined,
    private readonly surroundings: Surroundings,
  ) {
    if (parent) return;
    this.#cwd = surroundings.cwd;
    this.#args = surroundings.args;
    if (surroundings.exported === undefined || surroundings.exported.size === 0) return;
    for (const [name, value] of surroundings.exported) {
      this.put(name, value);
      this.export(name);
    }
  }

  child(): Scope {
    return new Scope(this, this.surroundings);
  }

  get home(): string {
    return this.surroundings.home;
  }

  get cwd(): string {
    return this.#cwd ?? this.parent?.cwd ?? HOLE;
  }

  set cwd(path: string) {
    this.#cwd = path;
  }

  get args(): readonly string[] {
    return this.#args ?? this.parent?.args ?? NO_ARGS;
  }

  set args(args: readonly string[]) {
    this.#args = args;
  }

  /** A variable's value, or undefined when nothing is known about the name. */
  get(name: string): Value | undefined {
    const own = this.#values?.get(name);
    if (own !== undefined) return own;
    if (this.parent) return this.parent.get(name);
    switch (name) {
      case 'HOME':
        return this.surroundings.home;
      case 'IFS':
        return ' \t\n';
      case 'SHELL':
      case 'BASH':
        return this.surroundings.env(name) ?? '/bin/sh';
      case 'TMPDIR':
        return this.surroundings.env('TMPDIR') ?? '/tmp';
      default:
        return this.surroundings.env(name);
    }
  }

  lookup(name: string): Value | undefined {
    if (name === 'PWD') return this.cwd;
    return this.get(name);
  }

  set(name: string, value: Value): void {
    if (typeof value === 'string') this.put(name, limited(value));
    else this.put(name, value.length > 4096 ? [HOLE] : value);
  }

  /** An assignment to a name that came with the environment changes it for every program that is started from here on. */
  assign(name: string, value: Value): void {
    this.set(name, value);
    if (this.surroundings.env(name) !== undefined) this.export(name);
  }

  export(name: string): void {
    this.#exported ??= new Map();
    this.#exported.set(name, true);
  }

  /** The scope of a program that is started here: it has the exported names and the arguments, and nothing else. */
  process(env: ReadonlyMap<string, string>, args: readonly string[], elsewhere: boolean): Scope {
    if (elsewhere) return new Scope(undefined, { cwd: HOLE, home: '~', env: () => undefined, args, exported: env });
    const exported = this.exported();
    return new Scope(undefined, {
      ...this.surroundings,
      cwd: this.cwd,
      args,
      exported: exported.size === 0 ? env : new Map([...exported, ...env]),
    });
  }

  /** Exported variables with their values, for a program that is started here. */
  exported(): ReadonlyMap<string, string> {
    const above = this.parent ? this.parent.exported() : NONE;
    if (above.size === 0 && !this.#exported) return NONE;
    const all = new Map(above);
    for (const name of this.#exported?.keys() ?? []) if (all.size < MOST_EXPORTED) this.copy(all, name);
    for (const name of this.#values?.keys() ?? []) if (all.has(name)) this.copy(all, name);
    return all;
  }

  function(name: string): FunctionBody | undefined {
    return this.#functions?.get(name) ?? (this.parent ? this.parent.function(name) : this.imported(name));
  }

  /** A function that the environment or a start file brings. */
  private imported(name: string): FunctionBody | undefined {
    const { bash, apple } = exportedNames(name);
    const value = this.get(bash) ?? this.get(apple);
    const text = typeof value === 'string' && value.startsWith('() {') ? `f ${value}` : this.surroundings.functions?.(name);
    if (text === undefined) return undefined;
    const parsed = parsePosix(text);
    const command = 'tree' in parsed ? parsed.tree.commands[0]?.command : undefined;
    if (command?.type !== 'Function') return undefined;
    const body: FunctionBody = { body: command.body, called: false, imported: true };
    this.define(name, body);
    return body;
  }

  define(name: string, body: FunctionBody): void {
    this.#functions ??= new Map();
    this.#functions.set(name, body);
  }

  alias(name: string): string | undefined {
    return this.#aliases?.get(name) ?? this.parent?.alias(name);
  }

  setAlias(name: string, text: string): void {
    this.#aliases ??= new Map();
    this.#aliases.set(name, text);
  }

  /** Takes over what a branch that may or may not have run has changed: equal values stay known, others do not. */
  merge(branch: Scope, certain = false): void {
    for (const [name, value] of branch.#values ?? []) this.put(name, certain || this.get(name) === value ? value : HOLE);
    for (const name of branch.#exported?.keys() ?? []) this.export(name);
    for (const [name, body] of branch.#functions ?? []) this.define(name, body);
    for (const [name, text] of branch.#aliases ?? []) this.setAlias(name, text);
    if (branch.#cwd !== undefined && branch.#cwd !== this.cwd) this.#cwd = certain ? branch.#cwd : HOLE;
  }

  /** How often a name has got another value here. */
  get changes(): number {
    return this.#changes;
  }

  /** Takes every value that was set here for unknown. */
  forget(): void {
    for (const name of this.#values?.keys() ?? []) this.put(name, HOLE);
  }

  private put(name: string, value: Value): void {
    this.#values ??= new Map();
    if (this.#values.get(name) !== value) this.#changes += 1;
    this.#values.set(name, value);
  }

  private copy(into: Map<string, string>, name: string): void {
    const value = this.get(name);
    if (value !== undefined) into.set(name, typeof value === 'string' ? value : (value[0] ?? ''));
  }
}
