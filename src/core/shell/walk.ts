import { Around } from './around.js';
import { expandParts, expandText, expandWord } from './expand.js';
import { runCommand } from './command.js';
import { forEachChild, parsePosix } from './parse.js';
import type { AndOr, CommandNode, CompoundList, ParsedScript, PipelineNode, Redirection, Statement, SyntaxNode } from './parse.js';
import { isEndless, markerOf, startsMore } from './loops.js';
import { splitPieces } from './pieces.js';
import { baseName, HOLE, isKnown } from './program.js';
import type { Invocation, Opaque, Place, Redirect } from './program.js';
import type { Scope } from './scope.js';
import { readCmd } from './cmd.js';
import { readFish } from './fish.js';
import { readPowerShell } from './powershell.js';
import { looksLikePowerShell } from './powershell-names.js';
import { readZsh } from './zsh.js';
import type { ShellName, Span } from '../assess/assessment.js';
import { sentence, spoken, type Sentence } from '../say.js';
import { notValidShell, UNREADABLE } from './unreadable.js';

/** Programs that run, or hand on to another that runs, what they read. */
export const RUNNERS = /^((ba|z|da|a|k|fi)?sh|source|sudo|doas|env|ssh|docker|podman|kubectl|oc|xargs|parallel|psql|mysql|mariadb|sqlite3|mongosh|mongo|redis-cli|python[\d.]*|node|ruby|perl|php|at|batch)$/;
const MOST_STEPS = 4000;
const MOST_DEPTH = 24;
const MOST_ITERATIONS = 16;
const MOST_ROUNDS = 3;
const MOST_OUTPUT = 64 * 1024;

/** A standard input that commands read from in turn. */
export interface Stream {
  readonly text: string;
  at: number;
}

/** Where the walk is: everything that a nested text inherits, and that never flows back. */
export interface Frame {
  /** The text that node positions index. */
  readonly source: string;
  /** What to add to a position to get one of the operation's text, or undefined when the text was computed. */
  readonly offset: number | undefined;
  /** The range to report when positions mean nothing. */
  readonly outer: Span;
  readonly via: readonly string[];
  readonly place: Place | undefined;
  readonly fed: boolean;
  readonly depth: number;
  /** Functions and aliases that are being run, so that none is entered again. */
  readonly running: readonly string[];
  /** It stands in a pipeline or in the background. */
  readonly piped: boolean;
  /** What it prints goes to something that runs it: a shell, a database client, an interpreter. */
  readonly feeds: boolean;
}

/** Walks a syntax tree in the order in which the shell would run it, and collects every program call on the way. */
export class Walk {
  readonly invocations: Invocation[] = [];
  readonly opaque: Opaque[] = [];
  /** Files that the text itself writes with known contents, by absolute path. */
  readonly files = new Map<string, string>();
  /** The last part of a pipeline runs in the shell itself, as in zsh. */
  lastStays = false;
  #steps = 0;

  constructor(readonly read: (path: string) => string | undefined = () => undefined) {}

  /** Runs a whole text and returns what it would print. */
  text(text: string, scope: Scope, frame: Frame, stdin?: Stream, shell: ShellName = 'sh'): string {
    if (shell === 'zsh') return readZsh(this, text, scope, frame, stdin);
    if (shell === 'fish') return readFish(this, text, scope, frame, stdin);
    if (shell === 'powershell') return readPowerShell(this, text, scope, frame);
    if (shell === 'cmd') return readCmd(this, text, scope, frame);
    if (this.isTooDeep(frame)) return HOLE;
    if (text.trim() === '') return '';
    if (!isKnown(text)) this.note(sentence('Part of a command string cannot be known.'), frame.outer, frame);
    if (text.trim() === HOLE) this.computed(frame);
    // Assistants hand PowerShell over as a line for bash, and hosts of `ssh` run it.
    if (looksLikePowerShell(text)) readPowerShell(this, text, scope.child(), { ...frame, depth: frame.depth + 1 });
    const parsed = parsePosix(text);
    if ('opaque' in parsed) return this.fail(parsed.opaque, frame.outer, frame);
    return this.script(parsed.tree, scope, frame, stdin);
  }

  /** Whether a frame lies deeper than anybody nests commands on purpose; says so, too. */
  isTooDeep(frame: Frame): boolean {
    if (frame.depth <= MOST_DEPTH) return false;
    this.fail(UNREADABLE.tooDeep, frame.outer, frame);
    return true;
  }

  script(script: ParsedScript, scope: Scope, frame: Frame, stdin: Stream | undefined): string {
    const error = script.errors?.[0];
    if (error && frame.depth < 2 && !frame.running.includes('pieces')) this.pieces(script.source ?? frame.source, scope, frame);
    if (error) this.note(notValidShell(error.message), this.span(frame, { pos: error.pos, end: error.pos }), frame);
    return this.statements(script.commands, scope, frame, stdin);
  }

  /**
   * What does not parse as a whole may still run: another shell's syntax, or a line that a person goes on typing. So every
   * piece between separators is looked at by itself.
   */
  private pieces(text: string, scope: Scope, frame: Frame): void {
    const list = splitPieces(text);
    if (list.length > 200) return;
    for (const { start, end } of list) {
      const span = this.span(frame, { pos: start, end });
      const piece = text.slice(start, end);
      if (piece === text) continue;
      const inner: Frame = { ...frame, source: piece, outer: span, offset: frame.offset === undefined ? undefined : frame.offset + start, depth: frame.depth + 1, running: [...frame.running, 'pieces'] };
      const parsed = parsePosix(piece);
      if ('tree' in parsed && !parsed.tree.errors) this.statements(parsed.tree.commands, scope.child(), inner, undefined);
    }
  }

  statements(list: readonly Statement[], scope: Scope, frame: Frame, stdin: Stream | undefined): string {
    let output = '';
    for (const statement of list) {
      const inner = statement.background ? { ...frame, piped: true } : frame;
      // What runs beside the shell changes nothing in it.
      output += this.node(statement.command, statement.background ? scope.child() : scope, inner, stdin);
      if (output.length > MOST_OUTPUT) output = HOLE;
    }
    return output;
  }

  node(node: PipelineNode | AndOr | CompoundList, scope: Scope, frame: Frame, stdin: Stream | undefined): string {
    if (this.exhausted(frame)) return HOLE;
    switch (node.type) {
      case 'AndOr':
        return this.andOr(node, scope, frame, stdin);
      case 'Pipeline':
        return this.pipeline(node.commands, scope, frame, stdin);
      case 'CompoundList':
        return this.statements(node.commands, scope, frame, stdin);
      case 'Command':
        return runCommand(this, node, scope, frame, stdin);
      default:
        return this.compound(node, scope, frame, stdin);
    }
  }

  /** Counts one more step, and says whether there were too many. */
  exhausted(frame: Frame): boolean {
    this.#steps += 1;
    if (this.#steps === MOST_STEPS + 1) this.fail(UNREADABLE.tooManyCommands, frame.outer, frame);
    return this.#steps > MOST_STEPS;
  }

  private andOr(node: AndOr, scope: Scope, frame: Frame, stdin: Stream | undefined): string {
    let output = '';
    let branch: Scope | undefined;
    node.commands.forEach((command, index) => {
      if (index === 0) output += this.node(command, scope, frame, stdin);
      else {
        if (branch && node.operators[index - 1] === '||') {
          scope.merge(branch);
          branch = undefined;
        }
        branch ??= scope.child();
        output += this.node(command, branch, frame, stdin);
      }
    });
    // What follows `&&` is what people mean to happen; a name it set is only trusted if nothing else was.
    if (branch) scope.merge(branch);
    return output;
  }

  private pipeline(commands: readonly CommandNode[], scope: Scope, frame: Frame, stdin: Stream | undefined): string {
    if (commands.length === 1 && commands[0]) return this.node(commands[0], scope, frame, stdin);
    let stream = stdin;
    let output = '';
    const last = commands.findLastIndex((command) => command.type === 'Command' && RUNNERS.test(baseName(command.name?.value ?? '')));
    for (const [index, command] of commands.entries()) {
      // zsh, ksh and `lastpipe` run the last part here, so what it reads stays known.
      const kept = index === commands.length - 1 && command.type === 'Command' && /^(read|mapfile|readarray)$/.test(command.name?.value ?? '');
      const own = kept ? scope : scope.child();
      output = this.node(command, own, { ...frame, piped: true, feeds: index < last }, stream);
      if (this.lastStays && !kept && index === commands.length - 1) scope.merge(own);
      stream = { text: output, at: 0 };
    }
    return output;
  }

  private compound(
    node: Exclude<CommandNode, { type: 'Command' }>,
    scope: Scope,
    frame: Frame,
    stdin: Stream | undefined,
  ): string {
    switch (node.type) {
      case 'Redirected': {
        const { redirects, stdin: input } = this.redirects(node.redirects, scope, frame);
        const output = this.node(node.command, scope, frame, input === undefined ? stdin : { text: input, at: 0 });
        this.write(redirects, output, scope);
        return redirects.some((redirect) => isOutput(redirect)) ? '' : output;
      }
      case 'Function':
        scope.define(node.name.text, { body: node.body, called: false });
        this.functions.push({ name: node.name.text, frame, scope });
        return '';
      case 'Subshell':
        return this.node(node.body, scope.child(), frame, stdin);
      case 'BraceGroup':
        return this.node(node.body, scope, frame, stdin);
      case 'If':
        return this.branches(
          [node.clause, ...node.elif.map((elif) => elif.clause)],
          [node.then, ...node.elif.map((elif) => elif.then), ...(node.else ? [node.else] : [])],
          scope,
          frame,
          stdin,
        );
      case 'Case': {
        const subject = expandText(node.word, new Around(this, scope, frame));
        for (const item of node.items) for (const pattern of item.pattern) this.visit(pattern, scope, frame);
        const chosen = isKnown(subject) ? node.items.find((item) => item.pattern.some((word) => word.value === subject)) : undefined;
        return this.branches([], chosen ? [chosen.body] : node.items.map((item) => item.body), scope, frame, stdin);
      }
      case 'For':
      case 'Select':
        return this.forEach(node.name.text, node.wordlist, node.body, scope, frame, stdin);
      case 'While':
        if (isEndless(node.kind, node.clause) && startsMore(node.body)) this.invocations.push(markerOf('fork-bomb', 'while', this.span(frame, node), frame, scope.cwd));
        return this.loop(() => this.node(node.clause, scope, frame, stdin), node.body, scope, frame, stdin);
      case 'ArithmeticFor':
        for (const part of [node.initialize, node.test, node.update]) if (part) this.visit(part, scope, frame);
        return this.loop(() => '', node.body, scope, frame, stdin);
      case 'Coproc':
        return this.node(node.body, scope.child(), { ...frame, piped: true }, stdin);
      case 'TestCommand':
      case 'ArithmeticCommand':
        this.visit(node, scope, frame);
        return '';
    }
  }

  /** Functions that were defined, so that those nobody calls can be looked at in the end. */
  readonly functions: { readonly name: string; readonly frame: Frame; readonly scope: Scope }[] = [];

  private branches(
    clauses: readonly CompoundList[],
    bodies: readonly CompoundList[],
    scope: Scope,
    frame: Frame,
    stdin: Stream | undefined,
  ): string {
    for (const clause of clauses) this.node(clause, scope, frame, stdin);
    const outputs = bodies.map((body) => {
      const branch = scope.child();
      return { branch, output: this.node(body, branch, frame, stdin) };
    });
    for (const { branch } of outputs) scope.merge(branch);
    const [only] = outputs;
    return outputs.length === 1 && only ? only.output : outputs.every(({ output }) => output === '') ? '' : HOLE;
  }

  private forEach(
    name: string,
    words: Parameters<typeof expandWord>[0][] | readonly Parameters<typeof expandWord>[0][] | undefined,
    body: CompoundList,
    scope: Scope,
    frame: Frame,
    stdin: Stream | undefined,
  ): string {
    const around = new Around(this, scope, frame);
    const values = words ? words.flatMap((word) => expandWord(word, around)).map((word) => (word.glob ? word.text.replace(/[*?]+/g, HOLE) : word.text)) : scope.args;
    if (values.length > MOST_ITERATIONS) {
      scope.set(name, HOLE);
      return this.rounds(body, scope, frame, stdin);
    }
    let output = '';
    for (const value of values) {
      scope.set(name, value);
      output += this.node(body, scope, frame, stdin);
    }
    return output;
  }

  private loop(clause: () => string, body: CompoundList, scope: Scope, frame: Frame, stdin: Stream | undefined): string {
    const rounds = stdin && isKnown(stdin.text) ? Math.min(stdin.text.split('\n').length, MOST_ITERATIONS) : 1;
    let output = '';
    for (let round = 0; round < rounds; round += 1) {
      if (round > 0 && stdin && stdin.at >= stdin.text.length) break;
      output += clause();
      const branch = scope.child();
      output += this.rounds(body, branch, frame, stdin);
      scope.merge(branch);
    }
    return output;
  }

  /** Walks a loop's body again while a round leaves something else for the next one; what never settles cannot be known. */
  private rounds(body: CompoundList, scope: Scope, frame: Frame, stdin: Stream | undefined): string {
    let output = '';
    for (let round = 0, before = -1; round < MOST_ROUNDS && scope.changes !== before; round += 1) {
      before = scope.changes;
      if (round === MOST_ROUNDS - 1) scope.forget();
      output += this.node(body, scope, frame, stdin);
    }
    return output;
  }

  /** Redirections with their targets, and the standard input they give. */
  redirects(list: readonly Redirection[], scope: Scope, frame: Frame): { redirects: readonly Redirect[]; stdin: string | undefined } {
    if (list.length === 0) return NO_REDIRECTS;
    const redirects: Redirect[] = [];
    let stdin: string | undefined;
    const around = new Around(this, scope, frame);
    for (const item of list) {
      if (item.type === 'HereDoc') stdin = expandParts(item.body.parts, around) ?? item.body.text;
      else if (item.type === 'HereString') stdin = `${expandText(item.target, around)}\n`;
      else {
        const descriptor = item.descriptor?.type === 'FileDescriptor' ? item.descriptor.value : undefined;
        const target = item.target && expandWord(item.target, around)[0];
        if (!target) continue;
        redirects.push({ operator: item.operator, descriptor, target });
        if (item.operator === '<' && (descriptor ?? 0) === 0) {
          stdin = target.delivers ?? this.files.get(this.pathOf(target.text, scope)) ?? HOLE;
        }
      }
    }
    return { redirects, stdin };
  }

  /** Remembers what a redirection writes, so that running the file later is no surprise. */
  write(redirects: readonly Redirect[], output: string, scope: Scope): void {
    for (const redirect of redirects) {
      if (!isOutput(redirect) || !isKnown(redirect.target.text)) continue;
      const path = this.pathOf(redirect.target.text, scope);
      const before = redirect.operator.endsWith('>>') ? (this.files.get(path) ?? '') : '';
      if (!path.startsWith('/dev/')) this.files.set(path, before + output);
    }
  }

  pathOf(path: string, scope: Scope): string {
    return path.startsWith('/') ? path : `${scope.cwd}/${path.replace(/^\.\//, '')}`;
  }

  /** Looks into a node for nested commands only. */
  visit(node: SyntaxNode, scope: Scope, frame: Frame): void {
    if (node.type === 'CommandExpansion' || node.type === 'ProcessSubstitution' || node.type === 'ArithmeticCommandExpansion') {
      new Around(this, scope, frame).substitute(node.script, node);
      return;
    }
    forEachChild(node, (child) => this.visit(child, scope, frame));
  }

  span(frame: Frame, node: { readonly pos: number; readonly end: number }): Span {
    if (frame.offset === undefined) return frame.outer;
    // The parser may count a backslash at the very end as two.
    const { length } = frame.source;
    return { start: Math.min(node.pos, length) + frame.offset, end: Math.min(node.end, length) + frame.offset };
  }

  note(reason: Sentence, span: Span, frame: Frame): void {
    this.opaque.push({ reason, span, via: frame.via });
  }

  /** What cannot be read to its end: whoever hides something goes beyond what we follow. */
  fail(reason: Sentence, span: Span, frame: Frame): string {
    this.note(sentence('Cannot be read to its end: {0}.', reason), span, frame);
    if (!this.invocations.some(({ program }) => program === 'unreadable-text')) this.invocations.push(markerOf('unreadable-text', spoken(reason), span, frame, HOLE));
    return HOLE;
  }

  /** A shell gets a text that nobody can know before it runs. */
  computed(frame: Frame): void {
    this.invocations.push(markerOf('computed-text', frame.via.at(-1) ?? 'a shell', frame.outer, frame, HOLE));
  }
}

const NO_REDIRECTS: { redirects: readonly Redirect[]; stdin: undefined } = { redirects: [], stdin: undefined };

/** Whether a redirection takes standard output away from whoever reads it. */
export function isOutput(redirect: Redirect): boolean {
  return redirect.operator.includes('>') && redirect.operator !== '<>' && redirect.operator !== '>&' && (redirect.descriptor ?? 1) === 1;
}
