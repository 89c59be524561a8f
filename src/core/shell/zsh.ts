import { dispatch, inside, insideWord } from './command.js';
import type { Call } from './command.js';
import { HOLE, wordOf } from './program.js';
import type { Scope } from './scope.js';
import type { Frame, Stream, Walk } from './walk.js';
import { findZshCode, plainZsh, zshPieces } from './zsh-scan.js';
import { sentence } from '../say.js';
import { isRefusal, UNREADABLE } from './unreadable.js';

/** What no program is called: the POSIX reader took zsh's own expansions for letters. */
const ODD_NAME = /[$={}()~]|[^[]\[/;
const MOST_PIECES = 400;
const MOST_DEPTH = 24;

/**
 * Reads zsh through the POSIX reader: forms that only zsh has are first written as what they mean where that has the same
 * length, code inside expansions and glob qualifiers is read by itself, and a text that the POSIX reader refuses (short
 * loops, braces instead of `then`, anonymous functions) is read piece by piece. What is left is unknown, and said to be.
 */
export function readZsh(walk: Walk, text: string, scope: Scope, frame: Frame, stdin: Stream | undefined): string {
  if (frame.depth > MOST_DEPTH) return walk.fail(UNREADABLE.tooDeep, frame.outer, frame);
  const { opaque, invocations } = walk;
  const before = { opaque: opaque.length, invocations: invocations.length };
  const plain = plainZsh(text);
  const stayed = walk.lastStays;
  walk.lastStays = true;
  const output = walk.text(plain, scope, { ...frame, source: plain }, stdin);
  walk.lastStays = stayed;
  const found = findZshCode(text);
  for (const { start, end, code } of found.code) {
    const inner: Frame = { ...frame, source: code, depth: frame.depth + 1, outer: walk.span(frame, { pos: start, end }), offset: frame.offset === undefined || text.slice(start, end) !== code ? undefined : frame.offset + start };
    walk.text(code, scope.child(), inner, undefined, 'zsh');
  }
  for (const { start, end, why } of found.unknown) {
    walk.note(why, walk.span(frame, { pos: start, end }), frame);
    walk.computed({ ...frame, outer: walk.span(frame, { pos: start, end }), via: [...frame.via, 'zsh'] });
  }
  const refused = found.braces || opaque.slice(before.opaque).some(({ reason }) => isRefusal(reason));
  // Pieces of pieces are no new ones.
  if (refused && !frame.running.includes('zsh pieces')) {
    const around = scope.child();
    for (const { start, end } of zshPieces(plain).slice(0, MOST_PIECES)) {
      const piece = plain.slice(start, end);
      const inner: Frame = { ...frame, source: piece, offset: frame.offset === undefined ? undefined : frame.offset + start, outer: walk.span(frame, { pos: start, end }), depth: frame.depth + 1, running: [...frame.running, 'pieces', 'zsh pieces'] };
      walk.text(piece, around, inner, undefined);
    }
  }
  for (let at = before.invocations; at < invocations.length; at += 1) {
    const one = invocations[at];
    if (!one || one.place || one.program === '' || !ODD_NAME.test(one.name.text) || one.program.endsWith('-text')) continue;
    walk.note(sentence('The name of a program cannot be known.'), one.span, frame);
    invocations[at] = { ...one, program: '', name: { ...one.name, text: HOLE } };
  }
  return output;
}

/** `emulate sh -c TEXT`. */
export function runEmulate(walk: Walk, call: Call): string | undefined {
  const at = call.words.findIndex(({ text }) => /^-[A-Za-z]*c$/.test(text));
  const text = call.words[at + 1];
  if (at < 0 || !text) return undefined;
  return walk.text(text.text, call.scope, insideWord(call, text, ['emulate']), call.stdin, 'zsh');
}

/** `zargs -- a b -- rm`: like xargs, with the arguments on the line. */
export function runZargs(walk: Walk, call: Call): string | undefined {
  const last = call.words.findLastIndex(({ text }) => text === '--');
  const inner = call.words.slice(last + 1);
  if (last < 0 || inner.length === 0 || call.frame.depth > 24) return undefined;
  const first = call.words.findIndex(({ text }) => text === '--');
  const items = first < last ? call.words.slice(first + 1, last) : [wordOf(HOLE, call.span)];
  return dispatch(walk, { ...call, stdin: undefined, words: [...inner, ...items], frame: { ...call.frame, via: [...call.frame.via, 'zargs'], depth: call.frame.depth + 1 } });
}

/** `zf_rm x` is the `rm` that zsh has built in. */
export function runBuiltFile(walk: Walk, call: Call, program: string): string | undefined {
  const [name, ...rest] = call.words;
  return name && dispatch(walk, { ...call, words: [{ ...name, text: program.slice(3) }, ...rest] });
}

/** `sched +1 TEXT` and `add-zsh-hook precmd NAME` run something later. */
export function runLater(walk: Walk, call: Call, program: string): string | undefined {
  const words = call.words.slice(1).filter(({ text }) => !text.startsWith('-')).slice(1);
  if (words.length > 0) walk.text(words.map(({ text }) => text).join(' '), call.scope.child(), inside(call, [program]), undefined, 'zsh');
  return '';
}
