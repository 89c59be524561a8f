import { HOOK_TIMEOUT, type Placement, type Scope, type Switch } from './assistant.js';

/** The Copilot CLI and VS Code's agent mode read the same files; what they report differs. */
const text = (command: string) => `${JSON.stringify({ version: 1, hooks: { preToolUse: [{ type: 'command', bash: command, timeoutSec: HOOK_TIMEOUT }] } }, undefined, 2)}\n`;

export const COPILOT_PLACEMENTS: Readonly<Record<Scope, readonly Placement[]>> = {
  user: [{ type: 'file', file: '.copilot/hooks/countersign.json', text }],
  project: [{ type: 'file', file: '.github/hooks/countersign.json', text }],
};

export const COPILOT_SWITCHES: readonly Switch[] = ([['project', '.github/copilot/settings.json'], ['project', '.github/copilot/settings.local.json'], ['user', '.copilot/settings.json'], ['user', '.copilot/config.json']] as const).map(([scope, file]) => ({
  scope, file, key: ['disableAllHooks'], silences: (value: unknown) => value === true,
}));
