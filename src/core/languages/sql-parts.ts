import type { SqlDialect } from './sql.js';
import type { Word } from './sql-words-condition.js';

/** Nobody writes more of these one after the other. */
const MOST_STEPS = 50;

const BEFORE = /^(?:BEGIN|THEN|ELSE|LOOP|START|ATOMIC|\(|TRY|CATCH)$/;
const UNTIL_THEN = /^(?:IF|ELSIF|ELSEIF|WHEN|EXCEPTION)$/;
const UNTIL_LOOP = /^(?:WHILE|FOR|FOREACH)$/;
const RUN_BY_EXPLAIN = /^(?:SELECT|INSERT|UPDATE|DELETE|MERGE|WITH|CREATE|EXECUTE)$/;

/**
 * The statements within a statement: SQL Server needs nothing between two of them, the body of a procedure holds several, and
 * `IF … THEN`, `BEGIN`, `EXPLAIN ANALYZE` and `PREPARE … AS` stand in front of the one that acts.
 */
export function partsOf(words: readonly Word[], dialect: SqlDialect): readonly (readonly Word[])[] {
  return bodies(words)
    .flatMap((body) => (dialect === 'tsql' || dialect === 'other' ? unseparated(body) : [body]))
    .map(acting)
    .filter((part) => part.length > 0);
}

/** An event, or a procedure whose body was kept together by DELIMITER, with the statements of the body beside it. */
function bodies(words: readonly Word[]): readonly (readonly Word[])[] {
  const event = words[0]?.token === 'CREATE' && words.slice(1, 6).some(({ token }) => token === 'EVENT') ? words.findIndex(({ token }) => token === 'DO') : -1;
  if (event > 0) return [words.slice(0, event), ...bodies(words.slice(event + 1))];
  if (!words.some(({ token }) => token === ';')) return [words];
  const found: Word[][] = [[]];
  for (const word of words) {
    if (word.token === ';') found.push([]);
    else found.at(-1)?.push(word);
  }
  const [head = [], ...rest] = found;
  const begin = head.findIndex(({ token }) => token === 'BEGIN');
  return [...(begin > 0 ? [head.slice(0, begin), head.slice(begin)] : [head]), ...rest].filter((part) => part.length > 0);
}

/** Words that nothing but a new statement can begin with, when they follow one another. */
const STARTS: Readonly<Record<string, RegExp>> = {
  DROP: /^(?:TABLE|DATABASE|SCHEMA|VIEW|INDEX|PROCEDURE|PROC|FUNCTION|TRIGGER|LOGIN|USER|ROLE|TYPE|SEQUENCE|SYNONYM)$/,
  TRUNCATE: /^TABLE$/,
  DELETE: /^(?:FROM|TOP|[A-Z_@#"[].*)$/,
  UPDATE: /^(?:TOP|[A-Z_@#"[].*)$/,
  ALTER: /^(?:TABLE|DATABASE|LOGIN|ROLE|USER)$/,
  EXEC: /./,
  EXECUTE: /./,
  INSERT: /^INTO$/,
  MERGE: /^(?:INTO|TOP|[A-Z_@#"[].*)$/,
  SHUTDOWN: /^WITH$/,
  RESTORE: /^(?:DATABASE|LOG)$/,
};
/** After these, such a word belongs to the statement that has begun. */
const INSIDE = /^(?:ON|FOR|AFTER|OF|INSTEAD|,|GRANT|REVOKE|DENY|THEN|DO|KEY|WITH|ALTER|BY|\.|=|AS|FROM|TABLE|CREATE|PREPARE|BEFORE|OR)$/;

function unseparated(words: readonly Word[]): readonly (readonly Word[])[] {
  const found: Word[][] = [];
  let current: Word[] = [];
  let depth = 0;
  for (const [index, word] of words.entries()) {
    if (word.token === '(') depth += 1;
    else if (word.token === ')') depth -= 1;
    const before = words[index - 1]?.token ?? '';
    const next = words[index + 1]?.token ?? '';
    const starts = Object.hasOwn(STARTS, word.token) && STARTS[word.token]?.test(next) === true;
    if (starts && depth === 0 && current.length > 0 && !INSIDE.test(before) && current[0]?.token !== 'MERGE' && current[0]?.token !== 'GRANT' && current[0]?.token !== 'REVOKE') {
      found.push(current);
      current = [];
    }
    current.push(word);
  }
  found.push(current);
  return found;
}

/** Without what stands in front of the statement that acts; empty when it is only explained. */
function acting(words: readonly Word[]): readonly Word[] {
  let start = 0;
  for (let steps = 0; start < words.length && steps < MOST_STEPS; steps += 1) {
    const token = words[start]?.token ?? '';
    if (token === 'EXPLAIN' || token === 'DESCRIBE' || token === 'DESC') {
      if (!words.slice(start, start + 6).some((word) => word.token === 'ANALYZE' || word.token === 'ANALYSE')) return words.slice(start, start + 1);
      start = behind(words, start, RUN_BY_EXPLAIN) - 1;
    } else if ((BEFORE.test(token) || (token === 'DECLARE' && words[start + 1]?.token === 'BEGIN')) && words.length > start + 1) start += 1;
    else if (UNTIL_THEN.test(token) && words.some((word, index) => index > start && word.token === 'THEN')) start = behind(words, start, /^THEN$/);
    else if (UNTIL_LOOP.test(token) && words.some((word, index) => index > start && /^(?:LOOP|DO)$/.test(word.token))) start = behind(words, start, /^(?:LOOP|DO)$/);
    else if (token === 'PREPARE') start = behind(words, start, /^(?:AS|FROM)$/);
    else break;
  }
  return start === 0 ? words : words.slice(start);
}

/** The place behind the first such word after `start`, or directly behind `start` when there is none. */
function behind(words: readonly Word[], start: number, pattern: RegExp): number {
  const found = words.findIndex(({ token }, index) => index > start && pattern.test(token));
  return found < 0 ? start + 1 : Math.max(found + 1, start + 1);
}
