import { foldText } from './sql-postgres-text.js';
import { asArray, asNode, asText } from './sql-tree.js';
import type { Node } from './sql-tree.js';
import type { SqlParser } from './sql-acts.js';

/** What the body of a PL/pgSQL routine runs. */
export interface RoutineReading {
  /** Statements and expressions, each a statement by itself. */
  readonly statements: readonly string[];
  /** Texts that EXECUTE runs; undefined for one that is only known when it runs. */
  readonly executed: readonly (string | undefined)[];
}

/** Reads a DO block, or undefined when it does not parse. */
export function readRoutine(body: string, parser: SqlParser): RoutineReading | undefined {
  const tree = parser.parseRoutine?.(`DO ${quoted(body)}`);
  const functions = asArray(asNode(tree)?.['plpgsql_funcs']);
  if (functions.length === 0) return undefined;
  const statements: string[] = [];
  const dynamic: Node[] = [];
  const texts = new Map<string, Set<string | undefined>>();
  collect(functions, statements, dynamic);
  const expression = (query: unknown): unknown => asNode(asNode(asNode(asArray(asNode(parser.parse(`SELECT ${String(query)}`))?.['stmts'])[0])?.['stmt'])?.['SelectStmt'])?.['targetList'];
  const value = (query: unknown): unknown => asNode(asNode(asArray(expression(query))[0])?.['ResTarget'])?.['val'];
  const assign = (name: string, query: unknown): void => {
    const known = texts.get(name.toLowerCase()) ?? new Set();
    texts.set(name.toLowerCase(), known.add(foldText(value(query))));
  };
  assignments(functions, assign);
  const executed = dynamic.flatMap((query) => {
    const tree_ = value(query['query']);
    return variants(texts).map((variables) => foldText(tree_, variables));
  });
  return { statements, executed: [...new Set(executed)] };
}

/** A dollar quote that the text does not close. */
function quoted(body: string): string {
  let tag = '$body$';
  for (let n = 0; body.includes(tag); n += 1) tag = `$body${n}$`;
  return `${tag}${body}${tag}`;
}

/** A variable may hold any of the texts that it is given: each of them once, the others as they come first. */
function variants(texts: ReadonlyMap<string, ReadonlySet<string | undefined>>): readonly ReadonlyMap<string, string | undefined>[] {
  const most = Math.min(16, Math.max(1, ...[...texts.values()].map(({ size }) => size)));
  return Array.from({ length: most }, (_, index) => new Map([...texts].map(([name, values]) => [name, [...values][index] ?? [...values][0]])));
}

const DYNAMIC = new Set(['PLpgSQL_stmt_dynexecute', 'PLpgSQL_stmt_dynfors']);

function collect(value: unknown, statements: string[], dynamic: Node[]): void {
  if (Array.isArray(value)) {
    for (const part of value) collect(part, statements, dynamic);
    return;
  }
  const node = asNode(value);
  if (!node) return;
  for (const [key, part] of Object.entries(node)) {
    const inner = asNode(part);
    if (key === 'PLpgSQL_expr' && inner) {
      const query = asText(inner['query']);
      // Mode 0 is a whole statement, 2 an expression, 3 and more an assignment.
      if (inner['parseMode'] === undefined || inner['parseMode'] === 0) statements.push(query);
      else statements.push(`SELECT ${inner['parseMode'] === 2 ? query : assigned(query)[1]}`);
      continue;
    }
    if (inner && DYNAMIC.has(key)) dynamic.push(asNode(asNode(inner['query'])?.['PLpgSQL_expr']) ?? {});
    // `RETURN QUERY EXECUTE` and `OPEN c FOR EXECUTE`.
    if (key === 'dynquery') dynamic.push(asNode(inner?.['PLpgSQL_expr']) ?? {});
    collect(part, statements, dynamic);
  }
}

function assignments(value: unknown, assign: (name: string, query: unknown) => void): void {
  if (Array.isArray(value)) {
    for (const part of value) assignments(part, assign);
    return;
  }
  const node = asNode(value);
  if (!node) return;
  for (const [key, part] of Object.entries(node)) {
    const inner = asNode(part);
    const initial = asNode(asNode(inner?.['default_val'])?.['PLpgSQL_expr'])?.['query'];
    if (key === 'PLpgSQL_var' && initial !== undefined) assign(String(inner?.['refname']), initial);
    const query = key === 'PLpgSQL_stmt_assign' ? asNode(asNode(inner?.['expr'])?.['PLpgSQL_expr'])?.['query'] : undefined;
    if (typeof query === 'string') {
      const [name, text] = assigned(query);
      assign(name, text);
    }
    assignments(part, assign);
  }
}

/** `name := text`, in its two halves. */
function assigned(query: string): readonly [string, string] {
  const [, name = '', text = query] = /^\s*"?([\w$]+)"?[^=:']{0,200}:?=\s*([\s\S]*)$/.exec(query) ?? [];
  return [name, text];
}
