import { dispatch, emit, inside } from './command.js';
import type { Call } from './command.js';
import { FISH_BUILTINS, fishOutput } from './fish-builtins.js';
import { expandFishTexts, expandFishWord } from './fish-expand.js';
import type { FishSurround } from './fish-expand.js';
import { FishFunctions } from './fish-functions.js';
import type { FishFunction } from './fish-functions.js';
import { parseFish, staticText } from './fish-parser.js';
import type { FishBlock, FishClause, FishJob, FishPart, FishRedirect, FishStage, FishWord } from './fish-syntax.js';
import { FishVariables, UNKNOWN } from './fish-variables.js';
import { HOLE, isKnown, limited } from './program.js';
import type { Redirect, Word } from './program.js';
import type { Scope } from './scope.js';
import { isOutput, RUNNERS } from './walk.js';
import type { Frame, Stream, Walk } from './walk.js';
import { sentence } from '../say.js';
import { UNREADABLE } from './unreadable.js';

const MOST_DEPTH = 24;
const MOST_ROUNDS = 16;

/** Runs fish in thought: every way that the text may take, with what is certain about variables and functions. */
export class FishRun {
  readonly variables: FishVariables;
  readonly functions = new FishFunctions();
  #scope: Scope;
  /** Something may have left the function (or all), so what follows may not happen. */
  #escaped = false;
  #exited = false;
  #doubting = false;
  #file: string | undefined;

  constructor(
    readonly walk: Walk,
    scope: Scope,
  ) {
    this.#scope = scope;
    this.variables = new FishVariables((name) => outside(name, scope));
  }

  get scope(): Scope {
    return this.#scope;
  }

  /** Runs a text here, as `eval` does, and returns what it would print. */
  text(text: string, frame: Frame, stdin: Stream | undefined): string {
    if (frame.depth > MOST_DEPTH) return this.walk.fail(UNREADABLE.tooDeep, frame.outer, frame);
    if (text.trim() === '') return '';
    if (text.trim() === HOLE) this.walk.computed(frame);
    const script = parseFish(text);
    if (script.error) this.walk.note(sentence('Not valid fish: {0}.', script.error.reason), this.walk.span(frame, { pos: script.error.at, end: script.error.at }), frame);
    if (script.tooDeep) this.walk.fail(UNREADABLE.tooNested, frame.outer, frame);
    return this.jobs(script.jobs, frame, stdin);
  }

  /** Looks at functions that nobody called: a later line may, and will then show only their names. */
  rest(): void {
    for (const [name, body] of this.functions.uncalled()) {
      const frame = { ...body.frame, via: [...body.frame.via, `function ${name}`] };
      this.maybe(() => this.body(name, body, { words: [], env: new Map(), redirects: [], stdin: undefined, span: frame.outer, scope: this.#scope, frame }, UNKNOWN));
    }
  }

  jobs(list: readonly FishJob[], frame: Frame, stdin: Stream | undefined): string {
    let output = '';
    for (const [at, job] of list.entries()) {
      if (this.#escaped && !this.#doubting) {
        this.#doubting = true;
        output += this.maybe(() => this.jobs(list.slice(at), frame, stdin));
        this.#doubting = false;
        return limited(output);
      }
      const run = (): string => this.job(job, job.background ? { ...frame, piped: true } : frame, stdin);
      output = limited(output + (job.conditional || job.background || mayFail(job) ? this.maybe(run) : run()));
    }
    return output;
  }

  /** Runs something that may not happen. What it prints is in doubt as well. */
  maybe(run: () => string): string {
    const around = this.#scope;
    this.#scope = around.child();
    const output = this.variables.maybe(run);
    around.merge(this.#scope);
    this.#scope = around;
    return output === '' ? '' : HOLE + output + HOLE;
  }

  /** `return`, `break`, `exit` … */
  escape(forGood: boolean): void {
    this.#escaped = true;
    this.#exited ||= forGood;
  }

  /** `psub` was given this text to make a file of. */
  deliver(text: string): void {
    this.#file = text;
  }

  private job({ stages }: FishJob, frame: Frame, stdin: Stream | undefined): string {
    if (this.walk.exhausted(frame)) return HOLE;
    const [only] = stages;
    if (stages.length === 1 && only) return this.stage(only, frame, stdin);
    const last = stages.findLastIndex((stage) => stage.kind !== 'call' || RUNNERS.test(firstText(stage.words)));
    let stream = stdin;
    let output = '';
    for (const [index, stage] of stages.entries()) {
      output = this.stage(stage, { ...frame, piped: true, feeds: index < last }, stream);
      stream = { text: output, at: 0 };
    }
    return output;
  }

  private stage(stage: FishStage, frame: Frame, stdin: Stream | undefined): string {
    if (stage.assignments.length === 0) return this.redirected(stage, frame, stdin, new Map());
    return this.variables.inside('block', () => {
      const env = new Map<string, string>();
      for (const { name, value } of stage.assignments) {
        const list = expandFishTexts([value], this.around(frame));
        this.variables.set(name, list, 'local', true);
        env.set(name, list.join(' '));
      }
      return this.redirected(stage, frame, stdin, env);
    });
  }

  private redirected(stage: FishStage, frame: Frame, given: Stream | undefined, env: ReadonlyMap<string, string>): string {
    const { redirects, stdin } = this.redirects(stage.redirects, frame);
    const stream = stdin === undefined ? given : { text: stdin, at: 0 };
    const span = this.walk.span(frame, { pos: stage.start, end: stage.end });
    const run = (): string => (stage.kind === 'call' ? this.call(stage.words, { words: [], env, redirects, stdin: stream, span, scope: this.#scope, frame }) : this.block(stage, frame, stream));
    // A file that cannot be opened keeps all of it from running.
    const output = stdin === undefined ? run() : this.maybe(run);
    if (redirects.length === 0) return output;
    if (stage.kind !== 'call') emit(this.walk, { words: [{ text: 'echo', span, glob: false, quoted: false }], env, redirects, stdin: undefined, span, scope: this.#scope, frame }, 'echo');
    this.walk.write(redirects, output, this.#scope);
    return redirects.some(isOutput) ? '' : output;
  }

  private redirects(list: readonly FishRedirect[], frame: Frame): { readonly redirects: readonly Redirect[]; readonly stdin: string | undefined } {
    const redirects: Redirect[] = [];
    let stdin: string | undefined;
    for (const { operator, descriptor, target } of list) {
      const [word] = expandFishWord(target, this.around(frame));
      if (!word) continue;
      redirects.push({ operator, descriptor, target: word });
      if (operator.startsWith('<') && operator !== '<&' && (descriptor ?? 0) === 0) stdin = word.delivers ?? this.walk.files.get(this.walk.pathOf(word.text, this.#scope)) ?? HOLE;
    }
    return { redirects, stdin };
  }

  private call(list: readonly FishWord[], call: Call): string {
    const around = this.around(call.frame);
    const words: Word[] = [];
    for (const word of list) words.push(...expandFishWord(word, around));
    return this.command({ ...call, words });
  }

  /** Runs a call: a function, a builtin or a program. */
  command(call: Call): string {
    const [name, ...rest] = call.words;
    if (!name) return '';
    const found = this.functions.get(name.text);
    if (!found) return this.builtin(call);
    const outputs = found.bodies.map((body) => {
      const run = (): string => this.body(name.text, body, call, rest.map((word) => word.text));
      return found.certain ? run() : this.maybe(run);
    });
    return outputs.join('') + (found.certain ? '' : this.maybe(() => this.builtin(call)));
  }

  /** Runs a call that is no function. */
  builtin(call: Call): string {
    const [name] = call.words;
    if (!name) return '';
    const builtin = FISH_BUILTINS.get(name.text);
    if (builtin) {
      const output = builtin(this, call, call.words.slice(1));
      if (output !== undefined) return this.printed(call, output);
    }
    const output = fishOutput(name.text, call.words.slice(1).map((word) => word.text), call.stdin?.text);
    return output === undefined ? this.program(call) : this.printed(call, output);
  }

  /** Runs a call that is neither a function nor a builtin. */
  program(call: Call): string {
    const env = this.variables.environment();
    for (const [name, value] of env) {
      this.#scope.set(name, value);
      this.#scope.export(name);
    }
    return dispatch(this.walk, { ...call, scope: this.#scope });
  }

  /** What a builtin prints may go into a file. */
  private printed(call: Call, output: string): string {
    const [name] = call.words;
    if (call.redirects.length > 0 && name) emit(this.walk, { ...call, scope: this.#scope, words: [{ ...name, text: 'echo' }] }, 'echo');
    return output;
  }

  private body(name: string, body: FishFunction, call: Call, args: readonly string[]): string {
    const { frame } = call;
    body.called = true;
    if (frame.running.includes(name)) {
      if (frame.piped) emit(this.walk, call, 'fork-bomb');
      return HOLE;
    }
    if (frame.depth > MOST_DEPTH) return this.walk.fail(UNREADABLE.tooDeep, frame.outer, frame);
    const { source, offset, outer } = body.frame;
    const inner: Frame = { ...frame, source, offset, outer, depth: frame.depth + 1, running: [...frame.running, name] };
    const before = { escaped: this.#escaped, doubting: this.#doubting };
    this.#escaped = false;
    this.#doubting = false;
    const output = this.variables.inside(body.shadows ? 'function' : 'block', () => {
      for (const [key, list] of body.inherited) this.variables.set(key, list, 'local');
      body.names.forEach((key, at) => this.variables.set(key, args.every(isKnown) ? args.slice(at, at + 1) : UNKNOWN, 'local'));
      this.variables.set('argv', args, 'local');
      return this.jobs(body.jobs, inner, call.stdin);
    });
    this.#escaped = before.escaped || this.#exited;
    this.#doubting = before.doubting;
    return output;
  }

  private block(stage: FishBlock, frame: Frame, stdin: Stream | undefined): string {
    const inner = (jobs: readonly FishJob[]): string => this.variables.inside('block', () => this.jobs(jobs, frame, stdin));
    switch (stage.kind) {
      case 'begin':
        return inner(stage.body);
      case 'if':
        return this.clauses(stage.clauses, frame, stdin, inner) + (stage.otherwise ? this.maybe(() => inner(stage.otherwise ?? [])) : '');
      case 'while':
        return this.rounds(stdin, () => this.jobs(stage.condition, frame, stdin) + this.maybe(() => inner(stage.body)));
      case 'for':
        return this.each(stage, frame, () => inner(stage.body));
      case 'switch': {
        const around = this.around(frame);
        if (stage.subject) expandFishTexts([stage.subject], around);
        let output = '';
        for (const { patterns, body } of stage.cases) output += this.maybe(() => (expandFishTexts(patterns, around), inner(body)));
        return output;
      }
      case 'function':
        this.functions.define(expandFishTexts(stage.header, this.around(frame)), stage.body, frame, this.variables);
        return '';
    }
  }

  private clauses(clauses: readonly FishClause[], frame: Frame, stdin: Stream | undefined, inner: (jobs: readonly FishJob[]) => string): string {
    let output = '';
    clauses.forEach(({ condition, body }, at) => {
      const ask = (): string => this.jobs(condition, frame, stdin);
      output += at === 0 ? ask() : this.maybe(ask);
      output += this.maybe(() => inner(body));
    });
    return output;
  }

  /** A loop sees what it has set itself, so it is run once more with what then is in doubt. */
  private rounds(stdin: Stream | undefined, run: () => string): string {
    let output = '';
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      output = limited(output + this.maybe(run));
      const more = stdin !== undefined && isKnown(stdin.text) && stdin.at > 0 && stdin.at < stdin.text.length;
      if (round > 0 && !more) break;
    }
    return output;
  }

  private each(stage: Extract<FishBlock, { kind: 'for' }>, frame: Frame, run: () => string): string {
    const around = this.around(frame);
    const [name = HOLE] = stage.name ? expandFishTexts([stage.name], around) : [];
    const items = expandFishTexts(stage.items, around);
    const known = items.length <= MOST_ROUNDS && items.every(isKnown);
    if (!isKnown(name)) this.variables.forget();
    // Where the number of items is open, the body sees each of them, and then what it has set itself.
    const values = known ? items : [...items.slice(0, MOST_ROUNDS), HOLE];
    return this.maybe(() => {
      let output = '';
      for (const value of values) {
        this.variables.set(name, [value]);
        output = limited(output + (known ? run() : this.maybe(run)));
      }
      return output;
    });
  }

  around(frame: Frame): FishSurround {
    return {
      home: this.#scope.home,
      variable: (name) => this.variables.get(name),
      span: ({ start, end }) => this.walk.span(frame, { pos: start, end }),
      substitute: ({ body, span: { start, end } }) => {
        const outer = this.walk.span(frame, { pos: start, end });
        if (frame.depth >= MOST_DEPTH) return { output: this.walk.fail(UNREADABLE.tooDeep, outer, frame), delivers: undefined };
        this.#file = undefined;
        const output = this.variables.inside('block', () => this.jobs(body, { ...frame, depth: frame.depth + 1, outer, feeds: false }, undefined));
        const delivers = this.#file;
        this.#file = undefined;
        return { output, delivers };
      },
    };
  }

  /** The frame for a text that a call runs. */
  inside(call: Call, via: string): Frame {
    return inside(call, [via]);
  }
}

/** Whether an expansion or a redirection may fail, and so keep all of a job from running. */
function mayFail({ stages }: FishJob): boolean {
  return stages.some((stage) => {
    if (stage.redirects.some(({ operator, target }) => !operator.includes('&') && !staticText(target)?.startsWith('/dev/'))) return true;
    // These take a wildcard that matches nothing for no words, and say nothing of an index.
    if (stage.kind !== 'call' || /^(set|count)$/.test(firstText(stage.words))) return stages.length > 1 && stage.kind === 'call' && stage.words.some(({ parts }) => parts.some(fails));
    return stage.words.some(({ parts }) => parts.some(fails));
  });
}

function fails(part: FishPart): boolean {
  if (part.kind === 'braces') return part.items.some((item) => item.some(fails));
  return part.kind === 'wildcard' || ((part.kind === 'variable' || part.kind === 'substitution') && part.index !== undefined);
}

function firstText(words: readonly FishWord[]): string {
  return words[0]?.parts.map((part) => (part.kind === 'text' ? part.text : '')).join('') ?? '';
}

/** A variable that the text did not set. */
function outside(name: string, scope: Scope): readonly string[] | undefined {
  if (name === 'argv') return scope.args;
  // Of the shells that know these, fish is none.
  if (/^(IFS|BASH|status|pipestatus)$/.test(name)) return UNKNOWN;
  const value = scope.lookup(name);
  if (typeof value !== 'string') return value;
  return /PATH$/.test(name) ? value.split(':') : [value];
}
