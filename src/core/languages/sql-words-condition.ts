import { among, between, SOME_COLUMN, TRUE, UNKNOWN } from './sql-condition.js';
import type { Condition } from './sql-condition.js';

/** A token, and how it is written. */
export interface Word {
  readonly token: string;
  readonly text: string;
}

const MOST_DEPTH = 100;
const OPERATORS: Readonly<Record<string, string>> = { '=': '=', '==': '=', '<=>': '=', '<>': '<>', '!=': '<>', '<': '<', '<=': '<=', '>': '>', '>=': '>=', '!<': '>=', '!>': '<=' };
const SIGNS = /^[=<>!]$/;
const NAME = /^(?:"|[\p{L}_@#\uFFFC])/u;

/**
 * Reads a condition by its words, for statements that no real parser takes. What it does not understand is a column: something
 * that may narrow. What stands behind what it understood is left alone, so `1 = 1 …` stays true whatever follows.
 * @param own names by which the condition may call the table whose rows are at stake, in upper case
 * @param barsMeanOr `a || b` is a disjunction, as in MySQL
 */
export function readCondition(words: readonly Word[], own: ReadonlySet<string>, barsMeanOr: boolean): Condition {
  return new Reader(words, own, barsMeanOr).or(0);
}

class Reader {
  #at = 0;

  constructor(
    private readonly words: readonly Word[],
    private readonly own: ReadonlySet<string>,
    private readonly barsMeanOr: boolean,
  ) {}

  or(depth: number): Condition {
    const parts = [this.and(depth)];
    while (this.take('OR') || this.takeBoth('|', '|')) parts.push(this.and(depth));
    return parts.length === 1 ? (parts[0] ?? UNKNOWN) : { kind: 'or', of: parts };
  }

  private and(depth: number): Condition {
    const parts = [this.not(depth)];
    while (this.take('AND') || this.takeBoth('&', '&')) parts.push(this.not(depth));
    return parts.length === 1 ? (parts[0] ?? UNKNOWN) : { kind: 'and', of: parts };
  }

  private not(depth: number): Condition {
    let negated = false;
    while (this.take('NOT') || this.take('!')) negated = !negated;
    const of = this.comparison(depth);
    return negated ? { kind: 'not', of } : of;
  }

  private comparison(depth: number): Condition {
    const left = this.sum(depth);
    const operator = this.operator();
    if (operator !== undefined) {
      if (this.is('ANY') || this.is('ALL') || this.is('SOME')) return this.rest(left);
      return { kind: 'binary', operator, left, right: this.sum(depth) };
    }
    if (this.take('IS')) return this.test(left, depth);
    const negated = this.take('NOT');
    const found = this.membership(left, depth);
    return negated ? { kind: 'not', of: found } : found;
  }

  private test(left: Condition, depth: number): Condition {
    const negated = this.take('NOT');
    let found: Condition;
    if (this.take('NULL')) found = { kind: 'is-null', of: left };
    else if (this.take('TRUE')) found = left;
    else if (this.take('FALSE')) found = { kind: 'not', of: left };
    else if (this.take('DISTINCT') && this.take('FROM')) found = { kind: 'binary', operator: '<>', left, right: this.sum(depth) };
    else return this.rest(left);
    return negated ? { kind: 'not', of: found } : found;
  }

  private membership(left: Condition, depth: number): Condition {
    if (this.take('LIKE') || this.take('ILIKE') || this.take('GLOB')) return { kind: 'binary', operator: 'like', left, right: this.sum(depth) };
    if (this.take('BETWEEN')) {
      const low = this.sum(depth);
      if (!this.take('AND')) return this.rest(left);
      return between(left, low, this.sum(depth));
    }
    if (!this.take('IN')) return left;
    if (!this.is('(') || this.is('SELECT', 1) || this.is('WITH', 1) || depth > MOST_DEPTH) return this.rest(left);
    this.#at += 1;
    const of: Condition[] = [];
    do of.push(this.sum(depth + 1));
    while (this.take(',') && of.length < 1000);
    return this.take(')') ? among(left, of) : this.rest(left);
  }

  private sum(depth: number): Condition {
    let left = this.primary(depth);
    for (;;) {
      const sign = this.words[this.#at]?.token ?? '';
      const isJoin = !this.barsMeanOr && sign === '|' && this.is('|', 1);
      if (!isJoin && !/^[-+*/%]$/.test(sign)) return left;
      this.#at += isJoin ? 2 : 1;
      const right = this.primary(depth);
      // Multiplication binds closer, which only matters for sums that nobody writes into a condition.
      left = { kind: 'binary', operator: isJoin ? '||' : sign, left, right };
    }
  }

  private primary(depth: number): Condition {
    const word = this.words[this.#at];
    if (!word || depth > MOST_DEPTH) return SOME_COLUMN;
    const { token, text } = word;
    if (token === '(') return this.bracket(depth);
    if (token === '-' && /^\d/.test(this.words[this.#at + 1]?.token ?? '')) {
      this.#at += 2;
      return { kind: 'value', value: -Number(this.words[this.#at - 1]?.token) };
    }
    this.#at += 1;
    if (token === "'") return this.cast({ kind: 'value', value: text });
    if (/^\d/.test(token)) return this.cast({ kind: 'value', value: Number.isNaN(Number(token)) ? text : Number(token) });
    if (token === 'TRUE') return this.cast(TRUE);
    if (token === 'FALSE') return this.cast({ kind: 'value', value: false });
    if (token === 'NULL') return { kind: 'value', value: null };
    if (token === 'N' && this.is("'")) return this.primary(depth);
    if (token === 'EXISTS' && this.is('(')) return this.exists();
    if (NAME.test(token)) return this.named(word);
    return SOME_COLUMN;
  }

  private bracket(depth: number): Condition {
    if (this.is('SELECT', 1) || this.is('WITH', 1)) return this.skipped(this.brackets());
    const start = this.#at;
    this.#at += 1;
    const inner = this.or(depth + 1);
    if (this.take(')')) return this.cast(inner);
    this.#at = start;
    return this.skipped(this.brackets());
  }

  /** `EXISTS (SELECT 1)` always holds; another one may look at the row. */
  private exists(): Condition {
    const inner = this.brackets();
    const isBare = inner[0]?.token === 'SELECT' && !inner.some(({ token }) => /^(?:FROM|WHERE|HAVING|LIMIT|OFFSET|UNION|EXCEPT|INTERSECT|FETCH)$/.test(token));
    return isBare ? TRUE : this.skipped(inner);
  }

  private named({ token, text }: Word): Condition {
    const parts = [token.startsWith('"') ? text : token.toLowerCase()];
    while (this.is('.') && NAME.test(this.words[this.#at + 1]?.token ?? '')) {
      const next = this.words[this.#at + 1];
      parts.push(next?.token.startsWith('"') ? next.text : (next?.token.toLowerCase() ?? ''));
      this.#at += 2;
    }
    if (this.is('(')) return this.skipped(this.brackets());
    const [table] = parts.slice(-2);
    const isOwn = parts.length === 1 || this.own.has((table ?? '').toUpperCase());
    return this.cast({ kind: 'column', name: isOwn ? (parts.at(-1) ?? '') : parts.join('.') });
  }

  /** `x::boolean` means x. */
  private cast(of: Condition): Condition {
    while (this.is(':') && this.is(':', 1)) {
      this.#at += 3;
      if (this.is('(')) this.brackets();
    }
    return of;
  }

  /** What stands between the brackets that open here; goes behind them. */
  private brackets(): readonly Word[] {
    const start = this.#at + 1;
    let open = 0;
    for (; this.#at < this.words.length; this.#at += 1) {
      const token = this.words[this.#at]?.token;
      if (token === '(') open += 1;
      else if (token === ')') open -= 1;
      if (open > 0) continue;
      this.#at += 1;
      return this.words.slice(start, this.#at - 1);
    }
    return this.words.slice(start);
  }

  /** What is not read in detail looks at the row when it names anything. */
  private skipped(words: readonly Word[]): Condition {
    return words.some(({ token }) => NAME.test(token) && !/^(?:SELECT|TRUE|FALSE|NULL|AND|OR|NOT)$/.test(token)) ? SOME_COLUMN : UNKNOWN;
  }

  /** Gives up on the rest of the condition. */
  private rest(left: Condition): Condition {
    this.#at = this.words.length;
    return { kind: 'unknown', of: [left, SOME_COLUMN] };
  }

  private operator(): string | undefined {
    let signs = '';
    while (signs.length < 3 && SIGNS.test(this.words[this.#at + signs.length]?.token ?? '')) signs += this.words[this.#at + signs.length]?.token ?? '';
    while (signs !== '' && OPERATORS[signs] === undefined) signs = signs.slice(0, -1);
    this.#at += signs.length;
    return OPERATORS[signs];
  }

  private is(token: string, ahead = 0): boolean {
    return this.words[this.#at + ahead]?.token === token;
  }

  private take(token: string): boolean {
    if (!this.is(token)) return false;
    this.#at += 1;
    return true;
  }

  private takeBoth(first: string, second: string): boolean {
    if (!this.is(first) || !this.is(second, 1)) return false;
    this.#at += 2;
    return true;
  }
}
