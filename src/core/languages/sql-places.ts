import type { Span } from '../assess/assessment.js';
import type { SqlParser } from './sql-acts.js';
import { HOLE } from '../shell/program.js';
import { asArray, asNode } from './sql-tree.js';
import type { Unit } from './sql-reading.js';
import type { SqlScript, SqlStatement } from './sql.js';

/**
 * The statements of a script with the trees that PostgreSQL's own grammar gives them. The whole is parsed at once, so that the
 * server's own rules say where strings and comments end; when it does not parse, each statement is tried by itself.
 */
export function postgresTrees(text: string, script: SqlScript, parser: SqlParser): readonly Unit[] {
  const served = withoutAsides(text, script);
  const whole = asNode(parser.parse(served));
  if (!whole || script.cut) {
    return script.statements.flatMap((statement): readonly Unit[] => {
      const alone = asNode(parser.parse(served.slice(statement.at.start, statement.at.end)));
      const trees = asArray(alone?.['stmts']).map((raw) => asNode(raw)?.['stmt']);
      return trees.length === 0 ? [{ at: statement.at, words: [statement], tree: undefined }] : trees.map((tree) => ({ at: statement.at, words: [statement], tree }));
    });
  }
  const ranges = asArray(whole['stmts']).map((raw) => rangeOf(asNode(raw) ?? {}));
  const offsets = new Offsets(served);
  let next = 0;
  return ranges.map(({ from, length, tree }) => {
    const start = offsets.at(from);
    const end = length === 0 ? text.length : offsets.at(from + length);
    const words: SqlStatement[] = [];
    while (next < script.statements.length && (script.statements[next]?.at.start ?? 0) < end) {
      const statement = script.statements[next];
      if (statement && statement.at.start >= start) words.push(statement);
      next += 1;
    }
    return { at: placeOf(served, words, start, end), words, tree };
  });
}

function rangeOf(raw: Readonly<Record<string, unknown>>): { readonly from: number; readonly length: number; readonly tree: unknown } {
  const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
  return { from: number(raw['stmt_location']), length: number(raw['stmt_len']), tree: raw['stmt'] };
}

/** From the first word to the last one: the parser's own range begins with the white space and comments in front. */
function placeOf(text: string, words: readonly SqlStatement[], start: number, end: number): Span {
  const first = words[0];
  const last = words.at(-1);
  if (first && last) return { start: first.at.start, end: Math.max(first.at.start, Math.min(last.at.end, end)) };
  const from = start + (text.slice(start, end).length - text.slice(start, end).trimStart().length);
  return { start: from, end: Math.max(from, start + text.slice(start, end).trimEnd().length) };
}

/** What the server gets, at the same places: the client's own lines are blank, and its variables are names with a hole. */
function withoutAsides(text: string, { asides, variables }: SqlScript): string {
  let served = '';
  let last = 0;
  const changes = [...asides.map(({ start, end }) => ({ start, by: `;${' '.repeat(Math.max(0, end - start - 1))}`, end })), ...variables.map((at) => ({ start: at, by: /['"]/.test(text.charAt(at + 1)) ? ' ' : HOLE, end: at + 1 }))];
  for (const { start, by, end } of changes.sort((a, b) => a.start - b.start)) {
    if (start < last || end <= start) continue;
    served += text.slice(last, start) + by;
    last = end;
  }
  return served + text.slice(last);
}

/** Turns places in UTF-8 bytes, asked for in rising order, into places in the text. */
class Offsets {
  #bytes = 0;
  #index = 0;

  constructor(private readonly text: string) {}

  at(bytes: number): number {
    while (this.#bytes < bytes && this.#index < this.text.length) {
      const code = this.text.codePointAt(this.#index) ?? 0;
      this.#bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
      this.#index += code < 0x10000 ? 1 : 2;
    }
    return this.#index;
  }
}
