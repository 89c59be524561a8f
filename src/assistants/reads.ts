import type { RawCall } from './assistant.js';
import { fieldOf, textIn, type Payload } from './payload.js';

/** `tool_name` and `tool_input`: the form that most assistants have taken over from Claude Code. */
export function snakeCall(payload: Payload): RawCall | undefined {
  const tool = textIn(payload, 'tool_name');
  if (tool === undefined) return undefined;
  return { tool, input: structured(fieldOf(payload, 'tool_input')), session: textIn(payload, 'session_id'), model: textIn(payload, 'model'), cwd: textIn(payload, 'cwd'), mode: textIn(payload, 'permission_mode') };
}

/** `toolName` and `toolArgs`. */
export function camelCall(payload: Payload): RawCall | undefined {
  const tool = textIn(payload, 'toolName');
  if (tool === undefined) return undefined;
  return { tool, input: structured(fieldOf(payload, 'toolArgs')), session: textIn(payload, 'sessionId'), model: textIn(payload, 'model'), cwd: textIn(payload, 'cwd') };
}

/** Some give a tool's arguments as a JSON text. A text that is none is an argument by itself. */
export function structured(input: unknown): unknown {
  if (typeof input !== 'string' || !input.trimStart().startsWith('{')) return input;
  try {
    return JSON.parse(input) as unknown;
  } catch {
    return input;
  }
}
