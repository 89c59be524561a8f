import { fileText, insideWord } from './command.js';
import type { Call } from './command.js';
import { parseFish } from './fish-parser.js';
import type { FishRun } from './fish-run.js';
import { UNKNOWN } from './fish-variables.js';
import type { Reach } from './fish-variables.js';
import { HOLE, isKnown } from './program.js';
import type { Word } from './program.js';

type Builtin = (run: FishRun, call: Call, args: readonly Word[]) => string | undefined;

/** Builtins that change what fish knows, or that run what they are given. Undefined: the call is a program after all. */
export const FISH_BUILTINS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['set', set],
  ['read', read],
  ['eval', evaluate],
  ['source', source],
  ['.', source],
  ['alias', alias],
  ['functions', functions],
  ['emit', emitEvent],
  ['trap', (run, call, args) => texts(run, call, args.filter(({ text }) => !text.startsWith('-')).slice(0, 1), 'trap')],
  ['abbr', abbreviation],
  ['bind', (run, call, args) => texts(run, call, args.filter(({ text }) => !text.startsWith('-')).slice(1), 'bind')],
  ['complete', complete],
  ['argparse', argparse],
  ['export', exported],
  ['command', command],
  ['builtin', builtin],
  ['exec', exec],
  ['psub', psub],
  ['return', (run) => leave(run, false)],
  ['break', (run) => leave(run, false)],
  ['continue', (run) => leave(run, false)],
  ['exit', (run) => leave(run, true)],
]);

const SILENT = new Set('block bg breakpoint contains count disown fg fish_config fish_update_completions history isatty jobs math path random set_color status string ulimit wait fish_add_path fish_vi_key_bindings fish_default_key_bindings commandline _ not and or begin end if else switch case for while function time vared suspend dirh nextd prevd fish_is_root_user fish_indent'.split(' '));

/** What a builtin prints that does nothing else; undefined when the name is none of them. */
export function fishOutput(name: string, args: readonly string[], stdin: string | undefined): string | undefined {
  if (name === 'echo') return echo(args);
  if (!SILENT.has(name)) return undefined;
  if (name !== 'string') return HOLE;
  const [sub, ...rest] = args;
  const given = rest.filter((text) => !/^(-[nq]|--quiet|--no-empty|--)$/.test(text));
  const lines = (from: number): readonly string[] => (given.length > from ? given.slice(from) : (stdin?.replace(/\n$/, '').split('\n') ?? [HOLE]));
  if (sub === 'join') return `${lines(1).join(given[0] ?? '')}\n`;
  return sub === 'collect' && !rest.some((text) => text.startsWith('-')) ? `${lines(0).join('\n')}\n` : HOLE;
}

function echo(args: readonly string[]): string | undefined {
  let flags = '';
  let at = 0;
  while (/^-[nsEe]+$/.test(args[at] ?? '')) flags += args[at++] ?? '';
  // Without `-s` and its like it is what every `echo` prints.
  if (!flags.includes('s') && !flags.includes('e')) return undefined;
  const text = args.slice(at).join(flags.includes('s') ? '' : ' ');
  return (flags.includes('e') && text.includes('\\') ? HOLE : text) + (flags.includes('n') ? '' : '\n');
}

const REACHES: Readonly<Record<string, Reach>> = { l: 'local', local: 'local', f: 'function', function: 'function', g: 'global', global: 'global', U: 'global', universal: 'global' };
const LONG_FLAGS: Readonly<Record<string, string>> = { export: 'x', unexport: 'u', erase: 'e', query: 'q', names: 'n', append: 'a', prepend: 'p', show: 'S', long: 'L', path: 'P', unpath: 'P', help: 'h' };

/** The options in front of the first operand; undefined when one of them is not known. */
function flagsOf(args: readonly Word[], letters: string): { readonly flags: string; readonly reach: Reach; readonly rest: readonly Word[] } | undefined {
  let flags = '';
  let reach: Reach;
  let at = 0;
  for (; at < args.length; at += 1) {
    const text = args[at]?.text ?? '';
    if (text === '--') {
      at += 1;
      break;
    }
    if (!/^-./.test(text)) break;
    for (const flag of text.startsWith('--') ? [text.slice(2)] : text.slice(1)) {
      const short = LONG_FLAGS[flag] ?? flag;
      if (flag in REACHES) reach = REACHES[flag];
      else if (short.length === 1 && letters.includes(short)) flags += short;
      else return undefined;
    }
  }
  return { flags, reach, rest: args.slice(at) };
}

function set(run: FishRun, _call: Call, args: readonly Word[]): string {
  const { variables } = run;
  const parsed = flagsOf(args, 'xueqnapSLPh');
  const [name, ...values] = parsed?.rest ?? args.filter(({ text }) => !text.startsWith('-'));
  if (!name) return HOLE;
  if (!isKnown(name.text)) variables.forget();
  const key = /^\w+/.exec(name.text)?.[0];
  if (key === undefined || parsed?.flags.match(/[qnSh]/)) return HOLE;
  const { flags, reach } = parsed ?? { flags: '', reach: undefined };
  const list = values.map((word) => (word.glob ? HOLE : word.text));
  const write = (next: readonly string[]): string => {
    variables.set(key, next, reach, flags.includes('x'));
    return '';
  };
  if (!parsed || name.text.length > key.length || /^(status|pipestatus|PWD|history|version|FISH_VERSION|SHLVL|_|hostname|fish_pid|last_pid|CMD_DURATION)$/.test(key)) {
    run.maybe(() => write(UNKNOWN));
    return HOLE;
  }
  if (flags.includes('e')) {
    for (const { text } of [name, ...values]) variables.erase(text, reach);
    return '';
  }
  if (flags.includes('a')) return write([...before(run, key), ...list]);
  if (flags.includes('p')) return write([...list, ...before(run, key)]);
  return write(list);
}

function before(run: FishRun, key: string): readonly string[] {
  return run.variables.get(key);
}

function read(run: FishRun, call: Call, args: readonly Word[]): string {
  const parsed = flagsOf(args, 'xu');
  const { stdin } = call;
  if (!parsed || !stdin || !isKnown(stdin.text)) {
    const names = (parsed?.rest ?? args).filter(({ text }) => !text.startsWith('-'));
    for (const { text } of names) {
      if (!isKnown(text)) run.variables.forget();
      else if (/^\w+$/.test(text)) run.variables.set(text, UNKNOWN, parsed?.reach ?? reachOf(args));
    }
    return HOLE;
  }
  const end = stdin.text.indexOf('\n', stdin.at);
  let line = stdin.text.slice(stdin.at, end < 0 ? undefined : end);
  const over = stdin.at >= stdin.text.length;
  stdin.at = end < 0 ? stdin.text.length : end + 1;
  parsed.rest.forEach(({ text }, at) => {
    const trimmed = line.trim();
    const blank = at === parsed.rest.length - 1 ? -1 : trimmed.search(/\s/);
    const value = blank < 0 ? trimmed : trimmed.slice(0, blank);
    line = blank < 0 ? '' : trimmed.slice(blank);
    const put = (): string => {
      run.variables.set(text, [value], parsed.reach, parsed.flags.includes('x'));
      return '';
    };
    if (over) run.maybe(put);
    else put();
  });
  return '';
}

function reachOf(args: readonly Word[]): Reach {
  for (const { text } of args) if (/^(-\w*[lfgU]|--(local|function|global|universal))/.test(text)) return REACHES[text.replace(/^-+/, '')] ?? undefined;
  return undefined;
}

function evaluate(run: FishRun, call: Call, args: readonly Word[]): string {
  const [only] = args;
  const frame = only && args.length === 1 ? insideWord(call, only, ['eval']) : run.inside(call, 'eval');
  return run.text(args.map((word) => word.text).join(' '), frame, call.stdin);
}

function source(run: FishRun, call: Call, args: readonly Word[]): string | undefined {
  const [file, ...rest] = args;
  const piped = !file || /^(-|\/dev\/stdin)$/.test(file.text);
  const text = piped ? call.stdin?.text : (file.delivers ?? run.walk.files.get(run.walk.pathOf(file.text, call.scope)));
  if (text === undefined) return piped ? '' : undefined;
  // A file that is piped in by name is read where it lies.
  const from = call.redirects.find(({ operator, descriptor }) => operator === '<' && (descriptor ?? 0) === 0);
  const given = text === HOLE && from ? fileText(run.walk, call, from.target.text) : text;
  return run.variables.inside('block', () => {
    if (rest.length > 0) run.variables.set('argv', rest.map((word) => word.text), 'local');
    return run.text(given, run.inside(call, 'source'), undefined);
  });
}

/** `alias NAME=TEXT` and `alias NAME TEXT` make a function. */
function alias(run: FishRun, call: Call, args: readonly Word[]): string {
  const [first, second] = args.filter(({ text }) => !/^(-s|--save)$/.test(text)).map((word) => word.text);
  if (first === undefined) return HOLE;
  const equals = first.indexOf('=');
  const name = second === undefined ? first.slice(0, Math.max(equals, 0)) : first;
  const text = second ?? first.slice(equals + 1);
  if (name === '' || text === '') return '';
  const own = text.trimStart().split(/\s/, 1)[0] === name;
  const { jobs } = parseFish(`${own ? 'command ' : ''}${text} $argv`);
  run.functions.put(name, { jobs, frame: run.inside(call, `alias ${name}`), names: [], inherited: [], shadows: true, events: [], called: false }, run.variables.uncertain);
  return '';
}

function functions(run: FishRun, call: Call, args: readonly Word[]): string {
  const options = args.filter(({ text }) => text.startsWith('-')).map((word) => word.text);
  const [first, second] = args.filter(({ text }) => !text.startsWith('-')).map((word) => word.text);
  const { uncertain } = run.variables;
  if (options.some((text) => /^(-\w*e\w*|--erase)$/.test(text)) && first !== undefined) run.functions.erase(first, uncertain);
  if (options.some((text) => /^(-\w*c\w*|--copy)$/.test(text)) && first !== undefined && second !== undefined && !run.functions.copy(first, second, uncertain)) {
    const { jobs } = parseFish(`${first} $argv`);
    run.functions.put(second, { jobs, frame: run.inside(call, `functions --copy ${first}`), names: [], inherited: [], shadows: true, events: [], called: false }, uncertain);
  }
  return HOLE;
}

function emitEvent(run: FishRun, call: Call, args: readonly Word[]): string {
  const [event, ...rest] = args.map((word) => word.text);
  for (const [name] of run.functions.waiting(event ?? '').slice(0, 8)) {
    const words = [name, ...rest].map((text) => ({ text, span: call.span, glob: false, quoted: true }));
    run.maybe(() => run.command({ ...call, words, stdin: undefined }));
  }
  return '';
}

/** Runs texts that will run at some other time. */
function texts(run: FishRun, call: Call, words: readonly Word[], via: string): string {
  for (const word of words) run.maybe(() => run.text(word.text, insideWord(call, word, [via]), undefined));
  return '';
}

/** `abbr -a NAME TEXT…`: what the next line will show is the text, and a person presses Enter on it. */
function abbreviation(run: FishRun, call: Call, args: readonly Word[]): string {
  const [, ...rest] = args.filter(({ text }) => !text.startsWith('-'));
  if (rest.length > 0 && !args.some(({ text }) => /^(-\w*[erslq]|--(erase|rename|show|list|query))$/.test(text))) {
    run.maybe(() => run.text(rest.map((word) => word.text).join(' '), run.inside(call, 'abbr'), undefined));
  }
  return HOLE;
}

function complete(run: FishRun, call: Call, args: readonly Word[]): string {
  args.forEach(({ text }, at) => {
    const option = args[at - 1]?.text ?? '';
    if (/^(-n|--condition|-C|--do-complete)$/.test(option)) run.maybe(() => run.text(text, run.inside(call, 'complete'), undefined));
    else if (/^(-\w*a|--arguments)$/.test(option)) run.maybe(() => run.text(`echo ${text}`, run.inside(call, 'complete'), undefined));
  });
  return HOLE;
}

/** `argparse 'x=!CODE' -- …` checks values with code. */
function argparse(run: FishRun, call: Call, args: readonly Word[]): string {
  for (const { text } of args) {
    if (text === '--') break;
    const code = /^[^!]*=[^!]?!([\s\S]+)$/.exec(text)?.[1];
    if (code !== undefined) run.maybe(() => run.text(code, run.inside(call, 'argparse'), undefined));
    const flag = /^[\w-]+\/([\w-]+)|^([\w-]+)/.exec(text);
    for (const name of [flag?.[1], flag?.[2]]) if (name !== undefined) run.variables.set(`_flag_${name.replaceAll('-', '_')}`, UNKNOWN, 'local');
  }
  run.variables.set('argv', UNKNOWN, 'local');
  return '';
}

function exported(run: FishRun, _call: Call, args: readonly Word[]): string {
  for (const { text } of args) {
    const equals = text.indexOf('=');
    const name = equals < 0 ? text : text.slice(0, equals);
    if (/^\w+$/.test(name)) run.variables.set(name, equals < 0 ? run.variables.get(name) : [text.slice(equals + 1)], 'global', true);
  }
  return '';
}

function command(run: FishRun, call: Call, args: readonly Word[]): string | undefined {
  const [first] = args;
  if (!first) return '';
  if (/^-[vsqa]+$|^--(search|query|all)$/.test(first.text)) return HOLE;
  return run.program({ ...call, words: args });
}

function builtin(run: FishRun, call: Call, args: readonly Word[]): string {
  const [first] = args;
  return !first || /^-[nq]$|^--(names|query)$/.test(first.text) ? HOLE : run.builtin({ ...call, words: first.text === '--' ? args.slice(1) : args });
}

function exec(run: FishRun, call: Call, args: readonly Word[]): string {
  const output = args.length > 0 ? run.program({ ...call, words: args }) : '';
  run.escape(true);
  return output;
}

function psub(run: FishRun, call: Call): string {
  run.deliver(call.stdin?.text ?? HOLE);
  return `/tmp/.psub.${HOLE}\n`;
}

function leave(run: FishRun, forGood: boolean): string {
  run.escape(forGood);
  return '';
}
