import { amazonQ, amazonQIde } from './amazon-q.js';
import { EVERY_DIALECT, type Assistant, type Dialect, type RawCall } from './assistant.js';
import type { Act, ToolCall } from './call.js';
import { claudeCode } from './claude-code.js';
import { cline } from './cline.js';
import { codex } from './codex.js';
import { copilotCli } from './copilot-cli.js';
import { cursor } from './cursor.js';
import { geminiCli } from './gemini-cli.js';
import { kiro } from './kiro.js';
import { kiroCli } from './kiro-cli.js';
import { opencode } from './opencode.js';
import { parsePayload, type Payload } from './payload.js';
import { qwenCode } from './qwen-code.js';
import { camelCall, snakeCall } from './reads.js';
import { replit } from './replit.js';
import { otherTool, type ToolReader } from './tools.js';
import { vscodeAgentMode } from './vscode-agent-mode.js';
import { windsurf } from './windsurf.js';

/** Every assistant that is known, in the order in which a caller is recognised: the first one that can read a call made it. */
export const ASSISTANTS: readonly Assistant[] = [
  geminiCli, cline, windsurf, cursor, opencode, vscodeAgentMode, codex, qwenCode, claudeCode, copilotCli, kiro, kiroCli, amazonQ, amazonQIde, replit,
];

export function assistantNamed(id: string): Assistant | undefined {
  return ASSISTANTS.find((assistant) => assistant.id === id);
}

/** A call, and how its caller is answered. */
export interface ReadCall {
  readonly call: ToolCall;
  readonly dialect: Dialect;
  /** Whether the caller leaves the time in which a person could answer. */
  readonly waits: boolean;
}

const LONGEST_NAME = 200;
/** What a tool of this name does wherever it is known: for callers that are not recognised. */
const ANY_TOOL: Readonly<Record<string, ToolReader>> = Object.assign({}, ...ASSISTANTS.map(({ tools }) => tools)) as Record<string, ToolReader>;

/** Reads what an assistant sends to its hook before a tool call, or undefined when it is none of the known forms. Never throws. */
export function readToolCall(json: string): ReadCall | undefined {
  const payload = parsePayload(json);
  if (!payload) return undefined;
  for (const assistant of ASSISTANTS) {
    const raw = assistant.read(payload);
    if (raw) return { call: callOf(raw, assistant.name, assistant.tools), dialect: assistant.dialect, waits: assistant.waits };
  }
  const raw = anyCall(payload);
  return raw && { call: callOf(raw, 'an assistant', ANY_TOOL), dialect: EVERY_DIALECT, waits: false };
}

function anyCall(payload: Payload): RawCall | undefined {
  return snakeCall(payload) ?? camelCall(payload);
}

function callOf({ tool, input, session = '', model, cwd, mode }: RawCall, name: string, tools: Readonly<Record<string, ToolReader>>): ToolCall {
  const reader = Object.hasOwn(tools, tool) ? tools[tool] : undefined;
  const agent = { name, session: session.slice(0, LONGEST_NAME), ...(model !== undefined && model !== '' && { model: model.slice(0, LONGEST_NAME) }) };
  return { agent, cwd, mode, acts: actsOf(tool, input, reader) };
}

function actsOf(tool: string, input: unknown, reader: ToolReader | undefined): readonly Act[] {
  try {
    return reader ? reader(input) : otherTool(tool, input);
  } catch {
    return [{ kind: 'unclear', reason: 'The call cannot be read.' }];
  }
}
