import type { Assistant } from './assistant.js';
import { COPILOT_PLACEMENTS, COPILOT_SWITCHES, COPILOT_TOOLS } from './copilot-hooks.js';
import { camelCall } from './reads.js';

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
  tools: COPILOT_TOOLS,
  dialect: { deny: (reason) => decided('deny', reason), ask: (reason) => decided('ask', reason) },
  placements: COPILOT_PLACEMENTS,
  switches: COPILOT_SWITCHES,
  sample: (command, cwd) => ({ sessionId: 'drill', timestamp: 0, cwd, toolName: 'bash', toolArgs: { command } }),
};
