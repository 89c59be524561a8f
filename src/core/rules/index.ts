import { rmTool } from './filesystem/remove.js';
import { kubectlTool } from './kubernetes.js';
import { terraformTool } from './terraform.js';
import type { Rule, Tool } from './rule.js';

export { KNOWN } from './known.js';

const ALL: readonly Tool[] = [rmTool, terraformTool, kubectlTool];

/** Rules that look at every invocation, whatever its program. */
export const EVERYWHERE: readonly Rule[] = [];

/** The tools that read a program's calls, by the program's base name. */
export const TOOLS: ReadonlyMap<string, readonly Tool[]> = index();

/** Every rule there is. */
export const RULES: readonly Rule[] = [...new Set([...EVERYWHERE, ...ALL.flatMap((tool) => tool.rules)])];

function index(): ReadonlyMap<string, readonly Tool[]> {
  const byName = new Map<string, Tool[]>();
  for (const tool of ALL) for (const name of tool.names) byName.set(name, [...(byName.get(name) ?? []), tool]);
  return byName;
}
