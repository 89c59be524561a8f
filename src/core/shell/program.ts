import type { Span } from '../assess/assessment.js';
import type { Sentence } from '../say.js';

/**
 * Stands, inside a folded text, for a piece that cannot be known before the command runs. A text that
 * already contains this character is therefore treated as partly unknown, which errs on the safe side.
 */
export const HOLE = '\uFFFC';

/** One argument after quoting, expansion and folding. */
export interface Word {
  /** The value, with {@link HOLE} for each unknown piece. */
  readonly text: string;
  readonly span: Span;
  /** An unquoted `*`, `?` or `[` is in it, so it may become several paths. */
  readonly glob: boolean;
  /** All of it was quoted or escaped, so that the shell would not have read anything into it. */
  readonly quoted: boolean;
  /** What a process substitution would deliver when read, if it is known. */
  readonly delivers?: string;
}

export interface Redirect {
  /** `>`, `>>`, `>|`, `<`, `<>`, `&>` … */
  readonly operator: string;
  readonly descriptor: number | undefined;
  readonly target: Word;
}

/** Where a command runs, when that is not this machine. */
export interface Place {
  readonly kind: 'host' | 'container' | 'pod';
  /** The host, container or pod, with holes. */
  readonly name: string;
  /** The call that gets there: its own options say in which cluster or on which engine. */
  readonly through?: Invocation;
}

/** One program call, after every wrapper in front of it was taken off. */
export interface Invocation {
  /** The program's base name, or an empty string when it cannot be known. */
  readonly program: string;
  readonly name: Word;
  readonly args: readonly Word[];
  /** What assignments in front of the call, or `export`, give to its environment. */
  readonly env: ReadonlyMap<string, string>;
  readonly redirects: readonly Redirect[];
  /** The text it would read from standard input, with holes; undefined when nothing is piped in. */
  readonly stdin: string | undefined;
  /** The directory it runs in, absolute, with holes. */
  readonly cwd: string;
  readonly span: Span;
  /** How it was reached, outermost first. */
  readonly via: readonly string[];
  readonly place: Place | undefined;
  /** It runs for each path a producer names (`xargs`, `find -exec`), so its operands are not all written here. */
  readonly fed: boolean;
}

/** A part that could not be understood. */
export interface Opaque {
  readonly reason: Sentence;
  readonly span: Span;
  readonly via: readonly string[];
}

/** Everything a text would run, as far as it can be known. */
export interface Program {
  readonly invocations: readonly Invocation[];
  readonly opaque: readonly Opaque[];
}

/** What the shell knows before the text starts. */
export interface Surroundings {
  readonly cwd: string;
  readonly home: string;
  readonly env: (name: string) => string | undefined;
  /** The text of a file that is fed to something that runs it; undefined when it cannot be read. */
  readonly read?: (path: string) => string | undefined;
  /** `$1`, `$2` … */
  readonly args?: readonly string[];
  /** Variables that are already exported to the text. */
  readonly exported?: ReadonlyMap<string, string>;
  /** The definition of a function that every shell here begins with. */
  readonly functions?: (name: string) => string | undefined;
  /** Functions that nothing here calls are nobody's concern. */
  readonly dormant?: true;
}

/** Programs that stand for what no program call shows; no file can have such a name where a shell looks for it. */
export type Marker = 'disarm' | 'fork-bomb' | 'computed-text' | 'unreadable-text';

const MARKERS: ReadonlySet<string> = new Set<Marker>(['fork-bomb', 'computed-text', 'unreadable-text', 'disarm']);

/** Names by which a shell's guard lives: whoever sets or removes one of them takes the guard away. */
export function isOfGuard(name: string): boolean {
  return /^(COUNTERSIGN_|__countersign_)|^(PROMPT_COMMAND|BASH_ENV|ZDOTDIR|LD_PRELOAD|precmd_functions|preexec_functions)$|^functions\[preexec\]$|^preexec$/.test(name);
}

/** Whether a program name stands for something that is no program call. */
export function isMarker(program: string): boolean {
  return MARKERS.has(program);
}

/** Longer values are not kept: a text that doubles itself would fill the memory. */
const LONGEST = 64 * 1024;

/** A value, or a hole when it has grown too long to be worth knowing. */
export function limited(text: string): string {
  return text.length > LONGEST ? HOLE : text;
}

/** Whether every piece of a text is known. */
export function isKnown(text: string): boolean {
  return !text.includes(HOLE);
}

/** The last segment of a path; `C:\Windows\x.exe` and `/usr/bin/x` both give `x`. */
export function baseName(path: string): string {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  return /\.(exe|cmd|bat|com)$/i.test(name) ? name.slice(0, -4).toLowerCase() : name;
}

/** A word that was not written by anyone: an argument that a wrapper adds. */
export function wordOf(text: string, span: Span): Word {
  return { text, span, glob: false, quoted: false };
}
