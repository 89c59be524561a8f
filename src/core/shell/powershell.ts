import { emit, inside } from './command.js';
import type { Call } from './command.js';
import { PsRun } from './powershell-run.js';
import { HOLE, wordOf } from './program.js';
import type { Word } from './program.js';
import type { Scope } from './scope.js';
import type { Frame, Walk } from './walk.js';

/** Reads a PowerShell text into the calls it would make. See {@link parsePowerShell}. */
export function readPowerShell(walk: Walk, text: string, scope: Scope, frame: Frame): string {
  const run = new PsRun(walk, scope);
  const { texts } = run.text(text, frame);
  run.rest();
  return texts.join('\n');
}

/** Options of `pwsh` and `powershell` that take a value; any beginning of them will do. */
const VALUES = ['executionpolicy', 'windowstyle', 'version', 'psconsolefile', 'workingdirectory', 'inputformat', 'outputformat', 'configurationname', 'configurationfile', 'settingsfile', 'custompipename', 'encodedarguments'];
const SHORT_VALUES = /^(ex|ep|w|wd|v|if|of|inp|o)$/;

/** `powershell -Command …`, `-EncodedCommand …`, `-File …` and `… | pwsh -`, from whichever shell. */
export function runPowerShellCall(walk: Walk, call: Call, program: string): string {
  const frame = inside(call, [program]);
  const scope = call.scope.process(call.env, [], false);
  const words = call.words.slice(1);
  const run = (text: string): string => readPowerShell(walk, text, scope, frame);
  for (let index = 0; index < words.length; index += 1) {
    const text = words[index]?.text ?? '';
    const option = /^(?:[-\u2013-\u2015/]|--)([A-Za-z]\w*)(?::([^]*))?$/.exec(text);
    const name = option?.[1]?.toLowerCase() ?? '';
    const rest = (): string => words.slice(index + 1).map((word) => word.text).join(' ');
    if (text === '-' || ((isShort(name, 'command', 'c') || isShort(name, 'file', 'f')) && rest() === '-')) return run(call.stdin?.text ?? HOLE);
    if (name === 'ec' || isShort(name, 'encodedcommand', 'e')) return run(decoded(option?.[2] ?? words[index + 1]?.text ?? HOLE));
    if (isShort(name, 'command', 'c') || /^(cwa|commandwithargs)$/.test(name)) return run(option?.[2] === undefined ? rest() : `${option[2]} ${rest()}`);
    if (isShort(name, 'file', 'f')) return file(walk, call, words.slice(index + 1), frame, run);
    if (option) {
      if (SHORT_VALUES.test(name) || (name.length > 2 && VALUES.some((full) => full.startsWith(name)))) index += 1;
    } else if (/\.ps1$/i.test(text)) return file(walk, call, words.slice(index), frame, run);
    else return run(`${text} ${rest()}`);
  }
  return call.stdin ? run(call.stdin.text) : HOLE;
}

function isShort(name: string, full: string, least: string): boolean {
  return name.startsWith(least) && full.startsWith(name);
}

function decoded(text: string): string {
  return text.includes(HOLE) ? HOLE : Buffer.from(text, 'base64').toString('utf16le');
}

/** A script with what it is told: one that was just written is read here, any other is followed like a script that is called by its name. */
function file(walk: Walk, call: Call, [script, ...args]: readonly Word[], frame: Frame, run: (text: string) => string): string {
  const path = script?.text ?? HOLE;
  const written = walk.files.get(walk.pathOf(path.replaceAll('\\', '/'), call.scope));
  if (written !== undefined) return run(written);
  const name = script ?? wordOf(HOLE, call.span);
  // Without its ending it would be run as something else.
  emit(walk, { ...call, frame, words: [/\.ps1$/i.test(path) && !/[/\\]/.test(path) ? { ...name, text: `./${path}` } : name, ...args] }, 'powershell-script');
  return HOLE;
}
