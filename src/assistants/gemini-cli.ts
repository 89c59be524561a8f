import { HOOK_TIMEOUT, type Assistant } from './assistant.js';
import { fieldOf } from './payload.js';
import { snakeCall } from './reads.js';
import { askedAbout, looks, named, replaces, shell, writes } from './tools.js';

const TOOLS = {
  ...named('run_shell_command', shell),
  ...named('write_file', writes),
  ...named('replace edit', replaces),
  ...named('read_file read_many_files list_directory glob grep_search search_file_content google_web_search web_fetch save_memory write_todos ask_user activate_skill get_internal_docs enter_plan_mode exit_plan_mode', looks),
};
// Milliseconds here.
const entry = (command: string) => ({ matcher: askedAbout(TOOLS), hooks: [{ name: 'countersign', type: 'command', command, timeout: HOOK_TIMEOUT * 1000 }] });
const at = ['hooks', 'BeforeTool'];

export const geminiCli: Assistant = {
  id: 'gemini-cli',
  name: 'Gemini CLI',
  programs: ['gemini'],
  folders: ['.gemini'],
  marks: ['GEMINI_CLI'],
  hook: 'BeforeTool',
  failsOpen: 'yes',
  next: 'shell guard, shims',
  waits: true,
  tested: 'real client',
  read: (payload) => (fieldOf(payload, 'hook_event_name') === 'BeforeTool' ? snakeCall(payload) : undefined),
  tools: TOOLS,
  // What Claude Code understands is ignored here.
  dialect: { deny: (reason) => ({ decision: 'deny', reason }) },
  placements: {
    user: [{ type: 'entry', file: '.gemini/settings.json', at, entry }],
    project: [{ type: 'entry', file: '.gemini/settings.json', at, entry }],
  },
  switches: (['user', 'project'] as const).flatMap((scope) => [
    { scope, file: '.gemini/settings.json', key: ['hooksConfig', 'enabled'], silences: (value: unknown) => value === false },
    { scope, file: '.gemini/settings.json', key: ['hooksConfig', 'disabled'], silences: (value: unknown) => Array.isArray(value) && value.includes('countersign') },
  ]),
  sample: (command, cwd) => ({ session_id: 'drill', transcript_path: '', cwd, hook_event_name: 'BeforeTool', tool_name: 'run_shell_command', tool_input: { command } }),
};
