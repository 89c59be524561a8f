import type { Assistant, Placement } from './assistant.js';
import { EVERY_DIALECT } from './assistant.js';
import plugin from './opencode-plugin.txt';
import { fieldOf } from './payload.js';
import { snakeCall } from './reads.js';
import { looks, named, onlyLooking, patches, replaces, shell, writes } from './tools.js';

const TOOLS = {
  ...named('bash', shell),
  ...named('write', writes),
  ...named('edit multiedit', replaces),
  ...named('patch apply_patch', patches),
  ...named('read glob grep list todowrite todoread webfetch websearch codesearch task skill lsp question', looks),
};
const hook = (file: string): Placement => ({
  type: 'file',
  file,
  text: (command) => plugin.replace('@LOOKS@', () => JSON.stringify(onlyLooking(TOOLS))).replace('@HOOK@', () => JSON.stringify(command)),
});

export const opencode: Assistant = {
  id: 'opencode',
  name: 'opencode',
  programs: ['opencode'],
  folders: ['.config/opencode'],
  marks: ['OPENCODE'],
  hook: 'tool.execute.before of a plug-in',
  failsOpen: 'only when the plug-in cannot be loaded, or with --pure',
  next: 'shell guard, shims',
  waits: true,
  tested: 'real client',
  read: (payload) => (fieldOf(payload, 'hook_event_name') === 'tool.execute.before' ? snakeCall(payload) : undefined),
  tools: TOOLS,
  // The plug-in takes the reason from standard error, and throws it.
  dialect: EVERY_DIALECT,
  placements: { user: [hook('.config/opencode/plugins/countersign.js')], project: [hook('.opencode/plugins/countersign.js')] },
  switches: [],
  sample: (command, cwd) => ({ hook_event_name: 'tool.execute.before', session_id: 'drill', tool_name: 'bash', tool_input: { command }, cwd }),
};
