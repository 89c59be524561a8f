import { claudeWords, HOOK_TIMEOUT, type Assistant } from './assistant.js';
import { tableIn } from './toml.js';
import { fieldOf, objectOf, textIn } from './payload.js';
import { snakeCall } from './reads.js';
import { looks, named, patches, shell } from './tools.js';

const entry = (command: string) => ({ matcher: '*', hooks: [{ type: 'command', command, timeout: HOOK_TIMEOUT }] });
const at = ['hooks', 'PreToolUse'];

export const codex: Assistant = {
  id: 'codex',
  name: 'Codex',
  programs: ['codex'],
  folders: ['.codex'],
  marks: ['CODEX_THREAD_ID', 'CODEX_CI'],
  sessionMark: 'CODEX_THREAD_ID',
  hook: 'PreToolUse',
  failsOpen: 'yes, and as long as nobody has trusted the hook',
  next: 'shell guard, shims',
  waits: true,
  tested: 'real client',
  read: (payload) => (textIn(payload, 'turn_id') === undefined ? undefined : snakeCall(payload)),
  tools: {
    ...named('Bash shell local_shell exec_command shell_command', shell),
    ...named('apply_patch Edit Write', patches),
    ...named('update_plan view_image web_search request_user_input', looks),
  },
  // A question is not supported: the command would run. Fields that it does not know make it ignore the answer.
  dialect: { deny: (reason) => claudeWords('deny', reason) },
  placements: {
    user: [{ type: 'entry', file: '.codex/hooks.json', at, entry }],
    project: [{ type: 'entry', file: '.codex/hooks.json', at, entry }],
  },
  switches: (['user', 'project'] as const).map((scope) => ({ scope, file: '.codex/config.toml', key: ['features', 'hooks'], silences: (value: unknown) => value === false })),
  consent: {
    scope: 'user',
    file: '.codex/config.toml',
    how: 'Start Codex, type /hooks, and trust this hook: until then Codex does not ask it.',
    isGiven: (text, hookFile) => {
      const states = objectOf(fieldOf(objectOf(fieldOf(tableIn(text ?? ''), 'hooks')), 'state'));
      return Object.entries(states ?? {}).some(([key, state]) => key.startsWith(`${hookFile}:pre_tool_use:`) && typeof fieldOf(objectOf(state), 'trusted_hash') === 'string' && fieldOf(objectOf(state), 'enabled') !== false);
    },
  },
  sample: (command, cwd) => ({ session_id: 'drill', turn_id: 'drill', transcript_path: '', cwd, hook_event_name: 'PreToolUse', model: 'drill', tool_name: 'Bash', tool_input: { command } }),
};
