import type { SqlAct, SqlKind } from './sql-acts.js';
import { narrows } from './sql-condition.js';
import type { Condition } from './sql-condition.js';
import { conditionOf } from './sql-postgres-condition.js';
import type { RowsOf } from './sql-postgres-condition.js';
import { foldText } from './sql-postgres-text.js';
import { DROPPED_DATABASES, DROPPED_TABLES, FUNCTIONS, MILD_COMMANDS, PLAIN_STATEMENTS, LOST_PARTS, sortOf } from './sql-postgres-vocabulary.js';
import { asArray, asNode, asText, lastName, textOf } from './sql-tree.js';
import type { Node } from './sql-tree.js';

/** Code that a statement runs or keeps, to be read in its turn. */
export interface SqlCode {
  readonly text: string | undefined;
  /** `sql`, `plpgsql`, or a language that nobody here reads. */
  readonly language: string;
}

/** A statement as PostgreSQL's own grammar reads it. */
export interface TreeReading {
  readonly acts: readonly SqlAct[];
  /** What runs with it; a text that is only known at run time is undefined. */
  readonly runs: readonly SqlCode[];
  /** The routine that it makes. */
  readonly makes: { readonly name: string; readonly code: SqlCode } | undefined;
  /** Functions and procedures that it calls, by their last name in lower case. */
  readonly calls: readonly string[];
  /** A kind of statement that this reader does not know is judged by its words as well. */
  readonly complete: boolean;
}

/** Reads one statement, and whatever stands within it: common table expressions, EXPLAIN ANALYZE, rules, PREPARE, COPY. */
export function readPostgres(statement: unknown): TreeReading {
  const reader = new Reader();
  reader.visit(statement);
  return reader;
}

type Handler = (node: Node, reader: Reader) => boolean;

/** Whether to go on into the statement's parts is what each of them answers. */
const STATEMENTS: Readonly<Record<string, Handler>> = {
  DeleteStmt: (node, reader) => reader.rows('delete', node),
  UpdateStmt: (node, reader) => reader.rows('update', node),
  MergeStmt: (node, reader) => {
    const deleting = asArray(node['mergeWhenClauses']).map((clause) => asNode(asNode(clause)?.['MergeWhenClause']) ?? {}).filter(({ commandType }) => commandType === 'CMD_DELETE');
    if (deleting.length === 0) return reader.add('change', [tableName(node['relation'])], { what: 'MERGE' });
    return reader.add(deleting.every((clause) => isChosen(node, clause)) ? 'delete-rows' : 'delete-all', [tableName(node['relation'])]);
  },
  TruncateStmt: (node, reader) => reader.add('truncate', asArray(node['relations']).map((relation) => tableName(asNode(relation)?.['RangeVar'])), { cascade: cascades(node) }),
  DropStmt: (node, reader) => {
    const sort = String(node['removeType']);
    const kind = DROPPED_DATABASES.has(sort) ? 'drop-database' : DROPPED_TABLES.has(sort) ? 'drop-table' : 'drop-object';
    return reader.add(kind, asArray(node['objects']).map(objectName), { what: sortOf(sort), cascade: cascades(node) });
  },
  DropdbStmt: (node, reader) => reader.add('drop-database', [String(node['dbname'])], { what: 'database' }),
  DropOwnedStmt: (node, reader) => reader.add('drop-database', asArray(node['roles']).map(roleName), { what: 'owned', cascade: cascades(node) }),
  DropTableSpaceStmt: (node, reader) => reader.add('drop-database', [String(node['tablespacename'])], { what: 'tablespace' }),
  DropRoleStmt: (node, reader) => reader.add('drop-object', asArray(node['roles']).map(roleName), { what: 'role' }),
  DropSubscriptionStmt: (node, reader) => reader.add('drop-object', [String(node['subname'])], { what: 'subscription' }),
  DropUserMappingStmt: (_, reader) => reader.add('drop-object', [], { what: 'user mapping' }),
  AlterTableStmt: alterTable,
  AlterSystemStmt: (_, reader) => reader.add('administer', [], { what: 'ALTER SYSTEM' }),
  AlterRoleStmt: (node, reader) => {
    const options = asArray(node['options']).map((option) => asNode(asNode(option)?.['DefElem']) ?? {});
    const isRight = options.some(({ defname, arg }) => (defname === 'superuser' && asNode(asNode(arg)?.['Boolean'])?.['boolval'] === true) || (defname === 'canlogin' && asNode(asNode(arg)?.['Boolean'])?.['boolval'] !== true));
    return reader.add(isRight ? 'rights' : 'change', [], { what: 'ALTER' });
  },
  GrantStmt: (node, reader) => {
    const isRight = node['is_grant'] !== true || node['privileges'] === undefined;
    return reader.add(isRight ? 'rights' : 'change', [], { what: node['is_grant'] === true ? 'GRANT' : 'REVOKE' });
  },
  GrantRoleStmt: (node, reader) => reader.add(node['is_grant'] === true ? 'change' : 'rights', [], { what: node['is_grant'] === true ? 'GRANT' : 'REVOKE' }),
  AlterDefaultPrivilegesStmt: (node, reader) => {
    const isGrant = asNode(node['action'])?.['is_grant'] === true;
    reader.add(isGrant ? 'change' : 'rights', [], { what: isGrant ? 'GRANT' : 'REVOKE' });
    return false;
  },
  VacuumStmt: (node, reader) => (isOn(asArray(node['options']), 'full') ? reader.add('administer', [], { what: 'VACUUM FULL', mild: true }) : true),
  ExplainStmt: (node) => isOn(asArray(node['options']), 'analyze'),
  CopyStmt: (node, reader) => {
    if (node['is_program'] === true) return reader.add('program', [], { what: 'COPY PROGRAM' });
    if (node['is_from'] === true) return reader.add('change', [tableName(node['relation'])], { what: 'COPY' });
    return node['filename'] === undefined ? true : reader.add('change', [], { what: 'COPY' });
  },
  DoStmt: (node, reader) => {
    const options = asArray(node['args']);
    reader.runs.push({ text: textOf(optionOf(options, 'as')), language: textOf(optionOf(options, 'language')).toLowerCase() || 'plpgsql' });
    return reader.add('change', [], { what: 'DO' });
  },
  CreateFunctionStmt: (node, reader) => {
    const options = asArray(node['options']);
    const code = asArray(asNode(asNode(optionOf(options, 'as'))?.['List'])?.['items']).map(textOf)[0];
    if (code !== undefined) reader.makes = { name: lastName(node['funcname']).toLowerCase(), code: { text: code, language: textOf(optionOf(options, 'language')).toLowerCase() } };
    return reader.add('change', [], { what: 'CREATE' });
  },
  CreateTrigStmt: (node, reader) => {
    reader.calls.push(lastName(node['funcname']).toLowerCase());
    return reader.add('change', [tableName(node['relation'])], { what: 'CREATE' });
  },
};

/** Whether `MERGE … ON … WHEN … THEN DELETE` chooses among the rows: `ON true`, or `ON false` for those without a match, does not. */
function isChosen(merge: Node, clause: Node): boolean {
  const rows = rowsOf(asNode(merge['relation']) ?? {});
  const join = conditionOf(merge['joinCondition'], rows);
  const matched: Condition = clause['matchKind'] === 'MERGE_WHEN_NOT_MATCHED_BY_SOURCE' ? { kind: 'not', of: join } : join;
  return narrows(matched) || (clause['condition'] !== undefined && narrows(conditionOf(clause['condition'], rows)));
}

function rowsOf(relation: Node): RowsOf {
  const alias = asNode(relation['alias'])?.['aliasname'];
  const table = String(relation['relname']).toLowerCase();
  return { table, own: new Set([typeof alias === 'string' ? alias.toLowerCase() : table]) };
}

function alterTable(node: Node, reader: Reader): boolean {
  const names = [tableName(node['relation'])];
  const commands = asArray(node['cmds']).map((command) => String(asNode(asNode(command)?.['AlterTableCmd'])?.['subtype']));
  const lost = commands.find((command) => LOST_PARTS.has(command));
  const isDefaultLost = asArray(node['cmds']).some((command) => asNode(asNode(command)?.['AlterTableCmd'])?.['subtype'] === 'AT_ColumnDefault' && asNode(asNode(command)?.['AlterTableCmd'])?.['def'] === undefined);
  const mild = commands.find((command) => MILD_COMMANDS.has(command));
  if (lost !== undefined) return reader.add('alter-drop', names, { what: LOST_PARTS.get(lost) ?? 'part' });
  if (mild !== undefined || isDefaultLost) return reader.add('alter-drop', names, { what: mild === undefined ? 'default' : (MILD_COMMANDS.get(mild) ?? 'part'), mild: true });
  return reader.add('change', names, { what: 'ALTER' });
}

class Reader implements TreeReading {
  readonly acts: SqlAct[] = [];
  readonly runs: SqlCode[] = [];
  readonly calls: string[] = [];
  makes: TreeReading['makes'];
  complete = true;

  visit(value: unknown): void {
    if (Array.isArray(value)) {
      for (const part of value) this.visit(part);
      return;
    }
    const node = asNode(value);
    if (!node) return;
    for (const [key, part] of Object.entries(node)) {
      const inner = asNode(part);
      if (inner && !this.enter(key, inner)) continue;
      this.visit(part);
    }
  }

  /** Tells what an act does to; always goes on into the statement's parts. */
  add(kind: SqlKind, names: readonly string[], rest: Partial<SqlAct> = {}): true {
    this.acts.push({ kind, names: names.filter((name) => name !== ''), ...rest });
    return true;
  }

  rows(does: 'delete' | 'update', node: Node): true {
    const relation = asNode(node['relation']) ?? {};
    const where = node['whereClause'];
    return this.add(where !== undefined && narrows(conditionOf(where, rowsOf(relation))) ? `${does}-rows` : `${does}-all`, [tableName(relation)]);
  }

  private enter(key: string, node: Node): boolean {
    const handler = Object.hasOwn(STATEMENTS, key) ? STATEMENTS[key] : undefined;
    if (handler) return handler(node, this);
    if (key === 'FuncCall' || key === 'funccall') this.called(node);
    else if (key === 'intoClause') this.add('change', [tableName(node['rel'])], { what: 'SELECT INTO' });
    else if (Object.hasOwn(PLAIN_STATEMENTS, key)) {
      const what = PLAIN_STATEMENTS[key];
      if (what !== undefined && what !== '') this.add('change', [], { what });
    } else if (/^[A-Z]\w*Stmt$/.test(key)) this.complete = false;
    return true;
  }

  private called(node: Node): void {
    const name = lastName(node['funcname']).toLowerCase();
    this.calls.push(name);
    const found = FUNCTIONS.get(name);
    if (found === undefined) return;
    if (found !== 'code') {
      this.add(found, [], { what: name });
      return;
    }
    const texts = asArray(node['args']).map((argument) => foldText(argument));
    const code = texts.filter((text) => text !== undefined && /\s/.test(text.trim()));
    for (const text of code) this.runs.push({ text, language: 'sql' });
    if (code.length === 0) this.runs.push({ text: undefined, language: 'sql' });
  }
}

function cascades(node: Node): boolean {
  return node['behavior'] === 'DROP_CASCADE';
}

/** `payments.orders`. */
function tableName(relation: unknown): string {
  const node = asNode(relation) ?? {};
  return ['catalogname', 'schemaname', 'relname'].flatMap((key) => (typeof node[key] === 'string' ? [node[key]] : [])).join('.');
}

function objectName(value: unknown): string {
  const node = asNode(value) ?? {};
  const list = asNode(node['List'])?.['items'] ?? asNode(node['ObjectWithArgs'])?.['objname'] ?? asNode(node['TypeName'])?.['names'];
  return list === undefined ? textOf(value) : asArray(list).map(textOf).join('.');
}

function roleName(value: unknown): string {
  const name = asNode(asNode(value)?.['RoleSpec'])?.['rolename'];
  return typeof name === 'string' ? name : '';
}

function optionOf(options: readonly unknown[], name: string): unknown {
  return options.map((option) => asNode(asNode(option)?.['DefElem'])).find((option) => option?.['defname'] === name)?.['arg'];
}

/** `(ANALYZE)` and `(ANALYZE on)`, but not `(ANALYZE off)`. */
function isOn(options: readonly unknown[], name: string): boolean {
  const found = options.map((option) => asNode(asNode(option)?.['DefElem'])).filter((option) => option?.['defname'] === name);
  return found.some((option) => {
    const arg = asNode(option?.['arg']);
    const number = asNode(arg?.['Integer']);
    return arg === undefined || !/^(?:false|off|0)$/i.test(number ? asText(number['ival'] ?? 0) : textOf(arg));
  });
}
