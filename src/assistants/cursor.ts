import { HOOK_TIMEOUT, type Assistant, type Placement, type RawCall } from './assistant.js';
import { fieldOf, textIn, type Payload } from './payload.js';
import { structured } from './reads.js';
import { deletes, looks, named, replaces, shell, writes } from './tools.js';

const EVENTS = ['preToolUse', 'beforeShellExecution', 'beforeMCPExecution'] as const;
// Byte-identical commands run once, so each event's differs.
const placements: readonly Placement[] = EVENTS.map((event) => ({
  type: 'entry', file: '.cursor/hooks.json', at: ['hooks', event], entry: (command) => ({ command: `${command}/${event}`, timeout: HOOK_TIMEOUT, failClosed: true }),
  base: { version: 1 },
}));

function read(payload: Payload): RawCall | undefined {
  if (!('cursor_version' in payload)) return undefined;
  const event = textIn(payload, 'hook_event_name');
  const roots = fieldOf(payload, 'workspace_roots');
  const root: unknown = Array.isArray(roots) ? roots[0] : undefined;
  const common = { session: textIn(payload, 'conversation_id', 'session_id'), model: textIn(payload, 'model'), cwd: textIn(payload, 'cwd') || (typeof root === 'string' ? root : undefined) };
  if (event === 'beforeShellExecution') return { ...common, tool: 'Shell', input: { command: fieldOf(payload, 'command') } };
  const tool = textIn(payload, 'tool_name');
  if (tool === undefined) return undefined;
  return { ...common, tool: event === 'beforeMCPExecution' && !tool.startsWith('MCP:') ? `MCP:${tool}` : tool, input: structured(fieldOf(payload, 'tool_input')) };
}

export const cursor: Assistant = {
  id: 'cursor',
  name: 'Cursor',
  programs: ['cursor', 'cursor-agent'],
  folders: ['.cursor'],
  marks: ['CURSOR_AGENT'],
  hook: 'preToolUse, beforeShellExecution, beforeMCPExecution',
  failsOpen: 'no (failClosed)',
  next: 'shell guard, shims',
  waits: true,
  tested: 'contract',
  read,
  tools: {
    ...named('Shell', shell),
    ...named('Write', writes),
    ...named('Edit StrReplace MultiEdit', replaces),
    ...named('Delete', deletes),
    ...named('Read Grep Glob LS SemanticSearch ReadLints TodoWrite Task WebSearch WebFetch AskQuestion', looks),
  },
  dialect: {
    deny: (reason) => ({ permission: 'deny', user_message: reason, agent_message: reason }),
    // With failClosed silence counts as a failure. "allow" here does not go past Cursor's own lists and prompts.
    quiet: { permission: 'allow' },
  },
  placements: { user: placements, project: placements },
  switches: [],
  sample: (command, cwd) => ({ conversation_id: 'drill', cursor_version: 'drill', workspace_roots: [cwd], hook_event_name: 'beforeShellExecution', command, cwd }),
};
