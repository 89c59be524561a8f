import type { ShellName, Span } from '../assess/assessment.js';
import type { World } from '../world.js';
import type { Invocation } from '../shell/program.js';
import { isKnown } from '../shell/program.js';
import { resolvePath } from '../shell/paths.js';
import type { SqlDialect } from './sql.js';
import { sentence, type Sentence } from '../say.js';

/** A piece of text that an invocation would run. */
export type Piece =
  | { readonly kind: 'shell'; readonly text: string; readonly args: readonly string[]; readonly file: string | undefined; readonly via: string; readonly cwd?: string; /** Whose grammar it is written in; bash when it does not say. */ readonly shell?: ShellName; /** Where the text stands in the file, when it is not the whole file. */ readonly at?: Span }
  | { readonly kind: 'sql'; readonly text: string; readonly dialect: SqlDialect; readonly file: string | undefined; readonly at?: Span }
  /** A program call that code in another language makes. */
  | { readonly kind: 'call'; readonly argv: readonly string[]; readonly file: string | undefined; readonly via: string; readonly at?: Span };

/** What running an invocation means beyond the invocation itself. */
export interface Material {
  readonly pieces: readonly Piece[];
  /** Files that are executed or obeyed, absolute. */
  readonly files: readonly string[];
  /** Why not everything that would run could be read. */
  readonly unknown: readonly Sentence[];
  /** The pieces are all there is: the program itself adds no effect of its own. */
  readonly complete: boolean;
}

export type Follow = (invocation: Invocation, world: World) => Material | undefined;

const MOST_BYTES = 256 * 1024;

/** A file's text, or why there is none. */
export function readText(path: string, world: World): { readonly text: string } | { readonly reason: Sentence } {
  const bytes = world.readFile(path);
  if (!bytes) return { reason: sentence('{0} cannot be read.', path) };
  if (bytes.length > MOST_BYTES) return { reason: sentence('{0} is larger than 256 KB.', path) };
  if (bytes.includes(0)) return { reason: sentence('{0} is not a text file.', path) };
  return { text: new TextDecoder().decode(bytes) };
}

/** The absolute path that an argument of an invocation names, or undefined when it cannot be known. */
export function pathOf(invocation: Invocation, text: string): string | undefined {
  if (invocation.place || !isKnown(text) || text === '') return undefined;
  const path = resolvePath(invocation.cwd, text);
  return isKnown(path) ? path : undefined;
}

/** A material of one reason only: something would run, and nobody can say what. */
export function unknownMaterial(reason: Sentence, files: readonly string[] = []): Material {
  return { pieces: [], files, unknown: [reason], complete: true };
}
