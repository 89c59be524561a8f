import { pathOf, readText, unknownMaterial } from './material.js';
import type { Follow } from './material.js';
import { scanCode } from './calls.js';
import type { Invocation } from '../shell/program.js';
import type { World } from '../world.js';
import { sentence } from '../say.js';

/** `python3.11` is `python3`; `node20` and `ruby3.2` are `node` and `ruby`. */
export function versionless(program: string): string {
  return !/\d$/.test(program) || INTERPRETERS[program] ? program : program.replace(/^(python[23]?|node|ruby|perl|php|lua|pypy3?)[\d.-]*$/, '$1');
}

export type Language = 'python' | 'javascript' | 'ruby' | 'perl' | 'php' | 'awk' | 'applescript' | 'lua';

/** Which language a script file is in, by its first line and its name. */
export function languageOf(text: string, path: string): Language | 'shell' | undefined {
  const line = text.startsWith('#!') ? text.slice(2, text.indexOf('\n') < 0 ? undefined : text.indexOf('\n')) : '';
  const interpreter = /(?:^|[/\s])(bash|sh|zsh|dash|ksh|ash|fish|python|node|ruby|perl|php|deno|bun|tsx|awk|osascript|lua)[\d.]*(?:\s|$)/.exec(line)?.[1];
  if (interpreter !== undefined) return BY_INTERPRETER[interpreter];
  const extension = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase();
  if (extension !== undefined) return BY_EXTENSION[extension];
  return line === '' ? 'shell' : undefined;
}

const BY_INTERPRETER: Readonly<Record<string, Language | 'shell'>> = {
  bash: 'shell', sh: 'shell', zsh: 'shell', dash: 'shell', ksh: 'shell', ash: 'shell', fish: 'shell',
  python: 'python', node: 'javascript', deno: 'javascript', bun: 'javascript', tsx: 'javascript',
  ruby: 'ruby', perl: 'perl', php: 'php', awk: 'awk', osascript: 'applescript', lua: 'lua',
};
const BY_EXTENSION: Readonly<Record<string, Language | 'shell'>> = {
  sh: 'shell', bash: 'shell', zsh: 'shell', command: 'shell', py: 'python', js: 'javascript', mjs: 'javascript', cjs: 'javascript', ts: 'javascript', mts: 'javascript', rb: 'ruby', pl: 'perl', php: 'php', awk: 'awk', lua: 'lua',
};

interface Interpreter {
  readonly language: Language;
  /** Options whose value is code. */
  readonly code: RegExp;
  /** Options that take another value. */
  readonly values: ReadonlySet<string>;
  /** The first operand is code, not a file. */
  readonly operand?: true;
}

const PYTHON: Interpreter = { language: 'python', code: /^-[a-zA-Z]*c$/, values: new Set(['-W', '-X']) };
const NODE: Interpreter = { language: 'javascript', code: /^(-[a-z]*[ep]|--eval|--print)$/, values: new Set(['-r', '--require', '--import', '--loader', '-C', '--conditions']) };
const RUBY: Interpreter = { language: 'ruby', code: /^-[a-z]*e$/, values: new Set(['-I', '-r', '-C', '-E']) };
const PERL: Interpreter = { language: 'perl', code: /^-[a-zA-Z0]*[eE]$/, values: new Set(['-I', '-M']) };
const PHP: Interpreter = { language: 'php', code: /^(-[rBRE]|--run)$/, values: new Set(['-d', '-c', '-f']) };
const AWK: Interpreter = { language: 'awk', code: /^(-e|--source)$/, values: new Set(['-F', '-v', '--assign', '--field-separator']), operand: true };

const INTERPRETERS: Readonly<Record<string, Interpreter>> = {
  python: PYTHON, python2: PYTHON, python3: PYTHON, pypy: PYTHON, pypy3: PYTHON, py: PYTHON,
  node: NODE, nodejs: NODE, bun: NODE, deno: NODE, tsx: NODE, 'ts-node': NODE,
  ruby: RUBY, perl: PERL, php: PHP,
  awk: AWK, gawk: AWK, mawk: AWK, nawk: AWK,
  osascript: { language: 'applescript', code: /^-e$/, values: new Set(['-l']) },
  lua: { language: 'lua', code: /^-e$/, values: new Set(['-l']) },
};

/** `python -c …`, `node -e …`, `ruby script.rb`, and code on standard input. */
export const followInline: Follow = (invocation, world) => {
  const interpreter = INTERPRETERS[versionless(invocation.program)];
  if (!interpreter) return undefined;
  const { args } = invocation;
  const codes: string[] = [];
  let index = 0;
  for (; index < args.length; index += 1) {
    const text = args[index]?.text ?? '';
    if (text === '--' || !text.startsWith('-') || text === '-') break;
    if (interpreter.code.test(text)) {
      index += 1;
      codes.push(args[index]?.text ?? '');
      if (interpreter.language === 'python') break;
    } else if (/^-[cer].{3}/.test(text) && interpreter.code.test(text.slice(0, 2))) codes.push(text.slice(2));
    else if (/^--(eval|print|run|source)=/.test(text)) codes.push(text.slice(text.indexOf('=') + 1));
    else if (interpreter.values.has(text)) index += 1;
    else if (interpreter.language === 'python' && text === '-m') return undefined;
  }
  if (args[index]?.text === '--') index += 1;
  const operand = args[index]?.text;
  if (codes.length === 0 && interpreter.operand && operand !== undefined) codes.push(operand);
  if (codes.length > 0) return ofCode(codes.join('\n'), interpreter.language, undefined);
  if (operand !== undefined && operand !== '-') {
    if (invocation.program === 'deno' || invocation.program === 'bun') return followRun(invocation, args.slice(index).map((word) => word.text), world);
    const path = pathOf(invocation, args[index]?.delivers ?? operand);
    if (path === undefined) return unknownMaterial(sentence('The script cannot be known.'));
    const read = readText(path, world);
    if ('reason' in read) return unknownMaterial(read.reason, [path]);
    const { pieces, unknown } = scanCode(read.text, interpreter.language, path);
    return { pieces, files: [path], unknown, complete: false };
  }
  return invocation.stdin === undefined ? undefined : ofCode(invocation.stdin, interpreter.language, undefined);
};

/** `deno run -A x.ts`, `deno eval CODE`, `bun x.ts`: other words are sub-commands and scripts. */
function followRun(invocation: Invocation, words: readonly string[], world: World): ReturnType<Follow> {
  const [first = '', ...more] = words;
  if (first === 'eval' && invocation.program === 'deno') return ofCode(more.find((word) => !word.startsWith('-')) ?? '', 'javascript', undefined);
  const script = first === 'run' ? more.find((word) => !word.startsWith('-')) : first;
  const path = script !== undefined && /\.[cm]?[jt]sx?$/.test(script) ? pathOf(invocation, script) : undefined;
  if (path === undefined) return undefined;
  const read = readText(path, world);
  if ('reason' in read) return unknownMaterial(read.reason, [path]);
  return { ...scanCode(read.text, 'javascript', path), files: [path], complete: false };
}

function ofCode(code: string, language: Language, file: string | undefined): ReturnType<Follow> {
  const { pieces, unknown } = scanCode(code, language, file);
  // `node -e "rm -rf /"`: plain words are a command line that went to the wrong program, or to one that hands it on.
  const mistaken = /^\s*[a-z][\w.-]*(?: +[-\w./~=:@]+)+\s*$/.test(code);
  return { pieces: mistaken ? [...pieces, { kind: 'shell', text: code, args: [], file, via: language }] : pieces, files: [], unknown, complete: false };
}
