import { CMD_TOOLS } from './cmd.js';
import { POWERSHELL_TOOLS } from './powershell.js';
import type { Tool } from './rule.js';

/** What cmd.exe and PowerShell run. */
export const WINDOWS_TOOLS: readonly Tool[] = [...POWERSHELL_TOOLS, ...CMD_TOOLS];
