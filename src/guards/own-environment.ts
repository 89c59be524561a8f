/** Set by our own scripts for our own programs alone. */
const OWN = new Set(['ELECTRON_RUN_AS_NODE', 'COUNTERSIGN_NODE_OPTIONS', 'NODE_OPTIONS']);

/** The environment as what runs will have it: our scripts keep NODE_OPTIONS from loading anything into our programs. */
export function ownEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  const nodeOptions = env['COUNTERSIGN_NODE_OPTIONS'] ?? '';
  const kept = Object.entries(env).flatMap(([name, value]) => (value === undefined || OWN.has(name) ? [] : [[name, value] as const]));
  return Object.fromEntries(nodeOptions === '' ? kept : [...kept, ['NODE_OPTIONS', nodeOptions]]);
}
