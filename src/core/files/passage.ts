import type { Span } from '../assess/assessment.js';

/** A stretch of a passage that came from one place of the file: letter by letter, or as a whole. */
interface Run {
  /** Where it begins in the passage. */
  readonly at: number;
  /** Where it begins in the file. */
  readonly from: number;
  /** How long its source is in the file. */
  readonly width: number;
  /** Every code unit has its own place in the file. */
  readonly verbatim: boolean;
}

/** A text that stands in a file, perhaps indented, escaped or cut by continuations, and knows where each piece stands. */
export class Passage {
  constructor(
    readonly text: string,
    private readonly runs: readonly Run[],
  ) {}

  /** A piece of the file as it is. */
  static of(source: string, start: number, end: number): Passage {
    return new Passage(source.slice(start, end), [{ at: 0, from: start, width: end - start, verbatim: true }]);
  }

  /** The range of the file that a range of the passage came from. */
  spanIn({ start, end }: Span): Span {
    const first = this.runAt(start);
    if (!first) return { start: 0, end: 0 };
    const from = first.verbatim ? Math.min(first.from + start - first.at, first.from + first.width) : first.from;
    const last = this.runAt(Math.max(start, end - 1)) ?? first;
    const inside = end <= start ? start - last.at : end - last.at;
    const to = last.verbatim ? Math.min(last.from + inside, last.from + last.width) : last.from + last.width;
    return { start: from, end: Math.max(from, to) };
  }

  /** All of it. */
  get span(): Span {
    return this.spanIn({ start: 0, end: this.text.length });
  }

  /** The pieces of a range with their places in the file. */
  *pieces(start: number, end: number): Generator<{ readonly text: string; readonly from: number; readonly to: number }> {
    for (let at = this.indexAt(start); at < this.runs.length; at += 1) {
      const run = this.runs[at];
      if (!run || run.at >= end) return;
      const next = Math.min(end, this.runs[at + 1]?.at ?? this.text.length);
      const first = Math.max(start, run.at);
      if (next <= first) continue;
      const from = run.verbatim ? run.from + first - run.at : run.from;
      yield { text: this.text.slice(first, next), from, to: run.verbatim ? from + next - first : run.from + run.width };
    }
  }

  /** With every match of a pattern replaced, and the places kept. */
  replace(source: string, pattern: RegExp, by: (match: RegExpExecArray) => string): Passage {
    let last = 0;
    const builder = new PassageBuilder(source);
    for (const match of this.text.matchAll(pattern)) {
      const end = match.index + match[0].length;
      const { start: from, end: to } = this.spanIn({ start: match.index, end });
      builder.append(this, last, match.index).put(by(match), from, to);
      last = end;
    }
    return last === 0 ? this : builder.append(this, last).build();
  }

  private runAt(index: number): Run | undefined {
    return this.runs[this.indexAt(index)];
  }

  private indexAt(index: number): number {
    let low = 0;
    let high = this.runs.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.runs[middle]?.at ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Puts a passage together from pieces of one file. */
export class PassageBuilder {
  readonly #parts: string[] = [];
  readonly #runs: Run[] = [];
  #length = 0;

  constructor(private readonly source: string) {}

  get length(): number {
    return this.#length;
  }

  /** Takes a piece of the file as it is. */
  copy(start: number, end: number): this {
    if (end > start) this.push(this.source.slice(start, end), { at: this.#length, from: start, width: end - start, verbatim: true });
    return this;
  }

  /** Says a text for a piece of the file that writes it differently (or, for an empty piece, does not write it). */
  put(text: string, start: number, end: number): this {
    if (text !== '') this.push(text, { at: this.#length, from: start, width: end - start, verbatim: false });
    return this;
  }

  /** Takes over a piece of another passage of the same file. */
  append(passage: Passage, start = 0, end = passage.text.length): this {
    for (const { from, to, text } of passage.pieces(start, end)) {
      if (this.source.startsWith(text, from) && to - from === text.length) this.copy(from, to);
      else this.put(text, from, to);
    }
    return this;
  }

  build(): Passage {
    return new Passage(this.#parts.join(''), this.#runs);
  }

  private push(text: string, run: Run): void {
    this.#parts.push(text);
    this.#runs.push(run);
    this.#length += text.length;
  }
}

/** Splits a text into lines with their places; the line end belongs to none. */
export function linesOf(text: string, from = 0, to = text.length): readonly { readonly start: number; readonly end: number }[] {
  const lines: { start: number; end: number }[] = [];
  let start = from;
  while (start < to) {
    const found = text.indexOf('\n', start);
    const stop = found < 0 || found > to ? to : found;
    lines.push({ start, end: stop > start && text[stop - 1] === '\r' ? stop - 1 : stop });
    start = stop + 1;
  }
  return lines;
}
