import { among, between, SOME_COLUMN, TRUE, UNKNOWN } from './sql-condition.js';
import type { Condition } from './sql-condition.js';
import { asArray, asNode, lastName, textOf } from './sql-tree.js';
import type { Node } from './sql-tree.js';

/** Where a condition stands: whose rows are at stake. */
export interface RowsOf {
  /** Names by which a column may call that table, in lower case. */
  readonly own: ReadonlySet<string>;
  /** The table's own name, in lower case. */
  readonly table: string;
}

const COMPARISONS = /^(?:=|<>|<|<=|>|>=)$/;
const EVERYTHING = /^(?:\^?\.?\*?\$?|\^\.\*\$)$/;

/** A WHERE clause of PostgreSQL's own tree. */
export function conditionOf(value: unknown, rows: RowsOf): Condition {
  const node = asNode(value);
  const [tag, body] = node ? (Object.entries(node)[0] ?? ['', undefined]) : ['', undefined];
  const inner = asNode(body) ?? {};
  const sub = (part: unknown): Condition => conditionOf(part, rows);
  switch (tag) {
    case 'A_Const':
      return constantOf(inner);
    case 'ColumnRef':
      return columnOf(inner, rows);
    case 'BoolExpr': {
      const parts = asArray(inner['args']).map(sub);
      if (inner['boolop'] === 'NOT_EXPR') return { kind: 'not', of: parts[0] ?? UNKNOWN };
      return { kind: inner['boolop'] === 'AND_EXPR' ? 'and' : 'or', of: parts };
    }
    case 'A_Expr':
      return expressionOf(inner, sub);
    case 'NullTest': {
      const test: Condition = { kind: 'is-null', of: sub(inner['arg']) };
      return inner['nulltesttype'] === 'IS_NOT_NULL' ? { kind: 'not', of: test } : test;
    }
    case 'BooleanTest': {
      const test = String(inner['booltesttype']);
      if (/UNKNOWN/.test(test)) return { kind: 'unknown', of: [sub(inner['arg'])] };
      return /^IS_(?:TRUE|NOT_FALSE)$/.test(test) ? sub(inner['arg']) : { kind: 'not', of: sub(inner['arg']) };
    }
    case 'TypeCast':
      return sub(inner['arg']);
    case 'CaseExpr':
      return caseOf(inner, sub);
    case 'CoalesceExpr': {
      const [first = UNKNOWN, ...rest] = asArray(inner['args']).map(sub);
      return first.kind === 'value' && first.value !== null ? first : { kind: 'unknown', of: [first, ...rest] };
    }
    case 'SubLink':
      return subqueryOf(inner, rows, sub);
    case 'CurrentOfExpr':
      return SOME_COLUMN;
    case 'List':
      return { kind: 'unknown', of: asArray(inner['items']).map(sub) };
    default:
      return { kind: 'unknown', of: partsOf(body).map(sub) };
  }
}

/** What a node that is not understood is made of. */
function partsOf(body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body as readonly unknown[];
  const node = asNode(body);
  return node ? Object.values(node).flatMap((part) => (Array.isArray(part) ? (part as readonly unknown[]) : asNode(part) ? [part] : [])) : [];
}

function constantOf(node: Node): Condition {
  if (node['isnull'] === true) return { kind: 'value', value: null };
  const [ival, fval, boolval, sval] = ['ival', 'fval', 'boolval', 'sval'].map((key) => asNode(node[key]));
  // The tree leaves out what is zero or false.
  if (boolval) return { kind: 'value', value: boolval['boolval'] === true };
  if (ival) return { kind: 'value', value: typeof ival['ival'] === 'number' ? ival['ival'] : 0 };
  if (fval) return { kind: 'value', value: Number(fval['fval']) };
  if (sval) return { kind: 'value', value: typeof sval['sval'] === 'string' ? sval['sval'] : '' };
  return UNKNOWN;
}

function columnOf(node: Node, { own }: RowsOf): Condition {
  const names = asArray(node['fields']).map(textOf);
  const table = names.at(-2)?.toLowerCase();
  return { kind: 'column', name: table === undefined || own.has(table) ? (names.at(-1) ?? '') : names.join('.') };
}

function expressionOf(node: Node, sub: (part: unknown) => Condition): Condition {
  const operator = lastName(node['name']);
  const kind = String(node['kind']);
  const left = sub(node['lexpr']);
  const items = asArray(asNode(asNode(node['rexpr'])?.['List'])?.['items']);
  if (kind === 'AEXPR_IN' && items.length > 0) {
    const of = among(left, items.map(sub));
    return operator === '<>' ? { kind: 'not', of } : of;
  }
  if (/^AEXPR_(?:NOT_)?BETWEEN/.test(kind)) {
    const [low, high] = items.map(sub);
    const of = between(left, low ?? UNKNOWN, high ?? UNKNOWN);
    return kind.startsWith('AEXPR_NOT') ? { kind: 'not', of } : of;
  }
  const right = sub(node['rexpr']);
  if (kind === 'AEXPR_DISTINCT' || kind === 'AEXPR_NOT_DISTINCT') return distinct(left, right, kind === 'AEXPR_NOT_DISTINCT');
  if (kind === 'AEXPR_LIKE' || kind === 'AEXPR_ILIKE') {
    const of: Condition = { kind: 'binary', operator: 'like', left, right };
    return operator.startsWith('!') ? { kind: 'not', of } : of;
  }
  if (kind !== 'AEXPR_OP') return { kind: 'unknown', of: [left, right] };
  if (/^~\*?$/.test(operator) && right.kind === 'value' && typeof right.value === 'string' && EVERYTHING.test(right.value)) return { kind: 'binary', operator: 'like', left, right: { kind: 'value', value: '%' } };
  if (node['lexpr'] === undefined && operator === '-' && right.kind === 'value') return { kind: 'value', value: -Number(right.value) };
  if (COMPARISONS.test(operator) || /^(?:[-+*/%]|\|\|)$/.test(operator)) return { kind: 'binary', operator, left, right };
  return { kind: 'unknown', of: [left, right] };
}

/** `a IS DISTINCT FROM NULL` means that there is one. */
function distinct(left: Condition, right: Condition, negated: boolean): Condition {
  const isNull = right.kind === 'value' && right.value === null;
  const differs: Condition = isNull ? { kind: 'not', of: { kind: 'is-null', of: left } } : { kind: 'binary', operator: '<>', left, right };
  return negated ? { kind: 'not', of: differs } : differs;
}

/** `CASE WHEN true THEN true …` and a CASE whose every answer is the same. */
function caseOf(node: Node, sub: (part: unknown) => Condition): Condition {
  const whens = asArray(node['args']).map((when) => asNode(asNode(when)?.['CaseWhen']) ?? {});
  const answers = [...whens.map((when) => sub(when['result'])), ...(node['defresult'] === undefined ? [{ kind: 'value', value: null } as const] : [sub(node['defresult'])])];
  const tests = whens.map((when) => sub(when['expr']));
  const first = tests[0];
  if (node['arg'] === undefined && first?.kind === 'value' && first.value === true) return answers[0] ?? UNKNOWN;
  if (answers.every((answer) => answer.kind === 'value' && answer.value === true)) return TRUE;
  return { kind: 'unknown', of: [...answers, ...tests] };
}

/** `EXISTS (SELECT 1)` and `id IN (SELECT id FROM the_same_table)` hold for every row. */
function subqueryOf(node: Node, rows: RowsOf, sub: (part: unknown) => Condition): Condition {
  const select = asNode(asNode(node['subselect'])?.['SelectStmt']) ?? {};
  const isWhole = ['whereClause', 'havingClause', 'limitCount', 'limitOffset', 'groupClause', 'larg', 'withClause'].every((key) => select[key] === undefined);
  const from = asArray(select['fromClause']);
  const tested = node['testexpr'] === undefined ? undefined : sub(node['testexpr']);
  if (node['subLinkType'] === 'EXISTS_SUBLINK' && isWhole && from.length === 0 && select['targetList'] !== undefined) return TRUE;
  if (node['subLinkType'] === 'ANY_SUBLINK' && isWhole && from.length === 1) {
    const source = asNode(asNode(from[0])?.['RangeVar']);
    const target = asNode(asNode(asArray(select['targetList'])[0])?.['ResTarget']);
    if (source && String(source['relname']).toLowerCase() === rows.table && tested?.kind === 'column') return { kind: 'binary', operator: '=', left: tested, right: sub(target?.['val']) };
  }
  const looks = tested ? [tested] : [];
  return { kind: 'unknown', of: namesRow(select, rows) ? [...looks, SOME_COLUMN] : looks };
}

/** Whether a subquery may look at the row outside: it names that table, or leaves open whose column it means. */
function namesRow(select: unknown, rows: RowsOf): boolean {
  if (Array.isArray(select)) return select.some((part) => namesRow(part, rows));
  const node = asNode(select);
  if (!node) return false;
  return Object.entries(node).some(([key, value]) => {
    const names = key === 'ColumnRef' ? asArray(asNode(value)?.['fields']).map(textOf) : [];
    return (names.length > 0 && (names.length === 1 || rows.own.has(names.at(-2)?.toLowerCase() ?? ''))) || namesRow(value, rows);
  });
}
