import { posixLine } from '../guards/quoting.js';
import { claudeWords, type Assistant } from './assistant.js';
import { COPILOT_PLACEMENTS, COPILOT_SWITCHES } from './copilot-hooks.js';
import { fieldOf, objectOf, textIn } from './payload.js';
import { snakeCall } from './reads.js';
import { deletes, looks, named, patches, replaces, rewrites, shell, writes, type ToolReader } from './tools.js';

/** A task that is made and started at once. */
const task: ToolReader = (input) => {
  const made = objectOf(fieldOf(objectOf(input), 'task'));
  const command = textIn(made, 'command');
  const args = fieldOf(made, 'args');
  const words: readonly unknown[] = Array.isArray(args) ? args : [];
  if (command === undefined) return [{ kind: 'unclear', reason: 'The task names no command.' }];
  return [{ kind: 'command', text: [command, ...words.map((word) => posixLine([String(word)]))].join(' '), shell: '/bin/bash', cwd: textIn(objectOf(fieldOf(made, 'options')), 'cwd') }];
};

export const vscodeAgentMode: Assistant = {
  id: 'vscode',
  name: 'VS Code agent mode',
  configuredAs: 'copilot',
  programs: ['code', 'code-insiders', 'codium'],
  folders: ['.vscode', '.vscode-server'],
  marks: ['COPILOT_AGENT'],
  hook: 'PreToolUse',
  failsOpen: 'on a time-out, to VS Code’s own prompt or its automatic approval',
  next: 'the guards of the window',
  waits: true,
  tested: 'real client',
  read: (payload) => (textIn(payload, 'tool_use_id')?.includes('__vscode') ? snakeCall(payload) : undefined),
  tools: {
    ...named('run_in_terminal send_to_terminal', shell),
    ...named('create_file', writes),
    ...named('replace_string_in_file multi_replace_string_in_file', replaces),
    ...named('insert_edit_into_file edit_notebook_file', rewrites),
    ...named('apply_patch', patches),
    ...named('delete_file', deletes),
    create_and_run_task: task,
    ...named('read_file list_dir file_search grep_search semantic_search get_errors get_changed_files get_terminal_output terminal_last_command terminal_selection await_terminal get_task_output manage_todo_list fetch_webpage open_simple_browser test_search copilot_getNotebookSummary read_notebook_cell_output get_vscode_api vscode_searchExtensions_internal list_code_usages runSubagent', looks),
  },
  dialect: { deny: (reason) => claudeWords('deny', reason), ask: (reason) => claudeWords('ask', reason) },
  placements: COPILOT_PLACEMENTS,
  switches: [...COPILOT_SWITCHES, { scope: 'project', file: '.vscode/settings.json', key: ['chat.useHooks'], silences: (value) => value === false }],
  sample: (command, cwd) => ({ hook_event_name: 'PreToolUse', session_id: 'drill', tool_name: 'run_in_terminal', tool_input: { command }, tool_use_id: 'drill__vscode', cwd }),
};
