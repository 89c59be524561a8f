import { claudeWords, HOOK_TIMEOUT, type Assistant } from './assistant.js';
import { fieldOf, textIn } from './payload.js';
import { snakeCall } from './reads.js';
import { askedAbout, looks, named, replaces, rewrites, shell, writes } from './tools.js';

const TOOLS = {
  ...named('run_shell_command', shell),
  ...named('write_file', writes),
  ...named('edit replace', replaces),
  ...named('notebook_edit', rewrites),
  ...named('read_file read_many_files list_directory glob grep_search search_file_content todo_write save_memory web_fetch web_search task agent skill exit_plan_mode ask_user_question lsp', looks),
};
// A thousand and more are milliseconds here.
const entry = (command: string) => ({ matcher: askedAbout(TOOLS), hooks: [{ type: 'command', command, timeout: HOOK_TIMEOUT * 1000 }] });
const at = ['hooks', 'PreToolUse'];

export const qwenCode: Assistant = {
  id: 'qwen-code',
  name: 'Qwen Code',
  programs: ['qwen'],
  folders: ['.qwen'],
  marks: ['QWEN_CODE'],
  hook: 'PreToolUse',
  failsOpen: 'yes',
  next: 'shell guard, shims',
  waits: true,
  tested: 'real client',
  read: (payload) => (fieldOf(payload, 'hook_event_name') === 'PreToolUse' && ('tool_call_id' in payload || fieldOf(payload, 'permission_mode') === 'yolo' || textIn(payload, 'transcript_path')?.includes('.qwen')) ? snakeCall(payload) : undefined),
  tools: TOOLS,
  dialect: { deny: (reason) => claudeWords('deny', reason) },
  placements: {
    user: [{ type: 'entry', file: '.qwen/settings.json', at, entry }],
    project: [{ type: 'entry', file: '.qwen/settings.json', at, entry }],
  },
  switches: (['user', 'project'] as const).map((scope) => ({ scope, file: '.qwen/settings.json', key: ['disableAllHooks'], silences: (value: unknown) => value === true })),
  sample: (command, cwd) => ({ session_id: 'drill', tool_call_id: 'drill', transcript_path: '', cwd, permission_mode: 'default', hook_event_name: 'PreToolUse', tool_name: 'run_shell_command', tool_input: { command } }),
};
