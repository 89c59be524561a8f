import type { Approvals } from './approvals.js';
import type { Ask, Judged } from './assessing.js';
import { Grants, isPart, type Outcome } from './grants.js';
import { heldLines, releasedLine, undeliveredLine } from './held-lines.js';
import { hold, takeOver, type HoldContext } from './hold.js';
import { KnownRules } from './known-rules.js';
import { Passes } from './passes.js';
import { Progress } from './progress.js';
import type { GuardAsk, Pass, Say, TaskNames } from './protocol.js';
import { QuickJudge, type Announce } from './quick-judge.js';
import type { QuickAsk, QuickCall } from './quick-protocol.js';
import type { Define, QuickVerdict } from './quick-server.js';
import { withoutOurs } from './own-loaders.js';
import { withFullStop } from './review.js';
import { agentIn } from '../assistants/agent-in.js';
import type { Agent } from '../assistants/call.js';
import { ruleAtGuard } from './rules.js';
import { hexOf, type Digest } from '../core/approval/canonical.js';
import { escaped, inert, plain, plainly } from '../core/approval/display.js';
import { CountersignError, messageOf } from '../core/errors.js';
import { firstReason } from '../core/policy/words.js';
import { english, sentence, spoken, type Say as InLanguage, type Sentence } from '../core/say.js';

/** What the gatekeeper needs of the editor around it. */
export interface GatekeeperPorts {
  readonly home: string;
  /** Unix seconds. */
  readonly now: () => number;
  /** The desks that have a say in what runs in a directory: its own repository's first, then those of the open folders. */
  readonly desksFor: (directory: string) => Promise<readonly Approvals[]>;
  /** What the waiting process is called, once that is known; undefined when nobody can tell. */
  readonly identify: (ask: GuardAsk) => Promise<TaskNames | undefined>;
  /** Asks the person at this keyboard, who reads why. */
  readonly confirm: (reasons: readonly Sentence[], signal: AbortSignal) => Promise<boolean>;
  readonly log: (line: string) => void;
  /** The language of the editor; default English. */
  readonly inLanguage?: InLanguage;
  /** The folders that are open. */
  readonly folders?: () => readonly string[];
  /** The editor's own environment. */
  readonly around?: Readonly<Record<string, string | undefined>>;
  /** Where the editor is installed. */
  readonly editor?: string;
  /** Hears of edits that assistants are about to make. */
  readonly announce?: Announce;
}

/** Whoever waits for something that is held. */
interface Held {
  readonly guard: GuardAsk;
  /** The assistant that it was started by, as far as its environment says. */
  readonly agent: Agent | undefined;
  readonly names: TaskNames | undefined;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Decides on what guards report, and holds what needs other people. */
export class Gatekeeper {
  /** Requests that a process of this window waits on. */
  readonly live = new Set<Digest>();
  private readonly grants = new Grants();
  private readonly passes = new Passes();
  private readonly quickJudge: QuickJudge;
  private readonly inLanguage: InLanguage;

  constructor(private readonly ports: GatekeeperPorts) {
    const rules = new KnownRules(ports.desksFor, ports.folders ?? (() => []), ports.home);
    this.inLanguage = ports.inLanguage ?? english;
    this.quickJudge = new QuickJudge(rules, (pid, judged) => this.isGranted(pid, judged), ports.home, ports.announce, ports.around, ports.inLanguage);
  }

  /** Whether what a guard reports is plainly fine. Never waits for a person. */
  quick(ask: QuickAsk, define: Define): Promise<QuickVerdict> {
    if (ask.kind === 'line') this.grants.next(ask.pid);
    return this.quickJudge.judge(ask, define);
  }

  /** Whether what an assistant would do is plainly fine. Never waits for a person. */
  call(call: QuickCall): Promise<QuickVerdict> {
    return this.quickJudge.judgeCall(call);
  }

  /** The approved line of a shell has ended. */
  prompted(pid: number): void {
    this.grants.prompted(pid);
  }

  /** An assistant's hook let this go. */
  pass(pass: Pass): Promise<void> {
    return this.passes.add(pass);
  }

  /** Whether a process is a part of what was approved. */
  private isGranted(pid: number, judged: readonly Judged[]): Promise<boolean> {
    return this.grants.cover(pid, judged.filter(({ verdict }) => verdict.action !== 'allow' && verdict.action !== 'warn').map(({ assessment }) => assessment));
  }

  /** Whether the waiting process may go on. Anything but a clear yes is a no. */
  async decide(guard: GuardAsk, say: Say, signal: AbortSignal): Promise<boolean> {
    const progress = new Progress(say, this.inLanguage);
    try {
      return await this.judge(guard, progress, signal);
    } finally {
      progress.end();
    }
  }

  private async judge(guard: GuardAsk, progress: Progress, signal: AbortSignal): Promise<boolean> {
    const names = guard.kind === 'task' ? await this.namesOf(guard) : undefined;
    const agent = agentIn(guard.env, this.ports.around);
    const ask: Ask = { ...guard, kind: guard.kind === 'task' ? 'task' : 'command', label: names?.label, labels: names?.labels ?? [], actor: agent ? 'agent' : 'person' };
    progress.doing = sentence('Reading the rules and what this would do.');
    const { judged, desk, problem, blind } = await ruleAtGuard(ask, () => this.ports.desksFor(guard.cwd), this.ports.home);
    const { action } = judged.verdict;
    this.ports.log(`${action}: ${guard.kind} ${plain(names?.label ?? guard.text)}`);
    if (guard.kind === 'line') this.grants.next(guard.pid);
    if (problem && blind && (ask.labels.length > 0 || judged.assessment.effect !== 'read')) throw problem;
    switch (action) {
      case 'allow':
      case 'warn':
        return true;
      case 'confirm':
        return (await this.isGranted(guard.pid, [judged])) || (await this.isPassed(guard, judged)) || this.confirm(guard, judged, progress, signal);
      case 'deny':
        progress.say([this.refusal(this.firstReason(judged, sentence('The policy denies it.')))]);
        return false;
      case 'approve':
        if (problem) throw problem;
        if ((await this.isGranted(guard.pid, [judged])) || (await this.isPassed(guard, judged))) return true;
        if (!desk) throw new CountersignError('git', sentence('{0} There is no git repository here to approve it in: run it from inside one.', escaped(judged.verdict.reasons[0] ?? sentence('This needs approval.'))));
        return this.hold(ask, judged, desk, { guard, agent, names, progress, signal });
    }
  }

  /** Whether this is what an assistant's hook let go: then it was approved, and what it starts was as well. */
  private async isPassed(guard: GuardAsk, judged: Judged): Promise<boolean> {
    const pass = await this.passes.take(guard);
    if (!pass) return false;
    const [desk] = await this.ports.desksFor(pass.ask.cwd);
    if (!desk) return false;
    // In the surroundings that it really has: the signed digest tells whether they are those that were approved.
    const ask: Ask = { ...pass.ask, env: withoutOurs(guard.env, pass.ask.env, this.ports.home, this.ports.editor), kind: 'command', label: undefined, labels: [], actor: 'agent' };
    const approved = await takeOver(pass.request, ask, this.contextOf(desk));
    if (!approved || !isPart(judged.assessment, approved.assessment)) return false;
    await this.grants.give(guard, approved.assessment, this.recorder(desk, pass.request));
    return true;
  }

  private contextOf(desk: Approvals): HoldContext {
    return { approvals: desk, home: this.ports.home, now: this.ports.now, live: this.live };
  }

  private recorder(desk: Approvals, digest: Digest): Outcome {
    return (exitCode) => desk.recordOutcome(digest, exitCode).catch((error: unknown) => this.ports.log(`The outcome could not be recorded: ${messageOf(error)}`));
  }

  /** What a task is called, by the editor or, where a window was reloaded, by the one before. Every name counts. */
  private async namesOf(guard: GuardAsk): Promise<TaskNames | undefined> {
    const told = await this.ports.identify(guard);
    if (!told || !guard.names) return told ?? guard.names;
    return { label: told.label, labels: [...new Set([...told.labels, ...guard.names.labels])] };
  }

  private async confirm(guard: GuardAsk, judged: Judged, progress: Progress, signal: AbortSignal): Promise<boolean> {
    const { reasons } = judged.verdict;
    progress.say([spoken(sentence('Countersign asks you in the window: {0}', reasons.map((reason) => plainly(reason, this.inLanguage)).join(' ')), this.inLanguage)]);
    const run = await this.ports.confirm(reasons, signal);
    if (!run) progress.say([spoken(sentence('Countersign: Not confirmed. Nothing was run.'), this.inLanguage)]);
    else if (!signal.aborted) await this.grants.give(guard, judged.assessment, () => Promise.resolve());
    return run;
  }

  private async hold(ask: Ask, judged: Judged, desk: Approvals, { guard, agent, names, progress, signal }: Held): Promise<boolean> {
    progress.doing = sentence('This is held, and the others are being asked for approval.');
    let announced = false;
    const result = await hold(ask, judged, this.contextOf(desk), {
      reason: '',
      agent: agent ?? null,
      signal,
      onUpdate: (view, quorum) => {
        if (announced) return;
        announced = true;
        progress.say(heldLines(view, quorum, judged, this.inLanguage), names ?? null);
        void desk.store.owes(hexOf(view.digest)).then((owes) => owes && progress.say([undeliveredLine(desk.store.name, this.inLanguage)]), () => undefined);
      },
    });
    if (!result.run) {
      progress.say([this.refusal(withFullStop(inert(spoken(result.reason, this.inLanguage))))]);
      return false;
    }
    // The process that waited may have gone away while the use was being recorded: then nothing runs.
    if (signal.aborted) return false;
    await this.grants.give(guard, judged.assessment, this.recorder(desk, result.view.digest));
    progress.say([releasedLine(result.view, this.inLanguage)]);
    return true;
  }

  private firstReason({ verdict }: Judged, otherwise: Sentence): string {
    return firstReason(verdict, spoken(otherwise, this.inLanguage), this.inLanguage);
  }

  private refusal(reason: string): string {
    return spoken(sentence('Countersign: {0} Nothing was run.', reason), this.inLanguage);
  }

  /** A process ended, or the line that a shell was running. When it had been held, its outcome goes into the ledger. */
  ended(pid: number, exitCode: number | null): Promise<void> {
    return this.grants.ended(pid, exitCode);
  }
}
