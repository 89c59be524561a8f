import path from 'node:path';
import { judgeUnder, shellName, worldOf, type Ask, type Judged } from './assessing.js';
import { readExports } from './exports.js';
import type { KnownRules, Policies } from './known-rules.js';
import { MAX_ROUNDS, type QuickAsk, type QuickCall } from './quick-protocol.js';
import { agentIn } from '../assistants/agent-in.js';
import { readToolCall } from '../assistants/assistants.js';
import type { Agent } from '../assistants/call.js';
import type { Edit } from '../core/edits/compare.js';
import { asksOf } from './calls.js';
import type { Define, QuickVerdict } from './quick-server.js';
import { strictest } from '../core/policy/decide.js';
import { objectionAtGuard } from './voices.js';
import { unexplained } from '../core/shell/mentions.js';
import { plainly } from '../core/approval/display.js';
import type { Say } from '../core/say.js';

const ASK: QuickVerdict = { run: false };
/** Shells repeat themselves: as many of their environments are kept read. */
const MOST_ENVIRONMENTS = 16;

/** What covers an ask that would be held otherwise, because it is part of what was approved. */
export type Covers = (pid: number, judged: readonly Judged[]) => Promise<boolean>;

/** Hears of edits that an assistant is about to make, if it is let. */
export type Announce = (agent: Agent, edits: readonly Edit[]) => void;

/**
 * Judges at once what guards report, with the rules that are remembered and the same engine as always. It never waits
 * for a person and never holds: what is not plainly fine is asked again the slow way.
 */
export class QuickJudge {
  private readonly environments = new Map<string, Record<string, string>>();

  constructor(
    private readonly rules: KnownRules,
    private readonly covers: Covers,
    private readonly home: string,
    private readonly announce: Announce = () => undefined,
    /** The editor's own environment. */
    private readonly around: Readonly<Record<string, string | undefined>> = {},
    private readonly inLanguage?: Say,
  ) {}

  /** @param define gets the shell's definitions of more names, for a line may call what it does not show */
  async judge(quick: QuickAsk, define: Define): Promise<QuickVerdict> {
    const env = quick.environment === '' ? undefined : this.environment(quick.environment, quick.shell);
    if (!env) return ASK;
    let policies: readonly Policies[];
    try {
      policies = await this.rules.at(quick.cwd);
    } catch {
      // Rules that cannot be read are told about the slow way.
      return ASK;
    }
    let { definitions } = quick;
    const asked = new Set<string>();
    for (let round = 0; round <= MAX_ROUNDS; round += 1) {
      const ask = askOf(quick, definitions, env, this.around);
      const world = worldOf(ask, this.home);
      if (objectionAtGuard(ask, world.home) !== undefined) return ASK;
      const judged = policies.map((each) => judgeUnder(ask, each, world));
      const { action, reasons } = strictest(judged.map(({ verdict }) => verdict));
      const names = unexplained(definitions, quick.text, shellName(quick.shell), { cwd: quick.cwd, home: world.home, env: (name) => env[name] })?.filter((name) => !asked.has(name));
      if (!names) return ASK;
      if (names.length === 0) {
        if (action === 'allow') return { run: true };
        if (action === 'warn') return { run: true, say: quick.kind === 'line' && reasons[0] ? plainly(reasons[0], this.inLanguage) : undefined };
        return action !== 'deny' && (await this.covers(quick.pid, judged)) ? { run: true } : ASK;
      }
      const more = await define(names);
      if (more === undefined) return ASK;
      for (const name of names) asked.add(name);
      if (more.trim() !== '') definitions = `${definitions}\n${more}`;
    }
    return ASK;
  }

  /**
   * Judges a tool call of an assistant. Where it would do nothing that anybody has to be asked about, it may go on; the
   * rest is asked the slow way.
   */
  async judgeCall({ payload, cwd, environment }: QuickCall): Promise<QuickVerdict> {
    const read = readToolCall(payload);
    const env = this.environment(environment, 'bash');
    if (!read || !env) return ASK;
    const { call, dialect } = read;
    const run: QuickVerdict = { run: true, print: dialect.quiet && JSON.stringify(dialect.quiet) };
    if (call.acts.length === 0) return run;
    const place = path.resolve(cwd, call.cwd ?? '.');
    try {
      const world = worldOf({ env }, this.home);
      const { asks, objection } = asksOf(call, place, world, env);
      for (const { edits } of asks) if (edits) this.announce(call.agent, edits);
      if (objection !== undefined) return ASK;
      for (const ask of asks) {
        const policies = await this.rules.at(ask.cwd);
        const { action } = strictest(policies.map((each) => judgeUnder(ask, each, world).verdict));
        if (action !== 'allow' && action !== 'warn') return ASK;
      }
      return run;
    } catch {
      return ASK;
    }
  }

  private environment(text: string, shell: string): Record<string, string> | undefined {
    const key = `${shellName(shell)}\0${text}`;
    const known = this.environments.get(key);
    if (known) return known;
    const read = readExports(text, shell);
    if (!read) return undefined;
    if (this.environments.size >= MOST_ENVIRONMENTS) this.environments.clear();
    this.environments.set(key, read);
    return read;
  }
}

/** What the approver would see: the definitions, then the line. */
export function askOf(quick: Pick<QuickAsk, 'text' | 'shell' | 'cwd'>, definitions: string, env: Readonly<Record<string, string>>, around: Readonly<Record<string, string | undefined>>): Ask {
  const text = definitions === '' ? quick.text : `${definitions}\n${quick.text}`;
  return { kind: 'command', text, shell: quick.shell, cwd: quick.cwd, env, label: undefined, labels: [], actor: agentIn(env, around) ? 'agent' : 'person' };
}
