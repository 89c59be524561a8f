import type { Span } from '../assess/assessment.js';
import type { Sentence } from '../say.js';

/** What a statement can do that somebody may care about; a rule speaks about each. */
export type SqlKind =
  | 'drop-database'
  | 'drop-table'
  | 'drop-object'
  | 'cut-off'
  | 'truncate'
  | 'delete-all'
  | 'delete-rows'
  | 'update-all'
  | 'update-rows'
  | 'alter-drop'
  | 'administer'
  | 'program'
  | 'server-files'
  | 'rights'
  | 'change';

/** One thing that a statement does. */
export interface SqlAct {
  readonly kind: SqlKind;
  /** What it is done to: `payments.orders`. Empty when that is not known. */
  readonly names: readonly string[];
  /** The sort of what is dropped (`table`, `column`, `index` …), or the function or command that acts. */
  readonly what?: string;
  /** What is lost can be made again from its definition. */
  readonly mild?: boolean;
  /** What depends on it goes as well. */
  readonly cascade?: boolean;
}

/** An act with its place in the text. */
export interface PlacedAct {
  readonly act: SqlAct;
  readonly at: Span;
}

/** What a text of statements does, and what of it cannot be known. */
export interface SqlReading {
  readonly acts: readonly PlacedAct[];
  /** Why not everything is known, each a clause without a full stop. */
  readonly unknown: readonly Sentence[];
  /** There are more statements than anybody reads. */
  readonly cut: boolean;
}

/**
 * A real parser of one dialect, which the edges lend to the core. Both answer with a tree as plain JSON, or with undefined when
 * the text does not parse or is too much for the parser; neither throws.
 */
export interface SqlParser {
  parse(text: string): unknown;
  /** Parses `DO` and `CREATE FUNCTION` in PL/pgSQL; the tree is of the body. */
  parseRoutine?(text: string): unknown;
}

/** Asks for the parser of a dialect; loads it when it is asked for the first time. */
export type SqlParsers = (dialect: string) => SqlParser | undefined;

const STRICTER: Readonly<Partial<Record<SqlKind, SqlKind>>> = { 'delete-rows': 'delete-all', 'update-rows': 'update-all' };

/** The acts of several readings of one statement, each once; where one reading sees every row and another some, every row counts. */
export function stricter(...readings: readonly (readonly SqlAct[])[]): readonly SqlAct[] {
  const acts = readings.flat();
  const kinds = new Set(acts.map(({ kind }) => kind));
  const named = new Set(acts.filter(({ names }) => names.length > 0).map(({ kind, what }) => `${kind}\0${what ?? ''}`));
  const found = new Map<string, SqlAct>();
  for (const act of acts) {
    const isKnownBetter = act.names.length === 0 && named.has(`${act.kind}\0${act.what ?? ''}`);
    const all = STRICTER[act.kind];
    if (isKnownBetter || (all !== undefined && kinds.has(all))) continue;
    const key = `${act.kind}\0${act.what ?? ''}\0${act.names.join('\0').toLowerCase()}`;
    if (!found.has(key)) found.set(key, act);
  }
  return [...found.values()];
}
