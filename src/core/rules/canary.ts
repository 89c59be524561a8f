import { defineTool } from './rule.js';
import type { Tool } from './rule.js';

/**
 * The program by which the drill finds out whether a way of starting something is gated. It does nothing that
 * matters; a rule of its own makes every gate take it for what it stands for.
 */
export const CANARY = 'countersign-canary';

export const CANARY_TOOL: Tool = defineTool({
  names: [CANARY],
  grammar: { values: '--environment' },
  otherwise: 'read',
  rules: [
    {
      id: 'drill/canary',
      title: 'Plays a harmless canary of Countersign’s own drill',
      effect: 'write', severity: 'medium', reversible: 'yes', message: 'A canary of the drill: it stands for a change to production.', safer: 'countersign-canary --help',
      examples: {
        flagged: ['countersign-canary --environment production', '/tmp/drill/countersign-canary --environment production', 'env -i countersign-canary --environment production'],
        clear: ['countersign-canary --help', 'countersign-canary --version', 'which countersign-canary'],
      },
    },
  ],
});
