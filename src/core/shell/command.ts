import { runBuiltin } from './builtins.js';
import { Around } from './around.js';
import { expandInto, expandText, expandWord } from './expand.js';
import { outputOf } from './outputs.js';
import type { Assignment, Command } from './parse.js';
import { resolvePath } from './paths.js';
import { baseName, HOLE, isKnown, isOfGuard, limited, wordOf } from './program.js';
import type { Invocation, Redirect, Word } from './program.js';
import type { Scope, Value } from './scope.js';
import { unwrap } from './unwrap.js';
import { isOutput } from './walk.js';
import type { Frame, Stream, Walk } from './walk.js';
import type { Span } from '../assess/assessment.js';
import { sentence } from '../say.js';
import { UNREADABLE } from './unreadable.js';

/** A program call as it stands, with its words expanded and its wrappers still on. */
export interface Call {
  readonly words: readonly Word[];
  readonly env: ReadonlyMap<string, string>;
  readonly redirects: readonly Redirect[];
  readonly stdin: Stream | undefined;
  readonly span: Span;
  readonly scope: Scope;
  readonly frame: Frame;
}

/** Variables whose value is a command that some program will run. */
const RUNS = /^(GIT_SSH_COMMAND|GIT_SSH|GIT_EDITOR|GIT_PAGER|GIT_SEQUENCE_EDITOR|GIT_EXTERNAL_DIFF|GIT_ASKPASS|GIT_PROXY_COMMAND|PAGER|MANPAGER|EDITOR|VISUAL|BROWSER|PROMPT_COMMAND|RSYNC_RSH|CVS_RSH|LESSOPEN|SUDO_ASKPASS|SSH_ASKPASS)$/;

const MOST_WORDS = 16_384;
const MOST_WRAPPERS = 64;
const NOTHING: ReadonlyMap<string, string> = new Map();
const NO_ASSIGNMENTS: readonly Assignment[] = [];

/** Runs one simple command and returns what it would print. */
export function runCommand(walk: Walk, node: Command, scope: Scope, frame: Frame, stdin: Stream | undefined): string {
  const around = new Around(walk, scope, frame);
  const words: Word[] = [];
  if (node.name) expandInto(words, node.name, around);
  for (const arg of node.args) {
    if (words.length > MOST_WORDS) break;
    if (arg.type === 'Word') expandInto(words, arg, around);
    else words.push(assignmentWord(walk, arg, scope, frame));
  }
  if (words.length > MOST_WORDS) {
    walk.fail(UNREADABLE.tooManyWords, walk.span(frame, node), frame);
    words.length = MOST_WORDS;
  }
  const { redirects, stdin: given } = walk.redirects(node.redirects, scope, frame);
  const assignments = node.prefix.length === 0 ? NO_ASSIGNMENTS : node.prefix.filter((item) => item.type === 'Assignment');
  const span = walk.span(frame, node);
  const input = given === undefined ? stdin : { text: given, at: 0 };
  if (words.length === 0) {
    for (const item of assignments) assign(walk, item, scope, frame);
    if (redirects.length > 0) emit(walk, { words: [wordOf(':', span)], env: NOTHING, redirects, stdin: input, span, scope, frame }, ':');
    return '';
  }
  const env = assignments.length === 0 ? NOTHING : new Map(assignments.map((item) => [item.name, textOf(valueOf(walk, item, scope, frame))]));
  const output = dispatch(walk, { words, env, redirects, stdin: input, span, scope, frame });
  if (redirects.length === 0) return output;
  walk.write(redirects, output, scope);
  return redirects.some(isOutput) ? '' : output;
}

/** Finds out what a call's first word means here (function, alias, builtin, wrapper, program) and does it. */
export function dispatch(walk: Walk, call: Call): string {
  const name = call.words[0];
  if (!name) return '';
  const { scope, frame } = call;
  const body = scope.function(name.text);
  if (body) return runFunction(walk, call, name.text);
  const alias = name.quoted ? undefined : scope.alias(name.text);
  if (alias !== undefined && !frame.running.includes(`alias ${name.text}`)) {
    const text = [alias, ...call.words.slice(1).map((word) => quote(word.text))].join(' ');
    return walk.text(text, scope, inside(call, [], [`alias ${name.text}`]), call.stdin);
  }
  if (call.env.size > 0) for (const [key, value] of call.env) {
    if (RUNS.test(key) && value !== '') walk.text(value, call.scope.child(), inside(call, [key]));
  }
  const program = programOf(name);
  if (isShouted(name)) return dispatch(walk, { ...call, words: call.words.map((word) => (/^[-A-Za-z]+$/.test(word.text) ? { ...word, text: word.text.toLowerCase() } : word)) });
  const handled = runBuiltin(walk, call, program);
  if (handled !== undefined) return handled;
  // Every wrapper looks at all the words behind it; nobody means hundreds of them.
  if (frame.via.length > MOST_WRAPPERS) return walk.fail(UNREADABLE.tooWrapped, call.span, frame);
  const inner = unwrap(walk, call, program);
  if (inner !== undefined) return inner;
  emit(walk, call, program);
  if (program === 'cat' && frame.feeds && call.words.length > 1) return contents(walk, call);
  return outputOf(program, call.words, 1, call.stdin?.text, scope);
}

/** What `cat` prints into something that will run it. */
function contents(walk: Walk, call: Call): string {
  return limited(call.words.slice(1).map(({ text }) => (text === '-' ? (call.stdin?.text ?? HOLE) : fileText(walk, call, text))).join(''));
}

/** The text of a file that is about to run; a hole when it cannot be known. */
export function fileText(walk: Walk, call: Call, name: string): string {
  const path = walk.pathOf(name, call.scope);
  if (call.frame.place || !isKnown(path)) return HOLE;
  return walk.files.get(path) ?? walk.read(resolvePath('/', path)) ?? HOLE;
}

/** The base name of a program word. Where only a part is unknown, the known part names the suspect. */
export function programOf(name: Word): string {
  const base = baseName((name.text.startsWith('=') ? name.text.slice(1) : name.text).trim());
  return isKnown(base) ? base : base.replaceAll(HOLE, '');
}

/** Some file systems do not mind letter case, and who writes a program so writes its arguments so too. */
function isShouted(name: Word): boolean {
  return /^[A-Z][A-Za-z]*$/.test(name.text);
}

/** Adds a call to the program's invocations. */
export function emit(walk: Walk, call: Call, program: string): Invocation | undefined {
  const name = call.words[0];
  if (!name) return undefined;
  const { frame } = call;
  if (!isKnown(name.text) || name.glob) walk.note(sentence('The name of a program cannot be known.'), call.span, frame);
  const exported = call.scope.exported();
  const invocation: Invocation = {
    program,
    name,
    args: call.words.slice(1),
    env: exported.size === 0 ? call.env : new Map([...exported, ...call.env]),
    redirects: call.redirects,
    stdin: call.stdin?.text,
    cwd: call.scope.cwd,
    span: call.span,
    via: frame.via,
    place: frame.place,
    fed: frame.fed,
  };
  walk.invocations.push(invocation);
  return invocation;
}

/** The frame for something that a call runs. */
export function inside(call: Call, via: readonly string[], running: readonly string[] = []): Frame {
  const { frame } = call;
  return {
    ...frame,
    outer: call.span,
    offset: undefined,
    source: '',
    depth: frame.depth + 1,
    via: via.length === 0 ? frame.via : [...frame.via, ...via],
    running: running.length === 0 ? frame.running : [...frame.running, ...running],
  };
}

/** The frame for a text that one word holds: positions are kept when the word shows the text as it is. */
export function insideWord(call: Call, word: Word, via: readonly string[]): Frame {
  const frame = inside(call, via);
  const { source, offset } = call.frame;
  if (offset === undefined) return frame;
  const raw = source.slice(word.span.start - offset, word.span.end - offset);
  if (raw === word.text) return { ...frame, source: word.text, offset: word.span.start };
  if (raw.slice(1, -1) === word.text) return { ...frame, source: word.text, offset: word.span.start + 1 };
  return frame;
}

/** A word in single quotes, so that a shell reads it back unchanged. */
export function quote(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function runFunction(walk: Walk, call: Call, name: string): string {
  const body = call.scope.function(name);
  if (!body) return '';
  body.called = true;
  if (call.frame.running.includes(name)) {
    if (call.frame.piped) emit(walk, call, 'fork-bomb');
    return HOLE;
  }
  const scope = call.scope.child();
  scope.args = call.words.slice(1).map((word) => word.text);
  for (const [key, value] of call.env) scope.set(key, value);
  const frame = body.imported ? inside(call, [`function ${name}`], [name]) : { ...call.frame, depth: call.frame.depth + 1, running: [...call.frame.running, name] };
  const output = walk.node(body.body, scope, frame, call.stdin);
  call.scope.merge(scope, true);
  return output;
}

function assignmentWord(walk: Walk, node: Assignment, scope: Scope, frame: Frame): Word {
  const value = textOf(valueOf(walk, node, scope, frame));
  return { text: `${node.name}${node.append ? '+' : ''}=${value}`, span: walk.span(frame, node), glob: false, quoted: false };
}

function assign(walk: Walk, node: Assignment, scope: Scope, frame: Frame): void {
  if (isOfGuard(node.name)) {
    const span = walk.span(frame, node);
    emit(walk, { words: [{ text: node.name, span, glob: false, quoted: false }], env: NOTHING, redirects: [], stdin: undefined, span, scope, frame }, 'disarm');
  }
  const value = valueOf(walk, node, scope, frame);
  if (node.index) {
    scope.set(node.name, HOLE);
    return;
  }
  if (!node.append) {
    scope.assign(node.name, value);
    return;
  }
  const before = scope.get(node.name) ?? '';
  if (typeof before === 'string' && typeof value === 'string') scope.assign(node.name, before + value);
  else scope.set(node.name, [...(typeof before === 'string' ? (before === '' ? [] : [before]) : before), ...(typeof value === 'string' ? [value] : value)]);
}

function valueOf(walk: Walk, node: Assignment, scope: Scope, frame: Frame): Value {
  const around = new Around(walk, scope, frame);
  if (node.index) walk.visit(node.index, scope, frame);
  if (node.value.type === 'Word') return expandText(node.value, around);
  return node.value.elements.flatMap((word) => expandWord(word, around)).map((word) => word.text);
}

function textOf(value: Value): string {
  return typeof value === 'string' ? value : value.join(' ');
}
