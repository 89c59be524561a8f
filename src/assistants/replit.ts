import { EVERY_DIALECT, type Assistant } from './assistant.js';

/** Replit's agent runs in Replit's own workspace and has neither a hook nor an approval of its own. */
export const replit: Assistant = {
  id: 'replit',
  name: 'Replit Agent',
  programs: [],
  folders: [],
  marks: [],
  hook: undefined,
  failsOpen: 'it has no hook',
  next: 'shims and the shell guard, where its shell reads them; and the job that holds the credential',
  waits: false,
  tested: 'contract',
  read: () => undefined,
  tools: {},
  dialect: EVERY_DIALECT,
  placements: { user: [], project: [] },
  switches: [],
  sample: () => ({}),
};
