import type { SqlParser } from '../../core/languages/sql-acts.js';

/** What node-sql-parser takes much longer to read than anybody writes. Characters. */
const LONG = 16 * 1024;

interface Grammar {
  astify(text: string, options: { readonly database: string }): unknown;
}

/** One of node-sql-parser's grammars. */
export function generalParser(grammar: Grammar, database: string): SqlParser {
  return {
    parse(text) {
      if (text.length > LONG) return undefined;
      try {
        return grammar.astify(text, { database });
      } catch {
        return undefined;
      }
    },
  };
}
