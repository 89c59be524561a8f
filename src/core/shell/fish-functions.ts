import type { FishJob } from './fish-syntax.js';
import type { FishList, FishVariables } from './fish-variables.js';
import { HOLE, isKnown } from './program.js';
import type { Frame } from './walk.js';

export interface FishFunction {
  readonly jobs: readonly FishJob[];
  /** Where it was defined: its positions count from there. */
  readonly frame: Frame;
  /** The names that its arguments get. */
  readonly names: readonly string[];
  readonly inherited: readonly (readonly [string, FishList])[];
  /** It does not see its caller's local variables. */
  readonly shadows: boolean;
  readonly events: readonly string[];
  called: boolean;
}

/** What a name may stand for: one of these bodies, or none of them where that is not certain. */
interface Known {
  readonly bodies: readonly FishFunction[];
  readonly certain: boolean;
}

/** Names that fish keeps for itself. */
const RESERVED = new Set('[ _ argparse and begin break builtin case command continue else end eval exec for function if not or read return set status string switch test time while'.split(' '));

/** The functions that a fish text defines. */
export class FishFunctions {
  readonly #known = new Map<string, Known>();
  readonly #all: (readonly [string, FishFunction])[] = [];

  get(name: string): Known | undefined {
    return this.#known.get(name);
  }

  /** `function NAME [OPTION…]`: the header's words. */
  define(header: readonly string[], jobs: readonly FishJob[], frame: Frame, variables: FishVariables): void {
    const [name = '', ...options] = header;
    const names: string[] = [];
    const inherited: (readonly [string, FishList])[] = [];
    const events: string[] = [];
    let shadows = true;
    for (let at = 0; at < options.length; at += 1) {
      const option = options[at] ?? '';
      const value = options[at + 1] ?? '';
      if (/^(-a|--argument(-names)?)$/.test(option)) while (at + 1 < options.length && !options[at + 1]?.startsWith('-')) names.push(options[(at += 1)] ?? '');
      else if (/^(-V|--inherit-variable)$/.test(option)) inherited.push([value, variables.get(value)]);
      else if (/^(-S|--no-scope-shadowing)$/.test(option)) shadows = false;
      else if (/^(-e|--on-event)$/.test(option)) events.push(value);
      else if (/^--on-event=/.test(option)) events.push(option.slice(11));
    }
    this.put(name, { jobs, frame, names, inherited, shadows, events, called: false }, variables.uncertain);
  }

  put(name: string, body: FishFunction, uncertain: boolean): void {
    if (RESERVED.has(name)) return;
    this.#all.push([name, body]);
    const before = this.#known.get(name);
    // A name that cannot be known may be any name; the body is looked at in the end.
    if (!isKnown(name)) return;
    if (uncertain) this.#known.set(name, { bodies: [...(before?.bodies ?? []).slice(-8), body], certain: before?.certain ?? false });
    else this.#known.set(name, { bodies: [body], certain: true });
  }

  /** `functions --copy FROM TO`. */
  copy(from: string, to: string, uncertain: boolean): boolean {
    const known = this.#known.get(from);
    for (const body of known?.bodies ?? []) this.put(to, body, uncertain);
    return known !== undefined;
  }

  erase(name: string, uncertain: boolean): void {
    const known = this.#known.get(name);
    if (!known) return;
    if (uncertain) this.#known.set(name, { ...known, certain: false });
    else this.#known.delete(name);
  }

  /** Functions that wait for an event. */
  waiting(event: string): readonly (readonly [string, FishFunction])[] {
    return this.#all.filter(([, { events }]) => event === HOLE || events.includes(event));
  }

  uncalled(): readonly (readonly [string, FishFunction])[] {
    return this.#all.filter(([, { called, events }]) => !called || events.length > 0);
  }
}
