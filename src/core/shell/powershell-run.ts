import { dispatch, emit, inside } from './command.js';
import type { Call } from './command.js';
import { CMDLETS } from './powershell-cmdlets.js';
import { callMember } from './powershell-dotnet.js';
import { bindCall } from './powershell-call.js';
import type { PsCall } from './powershell-call.js';
import { cmdletEffect, commandName } from './powershell-names.js';
import { parsePowerShell } from './powershell-parser.js';
import type { PsPart, PsRedirect, PsStage, PsStatement, PsWord } from './powershell-syntax.js';
import { NOTHING, PsVariables, UNKNOWN_VALUE, valueOf } from './powershell-values.js';
import type { PsValue } from './powershell-values.js';
import { HOLE, isKnown, wordOf } from './program.js';
import type { Redirect, Word } from './program.js';
import type { Scope } from './scope.js';
import type { Frame, Walk } from './walk.js';
import { sentence } from '../say.js';
import { UNREADABLE } from './unreadable.js';

const MOST_DEPTH = 24;
const MOST_ROUNDS = 16;

/** Runs PowerShell in thought, with what is certain about its variables. */
export class PsRun {
  variables = new PsVariables();
  readonly aliases = new Map<string, string>();
  readonly #functions = new Map<string, { readonly statement: Extract<PsStatement, { kind: 'function' }>; readonly frame: Frame; called: boolean }>();

  constructor(
    readonly walk: Walk,
    public scope: Scope,
  ) {}

  text(text: string, frame: Frame): PsValue {
    if (frame.depth > MOST_DEPTH) this.walk.fail(UNREADABLE.tooDeep, frame.outer, frame);
    if (frame.depth > MOST_DEPTH || text.trim() === '') return NOTHING;
    if (text.replaceAll(HOLE, '').trim() === '') this.walk.computed(frame);
    const script = parsePowerShell(text);
    if (script.error) this.walk.note(sentence('Not valid PowerShell: {0}.', script.error.reason), this.walk.span(frame, { pos: script.error.at, end: script.error.at }), frame);
    if (script.tooDeep) this.walk.fail(UNREADABLE.tooNested, frame.outer, frame);
    return this.statements(script.statements, frame, undefined);
  }

  /** Looks at functions that nobody called. */
  rest(): void {
    for (const [name, known] of this.#functions) {
      if (!known.called) this.maybe(() => this.statements(known.statement.body, { ...known.frame, via: [...known.frame.via, `function ${name}`], depth: known.frame.depth + 1 }, undefined));
    }
  }

  statements(list: readonly PsStatement[], frame: Frame, input: PsValue | undefined): PsValue {
    const texts: string[] = [];
    let last = NOTHING;
    for (const statement of list) {
      if (this.walk.exhausted(frame)) return UNKNOWN_VALUE;
      last = this.statement(statement, frame, input);
      texts.push(...last.texts);
    }
    return list.length === 1 ? last : valueOf(...texts);
  }

  /** Runs something that may not happen. */
  maybe(run: () => PsValue): PsValue {
    const { variables, scope } = this;
    this.variables = variables.child();
    this.scope = scope.child();
    const value = run();
    variables.merge(this.variables);
    scope.merge(this.scope);
    this.variables = variables;
    this.scope = scope;
    return value.texts.length === 0 ? value : { ...value, texts: value.texts.length === 1 ? [HOLE + (value.texts[0] ?? '') + HOLE] : [HOLE] };
  }

  /** Walks a script block. */
  block(part: Extract<PsPart, { kind: 'block' }>, frame: Frame, args: readonly PsValue[] = []): PsValue {
    if (frame.depth > MOST_DEPTH) return valueOf(this.walk.fail(UNREADABLE.tooDeep, frame.outer, frame));
    return this.maybe(() => {
      part.parameters.forEach((name, at) => this.variables.set(name, args[at] ?? UNKNOWN_VALUE));
      return this.statements(part.body, { ...frame, depth: frame.depth + 1 }, undefined);
    });
  }

  private statement(statement: PsStatement, frame: Frame, input: PsValue | undefined): PsValue {
    switch (statement.kind) {
      case 'pipeline': {
        const run = (): PsValue => this.pipeline(statement.stages, frame, input);
        return statement.conditional ? this.maybe(run) : run();
      }
      case 'assignment':
        this.assign(statement, frame);
        return NOTHING;
      case 'function':
        this.#functions.set(statement.name, { statement, frame, called: false });
        return NOTHING;
      case 'control':
        return this.control(statement, frame, input);
    }
  }

  private control({ keyword, head, body }: Extract<PsStatement, { kind: 'control' }>, frame: Frame, input: PsValue | undefined): PsValue {
    if (keyword === 'foreach') return this.each(head, body, frame);
    const ask = (): PsValue => this.statements(head, frame, undefined);
    const go = (): PsValue => this.statements(body, frame, input);
    if (keyword === 'if') ask();
    if (/^(try|finally|begin|process|end|clean|dynamicparam)$/.test(keyword)) return go();
    const once = (): PsValue => (keyword === 'if' ? go() : (ask(), go()));
    if (keyword === 'switch') this.variables.set('_', UNKNOWN_VALUE);
    // A loop sees what it has set itself, so it is run once more with what then is in doubt.
    if (/^(for|while|do|until)$/.test(keyword)) this.maybe(once);
    return this.maybe(once);
  }

  private each(head: readonly PsStatement[], body: readonly PsStatement[], frame: Frame): PsValue {
    const [variable, ...rest] = head;
    const stage = variable?.kind === 'pipeline' ? variable.stages[0] : undefined;
    const part = stage?.kind === 'expression' ? stage.words[0]?.parts[0] : undefined;
    const name = part?.kind === 'variable' ? part.name : '_';
    const { texts } = this.statements(rest, frame, undefined);
    const known = texts.length <= MOST_ROUNDS && texts.every(isKnown);
    return this.maybe(() => {
      for (const text of known ? texts : [...texts.slice(0, MOST_ROUNDS), HOLE]) {
        this.variables.set(name, valueOf(text));
        if (known) this.statements(body, frame, undefined);
        else this.maybe(() => this.statements(body, frame, undefined));
      }
      return UNKNOWN_VALUE;
    });
  }

  private assign(statement: Extract<PsStatement, { kind: 'assignment' }>, frame: Frame): void {
    const { name, operator, target, value: given } = statement;
    const value = given ? this.statements([given], frame, undefined) : NOTHING;
    if (value.block) this.block(value.block, frame);
    if (name === undefined) {
      if (target.kind === 'expression') for (const word of target.words) {
        this.word(word, frame);
        const [part] = word.parts;
        if (part?.kind === 'variable' && part.chain.length > 0) this.set(part.name, UNKNOWN_VALUE);
        if (part?.kind === 'variable' && part.chain.length === 0) this.set(part.name, UNKNOWN_VALUE);
      }
      return;
    }
    const before = this.variable(name);
    if (operator === '=') this.set(name, value);
    else if (operator === '+=') this.set(name, before.texts.length > 1 ? valueOf(...before.texts, ...value.texts) : valueOf(before.texts.join('') + value.texts.join('')));
    else this.set(name, UNKNOWN_VALUE);
  }

  set(name: string, value: PsValue): void {
    const plain = name.replace(/^(global|script|local|private|variable|using):/, '');
    this.variables.set(plain, value);
    const exported = /^env:(\w+)$/.exec(plain)?.[1];
    if (exported === undefined) return;
    for (const spelling of new Set([exported, exported.toUpperCase()])) {
      this.scope.set(spelling, value.texts.join(' '));
      this.scope.export(spelling);
    }
  }

  variable(name: string): PsValue {
    const plain = name.replace(/^(global|script|local|private|variable|using):/, '');
    const own = this.variables.get(plain);
    if (own) return own;
    if (/^(home|env:userprofile|env:home|env:homepath)$/.test(plain)) return valueOf(this.scope.home);
    if (/^env:(temp|tmp|tmpdir)$/.test(plain)) return valueOf('/tmp');
    if (/^(true|false)$/.test(plain)) return valueOf(`$${plain}`);
    if (plain === 'null') return valueOf('');
    if (plain === 'pwd') return valueOf(this.scope.cwd);
    const outer = /^env:(\w+)$/.exec(plain)?.[1];
    const value = outer === undefined ? undefined : (this.scope.get(outer) ?? this.scope.get(outer.toUpperCase()));
    return typeof value === 'string' ? valueOf(value) : UNKNOWN_VALUE;
  }

  private pipeline(stages: readonly PsStage[], frame: Frame, given: PsValue | undefined): PsValue {
    let input = given;
    let output = NOTHING;
    for (const [at, stage] of stages.entries()) {
      const inner = stages.length > 1 ? { ...frame, piped: true, fed: frame.fed || at > 0 } : frame;
      output = stage.kind === 'command' ? this.command(stage, inner, input) : this.expression(stage, inner);
      input = output;
    }
    return output;
  }

  private expression(stage: Extract<PsStage, { kind: 'expression' }>, frame: Frame): PsValue {
    const values = stage.words.map((word) => this.word(word, frame));
    this.redirects(stage.redirects, frame, valueOf(HOLE), this.walk.span(frame, { pos: stage.start, end: stage.end }));
    const [only] = values;
    const types = stage.words.filter(({ parts }) => parts.length === 1 && parts[0]?.kind === 'type' && parts[0].chain.length === 0);
    const texts = values.filter((_value, at) => !types.some((word) => word === stage.words[at]));
    for (const { block } of values.length > 1 ? values : []) if (block) this.block(block, frame);
    const signs = new Set(stage.operators.filter((sign) => sign !== ''));
    if (types.some(({ parts }) => parts[0]?.kind === 'type' && !/^(string|system\.string|object|array|string\[\]|object\[\])$/.test(parts[0].name))) return UNKNOWN_VALUE;
    if (values.length === 1 && only && signs.size === 0) return only;
    if (signs.size === 0) return texts.length === 1 ? (texts[0] ?? NOTHING) : UNKNOWN_VALUE;
    if (signs.size === 1 && signs.has(',')) return valueOf(...texts.flatMap((value) => value.texts));
    if (signs.size === 1 && signs.has('+')) return valueOf(texts.map((value) => value.texts.join('')).join(''));
    return UNKNOWN_VALUE;
  }

  /** What a word is worth. Whatever is nested in it is run. */
  word(word: PsWord, frame: Frame): PsValue {
    const values = word.parts.map((part) => this.part(part, word, frame));
    const [only] = values;
    if (values.length === 1 && only) return only;
    return valueOf(values.map((value) => value.texts.join(' ')).join(''));
  }

  private part(part: PsPart, word: PsWord, frame: Frame): PsValue {
    let value = this.base(part, word, frame);
    part.chain.forEach((member) => {
      const args = member.args.map((arg) => this.word(arg, frame));
      for (const { block } of args) if (block) this.block(block, frame);
      value = callMember(this, part, value, member, args, { span: this.walk.span(frame, { pos: word.start, end: word.end }), frame });
    });
    return value;
  }

  private base(part: PsPart, word: PsWord, frame: Frame): PsValue {
    switch (part.kind) {
      case 'text':
        return valueOf(!part.quoted && part.text.startsWith('~') && /^~([\\/]|$)/.test(part.text) ? this.scope.home + part.text.slice(1).replaceAll('\\', '/') : part.text);
      case 'variable':
        return this.variable(part.name);
      case 'type':
        return valueOf(`[${part.name}]`);
      case 'sub': {
        const outer = this.walk.span(frame, { pos: word.start, end: word.end });
        if (frame.depth >= MOST_DEPTH) return valueOf(this.walk.fail(UNREADABLE.tooDeep, outer, frame));
        return this.statements(part.body, { ...frame, depth: frame.depth + 1, fed: false }, undefined);
      }
      case 'table': {
        const table = new Map<string, PsValue>();
        for (const statement of part.body) {
          if (statement.kind !== 'assignment') this.statements([statement], frame, undefined);
          else table.set(statement.name?.replace(/^key /, '') ?? HOLE, statement.value ? this.statements([statement.value], frame, undefined) : NOTHING);
        }
        return { texts: [HOLE], table };
      }
      case 'block':
        return { texts: [HOLE], block: part };
    }
  }

  private command(stage: Extract<PsStage, { kind: 'command' }>, frame: Frame, input: PsValue | undefined): PsValue {
    const [first, ...rest] = stage.words;
    const span = this.walk.span(frame, { pos: stage.start, end: stage.end });
    if (!first) return NOTHING;
    const name = this.word(first, frame);
    if (name.block) return this.block(name.block, frame, rest.map((word) => this.word(word, frame)));
    const [text, ...more] = name.texts;
    if (text === undefined) return NOTHING;
    const raw = rest.map((word) => word.parts.map((part) => (part.kind === 'text' ? part.text : HOLE)).join(''));
    const program = commandName(this.aliases.get(text.toLowerCase()) ?? text, raw);
    const call = bindCall(this, this.#functions.get(program)?.statement.parameters, program, { text, span: this.walk.span(frame, { pos: first.start, end: first.end }), glob: false, quoted: true }, rest, [...more], { span, frame: { ...frame, outer: span }, input });
    const redirected = (value: PsValue): PsValue => (this.redirects(stage.redirects, frame, value, span) ? NOTHING : value);
    return redirected(this.run(call));
  }

  /** Runs a call: one of the text's own functions, a cmdlet, or a program. */
  run(call: PsCall): PsValue {
    const { program, frame } = call;
    const own = this.#functions.get(program);
    if (own && !frame.running.includes(program)) {
      own.called = true;
      return this.maybe(() => {
        own.statement.parameters.forEach((name, at) => this.variables.set(name, call.parameters.get(name) ?? call.operands[at] ?? UNKNOWN_VALUE));
        this.variables.set('args', valueOf(...call.operands.flatMap(({ texts }) => texts)));
        const { source, offset } = own.frame;
        return this.statements(own.statement.body, { ...frame, source, offset, outer: own.frame.outer, depth: frame.depth + 1, running: [...frame.running, program] }, call.input);
      });
    }
    const cmdlet = CMDLETS.get(program);
    const value = cmdlet?.(this, call);
    if (value) return value;
    for (const block of call.blocks) this.block(block, frame);
    this.emit(call);
    return UNKNOWN_VALUE;
  }

  /** Adds a call to what is run, or hands a program to the wrappers. */
  emit(call: PsCall): void {
    const { program, name } = call;
    const cmdlet = cmdletEffect(program) !== undefined;
    const written = this.walk.files.get(this.walk.pathOf(name.text.replaceAll('\\', '/'), this.scope));
    if (written !== undefined && /\.ps1$/i.test(name.text)) {
      this.text(written, inside(this.shellCall(call), [name.text]));
      return;
    }
    // A name that is not a cmdlet's keeps its letters: `git`, `./Deploy.ps1`.
    if (cmdlet) emit(this.walk, { ...this.shellCall(call), words: [{ ...name, text: titled(program) }, ...call.words] }, program);
    else if (name.text !== '') dispatch(this.walk, { ...this.shellCall(call), words: [{ ...name, text: program.includes(HOLE) ? HOLE : /[\\/.]/.test(name.text) ? name.text : program }, ...call.words] });
  }

  shellCall(call: PsCall): Call {
    const stdin = call.input && !isCmdlet(call.program) ? { text: call.input.texts.join('\n'), at: 0 } : undefined;
    return { words: [call.name, ...call.words], env: new Map(), redirects: call.redirects, stdin, span: call.span, scope: this.scope, frame: call.frame };
  }

  /** Says what redirections write; true when nothing is left for the next stage. */
  private redirects(list: readonly PsRedirect[], frame: Frame, output: PsValue, span: Word['span']): boolean {
    const redirects = list.map(({ operator, descriptor, target }): Redirect => ({ operator, descriptor, target: { text: this.word(target, frame).texts.join(' '), span: this.walk.span(frame, { pos: target.start, end: target.end }), glob: false, quoted: true } })).filter(({ target }) => target.text !== '$null' && target.text !== '');
    if (redirects.length === 0) return false;
    emit(this.walk, { words: [wordOf('echo', span)], env: new Map(), redirects, stdin: undefined, span, scope: this.scope, frame }, 'echo');
    this.walk.write(redirects, `${output.texts.join('\n')}\n`, this.scope);
    return redirects.some(({ descriptor }) => (descriptor ?? 1) === 1);
  }
}

function isCmdlet(program: string): boolean {
  return cmdletEffect(program) !== undefined;
}

/** `remove-item` as people write it: rules know by this that PowerShell was read. */
function titled(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_all, dash: string, letter: string) => dash + letter.toUpperCase());
}
