import { createHash } from 'node:crypto';
import { follow } from '../languages/follow.js';
import type { Material, Piece } from '../languages/material.js';
import { judgeSql } from '../rules/sql.js';
import { isHarmless, matchRule, plainEffect } from '../rules/match.js';
import type { Context, Rule } from '../rules/rule.js';
import { EVERYWHERE, KNOWN, TOOLS } from '../rules/index.js';
import { readUse, Use } from '../rules/use.js';
import { HOLE, isKnown, wordOf } from '../shell/program.js';
import type { Invocation, Surroundings } from '../shell/program.js';
import { parseShell } from '../shell/shell.js';
import { Environments } from '../targets/environments.js';
import { labelTargets, targetsOf } from '../targets/targets.js';
import type { GitPlace, World } from '../world.js';
import type { Assessment, Effect, EnvironmentPattern, Finding, Input, Reversible, ShellName, Span, Step, Subject, Target } from './assessment.js';

const MOST_DEPTH = 8;
const MOST_FINDINGS = 500;
const RANK: Readonly<Record<Effect, number>> = { read: 0, write: 1, unknown: 2, destroy: 3 };
const LOSS: Readonly<Record<Reversible, number>> = { yes: 0, 'with-effort': 1, no: 2 };
const NO_GRAMMAR = {};

/** Where an invocation was found: in the operation's own text, or in a file that it runs. */
interface Origin {
  readonly file: string | undefined;
  /** The range in the operation's text, when the invocation's own range cannot be shown. */
  readonly span: Span | undefined;
  readonly via: readonly string[];
  readonly depth: number;
}

/** Gathers one assessment: parse, unwrap, follow, match, locate. */
export class Assessor {
  readonly #findings: Finding[] = [];
  readonly #inputs = new Map<string, Input>();
  readonly #steps: Step[] = [];
  readonly #targets: Target[] = [];
  readonly #readTargets: Target[] = [];
  readonly #followed = new Set<string>();
  readonly #places = new Map<string, GitPlace | undefined>();
  readonly #environments: Environments;
  #effect: Effect = 'read';
  #reversible: Reversible = 'yes';

  constructor(
    environments: readonly EnvironmentPattern[],
    private readonly world: World,
  ) {
    this.#environments = new Environments(environments);
  }

  run(subject: Subject): Assessment {
    this.text(subject.text, subject.shell, { cwd: subject.cwd, home: this.world.home, env: (name) => this.world.env(name) }, { file: undefined, span: undefined, via: [], depth: 0 });
    const labels = labelTargets(subject.labels, this.#environments);
    const targets = unique([...labels, ...(this.#targets.length > 0 ? this.#targets : this.#readTargets)]);
    for (const target of targets) this.step('target', `${target.environment}: ${target.evidence}.`);
    return {
      effect: this.#effect,
      reversible: this.#reversible,
      findings: this.#findings,
      targets,
      inputs: [...this.#inputs.values()],
      steps: this.#steps,
    };
  }

  private text(text: string, shell: ShellName, surroundings: Surroundings, origin: Origin): void {
    const program = parseShell(text, shell, surroundings);
    for (const { reason } of program.opaque) this.unknown(`${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`);
    for (const invocation of program.invocations) this.invocation(invocation, origin);
  }

  private invocation(invocation: Invocation, origin: Origin): void {
    const { program } = invocation;
    const via = [...origin.via, ...invocation.via];
    const before = this.#findings.length;
    const tools = TOOLS.get(program);
    const context = this.context(invocation);
    let use: Use | undefined;
    let effect: Effect | undefined = KNOWN.get(program);
    for (const rule of EVERYWHERE) this.match(rule, (use ??= readUse(invocation, NO_GRAMMAR)), context, origin, via);
    for (const tool of tools ?? []) {
      use = readUse(invocation, tool.grammar);
      if (isHarmless(tool, use)) {
        this.step('rule', `${shown(invocation)} only rehearses or prints.`);
        effect = 'read';
        continue;
      }
      let found = false;
      for (const rule of tool.rules) found = this.match(rule, use, context, origin, via) || found;
      if (!found) effect = worse(effect ?? 'read', plainEffect(tool, use));
      else effect ??= 'read';
    }
    use ??= readUse(invocation, NO_GRAMMAR);
    const material = follow(invocation, this.world);
    if (material) this.follow(material, invocation, origin, via);
    if (effect === undefined && !material?.complete && this.#findings.length === before) {
      effect = 'unknown';
      this.step('unknown', `What ${program === '' ? 'a computed program name' : program} does is not known.`);
    }
    for (const finding of this.#findings.slice(before)) effect = worse(effect ?? 'read', finding.effect);
    if (effect !== undefined) this.#effect = worse(this.#effect, effect);
    (effect === undefined || effect === 'read' ? this.#readTargets : this.#targets).push(...targetsOf(use, this.world, this.#environments));
  }

  private match(rule: Rule, use: Use, context: Context, origin: Origin, via: readonly string[]): boolean {
    const override = matchRule(rule, use, context);
    if (!override) return false;
    const message = override.message ?? (typeof rule.message === 'string' ? rule.message : rule.message(use));
    this.find(
      {
        rule: rule.id,
        severity: override.severity ?? rule.severity,
        effect: override.effect ?? rule.effect ?? 'destroy',
        reversible: override.reversible ?? rule.reversible,
        message: message.replaceAll(HOLE, '…'),
        safer: rule.safer,
        file: origin.file,
        span: origin.span ?? use.invocation.span,
        via,
      },
      use.invocation,
    );
    return true;
  }

  private find(finding: Finding, invocation: Invocation): void {
    if (this.#findings.length >= MOST_FINDINGS) return;
    this.#findings.push(finding);
    this.#effect = worse(this.#effect, finding.effect);
    if (finding.effect === 'destroy' && LOSS[finding.reversible] > LOSS[this.#reversible]) this.#reversible = finding.reversible;
    this.step('rule', `${finding.rule}: ${shown(invocation)}. ${finding.message}`);
  }

  private follow(material: Material, invocation: Invocation, origin: Origin, via: readonly string[]): void {
    for (const path of material.files) this.input(path);
    for (const reason of material.unknown) this.unknown(`${reason}.`);
    for (const piece of material.pieces) {
      const key = `${piece.kind}\0${piece.file ?? ''}\0${'via' in piece ? piece.via : ''}\0${'args' in piece ? piece.args.join('\0') : ''}\0${'text' in piece ? piece.text : piece.argv.join('\0')}`;
      if (this.#followed.has(key)) continue;
      if (origin.depth >= MOST_DEPTH) {
        this.unknown('Files run one another more than eight deep.');
        return;
      }
      this.#followed.add(key);
      if (piece.file !== undefined) this.step('follow', `${shown(invocation)} runs ${piece.file}.`);
      this.piece(piece, invocation, { file: piece.file ?? origin.file, span: piece.file === undefined ? (origin.span ?? invocation.span) : undefined, via: 'via' in piece ? [...via, piece.via] : via, depth: origin.depth + 1 });
    }
  }

  private piece(piece: Piece, invocation: Invocation, origin: Origin): void {
    const surroundings: Surroundings = {
      cwd: 'cwd' in piece && piece.cwd !== undefined ? piece.cwd : invocation.cwd,
      home: this.world.home,
      env: (name) => this.world.env(name),
      exported: invocation.env,
    };
    switch (piece.kind) {
      case 'shell':
        this.text(piece.text, 'bash', { ...surroundings, args: piece.args }, origin);
        return;
      case 'call': {
        const [name = '', ...args] = piece.argv;
        const word = (text: string) => wordOf(text, origin.span ?? invocation.span);
        this.invocation({ ...invocation, program: name, name: word(name), args: args.map(word), redirects: [], stdin: undefined, via: [] }, origin);
        return;
      }
      case 'sql':
        for (const { rule, override } of judgeSql(piece.text, piece.dialect)) {
          this.find(
            {
              rule: rule.id,
              severity: override.severity ?? rule.severity,
              effect: rule.effect ?? 'destroy',
              reversible: rule.reversible,
              message: override.message ?? (typeof rule.message === 'string' ? rule.message : rule.title),
              safer: rule.safer,
              file: origin.file,
              span: origin.span ?? invocation.span,
              via: origin.via,
            },
            invocation,
          );
        }
    }
  }

  private input(path: string): void {
    if (this.#inputs.has(path)) return;
    const bytes = this.world.readFile(path);
    this.#inputs.set(path, { path, sha256: bytes && createHash('sha256').update(bytes).digest('hex') });
  }

  private context(invocation: Invocation): Context {
    const { home } = this.world;
    const world = this.world;
    const places = this.#places;
    const place = (): GitPlace | undefined => {
      const { cwd } = invocation;
      if (!isKnown(cwd) || invocation.place) return undefined;
      if (!places.has(cwd)) places.set(cwd, world.git(cwd));
      return places.get(cwd);
    };
    return {
      home,
      get root() {
        return place()?.root;
      },
      get defaultBranch() {
        return place()?.defaultBranch;
      },
      get branch() {
        return place()?.branch;
      },
    };
  }

  private unknown(text: string): void {
    this.#effect = worse(this.#effect, 'unknown');
    this.step('unknown', text.replaceAll(HOLE, '…'));
  }

  private step(stage: Step['stage'], text: string): void {
    if (this.#steps.length < 2 * MOST_FINDINGS) this.#steps.push({ stage, text: text.replaceAll(HOLE, '…') });
  }
}

function worse(left: Effect, right: Effect): Effect {
  return RANK[left] >= RANK[right] ? left : right;
}

function shown({ name, args }: Invocation): string {
  return [name, ...args].map((word) => word.text).join(' ').slice(0, 200);
}

function unique(targets: readonly Target[]): readonly Target[] {
  const seen = new Set<string>();
  return targets.filter(({ environment, kind, name }) => {
    const key = `${environment}\0${kind}\0${name}`;
    return !seen.has(key) && seen.add(key);
  });
}
