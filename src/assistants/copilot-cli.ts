import type { Assistant } from './assistant.js';
import { COPILOT_PLACEMENTS, COPILOT_SWITCHES } from './copilot-hooks.js';
import { camelCall } from './reads.js';
import { editor, looks, named, patches, powershell, replaces, shell, writes } from './tools.js';

const decided = (decision: 'deny' | 'ask', reason: string) => ({ permissionDecision: decision, permissionDecisionReason: reason });

export const copilotCli: Assistant = {
  id: 'copilot-cli',
  name: 'GitHub Copilot CLI',
  configuredAs: 'copilot',
  programs: ['copilot'],
  folders: ['.copilot'],
  marks: ['COPILOT_CLI'],
  sessionMark: 'COPILOT_AGENT_SESSION_ID',
  hook: 'preToolUse',
  failsOpen: 'on a time-out, and when the hook ends well and prints no JSON',
  next: 'shims; the shell guard where BASH_ENV reaches its shell',
  waits: true,
  tested: 'real client',
  read: camelCall,
  tools: {
    ...named('bash write_bash', shell),
    ...named('powershell write_powershell', powershell),
    ...named('create', writes),
    ...named('edit', replaces),
    ...named('str_replace_editor', editor),
    ...named('apply_patch', patches),
    ...named('view glob grep rg read_bash stop_bash list_bash read_powershell stop_powershell list_powershell report_intent update_todo fetch_copilot_cli_documentation task ask_user web_fetch web_search store_memory show_file', looks),
  },
  dialect: { deny: (reason) => decided('deny', reason), ask: (reason) => decided('ask', reason) },
  placements: COPILOT_PLACEMENTS,
  switches: COPILOT_SWITCHES,
  sample: (command, cwd) => ({ sessionId: 'drill', timestamp: 0, cwd, toolName: 'bash', toolArgs: { command } }),
};
