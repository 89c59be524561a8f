import type { PsPart } from './powershell-syntax.js';
import { HOLE, isKnown, limited } from './program.js';

/** What a PowerShell value is worth knowing for: its texts, with holes; a table's entries; a block that may be run. */
export interface PsValue {
  readonly texts: readonly string[];
  readonly table?: ReadonlyMap<string, PsValue>;
  readonly block?: Extract<PsPart, { kind: 'block' }>;
  /** Directories among these come with everything below them. */
  readonly recursive?: boolean;
}

export const NOTHING: PsValue = { texts: [] };
export const UNKNOWN_VALUE: PsValue = { texts: [HOLE] };
const MOST_TEXTS = 64;

export function valueOf(...texts: readonly string[]): PsValue {
  return texts.length > MOST_TEXTS ? UNKNOWN_VALUE : { texts: texts.map(limited) };
}

/** Variables as they are known at one point; a child's changes are its own until they are merged. */
export class PsVariables {
  readonly #values = new Map<string, PsValue>();

  constructor(private readonly parent?: PsVariables) {}

  get(name: string): PsValue | undefined {
    return this.#values.get(name) ?? this.parent?.get(name);
  }

  set(name: string, value: PsValue): void {
    this.#values.set(name, value);
  }

  child(): PsVariables {
    return new PsVariables(this);
  }

  /** Takes over what may or may not have happened. */
  merge(branch: PsVariables): void {
    for (const [name, value] of branch.#values) {
      const before = this.get(name);
      const same = before !== undefined && before.texts.length === value.texts.length && before.texts.every((text, at) => text === value.texts[at] && isKnown(text)) && before.block === value.block;
      if (!same) this.#values.set(name, { ...value, texts: [HOLE] });
    }
  }
}
