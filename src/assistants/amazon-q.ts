import type { Assistant } from './assistant.js';
import { agentFiles, kiroCli } from './kiro-cli.js';

/** The command line that became Kiro's; what it reports cannot be told from Kiro CLI 2. */
export const amazonQ: Assistant = {
  ...kiroCli,
  id: 'amazon-q',
  name: 'Amazon Q Developer CLI',
  programs: ['q', 'qchat'],
  folders: ['.aws/amazonq'],
  marks: [],
  placements: { user: [agentFiles('.aws/amazonq/cli-agents')], project: [agentFiles('.amazonq/cli-agents')] },
};

/** No hook is documented for the IDE plug-in. */
export const amazonQIde: Assistant = {
  ...amazonQ,
  id: 'amazon-q-ide',
  name: 'Amazon Q Developer in an IDE',
  programs: [],
  folders: [],
  marks: [],
  hook: undefined,
  failsOpen: 'it has no hook',
  next: 'the guards of the window, shims',
  waits: false,
  read: () => undefined,
  placements: { user: [], project: [] },
};
