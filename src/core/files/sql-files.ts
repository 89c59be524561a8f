import { splitSql } from '../languages/sql.js';
import type { SqlDialect } from '../languages/sql.js';
import type { Gather } from './gather.js';
import { Passage } from './passage.js';

/** What marks the part of a migration that only runs when it is taken back. */
const DOWN = /^\s{0,8}--\s{0,8}(?:\+goose Down|migrate:down|!Downs|\+micrate Down|rambler down|\+migrate Down|@UNDO|DOWN)\b|^--\/\/\s?@UNDO\b/im;
const UP = /^\s{0,8}--\s{0,8}(?:\+goose Up|migrate:up|!Ups|\+micrate Up|rambler up|\+migrate Up|UP)\b/im;
const DOWN_FILE = /(?:[._-]down\.sql|\/down\.sql|\/U\d[^/]*\.sql|[._-]rollback\.sql|\.undo\.sql)$/i;
const MYSQL = /\bENGINE\s{0,8}=|\bAUTO_INCREMENT\b|^\s{0,8}DELIMITER\s/im;

/** A file of statements. What only runs when a migration is taken back weighs less. */
export function readSql(gather: Gather): void {
  const { path, text } = gather.file;
  const down = DOWN_FILE.test(path) ? 0 : (DOWN.exec(text)?.index ?? text.length);
  const up = UP.exec(text)?.index ?? -1;
  const isDown = (at: number): boolean => at >= down && !(up > down && at >= up);
  // `#` begins a comment for MySQL and is an operator for others, so a file that could be either is read as both.
  const dialects: readonly SqlDialect[] = MYSQL.test(text) ? ['postgres', 'mysql'] : ['postgres'];
  for (const dialect of dialects) {
    const { statements, commands, commandsAt } = splitSql(text, dialect);
    for (const { at } of statements) gather.sql(text.slice(at.start, at.end), at, dialect, [], isDown(at.start));
    for (const [index, command] of commands.entries()) {
      const shell = /^(?:\\!|\.(?:shell|system)\b)\s*/.exec(command);
      const at = commandsAt[index];
      if (shell && at) gather.shell(Passage.of(text, at.start + shell[0].length, at.end), { via: ["the database client's shell command"] });
    }
  }
}
