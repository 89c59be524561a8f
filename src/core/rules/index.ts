import { DISK_TOOLS } from './filesystem/disks.js';
import { FILE_TOOLS } from './filesystem/others.js';
import { REDIRECT_RULES } from './filesystem/redirects.js';
import { COMPUTED_PROGRAM, COMPUTED_RULES } from './computed.js';
import { DISARM, GATE_TOOLS } from './gates.js';
import { rmTool } from './filesystem/remove.js';
import { gitTool } from './git/git.js';
import { CANARY_TOOL } from './canary.js';
import { CLOUD_TOOLS } from './clouds.js';
import { CONTAINER_TOOLS } from './containers.js';
import { DATABASE_TOOLS } from './databases.js';
import { HTTP_TOOLS } from './http.js';
import { kubectlTool } from './kubernetes.js';
import { PACKAGE_TOOLS } from './packages.js';
import { PLATFORM_TOOLS } from './platforms.js';
import { SOCKET_TOOLS } from './sockets.js';
import { IMAGE_TOOLS } from './filesystem/images.js';
import { SERVICE_TOOLS } from './services.js';
import { SQL_RULES } from './sql.js';
import { SYSTEM_TOOLS } from './system.js';
import { terraformTool } from './terraform.js';
import { WINDOWS_REDIRECT } from './cmd.js';
import { cmdletTools } from './powershell.js';
import { WINDOWS_TOOLS } from './windows.js';
import type { Invocation } from '../shell/program.js';
import type { Rule, Tool } from './rule.js';
import { METHOD_CALL, UNKNOWN_VERB } from './verbs.js';

export { KNOWN } from './known.js';
export { COMPUTED_TEXT } from './computed.js';

const ALL: readonly Tool[] = [rmTool, ...FILE_TOOLS, ...DISK_TOOLS, gitTool, terraformTool, kubectlTool, ...CONTAINER_TOOLS, ...SYSTEM_TOOLS, ...HTTP_TOOLS, ...PACKAGE_TOOLS, ...DATABASE_TOOLS, ...CLOUD_TOOLS, ...PLATFORM_TOOLS, ...SERVICE_TOOLS, ...SOCKET_TOOLS, ...IMAGE_TOOLS, ...WINDOWS_TOOLS, ...GATE_TOOLS, CANARY_TOOL];

/** Rules that look at every invocation, whatever its program. */
export const EVERYWHERE: readonly Rule[] = [...REDIRECT_RULES, WINDOWS_REDIRECT, ...COMPUTED_RULES, DISARM];

/** Rules for programs that nobody has heard of, or whose name cannot be known. */
export const UNKNOWN_PROGRAM: readonly Rule[] = [UNKNOWN_VERB, METHOD_CALL, COMPUTED_PROGRAM];

/** The tools that read a program's calls, by the program's base name. */
export const TOOLS: ReadonlyMap<string, readonly Tool[]> = index();

/** The tools that read a call: by its program's name, or a cmdlet's by its verb. */
export function toolsOf({ program, name }: Invocation): readonly Tool[] | undefined {
  return TOOLS.get(program) ?? cmdletTools(program, name.text);
}

/** Every rule there is. */
export const RULES: readonly Rule[] = [...new Set([...EVERYWHERE, ...UNKNOWN_PROGRAM, ...SQL_RULES, ...ALL.flatMap((tool) => tool.rules)])];

function index(): ReadonlyMap<string, readonly Tool[]> {
  const byName = new Map<string, Tool[]>();
  for (const tool of ALL) for (const name of tool.names) byName.set(name, [...(byName.get(name) ?? []), tool]);
  return byName;
}
