import { HOOK_TIMEOUT, type Assistant, type Placement } from './assistant.js';
import { EXIT_CODE_ONLY, KIRO_TOOLS, kiroSample } from './kiro.js';
import { fieldOf } from './payload.js';
import { snakeCall } from './reads.js';

/** A hook counts only for the agent whose file holds it, so every agent gets one. */
export function agentFiles(folder: string): Placement {
  return {
    type: 'entries',
    folder,
    at: ['hooks', 'preToolUse'],
    entry: (command) => ({ matcher: '*', command, timeout_ms: HOOK_TIMEOUT * 1000 }),
    own: { name: 'countersign.json', rest: { name: 'countersign', description: 'Asks Countersign before each tool call', tools: ['*'] } },
  };
}

/** The command line before 3.0. */
export const kiroCli: Assistant = {
  id: 'kiro-cli',
  name: 'Kiro CLI 2',
  programs: ['kiro-cli'],
  folders: ['.kiro/agents'],
  marks: [],
  hook: 'preToolUse of each agent file',
  failsOpen: 'yes, and for agents without a file',
  next: 'shell guard, shims',
  waits: true,
  tested: 'contract',
  read: (payload) => (fieldOf(payload, 'hook_event_name') === 'preToolUse' ? snakeCall(payload) : undefined),
  tools: KIRO_TOOLS,
  dialect: EXIT_CODE_ONLY,
  placements: { user: [agentFiles('.kiro/agents')], project: [agentFiles('.kiro/agents')] },
  switches: [],
  sample: kiroSample('preToolUse'),
};
