import { dispatch, emit, inside, insideWord } from './command.js';
import type { Call } from './command.js';
import { GRAMMARS } from './runners.js';
import { resolvePath } from './paths.js';
import { HOLE, isKnown } from './program.js';
import type { Place, Word } from './program.js';
import type { Walk } from './walk.js';
import { LOADED_FILE, WRAPPERS } from './wrappers.js';
import type { Wrapper } from './wrappers.js';

interface Prepared {
  readonly wrapper: Wrapper;
  /** The sub-command words after the program. */
  readonly path: readonly string[];
  readonly values: ReadonlySet<string>;
  readonly texts: ReadonlySet<string>;
  readonly chdir: ReadonlySet<string>;
  readonly loads: ReadonlySet<string>;
}

const INDEX = prepare();

/** Takes one wrapper off a call and runs what is inside; undefined when the program wraps nothing. */
export function unwrap(walk: Walk, call: Call, program: string): string | undefined {
  const grammar = GRAMMARS.get(program);
  const done = grammar?.(walk, call, program);
  if (done !== undefined) return done;
  const candidates = INDEX.get(program);
  if (!candidates) return undefined;
  for (const candidate of candidates) {
    const at = afterPath(call.words, candidate);
    if (at !== undefined) return takeOff(walk, call, program, candidate, at);
  }
  return undefined;
}

/** The index of the first word after the wrapper's sub-command, or undefined when the call is another sub-command. */
function afterPath(words: readonly Word[], { path, values }: Prepared): number | undefined {
  let index = 1;
  for (const part of path) {
    for (let text = words[index]?.text; text?.startsWith('-'); text = words[index]?.text) index += values.has(text) ? 2 : 1;
    if (words[index]?.text !== part) return undefined;
    index += 1;
  }
  return index;
}

/** What the options and operands in front of the inner command say. */
interface Opened {
  readonly texts: readonly Word[];
  readonly rest: readonly Word[];
  readonly operands: readonly Word[];
  readonly env: ReadonlyMap<string, string>;
}

function takeOff(walk: Walk, call: Call, program: string, prepared: Prepared, from: number): string {
  const { wrapper } = prepared;
  if (program === 'command' && /^-[a-zA-Z]*[vV]/.test(call.words[1]?.text ?? '')) return `${call.words[2]?.text ?? HOLE}\n`;
  const opened = open(call.words, prepared, from);
  const last = opened.operands.at(-1);
  const env = new Map([...call.env, ...opened.env]);
  if (wrapper.sets !== undefined && last) env.set(wrapper.sets, last.text);
  const loaded = prepared.loads.size === 0 ? undefined : loadedFile(call.words, prepared.loads);
  if (loaded !== undefined) env.set(LOADED_FILE, loaded);
  const through = wrapper.self ? emit(walk, call, program) : undefined;
  const directory = prepared.chdir.size > 0 ? directoryOf(call.words, prepared.chdir) : undefined;
  let { scope } = call;
  if (directory !== undefined) {
    scope = scope.child();
    scope.cwd = isKnown(directory) ? resolvePath(scope.cwd, directory) : HOLE;
  }
  const label = wrapper.place && last ? `${wrapper.command} ${last.text}` : wrapper.command;
  const place: Place | undefined = wrapper.place ? { kind: wrapper.place, name: last?.text ?? optionValue(call.words, '-a') ?? HOLE, ...(through ? { through } : {}) } : call.frame.place;
  const inner: Call = { ...call, scope, env, frame: { ...call.frame, place, via: [...call.frame.via, label], depth: call.frame.depth + 1 } };
  if (inner.frame.depth > 24) return HOLE;
  const runText = (text: string, word: Word | undefined): string => {
    const frame = word ? insideWord(inner, word, []) : inside(inner, []);
    return walk.text(text, call.scope.process(env, [], place !== undefined), frame, call.stdin);
  };
  let output = '';
  for (const text of opened.texts) output += runText(text.text, text);
  if (wrapper.rest === 'none' || opened.rest.length === 0) {
    if (opened.texts.length === 0 && !wrapper.self && opened.rest.length === 0 && wrapper.rest !== 'none') emitBare(walk, call, program);
    return output;
  }
  if (wrapper.rest === 'text') {
    const [only] = opened.rest;
    // Some of these keep the arguments apart: `watch -x`, and a quoted script stays one argument.
    if (opened.rest.length > 1 && !wrapper.place && opened.rest.some((word) => /\s/.test(word.text))) dispatch(walk, { ...inner, words: opened.rest });
    return output + runText(opened.rest.map((word) => word.text).join(' '), opened.rest.length === 1 ? only : undefined);
  }
  return output + dispatch(walk, { ...inner, words: opened.rest });
}

/** A wrapper with nothing inside (`sudo -v`, `env`) is a program like any other. */
function emitBare(walk: Walk, call: Call, program: string): void {
  emit(walk, call, program);
}

function open(words: readonly Word[], { wrapper, values, texts }: Prepared, from: number): Opened {
  const found: Word[] = [];
  const operands: Word[] = [];
  const env = new Map<string, string>();
  const skip = wrapper.skip ?? 0;
  let index = from;
  const dashes = wrapper.dashes ? words.findIndex((word, at) => at >= from && word.text === '--') : -1;
  const end = dashes < 0 ? words.length : dashes;
  for (; index < end; index += 1) {
    const word = words[index];
    if (!word) break;
    const { text } = word;
    if (text === '--') {
      index += 1;
      break;
    }
    if (text.length > 1 && text.startsWith('-') && (operands.length < skip || skip === 0 || wrapper.interleaved === true || dashes >= 0)) {
      const option = readOption(text, words[index + 1], values, texts);
      if (option.text) found.push(option.text);
      if (option.eats) index += 1;
      continue;
    }
    // `env` takes every name, also that of an exported function: BASH_FUNC_ls%%=….
    if (wrapper.assignments && /^[A-Za-z_][^=\s/]*=/.test(text)) {
      const equals = text.indexOf('=');
      env.set(text.slice(0, equals), text.slice(equals + 1));
      continue;
    }
    if (operands.length >= skip && dashes < 0) break;
    operands.push(word);
  }
  const rest = dashes < 0 ? words.slice(index) : words.slice(dashes + 1);
  return { texts: found, rest: skipOperands(rest, operands, skip, dashes), operands, env };
}

/** After a `--` that came first, the operands still have to be taken off. */
function skipOperands(rest: readonly Word[], operands: Word[], skip: number, dashes: number): readonly Word[] {
  if (dashes >= 0) return rest;
  let start = 0;
  while (operands.length < skip && start < rest.length) {
    const word = rest[start];
    if (word) operands.push(word);
    start += 1;
  }
  return rest.slice(start);
}

/** Reads one option: whether it eats the next word, and the shell text it carries. */
export function readOption(text: string, next: Word | undefined, values: ReadonlySet<string>, texts: ReadonlySet<string>): { eats: boolean; text: Word | undefined } {
  const equals = text.indexOf('=');
  if (text.startsWith('--') && equals > 0) {
    const name = text.slice(0, equals);
    return { eats: false, text: texts.has(name) && next !== undefined ? { ...next, text: text.slice(equals + 1) } : texts.has(name) ? { text: text.slice(equals + 1), span: { start: 0, end: 0 }, glob: false, quoted: false } : undefined };
  }
  if (texts.has(text)) return { eats: true, text: next };
  if (values.has(text)) return { eats: true, text: undefined };
  if (!text.startsWith('--')) {
    for (let index = 1; index < text.length; index += 1) {
      const flag = `-${text.charAt(index)}`;
      const isText = texts.has(flag);
      if (!isText && !values.has(flag)) continue;
      const attached = text.slice(index + 1);
      if (attached === '') return { eats: true, text: isText ? next : undefined };
      return { eats: false, text: isText ? { text: attached, span: next?.span ?? { start: 0, end: 0 }, glob: false, quoted: false } : undefined };
    }
  }
  return { eats: false, text: undefined };
}

function directoryOf(words: readonly Word[], names: ReadonlySet<string>): string | undefined {
  for (let index = 1; index < words.length; index += 1) {
    const text = words[index]?.text ?? '';
    const equals = text.indexOf('=');
    if (names.has(text)) return words[index + 1]?.text;
    if (equals > 0 && names.has(text.slice(0, equals))) return text.slice(equals + 1);
  }
  return undefined;
}

function optionValue(words: readonly Word[], option: string): string | undefined {
  const at = words.findIndex((word) => word.text === option);
  return at < 0 ? undefined : words[at + 1]?.text;
}

/** The file of variables that a wrapper is told to load. */
function loadedFile(words: readonly Word[], names: ReadonlySet<string>): string | undefined {
  for (const [at, { text }] of words.entries()) {
    if (text === '--') return undefined;
    const equals = text.indexOf('=');
    if (names.has(equals < 0 ? text : text.slice(0, equals))) return equals < 0 ? words[at + 1]?.text : text.slice(equals + 1);
  }
  return undefined;
}

function prepare(): ReadonlyMap<string, readonly Prepared[]> {
  const index = new Map<string, Prepared[]>();
  for (const wrapper of WRAPPERS) {
    const [program = '', ...path] = wrapper.command.split(' ');
    const list = index.get(program) ?? [];
    list.push({ wrapper, path, values: split(wrapper.values), texts: split(wrapper.texts), chdir: split(wrapper.chdir), loads: split(wrapper.loads) });
    index.set(program, list);
  }
  return index;
}

function split(text: string | undefined): ReadonlySet<string> {
  return new Set(text === undefined || text === '' ? [] : text.split(' '));
}

