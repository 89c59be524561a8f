import type { SqlAct, SqlKind } from './sql-acts.js';
import { narrows } from './sql-condition.js';
import { readCondition } from './sql-words-condition.js';
import type { Word } from './sql-words-condition.js';
import { partsOf } from './sql-parts.js';
import { isLook, namesIn } from './sql-vocabulary.js';
import type { SqlDialect, SqlStatement } from './sql.js';

/** A statement as its words tell it. */
export interface WordsReading {
  readonly acts: readonly SqlAct[];
  /** Its verb is one that we know, whatever it does. */
  readonly known: boolean;
  /** Its strings run as code: `DO $$ … $$`, `EXECUTE '…'`, psql's `\gexec`. */
  readonly runs: readonly string[];
  /** The routine that it makes; its strings are the body. */
  readonly makes: string | undefined;
}

/** Reads a statement by its words: for the dialects, and the texts, that no real parser takes. */
export function readWords(statement: SqlStatement, dialect: SqlDialect): WordsReading {
  const words = statement.tokens.map((token, index) => ({ token, text: statement.words[index] ?? token }));
  const acts: SqlAct[] = [];
  let known = true;
  for (const part of partsOf(words, dialect)) {
    const verb = part[0]?.token ?? '';
    const found = readPart(part, dialect);
    acts.push(...found);
    known &&= found.length > 0 || verb === "'" || isLook(verb) || (part[1]?.token === ':' && part[2]?.token === '=');
  }
  return { acts, known, runs: runsIn(statement), makes: routineOf(words) };
}

const CODE_VERB = /^(?:DO|EXECUTE|EXEC|PREPARE|CALL)$/;
const CODE_FUNCTION = /^(?:DBLINK|DBLINK_EXEC|DBLINK_OPEN|QUERY_TO_XML|SP_EXECUTESQL|EXEC|EXECUTE|SP_MSFOREACHTABLE|SP_MSFOREACHDB)$/;
const CODE_TEXT = /^\s{0,99}(?:drop\s+\w+\s+\S|delete\s+from\s|truncate\s|alter\s+\w+\s[^;]{1,200}\sdrop\s|update\s+\S+\s+set\s)/i;

function runsIn({ tokens, strings, sentBy }: SqlStatement): readonly string[] {
  const verb = tokens.find((token) => /^[A-Z]/.test(token) && !/^(?:BEGIN|THEN|ELSE|LOOP)$/.test(token)) ?? '';
  if (CODE_VERB.test(verb) || (sentBy !== undefined && /^\\gexec\b/.test(sentBy)) || tokens.some((token) => CODE_FUNCTION.test(token))) return strings;
  if (verb === 'CREATE') return tokens.includes('EVENT') || tokens.includes('RULE') ? strings : [];
  // A text that is kept for later and reads like a statement is meant to be one.
  const keeps = verb === 'SET' || verb === 'DECLARE' || tokens.some((token, index) => token === ':' && tokens[index + 1] === '=');
  return keeps ? strings.filter((text) => CODE_TEXT.test(text)) : [];
}

function routineOf(words: readonly Word[]): string | undefined {
  if (words[0]?.token !== 'CREATE') return undefined;
  const at = words.findIndex(({ token }, index) => index < 5 && /^(?:FUNCTION|PROCEDURE)$/.test(token));
  return at < 0 ? undefined : namesIn(words.slice(at + 1))[0]?.split('.').at(-1)?.toLowerCase();
}

function readPart(words: readonly Word[], dialect: SqlDialect): readonly SqlAct[] {
  const verb = words[0]?.token ?? '';
  const has = (word: string): boolean => words.some(({ token }) => token === word);
  const acts: SqlAct[] = [...changesOfRows(words, dialect)];
  const add = (kind: SqlKind, names: readonly string[], rest: Partial<SqlAct> = {}): void => void acts.push({ kind, names, ...rest });
  if (words.length === 1 && /^(?:DROP|DELETE|ALTER|UPDATE)$/.test(verb)) add('cut-off', [], { what: verb });
  else if (verb === 'DROP') acts.push(...drops(words));
  else if (verb === 'TRUNCATE') add('truncate', namesIn(words.slice(1)), { cascade: has('CASCADE') });
  else if (verb === 'ALTER') acts.push(...alters(words));
  else if (verb === 'REVOKE' || (verb === 'GRANT' && has('ALL'))) add('rights', [], { what: verb });
  else if (verb === 'MERGE' && acts.length === 0) add('change', namesIn(words.slice(words[1]?.token === 'INTO' ? 2 : 1)), { what: verb });
  else if (CHANGES.test(verb)) add('change', [], { what: verb });
  else if (verb === 'WITH' && has('INSERT') && has('INTO')) add('change', [], { what: 'INSERT' });
  const stops = administers(words, verb, has);
  if (stops !== undefined) add('administer', [], stops);
  for (const { token } of words) if (PROGRAMS.test(token)) add('program', [], { what: token.toLowerCase() });
  if (verb === 'COPY' && has('PROGRAM')) add('program', [], { what: 'COPY PROGRAM' });
  for (const [index, { token }] of words.entries()) if (FILES.test(token) || (token === 'INTO' && /^(?:OUTFILE|DUMPFILE)$/.test(words[index + 1]?.token ?? ''))) add('server-files', [], { what: token.toLowerCase() });
  return acts;
}

const CHANGES = /^(?:INSERT|CREATE|GRANT|COPY|REPLACE|LOAD|RENAME|CALL|EXEC|EXECUTE|UPSERT|IMPORT|REFRESH|REINDEX|CLUSTER|LOCK|COMMENT|ATTACH|OPTIMIZE|DO)$/;
const PROGRAMS = /^(?:XP_CMDSHELL|SYS_EXEC|SYS_EVAL|LOAD_EXTENSION|SP_OACREATE)$/;
const FILES = /^(?:PG_READ_FILE|PG_READ_BINARY_FILE|PG_FILE_WRITE|PG_FILE_UNLINK|PG_FILE_RENAME|LO_EXPORT|LO_IMPORT|LOAD_FILE)$/;
const STOPS = /^(?:PG_TERMINATE_BACKEND|PG_CANCEL_BACKEND|LO_UNLINK|PG_DROP_REPLICATION_SLOT|PG_RELOAD_CONF)$/;
const DATABASES = /^(?:DATABASE|SCHEMA|KEYSPACE|CATALOG|OWNED|TABLESPACE|CLUSTER|WAREHOUSE|SHARE|PLUGGABLE)$/;
const TABLES = /^(?:TABLE|TABLES|COLLECTION|MATERIALIZED|STREAM|DICTIONARY)$/;
const MILD = /^(?:CONSTRAINT|DEFAULT|NOT|INDEX|KEY|FOREIGN|PRIMARY|CHECK|IDENTITY|EXPRESSION)$/;

function drops(words: readonly Word[]): readonly SqlAct[] {
  const sort = words[1]?.token ?? '';
  const what = sort.toLowerCase();
  const cascade = words.at(-1)?.token === 'CASCADE';
  // A temporary table goes with the session anyway.
  if (sort === 'TEMPORARY') return [];
  const table = words.slice(1, 4).findIndex(({ token }) => TABLES.test(token));
  if (DATABASES.test(sort)) return [{ kind: 'drop-database', names: namesIn(words.slice(2)), what, cascade }];
  if (table >= 0) return [{ kind: 'drop-table', names: namesIn(words.slice(table + 2)), what: 'table', cascade }];
  return [{ kind: 'drop-object', names: namesIn(words.slice(2)), what, cascade }];
}

function alters(words: readonly Word[]): readonly SqlAct[] {
  const has = (word: string): boolean => words.some(({ token }) => token === word);
  const names = namesIn(words.slice(2));
  const acts: SqlAct[] = [];
  if (has('SUPERUSER') || has('NOLOGIN')) acts.push({ kind: 'rights', names: [], what: 'ALTER' });
  const lost = words.flatMap(({ token }, index) => (/^(?:DROP|TRUNCATE|DETACH)$/.test(token) ? [words[index + 1]?.token ?? ''] : []));
  const worst = lost.find((token) => !MILD.test(token)) ?? lost[0];
  if (lost.length === 0) acts.push({ kind: 'change', names, what: 'ALTER' });
  else acts.push({ kind: 'alter-drop', names, mild: MILD.test(worst ?? ''), what: /^(?:PARTITION|CONSTRAINT|INDEX|DEFAULT)$/.test(worst ?? '') ? (worst ?? '').toLowerCase() : worst === 'COLUMN' ? 'column' : 'part' });
  return acts;
}

function administers(words: readonly Word[], verb: string, has: (word: string) => boolean): Partial<SqlAct> | undefined {
  const second = words[1]?.token ?? '';
  const called = words.find(({ token }) => STOPS.test(token))?.token.toLowerCase();
  if (called !== undefined) return { what: called };
  if (/^(?:SHUTDOWN|KILL|PURGE|FLUSH)$/.test(verb)) return { what: verb };
  if (verb === 'RESET' && /^(?:MASTER|SLAVE|REPLICA|BINARY|PERSIST)$/.test(second)) return { what: `RESET ${second}` };
  if (verb === 'ALTER' && (second === 'SYSTEM' || has('SINGLE_USER') || has('OFFLINE'))) return { what: `ALTER ${second}` };
  if (verb === 'RESTORE' && /^(?:DATABASE|LOG)$/.test(second)) return { what: 'RESTORE' };
  if (verb === 'PRAGMA' && second === 'WRITABLE_SCHEMA' && has('=')) return { what: 'PRAGMA writable_schema' };
  return verb === 'VACUUM' && has('FULL') ? { what: 'VACUUM FULL', mild: true } : undefined;
}

/** A statement that changes rows in more places than this is not read any further, and thought the worst of. */
const MOST_CHANGES = 50;

/** Every DELETE and UPDATE of a part, wherever it stands, with its own condition. */
function changesOfRows(words: readonly Word[], dialect: SqlDialect): readonly SqlAct[] {
  const acts: SqlAct[] = [];
  const verb = words[0]?.token ?? '';
  if (verb === 'MERGE') {
    if (words.some(({ token }) => token === 'DELETE')) acts.push({ kind: 'delete-rows', names: namesIn(words.slice(words[1]?.token === 'INTO' ? 2 : 1)) });
    return acts;
  }
  if (words.length === 1) return acts;
  for (const [index, { token }] of words.entries()) {
    if (acts.length > MOST_CHANGES) return [...acts, { kind: 'delete-all', names: [] }];
    const before = words[index - 1]?.token ?? '';
    if (token === 'DELETE') {
      if (index > 0 && (words[index + 1]?.token !== 'FROM' || before === 'FOR')) continue;
      acts.push(rowsOf(words, index, 'delete', dialect));
    } else if (token === 'UPDATE' && !/^(?:FOR|DO|KEY|THEN|ON|AFTER|BEFORE|OR|OF|,|FROM)$/.test(before)) {
      const region = regionOf(words, index);
      if (region.some((word) => word.token === 'SET')) acts.push(rowsOf(words, index, 'update', dialect));
    }
  }
  return acts;
}

/** The words from a verb to the end of its statement or bracket; what stands in brackets within is still there. */
function regionOf(words: readonly Word[], from: number): readonly Word[] {
  let depth = 0;
  for (let index = from; index < words.length; index += 1) {
    const token = words[index]?.token;
    if (token === '(') depth += 1;
    else if (token === ')') depth -= 1;
    if (depth < 0) return words.slice(from, index);
  }
  return words.slice(from);
}

const NOISE = /^(?:FROM|ONLY|LOW_PRIORITY|QUICK|IGNORE|OR|REPLACE|ROLLBACK|ABORT|FAIL|TOP|PERCENT|LOCAL|ALL)$/;
const ENDS = /^(?:RETURNING|ORDER|GROUP|LIMIT|OPTION|OUTPUT|FETCH|END|;)$/;

function rowsOf(words: readonly Word[], from: number, does: 'delete' | 'update', dialect: SqlDialect): SqlAct {
  const region = regionOf(words, from);
  const outer = outermost(region);
  let start = 1;
  while (start < region.length && (NOISE.test(region[start]?.token ?? '') || (region[start]?.token === '(' && region[start - 1]?.token === 'TOP'))) {
    if (region[start]?.token === '(') while (start < region.length && region[start]?.token !== ')') start += 1;
    start += 1;
  }
  const names = namesIn(region.slice(start));
  const where = outer.find((index) => region[index]?.token === 'WHERE');
  const isBounded = outer.some((index) => /^(?:LIMIT|TOP)$/.test(region[index]?.token ?? '')) || region.some(({ token }) => token === 'MATCHED');
  const end = where === undefined ? undefined : outer.find((index) => index > where && ENDS.test(region[index]?.token ?? ''));
  const own = new Set([...names.flatMap((name) => [name, name.split('.').at(-1) ?? '']), ...aliasOf(region, start)].map((name) => name.toUpperCase()));
  const narrowed = isBounded || (where !== undefined && narrows(readCondition(region.slice(where + 1, end), own, dialect === 'mysql')));
  return { kind: `${does}-${narrowed ? 'rows' : 'all'}`, names };
}

/** `DELETE FROM users u`, `UPDATE users AS u SET`. */
function aliasOf(region: readonly Word[], start: number): readonly string[] {
  let index = start + 1;
  while (region[index]?.token === '.') index += 2;
  if (region[index]?.token === 'AS') index += 1;
  const { token = '', text = '' } = region[index] ?? {};
  return /^[A-Z_]\w*$/.test(token) && !/^(?:WHERE|SET|USING|FROM|JOIN|INNER|LEFT|RETURNING|LIMIT|ORDER)$/.test(token) ? [text] : [];
}

/** The places of the words that stand in no bracket. */
function outermost(words: readonly Word[]): readonly number[] {
  const found: number[] = [];
  let depth = 0;
  for (const [index, { token }] of words.entries()) {
    if (token === '(') depth += 1;
    if (depth === 0) found.push(index);
    if (token === ')') depth -= 1;
  }
  return found;
}
