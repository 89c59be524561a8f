import { HOOK_TIMEOUT, type Placement, type Scope, type Switch } from './assistant.js';
import { askedAbout, editor, looks, named, patches, powershell, replaces, shell, writes } from './tools.js';

/** The tools of the Copilot CLI. */
export const COPILOT_TOOLS = {
  ...named('bash write_bash', shell),
  ...named('powershell write_powershell', powershell),
  ...named('create', writes),
  ...named('edit', replaces),
  ...named('str_replace_editor', editor),
  ...named('apply_patch', patches),
  ...named('view glob grep rg read_bash stop_bash list_bash read_powershell stop_powershell list_powershell report_intent update_todo fetch_copilot_cli_documentation task ask_user web_fetch web_search store_memory show_file', looks),
};

/** The Copilot CLI and VS Code's agent mode read the same files; what they report differs. VS Code takes no notice of the matcher. */
const text = (command: string) => `${JSON.stringify({ version: 1, hooks: { preToolUse: [{ type: 'command', matcher: askedAbout(COPILOT_TOOLS), bash: command, timeoutSec: HOOK_TIMEOUT }] } }, undefined, 2)}\n`;

export const COPILOT_PLACEMENTS: Readonly<Record<Scope, readonly Placement[]>> = {
  user: [{ type: 'file', file: '.copilot/hooks/countersign.json', text }],
  project: [{ type: 'file', file: '.github/hooks/countersign.json', text }],
};

export const COPILOT_SWITCHES: readonly Switch[] = ([['project', '.github/copilot/settings.json'], ['project', '.github/copilot/settings.local.json'], ['user', '.copilot/settings.json'], ['user', '.copilot/config.json']] as const).map(([scope, file]) => ({
  scope, file, key: ['disableAllHooks'], silences: (value: unknown) => value === true,
}));
