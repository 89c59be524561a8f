import { createHash } from 'node:crypto';
import { follow } from '../languages/follow.js';
import { readText } from '../languages/material.js';
import type { Material, Piece } from '../languages/material.js';
import type { SqlAct } from '../languages/sql-acts.js';
import type { SqlDialect } from '../languages/sql.js';
import { judgeSql } from '../rules/sql.js';
import { candidatesFor, isHarmless, matchRule, plainEffect } from '../rules/match.js';
import type { Context, Rule } from '../rules/rule.js';
import { COMPUTED_TEXT, EVERYWHERE, KNOWN, TOOLS, toolsOf, UNKNOWN_PROGRAM } from '../rules/index.js';
import { readUse } from '../rules/use.js';
import type { Use } from '../rules/use.js';
import { gitSubcommand } from '../rules/git/git.js';
import { baseName, isMarker, wordOf } from '../shell/program.js';
import type { Invocation, Surroundings } from '../shell/program.js';
import { parseShell } from '../shell/shell.js';
import { findOnPath } from '../languages/on-path.js';
import { followScript } from '../languages/scripts.js';
import { chosenBy, familyOf } from '../targets/chosen.js';
import type { Chosen } from '../targets/chosen.js';
import { environmentsOf } from '../targets/environments.js';
import type { Environments } from '../targets/environments.js';
import { ambientTargets, labelTargets, mentionedTargets, targetsOf, unknownTargets } from '../targets/targets.js';
import type { GitPlace, World } from '../world.js';
import { carriedBy, CARRYING } from './carried.js';
import { callOf, definedBy, isTrusted, materialOf } from './environment.js';
import { findingOf, harder, shownSentence, unique, weightOf, worse } from './findings.js';
import { namedFiles } from './named-files.js';
import { isPlainSearch } from './standing.js';
import type { Ground } from './standing.js';
import { Surround } from './surround.js';
import type { Assessment, Effect, EnvironmentPattern, Finding, Input, Reversible, ShellName, Span, Step, Subject, Target } from './assessment.js';
import { sentence, spoken, type Sentence } from '../say.js';

const MOST_DEPTH = 8;
const MOST_FINDINGS = 500;
const MOST_SHOWN = 200;
const NO_GRAMMAR = {};
/** As many places that calls have left standing are told with what follows. */
const MOST_STANDING = 200;
/** Programs that run what they are given in the shell itself, where it holds for all that follows. */
const LASTING: ReadonlySet<string> = new Set(['source', '.', 'eval']);
const HERE: Target = { environment: 'local', kind: 'machine', name: 'this machine', evidence: sentence('nothing points anywhere else') };

/** Where an invocation was found: in the operation's own text, or in a file that it runs. */
interface Origin {
  readonly file: string | undefined;
  /** The range in the operation's text, when the invocation's own range cannot be shown. */
  readonly span: Span | undefined;
  readonly via: readonly string[];
  readonly depth: number;
  /** It comes with the user's own environment, so only what is certainly dangerous counts. */
  readonly trusted?: true;
}

/** What a rule spoke about, for those who want to know more of it than the assessment says. */
export interface Touched {
  readonly rule: string;
  readonly by: Use | SqlAct;
}

/** Gathers one assessment: parse, unwrap, follow, match, locate. */
export class Assessor {
  readonly #findings: Finding[] = [];
  readonly #inputs = new Map<string, Input>();
  readonly #steps: Step[] = [];
  readonly #targets: Target[] = [];
  readonly #readTargets: Target[] = [];
  /** What was found, in that order; what is reached again stands here again. */
  readonly #told: Finding[] = [];
  /** Where the command of each finding lands. */
  readonly #landings = new Map<Finding, readonly Target[]>();
  /** Where calls point that change the shell itself, and with it all that follows. */
  readonly #standing: Target[] = [];
  /** Where the calls so far have sent those that follow. */
  readonly #chosen: Chosen[] = [];
  readonly #followed = new Set<string>();
  readonly #places = new Map<string, GitPlace | undefined>();
  /** Functions that start files bring, by name. */
  readonly #brought = new Map<string, string>();
  readonly #environments: Environments;
  /** Something does more than look, so what only looks has no say in where it all lands. */
  #acts = false;
  /** Something runs in every program, so that even a look is not only a look. */
  #clouded = false;
  #effect: Effect = 'read';
  #reversible: Reversible = 'yes';

  /** What every text is read in, but for the directory. */
  readonly #around: Required<Pick<Surroundings, 'home' | 'env' | 'functions' | 'read'>>;

  constructor(
    environments: readonly EnvironmentPattern[],
    private readonly world: World,
    private readonly watch?: (touched: Touched) => void,
  ) {
    this.#environments = environmentsOf(environments);
    this.#around = { home: world.home, env: (name) => world.env(name), functions: (name) => this.#brought.get(name), read: (path) => this.fed(path) };
  }

  run(subject: Subject): Assessment {
    const whole = { start: 0, end: subject.text.length };
    for (const name of CARRYING) {
      const value = this.world.env(name);
      if (value) this.variable(name, value, subject.cwd, whole, false);
    }
    this.text(subject.text, subject.shell, this.surroundings(subject.cwd), { file: undefined, span: undefined, via: [], depth: 0 });
    const labels = labelTargets(subject.labels, this.#environments);
    const found = unique([...labels, ...(this.#acts ? this.#targets : []), ...(this.#acts && !this.#clouded ? [] : this.#readTargets)]);
    const targets = found.length > 0 ? found : [HERE];
    for (const target of targets) this.step('target', sentence('{0}: {1}.', target.environment, target.evidence));
    return {
      effect: this.#effect,
      reversible: this.#reversible,
      findings: this.#findings.map((finding) => ({ ...finding, targets: this.#landings.get(finding) ?? [] })),
      targets,
      inputs: [...this.#inputs.values()],
      steps: this.#steps,
    };
  }

  private surroundings(cwd: string): Surroundings {
    // Written out, because copying an object with its functions takes as long as a small parse.
    const { home, env, functions, read } = this.#around;
    return { cwd, home, env, functions, read };
  }

  private text(text: string, shell: ShellName, surroundings: Surroundings, origin: Origin): void {
    const since = this.#told.length;
    const program = parseShell(text, shell, origin.trusted ? { ...surroundings, dormant: true } : surroundings);
    for (const { reason } of origin.trusted ? [] : program.opaque) this.unknown(reason);
    for (const invocation of program.invocations) this.invocation(invocation, origin);
    const unreadable = program.invocations.find((invocation) => invocation.program === 'unreadable-text');
    if (unreadable) this.land([...mentionedTargets(text, this.#environments), ...ambientTargets({ ...unreadable, cwd: surroundings.cwd }, this.world, this.#environments)], this.#targets, since);
  }

  private invocation(given: Invocation, origin: Origin): void {
    const sub = gitSubcommand(given.program);
    const invocation = sub === undefined ? given : { ...given, program: 'git', args: [wordOf(sub, given.name.span), ...given.args] };
    const { program } = invocation;
    const via = origin.via.length === 0 ? invocation.via : [...origin.via, ...invocation.via];
    const before = this.#findings.length;
    const since = this.#told.length;
    if (!invocation.place && invocation.env.size > 0) for (const [name, value] of invocation.env) this.variable(name, value, invocation.cwd, invocation.span, true);
    const tools = toolsOf(invocation);
    const context = new Surround(invocation, this.world, this.#places);
    let use: Use | undefined;
    let effect: Effect | undefined = tools ? undefined : KNOWN.get(program);
    if (invocation.redirects.length > 0 || invocation.stdin !== undefined || isMarker(program)) {
      use = readUse(invocation, NO_GRAMMAR);
      for (const rule of EVERYWHERE) this.match(rule, use, context, origin, via);
    }
    for (const tool of tools ?? []) {
      use = readUse(invocation, tool.grammar);
      if (isHarmless(tool, use)) {
        this.step('rule', sentence('{0} only rehearses or prints.', shown(invocation)));
        effect = 'read';
        continue;
      }
      let found = false;
      for (const rule of candidatesFor(tool, use)) found = this.match(rule, use, context, origin, via) || found;
      if (!found) {
        const plain = plainEffect(tool, use);
        if (plain === 'unknown') this.step('unknown', sentence('What {0} does is not known.', shown(invocation)));
        effect = worse(effect ?? 'read', plain);
      }
      else effect ??= 'read';
    }
    use ??= readUse(invocation, NO_GRAMMAR);
    const material = this.behind(invocation, origin) ?? follow(invocation, this.world);
    if (material) this.follow(material, invocation, origin, via);
    // What runs has spoken for itself; the program that runs it adds nothing.
    if (material?.complete && this.#findings.length === before) effect = material.unknown.length > 0 ? 'unknown' : 'read';
    if (effect === undefined && !material) {
      for (const rule of UNKNOWN_PROGRAM) this.match(rule, use, context, origin, via);
      this.carried(invocation, origin);
    }
    if (effect === undefined && !material?.complete && this.#findings.length === before) {
      effect = 'unknown';
      this.step('unknown', sentence('What {0} does is not known.', program === '' ? sentence('a computed program name') : program));
    }
    if (origin.trusted && this.#findings.length === before) return;
    for (let at = before; at < this.#findings.length; at += 1) effect = worse(effect ?? 'read', this.#findings[at]?.effect ?? 'read');
    if (effect !== undefined) this.#effect = worse(this.#effect, effect);
    const places = targetsOf(use, this.world, this.#environments);
    const looks = effect === undefined || effect === 'read';
    if (!looks) this.#acts = true;
    if (!looks || material) for (const path of namedFiles(invocation, this.world)) this.input(path);
    const into = looks ? this.#readTargets : this.#targets;
    const family = looks || this.#chosen.length === 0 ? undefined : familyOf(use);
    const chosen = family === undefined ? [] : this.#chosen.flatMap((choice) => (choice.family === family ? choice.targets : []));
    this.land([...chosen, ...places], into, since);
    this.#chosen.push(...chosenBy(use, this.#environments));
    // A script or an unknown program that is told `production` means it.
    if (places.length === 0 && (effect === 'unknown' || material?.unknown.length)) {
      const meant = unknownTargets(invocation, this.world, this.#environments);
      this.#acts = true;
      this.land(meant, this.#targets, since);
      if (LASTING.has(program) && this.#standing.length < MOST_STANDING) this.#standing.push(...meant);
    }
    this.land(this.#standing, [], since);
  }

  /** The operation lands there, and in it what was found since then. */
  private land(targets: readonly Target[], into: Target[], since: number): void {
    into.push(...targets);
    if (targets.length === 0) return;
    for (const finding of this.#told.slice(since)) this.#landings.set(finding, unique([...(this.#landings.get(finding) ?? []), ...targets]));
  }

  /** `whatever git reset --hard`: a program that nobody knows most likely runs the command it is given. */
  private carried({ args: [first, ...rest], ...invocation }: Invocation, origin: Origin): void {
    const program = first === undefined ? '' : baseName(first.text);
    if (first === undefined || !TOOLS.has(program) || invocation.via.length > MOST_DEPTH) return;
    this.invocation({ ...invocation, program, name: first, args: rest, redirects: [], stdin: undefined, via: [...invocation.via, invocation.program] }, origin);
  }

  /** Judges what a variable makes programs run, load or obey; one of a call is the operation's own doing. */
  private variable(name: string, value: string, cwd: string, span: Span, ofCall: boolean): void {
    const key = `variable\0${name}\0${value}`;
    if (value === '' || this.#followed.has(key)) return;
    this.#followed.add(key);
    for (const carried of carriedBy(name, value, this.ground(cwd))) {
      const material = materialOf(name, carried, this.world);
      const trusted = !ofCall && isTrusted(carried, this.ground(cwd));
      if (material.unknown.length > 0 && !trusted) this.#clouded = true;
      if (carried.kind === 'shell file') for (const [defined, text] of definedBy(material)) this.#brought.set(defined, text);
      this.follow(material, callOf(name, cwd, span), { file: undefined, span, via: [], depth: 0, ...(trusted ? { trusted } : {}) }, []);
    }
  }

  private ground(cwd: string): Ground {
    const root = () => this.placeAt(cwd)?.root;
    return { cwd, home: this.world.home, own: this.world.own ?? `${this.world.home}/.countersign`, get root() { return root(); } };
  }

  private placeAt(directory: string): GitPlace | undefined {
    if (!this.#places.has(directory)) this.#places.set(directory, this.world.git(directory));
    return this.#places.get(directory);
  }

  /** What a program's name really finds, when the search path begins where the operation could have put it. */
  private behind(invocation: Invocation, origin: Origin): Material | undefined {
    const search = invocation.env.get('PATH') ?? this.world.env('PATH');
    if (invocation.place || search === undefined || isMarker(invocation.program) || isPlainSearch(search, invocation.cwd, this.world.home)) return undefined;
    const found = findOnPath(invocation.name.text, search, this.ground(invocation.cwd), this.world);
    if (found === undefined) return undefined;
    if (found !== 'unknown') return followScript({ ...invocation, program: '', name: wordOf(found.path, invocation.name.span) }, this.world);
    if (origin.file !== undefined) return undefined;
    this.#clouded = true;
    this.unknown(sentence('Which program {0} is depends on a part of PATH that cannot be known.', invocation.name.text));
    return undefined;
  }

  private match(rule: Rule, use: Use, context: Context, origin: Origin, via: readonly string[]): boolean {
    const override = matchRule(rule, use, context);
    // A script that computes commands is read by whoever keeps it; a command line that does has only this moment.
    if (!override || (rule === COMPUTED_TEXT && origin.file !== undefined)) return false;
    const message = typeof rule.message === 'string' ? rule.message : rule.message(use);
    this.watch?.({ rule: rule.id, by: use });
    this.find(findingOf(rule, override, message, { file: origin.file, span: origin.span ?? use.invocation.span, via }), use.invocation);
    return true;
  }

  private find(finding: Finding, invocation: Invocation): void {
    // Every finding counts, also one that is not told.
    this.#effect = worse(this.#effect, weightOf(finding));
    this.#reversible = harder(this.#reversible, finding);
    if (this.#findings.length >= MOST_FINDINGS) return;
    const { rule, file, span } = finding;
    const message = spoken(finding.message);
    // The same place may be reached twice: through a loop, or through a text that does not parse as a whole.
    const known = this.#findings.find((other) => other.rule === rule && other.file === file && other.span.start === span.start && other.span.end === span.end && spoken(other.message) === message);
    this.#told.push(known ?? finding);
    if (known) return;
    this.#findings.push(finding);
    this.step('rule', sentence('{0}: {1}. {2}', finding.rule, shown(invocation), finding.message));
  }

  private follow(material: Material, invocation: Invocation, origin: Origin, via: readonly string[]): void {
    for (const path of material.files) this.input(path);
    for (const reason of origin.trusted ? [] : material.unknown) this.unknown(reason);
    for (const piece of material.pieces) {
      const key = `${piece.kind}\0${piece.file ?? ''}\0${'via' in piece ? piece.via : ''}\0${'args' in piece ? piece.args.join('\0') : ''}\0${'text' in piece ? piece.text : piece.argv.join('\0')}`;
      if (this.#followed.has(key)) continue;
      if (origin.depth >= MOST_DEPTH) {
        this.unknown(sentence('Files run one another more than eight deep.'));
        return;
      }
      this.#followed.add(key);
      if (piece.file !== undefined) this.step('follow', sentence('{0} runs {1}.', shown(invocation), piece.file));
      this.piece(piece, invocation, { file: piece.file ?? origin.file, span: spanOf(piece, origin.span ?? invocation.span), via: 'via' in piece ? [...via, piece.via] : via, depth: origin.depth + 1, ...(origin.trusted ? { trusted: true } : {}) });
    }
  }

  private piece(piece: Piece, invocation: Invocation, origin: Origin): void {
    const surroundings: Surroundings = {
      ...this.surroundings(piece.kind === 'shell' ? (piece.cwd ?? invocation.cwd) : invocation.cwd),
      exported: invocation.env,
    };
    switch (piece.kind) {
      case 'shell':
        this.text(piece.text, piece.shell ?? 'bash', { ...surroundings, args: piece.args }, origin);
        return;
      case 'call': {
        const [name = '', ...args] = piece.argv;
        const word = (text: string) => wordOf(text, origin.span ?? invocation.span);
        this.invocation({ ...invocation, program: name, name: word(name), args: args.map(word), redirects: [], stdin: undefined, via: [] }, origin);
        return;
      }
      case 'sql':
        this.sql(piece.text, piece.dialect, invocation, origin);
    }
  }

  private sql(text: string, dialect: SqlDialect, invocation: Invocation, origin: Origin): void {
    const { matches, unknown } = judgeSql(text, dialect, this.world.sqlParsers);
    for (const reason of unknown) this.unknown(reason);
    for (const { rule, override, act } of matches) {
      this.watch?.({ rule: rule.id, by: act });
      this.find(findingOf(rule, override, rule.message, { file: origin.file, span: origin.span ?? invocation.span, via: origin.via }), invocation);
    }
  }

  /** A file that is piped into something that runs it. */
  private fed(path: string): string | undefined {
    this.input(path);
    const read = readText(path, this.world);
    return 'text' in read ? read.text : undefined;
  }

  private input(path: string): void {
    if (this.#inputs.has(path)) return;
    const bytes = this.world.readFile(path);
    this.#inputs.set(path, { path, sha256: bytes && createHash('sha256').update(bytes).digest('hex') });
  }

  private unknown(text: Sentence): void {
    this.#effect = worse(this.#effect, 'unknown');
    this.step('unknown', text);
  }

  private step(stage: Step['stage'], text: Sentence): void {
    if (this.#steps.length < 2 * MOST_FINDINGS) this.#steps.push({ stage, text: shownSentence(text) });
  }
}

/** The range to report for what a piece does: its own place in its file, else the positions of the file's text, else the call. */
function spanOf(piece: Piece, outer: Span): Span | undefined {
  if (piece.kind === 'shell' && piece.at) return piece.at;
  return piece.file === undefined ? outer : undefined;
}

function shown({ name, args }: Invocation): string {
  let { text } = name;
  for (let at = 0; at < args.length && text.length < MOST_SHOWN; at += 1) text += ` ${args[at]?.text ?? ''}`;
  return text.slice(0, MOST_SHOWN);
}
