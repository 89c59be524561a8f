import { claudeWords, HOOK_TIMEOUT, type Assistant } from './assistant.js';
import { fieldOf, textIn } from './payload.js';
import { snakeCall } from './reads.js';
import { askedAbout, looks, named, powershell, replaces, rewrites, shell, writes } from './tools.js';

/** The modes in which it puts a question to its person. In the others a question may be answered by itself. */
const ASKING = ['default', 'acceptEdits', 'plan'];
const TOOLS = {
  ...named('Bash Monitor', shell),
  ...named('PowerShell', powershell),
  ...named('Write', writes),
  ...named('Edit MultiEdit', replaces),
  ...named('NotebookEdit', rewrites),
  ...named('Read Glob Grep LS NotebookRead TodoWrite TodoRead WebFetch WebSearch Task Agent TaskOutput TaskStop BashOutput KillShell KillBash AskUserQuestion ExitPlanMode EnterPlanMode SlashCommand Skill ToolSearch ListMcpResourcesTool ReadMcpResourceTool', looks),
};
const entry = (command: string) => ({ matcher: askedAbout(TOOLS), hooks: [{ type: 'command', command, timeout: HOOK_TIMEOUT, onFailure: 'block' }] });
const at = ['hooks', 'PreToolUse'];

export const claudeCode: Assistant = {
  id: 'claude-code',
  name: 'Claude Code',
  programs: ['claude'],
  folders: ['.claude'],
  marks: ['CLAUDECODE'],
  sessionMark: 'CLAUDE_CODE_SESSION_ID',
  hook: 'PreToolUse',
  failsOpen: 'only when the hook ends well and prints no JSON (since 2.1.295; always before)',
  next: 'shell guard, shims',
  waits: true,
  tested: 'real client',
  read: (payload) => (fieldOf(payload, 'hook_event_name') === 'PreToolUse' && (textIn(payload, 'transcript_path')?.includes('.claude') || 'prompt_id' in payload) ? snakeCall(payload) : undefined),
  tools: TOOLS,
  dialect: {
    deny: (reason) => claudeWords('deny', reason),
    ask: (reason, mode) => (mode !== undefined && ASKING.includes(mode) ? claudeWords('ask', reason) : undefined),
  },
  placements: {
    user: [{ type: 'entry', file: '.claude/settings.json', at, entry }],
    project: [{ type: 'entry', file: '.claude/settings.json', at, entry }],
  },
  switches: (['.claude/settings.json', '.claude/settings.local.json'] as const).flatMap((file) =>
    (['user', 'project'] as const).map((scope) => ({ scope, file, key: ['disableAllHooks'], silences: (value: unknown) => value === true })),
  ),
  sample: (command, cwd) => ({ session_id: 'drill', transcript_path: '/.claude/drill.jsonl', cwd, permission_mode: 'default', hook_event_name: 'PreToolUse', tool_name: 'Bash', tool_input: { command } }),
};
