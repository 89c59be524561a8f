/** So much of one argument list is looked at: what a call is told stands at its beginning, and callbacks stand behind it. */
const MOST_ARGUMENTS = 1024;
/** So much is taken for the arguments of a call that never ends. */
const MOST_UNCLOSED = 256;
/** So far is looked for the end of a single call. */
const NEAR = 512;

/**
 * Where the brackets of a masked code end. Nearly every call ends soon after it began; for those that do not, all are
 * found in one pass, so that calls within calls cost nothing more.
 */
export class Brackets {
  /** For each opening bracket the place of its closing one; 0 where there is none. */
  #closing: Int32Array | undefined;

  constructor(private readonly code: string) {}

  /** The beginning of what stands between a bracket that was just opened and the one that closes it. */
  inside(from: number): string {
    return this.code.slice(from, Math.min(this.endOf(from), from + MOST_ARGUMENTS));
  }

  /** The place of the bracket that closes the one before a place; where none does, soon after, on the same line. */
  endOf(from: number): number {
    const close = this.near(from) ?? (this.#closing ??= this.all())[from - 1] ?? 0;
    if (close > 0) return close;
    const most = Math.min(from + MOST_UNCLOSED, this.code.length);
    const line = this.code.slice(from, most).indexOf('\n');
    return line < 0 ? most : from + line;
  }

  /** The same when it is not far. */
  private near(from: number): number | undefined {
    let depth = 1;
    for (let index = from; index < Math.min(from + NEAR, this.code.length); index += 1) {
      depth += changeAt(this.code, index);
      if (depth === 0) return index;
    }
    return undefined;
  }

  private all(): Int32Array {
    const { code } = this;
    const closing = new Int32Array(code.length);
    const open: number[] = [];
    for (let index = 0; index < code.length; index += 1) {
      const change = changeAt(code, index);
      if (change > 0) open.push(index);
      else if (change < 0) {
        const start = open.pop();
        if (start !== undefined) closing[start] = index;
      }
    }
    return closing;
  }
}

/** Splits an argument list at its top-level commas. */
export function splitTop(text: string): readonly string[] {
  const items: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    const change = changeAt(text, index);
    depth += change;
    if (change === 0 && depth === 0 && text.charCodeAt(index) === 0x2c) {
      items.push(text.slice(start, index));
      start = index + 1;
    }
  }
  items.push(text.slice(start));
  return items.map((item) => item.trim()).filter((item) => item !== '');
}

/** 1 at an opening bracket, -1 at a closing one, else 0. */
function changeAt(text: string, index: number): number {
  switch (text.charCodeAt(index)) {
    case 0x28:
    case 0x5b:
    case 0x7b:
      return 1;
    case 0x29:
    case 0x5d:
    case 0x7d:
      return -1;
    default:
      return 0;
  }
}
