import { dispatch, emit, fileText, inside, insideWord, quote } from './command.js';
import type { Call } from './command.js';
import { outputOf } from './outputs.js';
import { runFishOptions } from './fish.js';
import { baseName, HOLE, isKnown, wordOf } from './program.js';
import type { Word } from './program.js';
import { SIDE_DOORS } from './side-doors.js';
import type { Grammar } from './side-doors.js';
import { resolvePath } from './paths.js';
import type { Walk } from './walk.js';

const MOST_ITEMS = 32;
const SHELLS = ['sh', 'bash', 'zsh', 'dash', 'ash', 'ksh', 'mksh', 'rbash', 'fish', 'rzsh', 'yash'];

/** Programs that run others and have a grammar of their own. */
export const GRAMMARS: ReadonlyMap<string, Grammar> = new Map<string, Grammar>([
  ...SIDE_DOORS,
  ...SHELLS.map((name): [string, Grammar] => [name, shell]),
  ['xargs', xargs],
  ['gxargs', xargs],
  ['find', find],
  ['gfind', find],
  ['fd', fd],
  ['fdfind', fd],
  ['parallel', parallel],
  ['at', later],
  ['batch', later],
  ['source', source],
  ['.', source],
]);

/** `bash -c text`, `bash file`, `… | bash`. */
function shell(walk: Walk, call: Call, program: string): string | undefined {
  let command = false;
  let index = 1;
  if (program === 'fish') runFishOptions(walk, call);
  for (; index < call.words.length; index += 1) {
    const text = call.words[index]?.text ?? '';
    if (text === '--' || text === '-') {
      index += 1;
      break;
    }
    if (!/^[-+]./.test(text)) break;
    if (/^-[a-zA-Z]*c$/.test(text) || (program === 'fish' && text === '--command')) command = true;
    else if (/^-[a-zA-Z]*c[a-zA-Z]*$/.test(text)) command = true;
    if (/^[-+][a-zA-Z]*[oO]$/.test(text)) index += 1;
    else if (text === '--rcfile' || text === '--init-file') startFile(walk, call, text, call.words[(index += 1)]);
  }
  const [first, ...rest] = call.words.slice(index);
  const via = `${program} -c`;
  const dialect = program === 'fish' || program === 'zsh' ? program : 'sh';
  if (command) {
    if (!first) return '';
    // Other shells take the first word for `$0`.
    const scope = call.scope.process(call.env, (program === 'fish' ? rest : rest.slice(1)).map((word) => word.text), false);
    return walk.text(first.text, scope, insideWord(call, first, [via]), call.stdin, dialect);
  }
  if (first && first.text !== '/dev/stdin') {
    const written = first.delivers ?? walk.files.get(walk.pathOf(first.text, call.scope));
    if (written === undefined) return undefined;
    const scope = call.scope.process(call.env, rest.map((word) => word.text), false);
    return walk.text(written, scope, inside(call, [`${program} ${isKnown(first.text) ? first.text : '<(…)'}`]), call.stdin, dialect);
  }
  if (!call.stdin) return undefined;
  const file = call.redirects.find((redirect) => redirect.operator === '<' && (redirect.descriptor ?? 0) === 0);
  const given = call.stdin.text === HOLE && file ? fileText(walk, call, file.target.text) : call.stdin.text;
  if (given.trim() === HOLE) {
    emit(walk, call, program);
    return HOLE;
  }
  return walk.text(given, call.scope.process(call.env, [], false), inside(call, [program]), undefined, dialect);
}

/** `bash --rcfile FILE` reads the file before anything else. */
function startFile(walk: Walk, call: Call, option: string, file: Word | undefined): void {
  if (file) walk.text(file.delivers ?? fileText(walk, call, file.text), call.scope.process(call.env, [], false), inside(call, [option]));
}

/** `echo text | at now`: what is read runs later, as this user. */
function later(walk: Walk, call: Call): undefined {
  const looks = call.words.some(({ text }) => /^-[a-zA-Z]*[lrcdf]$/.test(text));
  if (call.stdin && !looks) walk.text(call.stdin.text, call.scope.process(call.env, [], false), inside(call, ['at']));
  return undefined;
}

/** `source <(…)`, and `source` of a file that the text has just written. */
function source(walk: Walk, call: Call): string | undefined {
  const [, file, ...rest] = call.words;
  const written = file && (file.delivers ?? walk.files.get(walk.pathOf(file.text, call.scope)));
  if (written === undefined) return undefined;
  if (rest.length > 0) call.scope.args = rest.map((word) => word.text);
  return walk.text(written, call.scope, inside(call, ['source']), call.stdin);
}

const XARGS_VALUES = new Set(['-a', '--arg-file', '-d', '--delimiter', '-E', '-I', '-L', '--max-lines', '-n', '--max-args', '-P', '--max-procs', '-s', '--max-chars', '--process-slot-var', '-J', '-R', '-S']);

function xargs(walk: Walk, call: Call): string | undefined {
  let replace: string | undefined;
  let fromFile = false;
  let separator: RegExp = /\s+/;
  let index = 1;
  for (; index < call.words.length; index += 1) {
    const text = call.words[index]?.text ?? '';
    if (text === '--') {
      index += 1;
      break;
    }
    if (!text.startsWith('-')) break;
    if (text === '-0' || text === '--null') separator = /[\0\n]/;
    if (text === '-I' || text === '-J') replace = call.words[index + 1]?.text ?? '{}';
    else if (/^-I./.test(text)) replace = text.slice(2);
    else if (/^-i./.test(text)) replace = text.slice(2);
    else if (text === '-i' || text.startsWith('--replace')) replace = text.split('=')[1] || '{}';
    if (/^(-a|--arg-file)/.test(text)) fromFile = true;
    if (XARGS_VALUES.has(text)) index += 1;
  }
  const inner = call.words.slice(index);
  if (inner.length === 0) return undefined;
  if (feedsShell(inner, replace, call.stdin?.text)) walk.computed({ ...call.frame, outer: call.span, via: [...call.frame.via, 'xargs'] });
  const fedBy = fromFile ? undefined : call.stdin?.text;
  const separate = replace === undefined ? separator : /\n/;
  const items = fedBy === undefined ? [HOLE] : fedBy.split(separate).filter((item) => item !== '').slice(0, MOST_ITEMS);
  if (items.length === 0) items.push(HOLE);
  const frame = { ...call.frame, via: [...call.frame.via, 'xargs'], fed: true, depth: call.frame.depth + 1 };
  if (frame.depth > 24) return HOLE;
  // A mark that stands nowhere: what is read may still reach the command, as not every xargs knows the same options.
  if (replace === undefined || !inner.some(({ text }) => text.includes(replace))) return dispatch(walk, { ...call, stdin: undefined, frame, words: [...inner, ...items.map((item) => wordOf(item, call.span))] });
  const mark = replace;
  let output = '';
  for (const item of items) output += dispatch(walk, { ...call, stdin: undefined, frame, words: inner.map((word) => ({ ...word, text: word.text.replaceAll(mark, item) })) });
  return output;
}

const STEPS_ASIDE = new Set(['sudo', 'doas', 'env', 'nohup', 'nice', 'time', 'command', 'exec', 'busybox', 'timeout', 'setsid', 'stdbuf']);

/** Whether what `xargs` reads becomes a command: as the script of a shell, in one, or as the program itself. */
function feedsShell(inner: readonly Word[], replace: string | undefined, fed: string | undefined): boolean {
  if (inner.every(({ text }) => text.startsWith('-') || STEPS_ASIDE.has(text))) return true;
  const at = inner.findIndex(({ text }) => SHELLS.includes(baseName(text)));
  const option = inner.findIndex(({ text }, index) => index > at && /^-[a-z]*c$/.test(text));
  if (at < 0 || option < 0) return false;
  const script = inner[option + 1]?.text;
  if (script === undefined) return true;
  if (/(^|[;&|({\s])(eval|source|\.|(ba|z|da|k)?sh\s+-\w*c)\s[^;&|]*\$[\d@*{]/.test(script)) return true;
  return replace !== undefined && script.includes(replace) && (fed === undefined || !isKnown(fed));
}

/** `/node_modules` when a search asks for that one name and nothing else; a wildcard or another way in leaves it open. */
function nameOf(tests: readonly Word[]): string {
  const at = tests.findIndex((word) => word.text === '-name');
  const name = tests[at + 1]?.text ?? '';
  if (at < 0 || tests.some((word) => /^(-o|-or|!|-not|,)$/.test(word.text)) || !/^[\w.-]+$/.test(name)) return '';
  return `/${name}`;
}

const TESTS = /^(!|-not|-(i?(name|path|regex|lname|wholename))|-(mindepth|type|size|empty|newer\w*|[acm](time|min)|user|group|uid|gid|perm|links|inum|samefile|prune|nouser|nogroup|readable|writable|executable|xtype|used|false))$/;

function find(walk: Walk, call: Call, program: string): string {
  emit(walk, call, program);
  const args = call.words.slice(1);
  const start = args.findIndex((word) => /^[-(!]/.test(word.text) && !/^-[HLPDO]/.test(word.text));
  const roots = (start < 0 ? args : args.slice(0, start)).filter((word) => !word.text.startsWith('-')).map((word) => word.text);
  if (roots.length === 0) roots.push('.');
  for (let index = Math.max(start, 0); index < args.length; index += 1) {
    const action = args[index]?.text ?? '';
    if (!/^-(exec|execdir|ok|okdir)$/.test(action)) continue;
    let end = index + 1;
    while (end < args.length && args[end]?.text !== ';' && !(args[end]?.text === '+' && args[end - 1]?.text === '{}')) end += 1;
    const inner = args.slice(index + 1, end);
    const frame = { ...call.frame, via: [...call.frame.via, `find ${action}`], fed: true, depth: call.frame.depth + 1 };
    const name = nameOf(args.slice(Math.max(start, 0), index));
    // Without a test, the first thing that is found is the root itself.
    const everything = !args.slice(Math.max(start, 0), index).some((word) => TESTS.test(word.text));
    for (const root of roots.slice(0, MOST_ITEMS)) {
      const below = root.endsWith('/') ? root : `${root}/`;
      const path = everything ? root : `${below}${HOLE}${name}`;
      const scope = action.endsWith('dir') ? call.scope.child() : call.scope;
      if (scope !== call.scope) scope.cwd = resolvePath(scope.cwd, below + HOLE);
      dispatch(walk, { ...call, stdin: undefined, scope, frame, words: inner.map((word) => ({ ...word, text: word.text.replaceAll('{}', path) })) });
    }
    index = end;
  }
  return outputOf('find', args, 0, undefined, call.scope);
}

function fd(walk: Walk, call: Call, program: string): string {
  emit(walk, call, program);
  const at = call.words.findIndex((word) => /^(-x|-X|--exec|--exec-batch)$/.test(word.text));
  if (at < 0) return HOLE;
  const inner = call.words.slice(at + 1).filter((word) => word.text !== ';');
  const words = inner.some((word) => word.text.includes('{')) ? inner.map((word) => ({ ...word, text: word.text.replace(/\{[/.]*\}/g, HOLE) })) : [...inner, wordOf(HOLE, call.span)];
  const frame = { ...call.frame, via: [...call.frame.via, 'fd -x'], fed: true, depth: call.frame.depth + 1 };
  return dispatch(walk, { ...call, stdin: undefined, frame, words });
}

const PARALLEL_VALUES = new Set(['-j', '--jobs', '-P', '-n', '-N', '-L', '-d', '--delimiter', '-S', '--sshlogin', '--joblog', '--tmpdir', '--timeout', '--delay', '--retries', '-a', '--arg-file', '-C', '--colsep', '-I', '--workdir', '--wd', '--results', '--load', '--memfree', '--nice', '--halt', '--tagstring']);

function parallel(walk: Walk, call: Call): string {
  let index = 1;
  for (; index < call.words.length; index += 1) {
    const text = call.words[index]?.text ?? '';
    if (!text.startsWith('-') || text === '--') break;
    if (PARALLEL_VALUES.has(text)) index += 1;
  }
  const rest = call.words.slice(index);
  const mark = rest.findIndex((word) => /^:::\+?$/.test(word.text));
  const command = (mark < 0 ? rest : rest.slice(0, mark)).map((word) => word.text).join(' ');
  const items = mark < 0 ? (call.stdin?.text.split('\n') ?? [HOLE]) : rest.slice(mark + 1).map((word) => word.text);
  const frame = { ...inside(call, ['parallel']), fed: true };
  for (const item of items.filter((text) => text !== '' && !text.startsWith(':::')).slice(0, MOST_ITEMS)) {
    const safe = isKnown(item) && command !== '' ? quote(item) : item;
    const text = command === '' ? item : /\{[^}\s]*\}/.test(command) ? command.replace(/\{[^}\s]*\}/g, () => safe) : `${command} ${safe}`;
    walk.text(text, call.scope.process(call.env, [], false), frame);
  }
  const words = mark < 0 ? rest : rest.slice(0, mark);
  // Its own quoting rules differ by version; what is one argument here may stay one.
  if (words.some((word) => /\s/.test(word.text))) dispatch(walk, { ...call, stdin: undefined, frame, words: words.map((word) => ({ ...word, text: word.text.replace(/\{[^}\s]*\}/g, items[0] ?? HOLE) })) });
  return HOLE;
}
