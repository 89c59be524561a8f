import assert from 'node:assert/strict';
import fc from 'fast-check';
import { denial, readToolCall } from '../../../src/assistants/dialect.js';

describe('what assistants ask', () => {
  const cases: [name: string, input: object][] = [
    ['Claude Code', { session_id: 's', transcript_path: '/home/x/.claude/projects/p/t.jsonl', cwd: '/ws', hook_event_name: 'PreToolUse', tool_name: 'Bash', tool_input: { command: 'ls', description: 'x' }, tool_use_id: 'toolu_1' }],
    ['Gemini CLI', { session_id: 's', cwd: '/ws', hook_event_name: 'BeforeTool', tool_name: 'run_shell_command', tool_input: { command: 'ls' } }],
    ['GitHub Copilot CLI', { sessionId: 's', timestamp: 1, cwd: '/ws', toolName: 'bash', toolArgs: { command: 'ls' } }],
    ['VS Code agent mode', { session_id: 's', hook_event_name: 'PreToolUse', tool_name: 'run_in_terminal', tool_input: { command: 'ls' }, tool_use_id: 'call_1__vscode-2', cwd: '/ws' }],
    ['Codex', { session_id: 's', turn_id: 't', model: 'm', cwd: '/ws', hook_event_name: 'PreToolUse', tool_name: 'Bash', tool_input: { command: 'ls' } }],
    ['an assistant', { tool_name: 'shell', tool_input: { command: 'ls' }, cwd: '/ws', session_id: 's' }],
  ];
  for (const [name, input] of cases) {
    it(`is understood from ${name}`, () => {
      assert.deepEqual(readToolCall(JSON.stringify(input)), { agent: { name, session: 's' }, command: 'ls', cwd: '/ws' });
    });
  }

  it('may be a tool that runs no command', () => {
    assert.equal(readToolCall('{"tool_name":"Read","tool_input":{"file_path":"/x"}}')?.command, undefined);
    assert.equal(readToolCall('{"toolName":"apply_patch","toolArgs":"*** Begin Patch"}')?.command, undefined);
  });

  it('is nothing when it is none of the known forms', () => {
    for (const input of ['', '{', 'null', '[]', '42', '{}', '{"tool_name":1}']) assert.equal(readToolCall(input), undefined);
    fc.assert(fc.property(fc.json(), (json) => readToolCall(json) === undefined || true));
  });
});

describe('a denial', () => {
  it('says no in every dialect, prints nothing but JSON, and ends with 2', () => {
    const { stdout, stderr, exitCode } = denial('Because.');
    const said = JSON.parse(stdout) as Record<string, unknown>;
    assert.equal(exitCode, 2);
    assert.equal(stderr, 'Because.\n');
    assert.equal(said['decision'], 'block');
    assert.equal(said['cancel'], true);
    assert.deepEqual(said['hookSpecificOutput'], { hookEventName: 'PreToolUse', permissionDecision: 'deny', permissionDecisionReason: 'Because.' });
  });
});
