import { cmdletEffect, parameterName } from './powershell-names.js';
import type { PsRun } from './powershell-run.js';
import type { PsPart, PsWord } from './powershell-syntax.js';
import { NOTHING, valueOf } from './powershell-values.js';
import type { PsValue } from './powershell-values.js';
import { DASH } from './powershell-words-parser.js';
import { HOLE, wordOf } from './program.js';
import type { Redirect, Word } from './program.js';
import type { Frame } from './walk.js';

/** One call of a cmdlet or a program, with its parameters in full. */
export interface PsCall {
  readonly program: string;
  readonly name: Word;
  /** Operands, in order. */
  readonly operands: readonly PsValue[];
  readonly parameters: ReadonlyMap<string, PsValue>;
  /** Everything, as the rules read it. */
  readonly words: readonly Word[];
  readonly blocks: readonly Extract<PsPart, { kind: 'block' }>[];
  readonly redirects: readonly Redirect[];
  readonly span: Word['span'];
  readonly frame: Frame;
  /** What comes through the pipe; undefined when nothing does. */
  readonly input: PsValue | undefined;
}

/** Sorts the words behind a name into parameters and operands; `own` are the parameters of a function of the text. */
export function bindCall(run: PsRun, own: readonly string[] | undefined, program: string, name: Word, list: readonly PsWord[], front: readonly string[], at: { readonly span: Word['span']; readonly frame: Frame; readonly input: PsValue | undefined }): PsCall {
  const { frame } = at;
  const cmdlet = cmdletEffect(program) !== undefined || own !== undefined;
  const operands: PsValue[] = front.map((text) => valueOf(text));
  const parameters = new Map<string, PsValue>();
  const words: Word[] = front.map((text) => wordOf(text, at.span));
  const blocks: Extract<PsPart, { kind: 'block' }>[] = [];
  let waiting: string | undefined;
  let filled: string | undefined;
  const take = (word: PsWord, value: PsValue): void => {
    const span = run.walk.span(frame, { pos: word.start, end: word.end });
    if (value.block) blocks.push(value.block);
    const quoted = word.parts.every((part) => part.kind === 'text' && part.quoted);
    const known = value.texts.map((text): Word => ({ text, span, glob: !quoted && /[*?]/.test(text), quoted }));
    // `-Name a,b` has one value, a list; paths are told apart.
    const last = words.at(-1);
    if (word.joined && filled !== undefined) {
      parameters.set(filled, { texts: [...(parameters.get(filled)?.texts ?? []), ...value.texts] });
      if (/^(path|literalpath)$/.test(filled) || !last) words.push(...known);
      else words[words.length - 1] = { ...last, text: [last.text, ...value.texts].join(',') };
      return;
    }
    filled = waiting;
    if (waiting !== undefined && !/^(path|literalpath)$/.test(waiting) && cmdlet) words.push({ ...(known[0] ?? wordOf('', span)), text: value.texts.join(',') });
    else if (!value.block || !cmdlet) words.push(...known);
    if (waiting === undefined) operands.push(value);
    else parameters.set(waiting, value);
    waiting = undefined;
  };
  list.forEach((word) => {
    const [part, ...others] = word.parts;
    if (cmdlet && part?.kind === 'variable' && part.splat) {
      splat(run, part.name, words, parameters, at.span);
      return;
    }
    const option = cmdlet && part?.kind === 'text' && !part.quoted && DASH.test(part.text.charAt(0)) ? /^.([A-Za-z_]\w*)(?:(:)([^]*))?$/.exec(part.text) : null;
    if (!option) {
      take(word, run.word(word, frame));
      return;
    }
    const given = option[1] ?? '';
    const declared = own?.find((parameter) => parameter.startsWith(given.toLowerCase()));
    const { name: full, value: takes } = declared === undefined ? parameterName(given) : { name: declared, value: true };
    filled = undefined;
    const attached = option[2] !== undefined && (option[3] !== '' || others.length > 0);
    const span = run.walk.span(frame, { pos: word.start, end: word.end });
    if (attached) {
      const value = option[3] !== '' && others.length === 0 ? valueOf(option[3] ?? '') : run.word({ ...word, parts: others }, frame);
      if (/^\$false$/i.test(value.texts.join('')) && !takes && full !== 'confirm') return;
      words.push({ ...wordOf(takes ? `-${full}` : /^\$true$/i.test(value.texts.join('')) ? `-${full}` : `-${full}=${value.texts.join(',').replace('$', '')}`, span) });
      parameters.set(full, value);
      if (takes) words.push(...value.texts.map((text) => wordOf(text, span)));
      return;
    }
    words.push(wordOf(`-${full}`, span));
    parameters.set(full, parameters.get(full) ?? NOTHING);
    waiting = takes || option[2] !== undefined ? full : undefined;
  });
  return { program, name, operands, parameters, words, blocks, redirects: [], ...at };
}

/** `@params`: the entries of a table that is known; what is not known may be anything. */
function splat(run: PsRun, name: string, words: Word[], parameters: Map<string, PsValue>, span: Word['span']): void {
  const { table } = run.variable(name);
  if (!table) words.push(wordOf(`@${HOLE}`, span));
  for (const [key, value] of table ?? []) {
    const full = parameterName(key).name;
    if (/^\$false$/i.test(value.texts.join(''))) continue;
    words.push(wordOf(`-${full}`, span));
    parameters.set(full, value);
    if (!/^\$true$/i.test(value.texts.join(''))) words.push(...value.texts.map((text) => wordOf(text, span)));
  }
}
