import type { HookAnswer } from './call.js';
import type { Payload } from './payload.js';
import type { ToolReader } from './tools.js';

/** What every assistant says about a tool call, each in words of its own. */
export interface RawCall {
  readonly tool: string;
  readonly input: unknown;
  readonly session: string | undefined;
  readonly model?: string | undefined;
  readonly cwd: string | undefined;
  /** The mode in which it asks its person, when it says so. */
  readonly mode?: string | undefined;
}

/** How an assistant is answered. */
export interface Dialect {
  /** What is printed for a no. The exit code is 2 and the reason is on standard error whatever this says. */
  readonly deny: (reason: string) => object;
  /** What is printed so that the assistant asks its person, in this mode; undefined where that cannot be relied on. */
  readonly ask?: (reason: string, mode: string | undefined) => object | undefined;
  /** What is printed for no objection, where silence counts as a failure. Never anything that skips a prompt. */
  readonly quiet?: object;
}

export type Scope = 'user' | 'project';

/** One place of an assistant's configuration that names our hook. Paths are below the home directory or the project. */
export type Placement =
  /** An entry of a list inside a JSON file that is somebody else's. */
  | { readonly type: 'entry'; readonly file: string; readonly at: readonly string[]; readonly entry: (command: string) => object; /** What a new file begins with. */ readonly base?: object }
  /** The same in every JSON file of a folder, or in one of our own where there is none. */
  | { readonly type: 'entries'; readonly folder: string; readonly at: readonly string[]; readonly entry: (command: string) => object; readonly own: { readonly name: string; readonly rest: object } }
  /** A file of our own. */
  | { readonly type: 'file'; readonly file: string; readonly text: (command: string) => string; readonly executable?: true };

/** A setting by which an assistant stops asking its hooks. */
export interface Switch {
  readonly scope: Scope;
  readonly file: string;
  readonly key: readonly string[];
  /** Whether this value silences our hook. */
  readonly silences: (value: unknown) => boolean;
}

/** What has to be done by a person before the hook is asked, and how to see that it was. */
export interface Consent {
  readonly scope: Scope;
  readonly file: string;
  readonly isGiven: (text: string | undefined, hookFile: string) => boolean;
  readonly how: string;
}

/** Everything that is particular about one assistant. */
export interface Assistant {
  /** As it is typed: `claude-code`. */
  readonly id: string;
  readonly name: string;
  /** The name that its configuration goes by, where several read the same. */
  readonly configuredAs?: string;
  /** Names of its programs, and folders below the home directory, by which it is known to be installed. */
  readonly programs: readonly string[];
  readonly folders: readonly string[];
  /** Environment variables that what it starts is given, and nothing else. */
  readonly marks: readonly string[];
  /** The one among such variables that names the session. */
  readonly sessionMark?: string;
  /** The hook's name; undefined for an assistant that has none. */
  readonly hook: string | undefined;
  /** When a hook that fails lets the call through, in a few words. */
  readonly failsOpen: string;
  /** What holds the call then. */
  readonly next: string;
  /** Whether it leaves a hook the time in which a person could answer. */
  readonly waits: boolean;
  /** How this was seen to be true. */
  readonly tested: 'real client' | 'contract';
  readonly read: (payload: Payload) => RawCall | undefined;
  /** What its own tools do. Any other tool is judged by its name and by what it is given. */
  readonly tools: Readonly<Record<string, ToolReader>>;
  readonly dialect: Dialect;
  readonly placements: Readonly<Record<Scope, readonly Placement[]>>;
  readonly switches: readonly Switch[];
  readonly consent?: Consent;
  /** A call of this assistant's shell tool as its hook would report it: the drill plays it. */
  readonly sample: (command: string, cwd: string) => object;
}

/** Seconds that an assistant is told to wait for the hook. The hook itself answers long before. */
export const HOOK_TIMEOUT = 600;

/** No objection: nothing is printed, so that the assistant's own prompt still comes. */
export const NO_OBJECTION: HookAnswer = { stdout: '', stderr: '', exitCode: 0 };

export function denial(reason: string, { deny }: Dialect = EVERY_DIALECT): HookAnswer {
  return { stdout: JSON.stringify(deny(reason)), stderr: `${reason}\n`, exitCode: 2 };
}

export function noObjection({ quiet }: Dialect): HookAnswer {
  return quiet ? { ...NO_OBJECTION, stdout: JSON.stringify(quiet) } : NO_OBJECTION;
}

/** Lets the assistant ask its person, where it can be relied on to do so; a no elsewhere. */
export function question(reason: string, mode: string | undefined, dialect: Dialect): HookAnswer {
  const asked = dialect.ask?.(reason, mode);
  return asked ? { ...NO_OBJECTION, stdout: JSON.stringify(asked) } : denial(reason, dialect);
}

/** The words of Claude Code, which Codex, Qwen Code and VS Code share. */
export function claudeWords(decision: 'deny' | 'ask', reason: string): object {
  return { hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: decision, permissionDecisionReason: reason } };
}

/** A no that blocks with every client it was tried on, for callers that are not recognised. */
export const EVERY_DIALECT: Dialect = {
  deny: (reason) => ({
    permissionDecision: 'deny',
    permissionDecisionReason: reason,
    decision: 'block',
    reason,
    permission: 'deny',
    user_message: reason,
    agent_message: reason,
    cancel: true,
    errorMessage: reason,
    ...claudeWords('deny', reason),
  }),
};
