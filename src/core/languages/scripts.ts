import { scanCode } from './calls.js';
import { languageOf } from './inline.js';
import { pathOf, readText, unknownMaterial } from './material.js';
import type { Follow } from './material.js';
import { HOLE } from '../shell/program.js';
import type { Invocation } from '../shell/program.js';

const SHELL_NAMES = new Set(['sh', 'bash', 'zsh', 'dash', 'ash', 'ksh', 'mksh', 'fish', 'source', '.']);

/** `bash deploy.sh`, `source env.sh`, `./deploy.sh`: the script's own text decides. */
export const followScript: Follow = (invocation, world) => {
  const byShell = SHELL_NAMES.has(invocation.program) && !invocation.name.text.endsWith('/source');
  const script = byShell ? scriptOperand(invocation) : { text: invocation.name.text, rest: invocation.args.map((word) => word.text) };
  if (!script) return invocation.stdin?.includes(HOLE) ? unknownMaterial('it runs what it reads from standard input') : undefined;
  if (script.text.startsWith('-')) return undefined;
  const path = pathOf(invocation, script.text);
  if (path === undefined) return unknownMaterial(`${shown(script.text)} is not a file that can be read here`);
  if (!byShell && isSystemPath(path)) return undefined;
  const read = readText(path, world);
  if ('reason' in read) return unknownMaterial(read.reason, [path]);
  const { text } = read;
  const language = byShell ? 'shell' : languageOf(text, path);
  if (language === undefined) return unknownMaterial(`${path} is not in a language that is read here`, [path]);
  if (language === 'shell') {
    return { pieces: [{ kind: 'shell', text, args: script.rest, file: path, via: shown(script.text) }], files: [path], unknown: [], complete: true };
  }
  const { pieces, unknown } = scanCode(text, language, path);
  return { pieces, files: [path], unknown, complete: false };
};

function scriptOperand(invocation: Invocation): { text: string; rest: readonly string[] } | undefined {
  const { args } = invocation;
  let index = 0;
  for (; index < args.length; index += 1) {
    const text = args[index]?.text ?? '';
    if (text === '--' || text === '-') {
      index += 1;
      break;
    }
    if (!/^[-+]./.test(text)) break;
    if (/^[-+][a-zA-Z]*[oO]$/.test(text) || text === '--rcfile' || text === '--init-file') index += 1;
  }
  const word = args[index];
  return word && { text: word.delivers ?? word.text, rest: args.slice(index + 1).map((arg) => arg.text) };
}

/** Programs of the system are known by name, not by their contents. */
function isSystemPath(path: string): boolean {
  return /^\/(usr|bin|sbin|opt\/homebrew|opt\/local|nix|snap)\//.test(path) || /^\/(bin|sbin)\//.test(path);
}

function shown(path: string): string {
  return path.replaceAll(HOLE, '…');
}
