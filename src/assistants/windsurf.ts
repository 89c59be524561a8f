import type { Assistant, Placement } from './assistant.js';
import { fieldOf, objectOf, textIn } from './payload.js';
import { EXIT_CODE_ONLY } from './kiro.js';
import { looks, named, replaces, shell, type ToolReader } from './tools.js';

const EVENTS = ['pre_run_command', 'pre_write_code', 'pre_mcp_tool_use'] as const;
const entries = (file: string): readonly Placement[] => EVENTS.map((event) => ({ type: 'entry', file, at: ['hooks', event], entry: (command) => ({ command, show_output: true }) }));

const mcp: ToolReader = (input) => {
  const call = objectOf(input);
  return [{ kind: 'tool', name: [textIn(call, 'mcp_server_name') ?? '', textIn(call, 'mcp_tool_name') ?? ''].join('/'), input: fieldOf(call, 'mcp_tool_arguments') }];
};

export const windsurf: Assistant = {
  id: 'windsurf',
  name: 'Windsurf Cascade',
  programs: ['windsurf'],
  folders: ['.codeium/windsurf'],
  marks: [],
  hook: EVENTS.join(', '),
  failsOpen: 'yes: anything but exit code 2',
  next: 'shell guard, shims',
  waits: false,
  tested: 'contract',
  read: (payload) => {
    const tool = textIn(payload, 'agent_action_name');
    const input = objectOf(fieldOf(payload, 'tool_info'));
    return tool === undefined ? undefined : { tool, input, session: textIn(payload, 'trajectory_id'), cwd: textIn(input, 'cwd') };
  },
  tools: {
    pre_run_command: shell,
    pre_write_code: replaces,
    pre_mcp_tool_use: mcp,
    ...named('pre_read_code pre_user_prompt', looks),
  },
  dialect: EXIT_CODE_ONLY,
  placements: { user: entries('.codeium/windsurf/hooks.json'), project: entries('.windsurf/hooks.json') },
  switches: [],
  sample: (command, cwd) => ({ agent_action_name: 'pre_run_command', trajectory_id: 'drill', execution_id: 'drill', tool_info: { command_line: command, cwd } }),
};
