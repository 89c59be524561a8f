import { emit, inside, insideWord } from './command.js';
import type { Call } from './command.js';
import { outputOf } from './outputs.js';
import { resolvePath } from './paths.js';
import { HOLE, isKnown, isOfGuard } from './program.js';
import type { Word } from './program.js';
import type { Walk } from './walk.js';

type Builtin = (walk: Walk, call: Call, args: readonly Word[]) => string | undefined;

/** Builtins that change what the shell knows, or that run what they are given. */
const BUILTINS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['cd', changeDirectory],
  ['pushd', changeDirectory],
  ['export', declare],
  ['declare', declare],
  ['typeset', declare],
  ['local', declare],
  ['readonly', declare],
  ['alias', alias],
  ['read', read],
  ['mapfile', forget],
  ['readarray', forget],
  ['getopts', forget],
  ['unset', unset],
  ['shift', shift],
  ['set', setArguments],
  ['eval', evaluate],
  ['trap', trap],
  ['printf', printInto],
]);

/** Does what a builtin does to the walk; undefined when the name is none, or when it acts like a program. */
export function runBuiltin(walk: Walk, call: Call, program: string): string | undefined {
  const builtin = BUILTINS.get(program);
  return builtin?.(walk, call, call.words.slice(1));
}

function changeDirectory(_walk: Walk, call: Call, args: readonly Word[]): string {
  const path = args.find((word) => !/^-[LPe@n]+$/.test(word.text) && word.text !== '--')?.text ?? call.scope.home;
  call.scope.cwd = path === '-' || !isKnown(path) ? holeBelow(path) : resolvePath(call.scope.cwd, path);
  return '';
}

/** A path whose beginning is known keeps it: `/tmp/<unknown>` is still below `/tmp`. */
function holeBelow(path: string): string {
  return path.startsWith('/') && !path.includes('..') ? path : HOLE;
}

function declare(walk: Walk, call: Call, args: readonly Word[]): string {
  if (args.some(({ text }) => text.includes('=') && isOfGuard(text.slice(0, text.indexOf('='))))) emit(walk, call, 'disarm');
  const exports = call.words[0]?.text === 'export' || args.some((word) => /^-\w*x/.test(word.text));
  for (const { text } of args) {
    const match = /^([A-Za-z_]\w*)(\+?)=/.exec(text);
    const name = match?.[1] ?? (/^[A-Za-z_]\w*$/.test(text) ? text : undefined);
    if (name === undefined) continue;
    if (match) {
      const before = match[2] === '+' ? call.scope.get(name) : undefined;
      call.scope.set(name, (typeof before === 'string' ? before : '') + text.slice(match[0].length));
    }
    if (exports) call.scope.export(name);
  }
  return '';
}

function alias(walk: Walk, call: Call, args: readonly Word[]): string {
  for (const word of args) {
    const equals = word.text.indexOf('=');
    if (equals < 1) continue;
    const name = word.text.slice(0, equals);
    const text = word.text.slice(equals + 1);
    call.scope.setAlias(name, text);
    // The next line may use it, and nobody will look at the definition again then.
    walk.text(text, call.scope.child(), inside(call, [`alias ${name}`], [`alias ${name}`]));
  }
  return '';
}

function read(_walk: Walk, call: Call, args: readonly Word[]): string {
  const names: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const text = args[index]?.text ?? '';
    if (/^-[a-zA-Z]*[dinNptu]$/.test(text)) index += 1;
    else if (!text.startsWith('-')) names.push(text);
  }
  const { stdin } = call;
  let rest = HOLE;
  if (stdin && isKnown(stdin.text)) {
    const end = stdin.text.indexOf('\n', stdin.at);
    rest = stdin.text.slice(stdin.at, end < 0 ? undefined : end);
    stdin.at = end < 0 ? stdin.text.length : end + 1;
  }
  names.forEach((name, index) => {
    const last = index === names.length - 1;
    const space = rest.trimStart().search(/\s/);
    const value = last || space < 0 ? rest.trim() : rest.trimStart().slice(0, space);
    rest = last || space < 0 ? '' : rest.trimStart().slice(space);
    call.scope.set(name, value);
  });
  return '';
}

function forget(_walk: Walk, call: Call, args: readonly Word[]): string {
  for (const { text } of args) if (/^[A-Za-z_]\w*$/.test(text)) call.scope.set(text, HOLE);
  return '';
}

function unset(walk: Walk, call: Call, args: readonly Word[]): string {
  if (args.some(({ text }) => isOfGuard(text))) emit(walk, call, 'disarm');
  for (const { text } of args) if (!text.startsWith('-')) call.scope.set(text, '');
  return '';
}

function shift(_walk: Walk, call: Call, args: readonly Word[]): string {
  const count = Number(args[0]?.text ?? 1);
  call.scope.args = Number.isInteger(count) ? call.scope.args.slice(count) : [HOLE];
  return '';
}

function setArguments(_walk: Walk, call: Call, args: readonly Word[]): string {
  const dashes = args.findIndex((word) => word.text === '--');
  if (dashes >= 0) call.scope.args = args.slice(dashes + 1).map((word) => word.text);
  else if (args[0] && !/^[-+]/.test(args[0].text)) call.scope.args = args.map((word) => word.text);
  return '';
}

function evaluate(walk: Walk, call: Call, args: readonly Word[]): string {
  const [only] = args;
  const frame = only && args.length === 1 ? insideWord(call, only, ['eval']) : inside(call, ['eval']);
  // `X=rm eval '$X y'`: the assignments in front hold while the text runs.
  const before = [...call.env.keys()].map((name) => [name, call.scope.get(name)] as const);
  for (const [name, value] of call.env) call.scope.set(name, value);
  const output = walk.text(args.map((word) => word.text).join(' '), call.scope, frame, call.stdin);
  for (const [name, value] of before) call.scope.set(name, value ?? HOLE);
  return output;
}

/** `printf -v NAME …` sets a variable and prints nothing. */
function printInto(_walk: Walk, call: Call, args: readonly Word[]): string | undefined {
  const [flag, name] = args;
  if (flag?.text !== '-v' || !name) return undefined;
  call.scope.set(name.text, outputOf('printf', args, 2, undefined, call.scope));
  return '';
}

function trap(walk: Walk, call: Call, args: readonly Word[]): string {
  if (args.length > 1 && args.at(-1)?.text.toUpperCase() === 'DEBUG') emit(walk, call, 'disarm');
  const [action] = args.filter((word) => !/^-[lp]+$/.test(word.text) && word.text !== '--');
  if (action && action.text !== '-' && args.length > 1) walk.text(action.text, call.scope.child(), insideWord(call, action, ['trap']));
  return '';
}
