import { posixQuote } from '../guards/quoting.js';
import type { Assistant, Placement } from './assistant.js';
import { fieldOf, objectOf, textIn } from './payload.js';
import { structured } from './reads.js';
import { looks, named, patches, replaces, rewrites, shell, writes, type ToolReader } from './tools.js';

const hook = (file: string): Placement => ({ type: 'file', file, executable: true, text: (command) => `#!/bin/sh\n# Countersign: asked before each tool call of Cline.\nexec /bin/sh -c ${posixQuote(command)}\n` });

const mcp: ToolReader = (input) => {
  const call = objectOf(input);
  return [{ kind: 'tool', name: [textIn(call, 'server_name') ?? '', textIn(call, 'tool_name') ?? ''].join('/'), input: structured(fieldOf(call, 'arguments')) }];
};

export const cline: Assistant = {
  id: 'cline',
  name: 'Cline',
  programs: ['cline'],
  folders: ['.cline', 'Documents/Cline'],
  marks: ['CLINE_ACTIVE'],
  hook: 'PreToolUse script',
  failsOpen: 'yes: anything but its own JSON; a no ends the whole run, and only its log says why',
  next: 'shell guard, shims',
  waits: true,
  tested: 'real client',
  read: (payload) => {
    const before = objectOf(fieldOf(payload, 'preToolUse'));
    const call = objectOf(fieldOf(payload, 'tool_call'));
    const tool = textIn(call, 'name') ?? textIn(before, 'toolName', 'tool');
    if (!before || tool === undefined) return undefined;
    const roots = fieldOf(payload, 'workspaceRoots');
    const root: unknown = Array.isArray(roots) ? roots[0] : undefined;
    return { tool, input: structured(fieldOf(call, 'input') ?? fieldOf(before, 'parameters')), session: textIn(payload, 'taskId'), cwd: typeof root === 'string' ? root : undefined };
  },
  tools: {
    ...named('run_commands execute_command', shell),
    ...named('write_to_file new_rule', writes),
    ...named('editor', replaces),
    ...named('replace_in_file', rewrites),
    ...named('apply_patch', patches),
    use_mcp_tool: mcp,
    ...named('read_file read_files list_files search_files search_codebase list_code_definition_names ask_followup_question ask_question attempt_completion plan_mode_respond act_mode_respond new_task condense summarize_task access_mcp_resource load_mcp_documentation web_fetch web_search fetch_web_content submit_and_exit skills', looks),
  },
  dialect: { deny: (reason) => ({ cancel: true, errorMessage: reason }) },
  placements: { user: [hook('.cline/hooks/PreToolUse')], project: [hook('.clinerules/hooks/PreToolUse')] },
  switches: [],
  sample: (command, cwd) => ({ clineVersion: 'drill', hookName: 'tool_call', taskId: 'drill', workspaceRoots: [cwd], preToolUse: { toolName: 'execute_command', parameters: { command } } }),
};
