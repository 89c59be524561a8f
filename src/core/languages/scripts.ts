import { scanCode } from './calls.js';
import { dialectOf } from './dialect.js';
import { languageOf } from './inline.js';
import { pathOf, readText, unknownMaterial } from './material.js';
import type { Follow } from './material.js';
import type { ShellName } from '../assess/assessment.js';
import { hasFile } from '../world.js';
import { HOLE } from '../shell/program.js';
import type { Invocation } from '../shell/program.js';
import { sentence } from '../say.js';

const SHELL_NAMES = new Set(['sh', 'bash', 'zsh', 'dash', 'ash', 'ksh', 'mksh', 'fish', 'source', '.']);

/** `bash deploy.sh`, `source env.sh`, `./deploy.sh`: the script's own text decides. */
export const followScript: Follow = (invocation, world) => {
  const byShell = SHELL_NAMES.has(invocation.program) && !invocation.name.text.endsWith('/source');
  const script = byShell ? scriptOperand(invocation) : { text: invocation.name.text, rest: invocation.args.map((word) => word.text) };
  if (!script) return invocation.stdin?.includes(HOLE) ? unknownMaterial(sentence('It runs what it reads from standard input.')) : undefined;
  if (script.text.startsWith('-')) return undefined;
  const windows = !byShell && isWindowsScript(script.text);
  const path = pathOf(invocation, windows ? script.text.replaceAll('\\', '/') : script.text);
  // A bare name may be any program of the search path.
  if (windows && !/[/\\]/.test(script.text) && (path === undefined || !hasFile(world, path))) return undefined;
  if (path === undefined) return unknownMaterial(sentence('{0} is not a file that can be read here.', shown(script.text)));
  if (!byShell && isSystemPath(path)) return undefined;
  const read = readText(path, world);
  if ('reason' in read) return unknownMaterial(read.reason, [path]);
  const { text } = read;
  const dialect = dialectOf(path, text);
  const language = byShell || dialect !== undefined ? 'shell' : languageOf(text, path);
  if (language === undefined) return unknownMaterial(sentence('{0} is not in a language that is read here.', path), [path]);
  if (language === 'shell') {
    const shell = byShell ? shellNamed(invocation.program, dialect) : (dialect ?? 'bash');
    return { pieces: [{ kind: 'shell', text, args: script.rest, file: path, via: shown(script.text), shell }], files: [path], unknown: [], complete: true };
  }
  const { pieces, unknown } = scanCode(text, language, path);
  return { pieces, files: [path], unknown, complete: false };
};

/** `deploy.ps1`, `.\\build.cmd`: a script that Windows' shells run by its name. */
export function isWindowsScript(name: string): boolean {
  return /\.(ps1|cmd|bat)$/i.test(name);
}

/** The grammar of a file that a shell is told to run. What reads it into itself (`source`) says nothing of its own. */
function shellNamed(program: string, dialect: ShellName | undefined): ShellName {
  if (program === 'fish' || program === 'zsh') return program;
  const own = program === 'source' || program === '.';
  return own && (dialect === 'fish' || dialect === 'zsh') ? dialect : 'bash';
}

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
