/** One replacement inside a file. */
export interface Replacement {
  readonly old: string;
  readonly now: string;
  readonly all: boolean;
}

/** A part of a file as a patch writes it: lines that have to be there, and what takes their place. */
export interface PatchHunk {
  readonly old: readonly string[];
  readonly now: readonly string[];
}

/** What a tool would do to a file's text. */
export type Change =
  | { readonly type: 'write'; readonly text: string }
  | { readonly type: 'append'; readonly text: string }
  /** Behind this many lines. */
  | { readonly type: 'insert'; readonly line: number; readonly text: string }
  | { readonly type: 'replace'; readonly pairs: readonly Replacement[] }
  | { readonly type: 'patch'; readonly hunks: readonly PatchHunk[] }
  | { readonly type: 'delete' }
  /** The tool's own form, of which only the new text can be told. */
  | { readonly type: 'unknown'; readonly text: string };

/** A file that a tool would write. */
export interface FileChange {
  /** As the tool was given it: absolute, or relative to the call's directory. */
  readonly path: string;
  readonly change: Change;
  /** The file whose text it starts from, when that is another one: a move. */
  readonly from?: string;
}

/** What a tool call would do, in the order in which it would do it. */
export type Act =
  /** @param cwd absolute or relative to the call's directory; undefined where the tool was given none */
  | { readonly kind: 'command'; readonly text: string; readonly shell: string; readonly cwd: string | undefined }
  | { readonly kind: 'edit'; readonly changes: readonly FileChange[] }
  /** A tool of another program, such as an MCP server's. */
  | { readonly kind: 'tool'; readonly name: string; readonly input: unknown }
  /** It does something, and what cannot be told. */
  | { readonly kind: 'unclear'; readonly reason: string };

/** Who makes the call, as far as it was told. */
export interface Agent {
  readonly name: string;
  readonly session: string;
  readonly model?: string;
}

/** A tool call that an assistant's hook reports before it is made. */
export interface ToolCall {
  readonly agent: Agent;
  /** Absolute working directory, when the assistant says it. */
  readonly cwd: string | undefined;
  /** Nothing for a tool that only looks. */
  readonly acts: readonly Act[];
  /** The mode in which the assistant asks its person, when it says so. */
  readonly mode: string | undefined;
}

/** What the hook prints and ends with. */
export interface HookAnswer {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}
