import { HOLE, isKnown, limited } from './program.js';

/** A fish variable is a list; an element with a hole makes their number uncertain, too. */
export type FishList = readonly string[];

export const UNKNOWN: FishList = [HOLE];
const MOST_ELEMENTS = 256;

interface Variable {
  readonly list: FishList;
  readonly exported: boolean;
}

interface Layer {
  readonly values: Map<string, Variable>;
  /** What is below belongs to the caller and is not seen. */
  readonly wall: boolean;
}

export type Reach = 'local' | 'function' | 'global' | undefined;

/** Changes that may or may not happen, with what stood there before the first of them. */
type Journal = Map<Map<string, Variable>, Map<string, Variable | undefined>>;

/**
 * Fish's variables: global ones, those of a function, those of a block. What happens in a branch is certain inside it and
 * uncertain behind it, so a value that is told apart by nothing but luck is a hole.
 */
export class FishVariables {
  readonly #layers: Layer[] = [{ values: new Map(), wall: true }];
  readonly #journals: Journal[] = [];

  constructor(private readonly outside: (name: string) => FishList | undefined) {}

  get(name: string): FishList {
    return this.find(name)?.get(name)?.list ?? this.outside(name) ?? UNKNOWN;
  }

  /** `set`: without a reach, where the name is known, else in the function around. */
  set(name: string, list: FishList, reach?: Reach, exported = false): void {
    const values = this.valuesFor(name, reach);
    const before = values.get(name);
    this.note(values, name, before);
    const kept = list.length > MOST_ELEMENTS ? UNKNOWN : list.map(limited);
    values.set(name, { list: kept, exported: exported || before?.exported === true });
  }

  erase(name: string, reach?: Reach): void {
    const values = reach === undefined ? this.find(name) : this.valuesFor(name, reach);
    if (!values) return;
    this.note(values, name, values.get(name));
    values.delete(name);
  }

  /** Runs something with a layer of its own: a block, or a function, which sees no local names of its caller. */
  inside<T>(kind: 'block' | 'function', run: () => T): T {
    const given = kind === 'function' ? this.visible().flatMap(({ values }) => [...values]).filter(([, { exported }]) => exported).reverse() : [];
    this.#layers.push({ values: new Map(given), wall: kind === 'function' });
    const result = run();
    this.#layers.pop();
    return result;
  }

  /** A name that cannot be known was set, so any variable may have another value now. */
  forget(): void {
    for (const { values } of this.#layers) for (const name of values.keys()) this.set(name, UNKNOWN);
  }

  /** Exported variables as a program that is started here gets them. */
  environment(): ReadonlyMap<string, string> {
    return new Map(this.exported().map(([name, { list }]) => [name, list.join(/PATH$/.test(name) ? ':' : ' ')]));
  }

  /** Runs something that may not happen, or not to its end, or more than once. */
  maybe<T>(run: () => T): T {
    const journal: Journal = new Map();
    this.#journals.push(journal);
    const result = run();
    this.#journals.pop();
    for (const [values, names] of journal) {
      for (const [name, before] of names) {
        const after = values.get(name);
        if (same(before, after)) continue;
        this.note(values, name, before);
        values.set(name, { list: UNKNOWN, exported: before?.exported === true || after?.exported === true });
      }
    }
    return result;
  }

  get uncertain(): boolean {
    return this.#journals.length > 0;
  }

  private exported(): readonly (readonly [string, Variable])[] {
    const found = new Map<string, Variable>();
    const [global] = this.#layers;
    for (const layer of [...(global ? [global] : []), ...this.visible().reverse()]) for (const [name, variable] of layer.values) if (variable.exported) found.set(name, variable);
    return [...found];
  }

  /** The layers that can be seen from here, without the global one, innermost first. */
  private visible(): Layer[] {
    const layers: Layer[] = [];
    for (let at = this.#layers.length - 1; at > 0; at -= 1) {
      const layer = this.#layers[at];
      if (layer) layers.push(layer);
      if (layer?.wall) break;
    }
    return layers;
  }

  private find(name: string): Map<string, Variable> | undefined {
    const global = this.#layers[0]?.values;
    return this.visible().find((layer) => layer.values.has(name))?.values ?? (global?.has(name) ? global : undefined);
  }

  private valuesFor(name: string, reach: Reach): Map<string, Variable> {
    const visible = this.visible();
    const known = reach === undefined ? this.find(name) : undefined;
    if (known) return known;
    const [inner] = visible;
    const outer = visible.at(-1);
    const global = this.#layers[0] ?? { values: new Map<string, Variable>() };
    if (reach === 'global') return global.values;
    if (reach === 'local') return (inner ?? global).values;
    return (outer?.wall ? outer : global).values;
  }

  private note(values: Map<string, Variable>, name: string, before: Variable | undefined): void {
    const journal = this.#journals.at(-1);
    if (!journal) return;
    const names = journal.get(values) ?? new Map<string, Variable | undefined>();
    if (!names.has(name)) names.set(name, before);
    journal.set(values, names);
  }
}

function same(left: Variable | undefined, right: Variable | undefined): boolean {
  if (!left || !right || left.list.length !== right.list.length) return left === right;
  return left.list.every((text, at) => text === right.list[at] && isKnown(text));
}
