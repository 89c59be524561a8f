import assert from 'node:assert/strict';
import fc from 'fast-check';
import { denial, EVERY_DIALECT } from '../../../src/assistants/assistant.js';
import { ASSISTANTS, readToolCall } from '../../../src/assistants/assistants.js';
import type { Act } from '../../../src/assistants/call.js';
import { askedAbout, looks, named, shell } from '../../../src/assistants/tools.js';
import { runs } from '../../runs.js';

const claude = (tool_name: string, tool_input: unknown) => ({ session_id: 's', transcript_path: '/home/x/.claude/p/t.jsonl', cwd: '/ws', prompt_id: 'p', permission_mode: 'default', hook_event_name: 'PreToolUse', tool_name, tool_input, tool_use_id: 'toolu_1' });
const gemini = (tool_name: string, tool_input: unknown) => ({ session_id: 's', transcript_path: '', cwd: '/ws', hook_event_name: 'BeforeTool', timestamp: '2026-11-22T00:00:00Z', tool_name, tool_input });
const copilot = (toolName: string, toolArgs: unknown) => ({ sessionId: 's', timestamp: 1795332642806, cwd: '/ws', toolName, toolArgs });
const vscode = (tool_name: string, tool_input: unknown) => ({ timestamp: '2026-11-22T00:00:00Z', hook_event_name: 'PreToolUse', session_id: 's', transcript_path: '/x', tool_name, tool_input, tool_use_id: 'call_1__vscode-2', cwd: '/ws' });
const codex = (tool_name: string, tool_input: unknown) => ({ session_id: 's', turn_id: 't', transcript_path: '/x', cwd: '/ws', hook_event_name: 'PreToolUse', model: 'gpt-5.5', permission_mode: 'default', tool_name, tool_input, tool_use_id: 'call_1' });
const qwen = (tool_name: string, tool_input: unknown) => ({ session_id: 's', prompt_id: 'p', tool_call_id: 'c', transcript_path: '/home/x/.qwen/t', cwd: '/ws', permission_mode: 'yolo', hook_event_name: 'PreToolUse', tool_name, tool_input });
const cursor = (tool_name: string, tool_input: unknown) => ({ conversation_id: 's', generation_id: 'g', model: 'm', hook_event_name: 'preToolUse', cursor_version: '3.1', workspace_roots: ['/ws'], tool_name, tool_input, tool_use_id: 'x' });
const kiro = (tool_name: string, tool_input: unknown) => ({ session_id: 'sess_1', hook_event_name: 'PreToolUse', cwd: '/ws', tool_name, tool_input });
const kiroCli = (tool_name: string, tool_input: unknown) => ({ hook_event_name: 'preToolUse', cwd: '/ws', tool_name, tool_input });
const cline = (toolName: string, parameters: object) => ({ clineVersion: '3', hookName: 'tool_call', taskId: 's', workspaceRoots: ['/ws'], tool_call: { id: '1', name: toolName, input: parameters }, preToolUse: { toolName, parameters: {} } });
const windsurf = (agent_action_name: string, tool_info: object) => ({ agent_action_name, trajectory_id: 's', execution_id: 'e', timestamp: 't', tool_info });
const opencode = (tool_name: string, tool_input: unknown) => ({ hook_event_name: 'tool.execute.before', session_id: 's', tool_name, tool_input, cwd: '/ws' });

const acts = (payload: unknown) => readToolCall(JSON.stringify(payload))?.call.acts;
const command = (text: string, more: Partial<Act> = {}) => ({ kind: 'command', text, shell: '/bin/bash', cwd: undefined, ...more });
const edit = (path: string, change: object) => ({ kind: 'edit', changes: [{ path, change }] });
const write = (path: string, text: string) => edit(path, { type: 'write', text });
const replace = (path: string, old: string, now: string, all = false) => edit(path, { type: 'replace', pairs: [{ old, now, all }] });
const PATCH = '*** Begin Patch\n*** Update File: a.txt\n@@\n-old\n+new\n*** End Patch\n';
const patch = edit('a.txt', { type: 'patch', hunks: [{ old: ['old'], now: ['new'] }] });

describe('the tools that an assistant’s hook is asked about', () => {
  const tools = { ...named('Read Glob', looks), ...named('Bash', shell) };
  // Some look for the pattern in a name, others compare the whole name with it.
  for (const [how, pattern] of [['looked for', new RegExp(askedAbout(tools))], ['compared', new RegExp(`^(?:${askedAbout(tools)})$`)]] as const) {
    it(`are all but those that only look, where the pattern is ${how}`, () => {
      for (const name of ['Bash', 'Monitor', 'Reader', 'ReadBash', 'MyRead', 'read', 'mcp__db__Read', 'mcp__db__drop_table', 'a.b-c/d', '']) assert.ok(pattern.test(name), name);
      for (const name of ['Read', 'Glob']) assert.ok(!pattern.test(name), name);
    });
  }
});

describe('what assistants report before a tool call', () => {
  const COMMANDS: readonly (readonly [name: string, payload: object])[] = [
    ['Claude Code', claude('Bash', { command: 'ls', description: 'x' })],
    ['Gemini CLI', gemini('run_shell_command', { command: 'ls' })],
    ['GitHub Copilot CLI', copilot('bash', { command: 'ls', description: 'x' })],
    ['VS Code agent mode', vscode('run_in_terminal', { command: 'ls', explanation: 'x', isBackground: false })],
    ['Codex', codex('Bash', { command: 'ls' })],
    ['Qwen Code', qwen('run_shell_command', { command: 'ls', is_background: false })],
    ['Cursor', cursor('Shell', { command: 'ls' })],
    ['Kiro', kiro('execute_bash', { command: 'ls', run_in_background: false })],
    ['Kiro CLI 2', kiroCli('execute_bash', { command: 'ls' })],
    ['Cline', cline('run_commands', { commands: ['ls'] })],
    ['Windsurf Cascade', windsurf('pre_run_command', { command_line: 'ls', cwd: '/ws' })],
    ['opencode', opencode('bash', { command: 'ls', description: 'x' })],
    ['an assistant', { tool_name: 'shell', tool_input: { command: 'ls' }, cwd: '/ws', session_id: 's' }],
  ];
  for (const [name, payload] of COMMANDS) {
    it(`is understood from ${name}`, () => {
      const read = readToolCall(JSON.stringify(payload));
      assert.equal(read?.call.agent.name, name);
      assert.equal(read.call.cwd, '/ws');
      const [act] = read.call.acts;
      assert.ok(act?.kind === 'command' && act.text === 'ls', JSON.stringify(read.call.acts));
      if (name !== 'Kiro CLI 2') assert.match(read.call.agent.session, /^(s|sess_1)$/);
    });
  }

  it('is understood from each one’s own sample, which the drill plays', () => {
    for (const assistant of ASSISTANTS.filter(({ hook }) => hook !== undefined)) {
      const read = readToolCall(JSON.stringify(assistant.sample('deploy', '/ws')));
      const [act] = read?.call.acts ?? [];
      assert.ok(act?.kind === 'command' && act.text === 'deploy', assistant.name);
      // What Amazon Q's command line sends cannot be told from Kiro's.
      assert.equal(read?.call.agent.name, assistant.id === 'amazon-q' ? 'Kiro CLI 2' : assistant.name);
    }
  });

  it('says which model asks, where it is told', () => {
    assert.equal(readToolCall(JSON.stringify(codex('Bash', { command: 'ls' })))?.call.agent.model, 'gpt-5.5');
    assert.equal(readToolCall(JSON.stringify(claude('Bash', { command: 'ls' })))?.call.agent.model, undefined);
  });

  const TOOLS: readonly (readonly [what: string, payload: object, acts: readonly object[]])[] = [
    ['Claude writes', claude('Write', { file_path: '/ws/a', content: 'x' }), [write('/ws/a', 'x')]],
    ['Claude edits', claude('Edit', { file_path: '/ws/a', old_string: 'o', new_string: 'n', replace_all: true }), [replace('/ws/a', 'o', 'n', true)]],
    ['Claude edits in several places', claude('MultiEdit', { file_path: '/ws/a', edits: [{ old_string: 'o', new_string: 'n' }, { old_string: 'p', new_string: 'q' }] }), [edit('/ws/a', { type: 'replace', pairs: [{ old: 'o', now: 'n', all: false }, { old: 'p', now: 'q', all: false }] })]],
    ['Claude watches a command', claude('Monitor', { command: 'tail -f x' }), [command('tail -f x')]],
    ['Claude reads', claude('Read', { file_path: '/ws/a' }), []],
    ['Claude calls an MCP server', claude('mcp__db__query', { sql: 'select 1' }), [{ kind: 'tool', name: 'mcp__db__query', input: { sql: 'select 1' } }]],
    ['Claude gives no command', claude('Bash', {}), [{ kind: 'unclear', reason: 'The call names no command.' }]],
    ['Claude gives no file', claude('Write', { content: 'x' }), [{ kind: 'unclear', reason: 'The call does not say which file it changes, or how.' }]],
    ['Gemini writes', gemini('write_file', { file_path: '/ws/a', content: 'x' }), [write('/ws/a', 'x')]],
    ['Gemini replaces', gemini('replace', { file_path: '/ws/a', instruction: 'i', old_string: 'o', new_string: 'n' }), [replace('/ws/a', 'o', 'n')]],
    ['Copilot creates', copilot('create', { path: '/ws/a', file_text: 'x' }), [write('/ws/a', 'x')]],
    ['Copilot edits', copilot('edit', { path: '/ws/a', old_str: 'o', new_str: 'n' }), [replace('/ws/a', 'o', 'n')]],
    ['Copilot patches with a bare text', copilot('apply_patch', PATCH), [patch]],
    ['Copilot types into a shell', copilot('write_bash', { sessionId: '1', input: 'ls' }), [command('ls')]],
    ['Copilot gives its arguments as a text', copilot('bash', '{"command":"ls"}'), [command('ls')]],
    ['VS Code creates', vscode('create_file', { filePath: '/ws/a', content: 'x' }), [write('/ws/a', 'x')]],
    ['VS Code replaces', vscode('replace_string_in_file', { filePath: '/ws/a', oldString: 'o', newString: 'n' }), [replace('/ws/a', 'o', 'n')]],
    ['VS Code replaces in several files', vscode('multi_replace_string_in_file', { explanation: 'x', replacements: [{ filePath: '/a', oldString: 'o', newString: 'n' }, { filePath: '/b', oldString: 'p', newString: 'q' }] }), [{ kind: 'edit', changes: [{ path: '/a', change: { type: 'replace', pairs: [{ old: 'o', now: 'n', all: false }] } }, { path: '/b', change: { type: 'replace', pairs: [{ old: 'p', now: 'q', all: false }] } }] }]],
    ['VS Code patches', vscode('apply_patch', { input: PATCH, explanation: 'x' }), [patch]],
    ['VS Code inserts', vscode('insert_edit_into_file', { filePath: '/ws/a', code: 'x', explanation: 'y' }), [edit('/ws/a', { type: 'unknown', text: 'x' })]],
    ['VS Code types into a terminal', vscode('send_to_terminal', { id: '1', command: 'ls' }), [command('ls')]],
    ['VS Code makes a task', vscode('create_and_run_task', { task: { label: 'x', type: 'shell', command: 'make', args: ['deploy all'] } }), [command("make 'deploy all'")]],
    ['Codex patches', codex('apply_patch', { command: PATCH }), [patch]],
    ['Qwen edits', qwen('edit', { file_path: '/ws/a', old_string: 'o', new_string: 'n' }), [replace('/ws/a', 'o', 'n')]],
    ['Cursor writes', cursor('Write', { file_path: '/ws/a', content: 'x' }), [write('/ws/a', 'x')]],
    ['Cursor deletes', cursor('Delete', { file_path: '/ws/a' }), [edit('/ws/a', { type: 'delete' })]],
    ['Cursor runs a command', { ...cursor('', {}), hook_event_name: 'beforeShellExecution', tool_name: undefined, command: 'ls', cwd: '/ws', sandbox: false }, [command('ls')]],
    ['Cursor calls an MCP server', { ...cursor('drop_table', '{"name":"x"}'), hook_event_name: 'beforeMCPExecution' }, [{ kind: 'tool', name: 'MCP:drop_table', input: { name: 'x' } }]],
    ['Kiro writes', kiro('fs_write', { path: 'a', text: 'x' }), [write('a', 'x')]],
    ['Kiro appends', kiro('fs_append', { path: 'a', text: 'x' }), [edit('a', { type: 'append', text: 'x' })]],
    ['Kiro replaces', kiro('str_replace', { path: 'a', oldStr: 'o', newStr: 'n' }), [replace('a', 'o', 'n')]],
    ['Kiro deletes', kiro('delete_file', { targetFile: 'a' }), [edit('a', { type: 'delete' })]],
    ['an early Kiro says nothing of what it does', kiro('execute_bash', {}), [{ kind: 'unclear', reason: 'The call names no command.' }]],
    ['Kiro CLI creates', kiroCli('fs_write', { command: 'create', path: 'a', file_text: 'x' }), [write('a', 'x')]],
    ['Kiro CLI replaces', kiroCli('fs_write', { command: 'str_replace', path: 'a', old_str: 'o', new_str: 'n' }), [replace('a', 'o', 'n')]],
    ['Kiro CLI inserts', kiroCli('fs_write', { command: 'insert', path: 'a', insert_line: 3, new_str: 'n' }), [edit('a', { type: 'insert', line: 3, text: 'n' })]],
    ['Kiro CLI calls AWS', kiroCli('use_aws', { service_name: 's3', operation_name: 'DeleteBucket', profile_name: 'prod', parameters: { bucket: 'x' } }), [command('aws --profile prod s3 delete-bucket --bucket x')]],
    ['Cline gives its commands as a text', { clineVersion: '3', taskId: 's', workspaceRoots: ['/ws'], preToolUse: { toolName: 'run_commands', parameters: { commands: '["ls","pwd"]' } } }, [command('ls\npwd')]],
    ['Cline edits', cline('editor', { path: '/ws/a', old_text: 'o', new_text: 'n' }), [replace('/ws/a', 'o', 'n')]],
    ['Cline creates', cline('editor', { path: '/ws/a', new_text: 'n' }), [write('/ws/a', 'n')]],
    ['Cline calls an MCP server', cline('use_mcp_tool', { server_name: 'db', tool_name: 'drop', arguments: '{"a":1}' }), [{ kind: 'tool', name: 'db/drop', input: { a: 1 } }]],
    ['Windsurf edits', windsurf('pre_write_code', { file_path: '/ws/a', edits: [{ old_string: 'o', new_string: 'n' }] }), [replace('/ws/a', 'o', 'n')]],
    ['Windsurf calls an MCP server', windsurf('pre_mcp_tool_use', { mcp_server_name: 'db', mcp_tool_name: 'drop', mcp_tool_arguments: {} }), [{ kind: 'tool', name: 'db/drop', input: {} }]],
    ['opencode edits', opencode('edit', { filePath: '/ws/a', oldString: 'o', newString: 'n' }), [replace('/ws/a', 'o', 'n')]],
    ['opencode works elsewhere', opencode('bash', { command: 'ls', workdir: '/x' }), [command('ls', { cwd: '/x' })]],
    ['a tool that nobody knows runs a command', claude('NewShell', { command: 'ls' }), [command('ls'), { kind: 'tool', name: 'NewShell', input: { command: 'ls' } }]],
    ['a tool that nobody knows writes a file', claude('NewWrite', { file_path: '/ws/a', content: 'x' }), [write('/ws/a', 'x'), { kind: 'tool', name: 'NewWrite', input: { file_path: '/ws/a', content: 'x' } }]],
  ];
  for (const [what, payload, expected] of TOOLS) it(`is told apart: ${what}`, () => assert.deepEqual(acts(payload), expected));

  it('is nothing when it is none of the known forms, and never a fault', () => {
    for (const input of ['', '{', 'null', '[]', '42', '{}', '{"tool_name":1}', '{"__proto__":{"tool_name":"Bash"}}']) assert.equal(readToolCall(input), undefined, input);
    assert.ok(readToolCall(`\ufeff${JSON.stringify(claude('Bash', { command: 'ls' }))}`), 'a byte order mark');
    const names = fc.constantFrom(...ASSISTANTS.flatMap(({ tools }) => Object.keys(tools)), 'constructor', 'x');
    const makers = [claude, gemini, copilot, codex, qwen, cursor, kiro, kiroCli, opencode];
    fc.assert(
      fc.property(fc.constantFrom(...makers), names, fc.jsonValue(), (make, tool, input) => {
        for (const act of acts(make(tool, input)) ?? []) if (act.kind === 'edit') assert.ok(act.changes.length > 0);
      }),
      { numRuns: runs(300) },
    );
    fc.assert(fc.property(fc.json(), (json) => readToolCall(json) === undefined || true), { numRuns: runs(200) });
  });
});

describe('a denial', () => {
  it('says no in every dialect where the caller is not recognised, prints nothing but JSON, and ends with 2', () => {
    const { stdout, stderr, exitCode } = denial('Because.', EVERY_DIALECT);
    const said = JSON.parse(stdout) as Record<string, unknown>;
    assert.equal(exitCode, 2);
    assert.equal(stderr, 'Because.\n');
    assert.equal(said['decision'], 'block');
    assert.equal(said['cancel'], true);
    assert.deepEqual(said['hookSpecificOutput'], { hookEventName: 'PreToolUse', permissionDecision: 'deny', permissionDecisionReason: 'Because.' });
  });

  it('is no yes in any dialect, and no objection never skips an assistant’s own prompt', () => {
    for (const { name, dialect } of ASSISTANTS) {
      assert.doesNotMatch(JSON.stringify(dialect.deny('No.')), /allow|approve/i, name);
      // Cursor alone counts silence as a failure, and its "allow" does not go past its own lists.
      if (name !== 'Cursor') assert.equal(dialect.quiet, undefined, name);
      for (const mode of ['bypassPermissions', 'dontAsk', 'auto', undefined]) if (name === 'Claude Code') assert.equal(dialect.ask?.('Why.', mode), undefined);
    }
  });
});
