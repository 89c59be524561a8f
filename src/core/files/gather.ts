import { assess } from '../assess/assess.js';
import type { Effect, EnvironmentPattern, Finding, Reversible, Severity, ShellName, Span } from '../assess/assessment.js';
import { scanMasked, type CallKind } from '../languages/calls.js';
import { mask, type Masked } from '../languages/mask.js';
import type { Language } from '../languages/inline.js';
import { findingOf } from '../assess/findings.js';
import { judgeSql } from '../rules/sql.js';
import type { SqlMatch } from '../rules/sql.js';
import type { SqlDialect } from '../languages/sql.js';
import { asSentence, spoken } from '../say.js';
import { quote } from '../shell/command.js';
import { MAX_LENGTH } from '../shell/parse.js';
import { parentOf } from '../shell/paths.js';
import { environmentsOf } from '../targets/environments.js';
import { labelTargets } from '../targets/targets.js';
import type { World } from '../world.js';
import { Memory } from './memory.js';
import { sqlParts } from './parts.js';
import { linesOf, Passage } from './passage.js';

/** A file as it is, or as it would be. */
export interface SourceFile {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
}

/** One reason to care that a file itself gives, as data. */
export interface FileRule {
  /** `file-kind/what`. */
  readonly id: string;
  readonly severity: Severity;
  readonly effect: Effect;
  readonly reversible: Reversible;
  /** One sentence: what would happen. Edits put values into its places. */
  readonly message: string;
  readonly safer: string;
}

/** How a text of a file would be run. */
export interface About {
  /** Default `bash`. */
  readonly shell?: ShellName;
  /** Default: the top of the repository, or the file's directory. */
  readonly cwd?: string;
  /** Names under which people know what runs: a task's label, a job's environment. */
  readonly labels?: readonly string[];
  readonly via?: readonly string[];
  /** It runs on a machine or in a container that is thrown away afterwards, so its own disk does not matter. */
  readonly disposable?: boolean;
  /** It runs elsewhere: this machine's state says nothing about it. */
  readonly elsewhere?: boolean;
  readonly env?: ReadonlyMap<string, string>;
}

const MOST_FINDINGS = 1000;
/** As many environments as anybody reads about at one place. */
const MOST_TARGETS = 4;
/** What a file takes over from elsewhere in it may make it this many times longer than it is, and a bit more. */
const MOST_GROWTH = 16;
const SHORT = 256 * 1024;

/** What a file takes over from elsewhere in it would make it endless, or as good as that. */
export class TooMuch extends Error {}
/** What only touches the machine that it runs on. */
const OWN_MACHINE = /^(filesystem|disk|system|service|packages|windows|shell)\//;

/** Nobody means to delete all of a machine, not even of one that is thrown away. */
const EVERYTHING = / \/\*? and everything/;

/** What counts against the bound beside the letters: each text that is assessed, and each that was before. */
const COST = 64;
const KNOWN_COST = 8;

/** Collects the findings of one file. */
export class Gather {
  readonly #findings: Finding[] = [];
  readonly #seen = new Set<string>();
  readonly #cwd: string;
  readonly #world: World;
  readonly #elsewhere: World;
  /** How many letters of commands may still be read. */
  #left: number;
  readonly #answers = new Map<string, readonly Finding[]>();
  readonly #keys = new WeakMap<ReadonlyMap<string, string>, string>();

  constructor(
    readonly file: SourceFile,
    private readonly environments: readonly EnvironmentPattern[],
    private readonly world: World,
    private readonly memory = new Memory(),
    /** How many letters of commands may be read. */
    most = file.text.length * MOST_GROWTH + SHORT,
  ) {
    this.#left = most;
    const directory = parentOf(file.path);
    this.#cwd = world.git(directory)?.root ?? directory;
    this.#world = {
      home: world.home,
      env: (name) => world.env(name),
      // What a file runs is shown in the file that says so; only the state of tools is asked for here.
      readFile: (path) => (path.includes('/.') ? world.readFile(path) : undefined),
      git: (path) => world.git(path),
      sqlParsers: world.sqlParsers,
    };
    this.#elsewhere = { home: world.home, env: () => undefined, readFile: () => undefined, git: (path) => world.git(path), sqlParsers: world.sqlParsers };
  }

  get findings(): readonly Finding[] {
    return [...this.#findings].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  }

  /** Reports a rule of the file itself. */
  rule(rule: FileRule, span: Span, change: Partial<Pick<Finding, 'severity' | 'message' | 'via'>> = {}): void {
    const { id, severity, effect, reversible, message, safer } = rule;
    this.add({ rule: id, severity, effect, reversible, message: asSentence(message), safer, file: this.file.path, span, via: [], ...change });
  }

  /** Reports what a passage would do when a shell runs it. */
  shell(passage: Passage, about: About = {}): void {
    if (passage.text.trim() === '') return;
    for (const part of portions(passage)) this.run(part, passage, about);
  }

  /** Reports what a program call would do. */
  call(argv: readonly string[], span: Span, about: About = {}): void {
    this.text(argv.map(quote).join(' '), span, about);
  }

  private text(text: string, span: Span, about: About): void {
    if (text.trim() === '' || text.length > MAX_LENGTH) return;
    this.run({ text, offset: 0 }, new Passage(text, [{ at: 0, from: span.start, width: span.end - span.start, verbatim: false }]), about);
  }

  /** Reports what statements would do, at one place for all of them. */
  sql(text: string, span: Span, dialect: SqlDialect, via: readonly string[] = []): void {
    for (const match of judgeSql(text, dialect, this.#world.sqlParsers).matches) this.statement(match, span, via, false);
  }

  /** Reports what the statements of the file itself would do, each at its place; some weigh less. */
  statements(dialect: SqlDialect, isSoft: (at: number) => boolean): void {
    for (const { start, end } of sqlParts(this.file.text)) {
      const text = this.file.text.slice(start, end);
      const { matches, cut } = this.memory.recall(`${dialect}\0${text}`, () => judgeSql(text, dialect, this.#world.sqlParsers));
      for (const match of matches) {
        const span = moved(match.at, start);
        this.statement(match, span, [], isSoft(span.start));
      }
      if (cut) throw new TooMuch('there are more statements than anybody reads');
    }
  }

  /** Reports what a part of the file comes to that knows nothing of the others. */
  part({ start, end }: Span, read: (gather: Gather) => void): void {
    const text = this.file.text.slice(start, end);
    const take = (findings: readonly Finding[]): void => {
      for (const finding of findings) this.add({ ...finding, span: moved(finding.span, start) });
    };
    const { findings, cost } = this.memory.recall(`part\0${text}`, () => {
      const most = this.#left;
      const inner = new Gather({ path: this.file.path, text }, this.environments, this.world, this.memory, most);
      try {
        read(inner);
      } catch (error) {
        take(inner.findings);
        throw error;
      }
      return { findings: inner.findings, cost: most - inner.#left };
    });
    this.spend(cost);
    take(findings);
  }

  private statement({ rule, override }: SqlMatch, span: Span, via: readonly string[], soften: boolean): void {
    const finding = findingOf(rule, override, rule.message, { file: this.file.path, span, via });
    if (matters(finding)) this.add(soften ? { ...finding, severity: milder(finding.severity) } : finding);
  }

  /** Reports what well-known calls in a passage of another language would do. */
  code(passage: Passage, language: Language, about: About = {}): void {
    this.masked(passage, mask(passage.text, language), language, about);
  }

  /** The same for a passage that is masked already and of which it is known what it could hold, but for the calls that begin at certain places. */
  masked(passage: Passage, code: Masked, language: Language, about: About, { kinds, except }: { readonly kinds?: ReadonlySet<CallKind>; readonly except?: ReadonlySet<number> } = {}): void {
    for (const piece of scanMasked(code, language, this.file.path, kinds).pieces) {
      if (piece.at && except?.has(piece.at.start)) continue;
      const span = passage.spanIn(piece.at ?? { start: 0, end: passage.text.length });
      const via = 'via' in piece ? [...(about.via ?? []), piece.via] : about.via;
      if (piece.kind === 'sql') this.sql(piece.text, span, piece.dialect, via);
      else if (piece.kind === 'call') this.call(piece.argv, span, { ...about, ...(via && { via }) });
      else this.text(piece.text, span, { ...about, ...(via && { via }) });
    }
  }

  add(finding: Finding): void {
    if (this.#findings.length >= MOST_FINDINGS) return;
    const key = `${finding.rule}\0${spoken(finding.message)}\0${finding.span.start}\0${finding.span.end}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#findings.push(finding);
  }

  /** What a text means where it runs; what jobs have in common is assessed once. */
  private answer(text: string, { env, shell = 'bash', cwd = this.#cwd, elsewhere = false, disposable = false }: About): readonly Finding[] {
    const key = `command\0${shell}\0${cwd}\0${elsewhere || disposable}\0${env ? this.keyOf(env) : ''}\0${text}`;
    const known = this.#answers.get(key);
    this.spend(known ? KNOWN_COST : text.length + COST);
    if (known) return known;
    const base = elsewhere || disposable ? this.#elsewhere : this.#world;
    const world: World = env ? { ...base, env: (name) => env.get(name) ?? base.env(name) } : base;
    const answer = this.memory.recallCommon(key, () => assess({ kind: 'command', text, shell, cwd, labels: [] }, this.environments, world).findings);
    this.#answers.set(key, answer);
    return answer;
  }

  private spend(letters: number): void {
    this.#left -= letters;
    if (this.#left < 0) throw new TooMuch('the file repeats its commands too often');
  }

  private keyOf(env: ReadonlyMap<string, string>): string {
    const known = this.#keys.get(env) ?? JSON.stringify([...env]);
    this.#keys.set(env, known);
    return known;
  }

  private run({ text, offset }: Portion, passage: Passage, about: About): void {
    const labels = labelTargets(about.labels ?? [], environmentsOf(this.environments));
    for (const { targets: reached = [], ...finding } of this.answer(text, about)) {
      const targets = [...reached.filter(({ environment }) => environment !== 'local' && environment !== 'shared'), ...labels];
      const guarded = targets.length > 0;
      if (finding.file !== undefined || (!matters(finding) && !(guarded && finding.effect === 'write'))) continue;
      if (about.disposable && OWN_MACHINE.test(finding.rule) && !EVERYTHING.test(spoken(finding.message))) continue;
      const span = passage.spanIn({ start: finding.span.start + offset, end: finding.span.end + offset });
      this.add({ ...finding, file: this.file.path, span, via: [...(about.via ?? []), ...finding.via], ...(guarded && { targets: targets.slice(0, MOST_TARGETS) }) });
    }
  }
}

/** Whether a finding is a reason to care wherever it lands. */
function matters({ effect, severity }: Finding): boolean {
  return effect === 'destroy' || severity !== 'low';
}

function milder(severity: Severity): Severity {
  return severity === 'critical' ? 'medium' : 'low';
}

interface Portion {
  readonly text: string;
  readonly offset: number;
}

/** Shorter than what the parser takes, for it also counts commands. */
const PORTION = MAX_LENGTH / 4;

/**
 * A long script in portions that the parser takes, cut between lines: where a paragraph begins, so that a change in one
 * portion seldom moves the others' ends.
 */
function portions({ text }: Passage): readonly Portion[] {
  if (text.length <= MAX_LENGTH) return [{ text, offset: 0 }];
  const found: Portion[] = [];
  let start = 0;
  let blank = false;
  for (const line of linesOf(text)) {
    const paragraph = blank && line.start - start > PORTION / 2 && /\S/.test(text.charAt(line.start));
    blank = line.end === line.start;
    if (line.start === start || !(paragraph || line.end - start > PORTION)) continue;
    found.push({ text: text.slice(start, line.start), offset: start });
    start = line.start;
  }
  found.push({ text: text.slice(start), offset: start });
  return found;
}

function moved({ start, end }: Span, by: number): Span {
  return { start: start + by, end: end + by };
}
