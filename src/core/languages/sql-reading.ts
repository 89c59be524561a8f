import type { Span } from '../assess/assessment.js';
import { stricter } from './sql-acts.js';
import type { PlacedAct, SqlAct, SqlParser, SqlParsers, SqlReading } from './sql-acts.js';
import { readGeneral } from './sql-general.js';
import { readRoutine } from './sql-plpgsql.js';
import { readPostgres } from './sql-postgres.js';
import type { SqlCode, TreeReading } from './sql-postgres.js';
import { foldText } from './sql-postgres-text.js';
import { asArray, asNode, isTooNested } from './sql-tree.js';
import { postgresTrees } from './sql-places.js';
import { readWords } from './sql-words.js';
import { splitSql } from './sql.js';
import type { SqlDialect, SqlStatement } from './sql.js';
import { sentence, spoken, type Sentence } from '../say.js';

/** Longer texts are judged by their words only. */
const MOST_PARSED = 256 * 1024;
/** How deep code in strings is followed, and how many texts all in all. */
const MOST_DEPTH = 4;
const MOST_TEXTS = 2000;
/** How many statements of other dialects than PostgreSQL's are parsed. */
const MOST_GENERAL = 200;

/** One statement: where it stands, its words, and its tree when a real parser took it. */
export interface Unit {
  readonly at: Span;
  readonly words: readonly SqlStatement[];
  readonly tree: unknown;
}

/**
 * What the statements of a text do. The tree of a real parser decides where there is one: it knows for certain which words are
 * data. What it does not take, and what it takes without our knowing the kind of statement, is judged by its words.
 */
export function readSql(text: string, dialect: SqlDialect, parsers?: SqlParsers): SqlReading {
  const reader = new Reader(dialect, parsers);
  const acts = reader.read(text, 0);
  return { acts, unknown: [...reader.unknown.values()], cut: reader.cut };
}

class Reader {
  /** By what they say: each of them once. */
  readonly unknown = new Map<string, Sentence>();
  cut = false;
  /** Bodies of the functions and procedures that the text itself makes. */
  readonly #routines = new Map<string, SqlCode[]>();
  readonly #called = new Set<string>();
  #texts = 0;
  #parsed = 0;

  constructor(
    private readonly dialect: SqlDialect,
    private readonly parsers: SqlParsers | undefined,
  ) {}

  read(text: string, depth: number): readonly PlacedAct[] {
    this.#texts += 1;
    if (depth > MOST_DEPTH || this.#texts > MOST_TEXTS) {
      this.cannotKnow(sentence('Statements run statements further than anybody reads.'));
      return [];
    }
    const parser = text.length <= MOST_PARSED && !text.includes('\0') ? this.parser() : undefined;
    const units = this.units(text, parser);
    const readings = units.map((unit) => ({ unit, tree: parser && this.treeOf(unit), words: unit.words.map((statement) => readWords(statement, this.dialect)) }));
    for (const { unit, tree, words } of readings) {
      if (tree?.makes) this.keep(tree.makes.name, [tree.makes.code]);
      for (const [index, { makes }] of words.entries()) if (makes !== undefined && !tree) this.keep(makes, (unit.words[index]?.strings ?? []).map((code) => ({ text: code, language: 'plpgsql' })));
    }
    return readings.flatMap(({ unit, tree, words }) => {
      const told = words.flatMap(({ acts }) => acts);
      const acts = [...this.combined(unit, tree, told, parser)];
      const runs: SqlCode[] = tree?.complete ? [...tree.runs, ...sent(unit)] : [...(tree?.runs ?? []), ...words.flatMap((reading, index) => reading.runs.map((code) => codeIn(code, unit.words[index])))];
      if (!tree && depth === 0) for (const [index, { known }] of words.entries()) if (!known) this.cannotKnow(sentence('What the statement {0} does is not known.', shown(unit.words[index])));
      for (const code of runs) acts.push(...this.code(code, depth, parser));
      for (const name of tree ? tree.calls : callsIn(unit)) acts.push(...this.call(name, depth, parser));
      return stricter(acts).map((act) => ({ act, at: unit.at }));
    });
  }

  private parser(): SqlParser | undefined {
    return this.parsers?.(this.dialect);
  }

  private units(text: string, parser: SqlParser | undefined): readonly Unit[] {
    const script = splitSql(text, this.dialect);
    if (script.cut) {
      this.cut = true;
      this.cannotKnow(sentence('There are more than 2,000 statements.'));
    }
    const units = parser && this.dialect === 'postgres' ? postgresTrees(text, script, parser) : script.statements.map((statement) => this.unit(text, statement, script.executableComments ? undefined : parser));
    // A text that changes how strings are read may mean either, so other words stand outside of them as well.
    if (!/standard_conforming_strings|sql_mode|backslash_escapes|ansi_quotes/i.test(text)) return units;
    const other = this.dialect === 'mysql' ? splitSql(text, 'other') : splitSql(text, this.dialect, true);
    return [...units, ...other.statements.map((statement) => ({ at: statement.at, words: [statement], tree: undefined }))];
  }

  private unit(text: string, statement: SqlStatement, parser: SqlParser | undefined): Unit {
    // Parsing takes a hundred times longer than reading words, and only says more about these.
    const asks = statement.tokens.some((token) => /^(?:DELETE|UPDATE|TRUNCATE|DROP)$/.test(token)) && (this.#parsed += 1) <= MOST_GENERAL;
    return { at: statement.at, words: [statement], tree: asks ? parser?.parse(text.slice(statement.at.start, statement.at.end)) : undefined };
  }

  private treeOf({ tree }: Unit): TreeReading | undefined {
    return this.dialect === 'postgres' && tree !== undefined && !isTooNested(tree) ? readPostgres(tree) : undefined;
  }

  private combined({ tree: given }: Unit, tree: TreeReading | undefined, told: readonly SqlAct[], parser: SqlParser | undefined): readonly SqlAct[] {
    if (tree) return tree.complete ? tree.acts : stricter(tree.acts, told);
    if (this.dialect === 'postgres' || !parser || given === undefined || isTooNested(given)) return told;
    // These grammars are not the servers' own: they add to what the words say, and take nothing away.
    const general = readGeneral(given);
    return stricter(general, told.filter(({ kind }) => !general.some((act) => act.kind === kind)));
  }

  private keep(name: string, code: readonly SqlCode[]): void {
    this.#routines.set(name, [...(this.#routines.get(name) ?? []), ...code]);
  }

  private call(name: string, depth: number, parser: SqlParser | undefined): readonly SqlAct[] {
    const codes = this.#routines.get(name);
    if (!codes || this.#called.has(name)) return [];
    this.#called.add(name);
    return codes.flatMap((code) => this.code(code, depth, parser));
  }

  private code({ text, language }: SqlCode, depth: number, parser: SqlParser | undefined): readonly SqlAct[] {
    if (text === undefined) {
      this.cannotKnow(sentence('It runs a text that is only known when it runs.'));
      return [];
    }
    const inner = (code: string): readonly SqlAct[] => this.read(code, depth + 1).map(({ act }) => act);
    if (language === 'sql') return inner(text);
    if (language !== 'plpgsql') {
      if (language !== 'c' && language !== 'internal') this.cannotKnow(sentence('What code in {0} does is not known.', language));
      return splitSql(text, 'mysql').statements.flatMap(({ strings }) => strings).flatMap(inner);
    }
    const routine = parser && text.length <= MOST_PARSED ? readRoutine(text, parser) : undefined;
    if (!routine) return inner(text);
    const executed = routine.executed.flatMap((code) => this.code({ text: code, language: 'sql' }, depth, parser));
    return [...routine.statements.flatMap(inner), ...executed];
  }

  private cannotKnow(reason: Sentence): void {
    this.unknown.set(spoken(reason), reason);
  }
}

/** psql's `\gexec` runs what a query answers. */
function sent({ tree, words }: Unit): readonly SqlCode[] {
  if (!words.some(({ sentBy }) => sentBy !== undefined && /^\\gexec\b/.test(sentBy))) return [];
  const targets = asArray(asNode(asNode(tree)?.['SelectStmt'])?.['targetList']);
  const codes = targets.map((target) => foldText(asNode(asNode(target)?.['ResTarget'])?.['val']));
  return (codes.length > 0 ? codes : [undefined]).map((text) => ({ text, language: 'sql' }));
}

function codeIn(text: string, statement: SqlStatement | undefined): SqlCode {
  return { text, language: statement?.tokens[0] === 'DO' ? 'plpgsql' : 'sql' };
}

/** Names that are called: `f(…)`, `CALL f`, `EXECUTE FUNCTION f`. */
function callsIn({ words }: Unit): readonly string[] {
  return words.flatMap(({ tokens }) =>
    tokens[0] === 'CREATE' && !tokens.includes('TRIGGER') ? [] : tokens.filter((token, index) => /^[A-Z_]/.test(token) && (tokens[index + 1] === '(' || /^(?:CALL|EXEC|EXECUTE|PERFORM)$/.test(tokens[index - 1] ?? ''))).map((token) => token.toLowerCase()),
  );
}

function shown(statement: SqlStatement | undefined): string {
  const words = (statement?.words ?? []).slice(0, 4).join(' ');
  return `"${words.length > 60 ? `${words.slice(0, 57)}...` : words}"`;
}
