import { splitSql } from '../languages/sql.js';
import type { SqlDialect } from '../languages/sql.js';
import type { Gather } from './gather.js';
import { Passage } from './passage.js';

/** What marks the part of a migration that only runs when it is taken back. */
const DOWN = /^\s{0,8}--\s{0,8}(?:\+goose Down|migrate:down|!Downs|\+micrate Down|rambler down|\+migrate Down|@UNDO|DOWN)\b|^--\/\/\s?@UNDO\b/im;
const UP = /^\s{0,8}--\s{0,8}(?:\+goose Up|migrate:up|!Ups|\+micrate Up|rambler up|\+migrate Up|UP)\b/im;
const DOWN_FILE = /(?:[._-]down\.sql|\/down\.sql|\/U\d[^/]*\.sql|[._-]rollback\.sql|\.undo\.sql)$/i;
const MYSQL = /\bENGINE\s{0,8}=|\bAUTO_INCREMENT\b|^\s{0,8}DELIMITER\s|\/\*M?!|`/im;
const SQL_SERVER = /^\s{0,8}GO\s{0,8}$|\bIDENTITY\s{0,8}\(\s{0,8}\d|\[dbo\]\./im;

/** A file of statements. What only runs when a migration is taken back weighs less. */
export function readSql(gather: Gather): void {
  const { path, text } = gather.file;
  const down = DOWN_FILE.test(path) ? 0 : (DOWN.exec(text)?.index ?? text.length);
  const up = UP.exec(text)?.index ?? -1;
  const isDown = (at: number): boolean => at >= down && !(up > down && at >= up);
  // A file does not say whose dialect it is written in, so one that looks like another's is read as both.
  const dialects: readonly SqlDialect[] = ['postgres', ...(MYSQL.test(text) ? (['mysql'] as const) : []), ...(SQL_SERVER.test(text) ? (['tsql'] as const) : [])];
  for (const dialect of dialects) gather.statements(dialect, isDown);
  if (!/\\|^\s{0,8}\./m.test(text)) return;
  const { commands, commandsAt } = splitSql(text, 'postgres');
  for (const [index, command] of commands.entries()) {
    const shell = /^(?:\\!|\.(?:shell|system)\b)\s*/.exec(command);
    const at = commandsAt[index];
    if (shell && at) gather.shell(Passage.of(text, at.start + shell[0].length, at.end), { via: ["the database client's shell command"] });
  }
}
