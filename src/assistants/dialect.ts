import * as z from 'zod/mini';

/** A tool call that an assistant's hook reports before it is made. */
export interface ToolCall {
  readonly agent: { readonly name: string; readonly session: string };
  /** The shell command, or undefined for a tool that runs none. */
  readonly command: string | undefined;
  /** Absolute working directory, when the assistant says it. */
  readonly cwd: string | undefined;
}

/** What the hook prints and ends with. */
export interface HookAnswer {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

const text = z.optional(z.string());
const inputSchema = z.looseObject({
  hook_event_name: text,
  session_id: text,
  sessionId: text,
  cwd: text,
  tool_name: text,
  toolName: text,
  tool_input: z.optional(z.unknown()),
  toolArgs: z.optional(z.unknown()),
  tool_use_id: text,
  transcript_path: text,
  turn_id: text,
});
type HookInput = z.infer<typeof inputSchema>;

/** How callers are told apart by what they send; the first that fits names them. */
const CALLERS: readonly (readonly [name: string, fits: (input: HookInput) => boolean])[] = [
  ['GitHub Copilot CLI', (input) => input.toolName !== undefined],
  ['Gemini CLI', (input) => input.hook_event_name === 'BeforeTool'],
  ['VS Code agent mode', (input) => input.tool_use_id?.includes('__vscode') ?? false],
  ['Cursor', (input) => 'cursor_version' in input],
  ['Codex', (input) => input.turn_id !== undefined],
  ['Qwen Code', (input) => 'tool_call_id' in input],
  ['Claude Code', (input) => input.transcript_path?.includes('.claude') ?? false],
  ['Kiro', (input) => input.hook_event_name === 'preToolUse'],
];

/** Reads what an assistant sends to its hook before a tool call, or undefined when it is none of the known forms. */
export function readToolCall(json: string): ToolCall | undefined {
  let input: HookInput;
  try {
    input = z.parse(inputSchema, JSON.parse(json.replace(/^\ufeff/, '')));
  } catch {
    return undefined;
  }
  if (input.tool_name === undefined && input.toolName === undefined) return undefined;
  const name = CALLERS.find(([, fits]) => fits(input))?.[0] ?? 'an assistant';
  return {
    agent: { name, session: (input.session_id ?? input.sessionId ?? '').slice(0, 200) },
    command: commandIn(input.tool_input ?? input.toolArgs),
    cwd: input.cwd,
  };
}

function commandIn(argument: unknown): string | undefined {
  if (typeof argument !== 'object' || argument === null || !('command' in argument)) return undefined;
  return typeof argument.command === 'string' ? argument.command : undefined;
}

/** No objection: nothing is printed, so that the assistant's own prompt still comes. */
export const NO_OBJECTION: HookAnswer = { stdout: '', stderr: '', exitCode: 0 };

/**
 * A no that blocks with every client it was tried on: exit code 2, the reason on standard error, and each dialect's
 * own words on standard output.
 */
export function denial(reason: string): HookAnswer {
  const answer = {
    permissionDecision: 'deny',
    permissionDecisionReason: reason,
    decision: 'block',
    reason,
    permission: 'deny',
    user_message: reason,
    agent_message: reason,
    cancel: true,
    errorMessage: reason,
    hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'deny', permissionDecisionReason: reason },
  };
  return { stdout: JSON.stringify(answer), stderr: `${reason}\n`, exitCode: 2 };
}
