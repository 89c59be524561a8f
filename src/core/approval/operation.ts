import * as z from 'zod/mini';
import { plain } from './display.js';
import { recipientSchema } from '../policy/recipient.js';
import { canonicalText, digestOf, sha256, type Digest } from './canonical.js';
import { sentence, verbatim, type Sentence } from '../say.js';

const digest = z.string().check(z.regex(/^sha256:[0-9a-f]{64}$/));
const objectId = z.string().check(z.regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/));
const text = (max: number) => z.string().check(z.maxLength(max));

/** As many sealed items may one run be given. */
export const MOST_SEALED = 20;

const sealed = z.strictObject({
  /** The public half of a key that lives as long as the process that asks, and in its memory only. */
  recipient: recipientSchema,
  /** Sealed items, each by the digest of its file. */
  items: z.array(z.strictObject({ name: text(100), environment: text(200), kind: z.enum(['variable', 'file']), sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)) })).check(z.minLength(1), z.maxLength(MOST_SEALED)),
});

/** No longer text can be held: nobody would read it. UTF-16 units. */
export const LONGEST_SCRIPT = 256 * 1024;

/** Exactly what is about to run, and on what. Two operations are the same when their canonical texts are. */
export const operationSchema = z.strictObject({
  kind: z.enum(['task', 'command', 'edit', 'tool', 'rules']),
  /** The task's label, or null for a command. */
  label: z.nullable(text(1000)),
  /** The text the shell gets, after the editor resolved its variables; a patch; a tool's name and JSON; the rules' new texts. */
  script: text(LONGEST_SCRIPT),
  /** The shell's absolute path; empty where none is involved. */
  shell: text(4096),
  /** Working directory, relative to the top of the repository; `.` is the top. */
  directory: text(4096),
  /** Named environment variables that steer tools, each as a digest salted with the request's nonce. */
  environment: z.record(text(200), digest),
  /** Every file that would be executed or obeyed. */
  inputs: z.array(z.strictObject({ path: text(4096), sha256: z.nullable(z.string().check(z.regex(/^[0-9a-f]{64}$/))) })),
  /** The repository: the ids of its first commits, the same in every clone. */
  repository: text(200),
  commit: objectId,
  /** The tree of the working copy as it is, uncommitted changes and new files included. */
  worktree: objectId,
  targets: z.array(z.strictObject({ environment: text(200), kind: text(200), name: text(1000), evidence: text(2000) })),
  /** What it would be given that others have to unseal. */
  sealed: z.optional(sealed),
});

export type Operation = z.infer<typeof operationSchema>;

export function operationDigest(operation: Operation): Digest {
  return digestOf(operation);
}

/** What an operation is about, in one line and as it was written: to be escaped by whoever shows it. */
export function operationTitle({ kind, label, script }: Pick<Operation, 'label' | 'script'> & Partial<Pick<Operation, 'kind'>>): string {
  const [first = '', ...others] = script.split('\n');
  const edited = kind === 'edit' ? editTitle([first, ...others]) : undefined;
  if (edited !== undefined) return edited;
  return label ?? (others.length === 0 ? first : `${first} (and ${others.length} more lines)`);
}

/** A patch by the first file that it names; undefined for a text that names none. */
function editTitle(lines: readonly string[]): string | undefined {
  const name = lines.slice(0, 3).flatMap((line) => /^(?:---|\+\+\+) [ab]\/([^\t]+)/.exec(line)?.[1] ?? []).at(-1);
  // What stands in a file has a sign before it: only the line above each file’s part begins so.
  const others = lines.filter((line) => line.startsWith('====')).length - 1;
  if (name === undefined) return undefined;
  return others <= 0 ? `Edit of ${name}` : `Edit of ${name} and ${others} more ${others === 1 ? 'file' : 'files'}`;
}

/** The digest of a secret-bearing value: salted, so that a guess cannot be tried against an old request. */
export function saltedDigest(nonce: string, name: string, value: string): Digest {
  return sha256(canonicalText([nonce, name, value]));
}

/** Which parts of the operation are no longer what they were, in words for a person; names in them are escaped. */
export function changedParts(before: Operation, now: Operation): Sentence[] {
  const variables = namesOf(before.environment, now.environment);
  const files = namesOf(digestsOf(before), digestsOf(now));
  const words: Record<keyof Operation, Sentence> = {
    kind: sentence('what is being started'),
    label: sentence('the task’s label'),
    script: sentence('the command line'),
    shell: sentence('the shell'),
    directory: sentence('the working directory'),
    environment: variables ? sentence('environment variables ({0})', variables) : sentence('environment variables'),
    inputs: files ? sentence('the files it would run or obey ({0})', files) : sentence('the files it would run or obey'),
    repository: sentence('the repository'),
    commit: sentence('the commit'),
    worktree: sentence('files in the working copy'),
    targets: sentence('where it would land'),
    sealed: sentence('the sealed items'),
  };
  return (Object.keys(words) as (keyof Operation)[])
    .filter((part) => canonicalText(before[part] ?? null) !== canonicalText(now[part] ?? null))
    .map((part) => words[part]);
}

function digestsOf({ inputs }: Operation): Readonly<Record<string, string | null>> {
  return Object.fromEntries(inputs.map(({ path, sha256 }) => [path, sha256]));
}

/** The names under which two tables differ, the first few of them; undefined when they do not. */
function namesOf(before: Readonly<Record<string, string | null>>, now: Readonly<Record<string, string | null>>): Sentence | undefined {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].filter((name) => before[name] !== now[name]);
  if (names.length === 0) return undefined;
  const shown = names.slice(0, 3).map((name) => verbatim(plain(name))).reduce((before, next) => sentence('{0} and {1}', before, next));
  return names.length > 3 ? sentence('{0} and {1} more', shown, names.length - 3) : shown;
}
