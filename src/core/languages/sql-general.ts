import type { SqlAct } from './sql-acts.js';
import { among, narrows, SOME_COLUMN, UNKNOWN } from './sql-condition.js';
import type { Condition } from './sql-condition.js';
import { asArray, asNode, asText } from './sql-tree.js';
import type { Node } from './sql-tree.js';

/**
 * What a tree of node-sql-parser (MySQL, SQLite) says. Only kinds of statements that its grammars read rightly are looked at, and
 * only as a second opinion: they take some words for names (`DELETE QUICK FROM t`) and MySQL's executable comments for comments.
 */
export function readGeneral(tree: unknown): readonly SqlAct[] {
  const acts: SqlAct[] = [];
  for (const statement of Array.isArray(tree) ? (tree as readonly unknown[]) : [tree]) {
    const node = asNode(statement);
    const read = node && STATEMENTS[String(node['type'])];
    if (node && read) acts.push(...read(node));
  }
  return acts;
}

const STATEMENTS: Readonly<Record<string, (node: Node) => readonly SqlAct[]>> = {
  delete: (node) => rows('delete', node, asArray(node['from'])),
  update: (node) => rows('update', node, asArray(node['table'])),
  truncate: (node) => [{ kind: 'truncate', names: tables(node['name']), cascade: false }],
  drop: (node) => {
    const what = String(node['keyword']);
    if (what === 'database' || what === 'schema') return [{ kind: 'drop-database', names: typeof node['name'] === 'string' ? [node['name']] : [], what, cascade: false }];
    return what === 'table' && !/temporary/i.test(String(node['prefix'])) ? [{ kind: 'drop-table', names: tables(node['name']), what, cascade: false }] : [];
  },
};

function rows(does: 'delete' | 'update', node: Node, from: readonly unknown[]): readonly SqlAct[] {
  const named = tables(from);
  const names = does === 'delete' && from.length > 1 ? targets(node, from) : named;
  const own = new Set(from.flatMap((table) => [asNode(table)?.['as'], asNode(table)?.['table']]).filter((name) => typeof name === 'string').map((name) => name.toLowerCase()));
  const isBounded = node['limit'] !== null && node['limit'] !== undefined;
  const where = asNode(node['where']);
  const narrowed = isBounded || (where !== undefined && narrows(conditionOf(where, own)));
  return [{ kind: `${does}-${narrowed ? 'rows' : 'all'}`, names }];
}

/** `DELETE u FROM users u JOIN …` deletes from users. */
function targets(node: Node, from: readonly unknown[]): readonly string[] {
  const listed = asArray(node['table']).map((table) => String(asNode(table)?.['table']));
  return from.filter((table) => listed.some((name) => name === asNode(table)?.['as'] || name === asNode(table)?.['table'])).flatMap((table) => tables([table]));
}

function tables(list: unknown): readonly string[] {
  return asArray(list).flatMap((entry) => {
    const { db, table } = asNode(entry) ?? {};
    return typeof table === 'string' ? [typeof db === 'string' ? `${db}.${table}` : table] : [];
  });
}

const OPERATORS: Readonly<Record<string, string>> = { '=': '=', '==': '=', '<=>': '=', '<>': '<>', '!=': '<>', '<': '<', '<=': '<=', '>': '>', '>=': '>=', '+': '+', '-': '-', '*': '*', '/': '/', '%': '%', LIKE: 'like' };

function conditionOf(node: Node, own: ReadonlySet<string>): Condition {
  const sub = (value: unknown): Condition => {
    const part = asNode(value);
    return part ? conditionOf(part, own) : UNKNOWN;
  };
  const { type, value } = node;
  switch (type) {
    case 'number':
    case 'bool':
      return typeof value === 'number' || typeof value === 'boolean' ? { kind: 'value', value } : UNKNOWN;
    case 'null':
      return { kind: 'value', value: null };
    case 'single_quote_string':
    case 'string':
      return { kind: 'value', value: String(value) };
    case 'column_ref':
      return columnOf(node, own);
    case 'unary_expr':
      return /^(?:NOT|!)$/i.test(String(node['operator'])) ? { kind: 'not', of: sub(node['expr']) } : { kind: 'unknown', of: [sub(node['expr'])] };
    case 'binary_expr':
      return binaryOf(node, sub);
    case 'expr_list':
      return { kind: 'unknown', of: asArray(value).map(sub) };
    default:
      return SOME_COLUMN;
  }
}

function columnOf({ table, column }: Node, own: ReadonlySet<string>): Condition {
  const name = typeof column === 'string' ? column : asText(asNode(asNode(column)?.['expr'])?.['value']);
  return { kind: 'column', name: typeof table !== 'string' || own.has(table.toLowerCase()) ? name : `${table}.${name}` };
}

function binaryOf(node: Node, sub: (value: unknown) => Condition): Condition {
  const operator = String(node['operator']).toUpperCase();
  const left = sub(node['left']);
  const items = asArray(asNode(node['right'])?.['value']);
  if (operator === 'AND' || operator === '&&') return { kind: 'and', of: [left, sub(node['right'])] };
  if (operator === 'OR' || operator === '||') return { kind: 'or', of: [left, sub(node['right'])] };
  if ((operator === 'IN' || operator === 'NOT IN') && items.every((item) => asNode(item)?.['type'] !== undefined)) {
    const of = among(left, items.map(sub));
    return operator === 'IN' ? of : { kind: 'not', of };
  }
  const right = sub(node['right']);
  if (operator === 'IS' || operator === 'IS NOT') {
    const isNull = right.kind === 'value' && right.value === null;
    const of: Condition = isNull ? { kind: 'is-null', of: left } : { kind: 'binary', operator: '=', left, right };
    return operator === 'IS' ? of : { kind: 'not', of };
  }
  const known = OPERATORS[operator];
  return known === undefined ? { kind: 'unknown', of: [left, right, SOME_COLUMN] } : { kind: 'binary', operator: known, left, right };
}
