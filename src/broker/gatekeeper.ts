import type { Approvals } from './approvals.js';
import type { Ask, Judged } from './assessing.js';
import { heldLines } from './held-lines.js';
import { hold, type HoldContext } from './hold.js';
import type { GuardAsk } from './protocol.js';
import { sentence } from './review.js';
import { ruleOn } from './rules.js';
import type { Digest } from '../core/approval/canonical.js';
import { inert, plain } from '../core/approval/display.js';
import { CountersignError } from '../core/errors.js';

/** What a task is called: the label people see first, then every other name it is known by. */
export interface TaskNames {
  readonly label: string;
  readonly labels: readonly string[];
}

/** What the gatekeeper needs of the editor around it. */
export interface GatekeeperPorts {
  readonly home: string;
  /** Unix seconds. */
  readonly now: () => number;
  /** The desks that have a say in what runs in a directory: its own repository's first, then those of the open folders. */
  readonly desksFor: (directory: string) => Promise<readonly Approvals[]>;
  /** What the waiting process is called, once that is known; undefined when nobody can tell. */
  readonly identify: (ask: GuardAsk) => Promise<TaskNames | undefined>;
  /** Asks the person at this keyboard. */
  readonly confirm: (question: string, signal: AbortSignal) => Promise<boolean>;
  readonly log: (line: string) => void;
}

/** Decides on what guards report, and holds what needs other people. */
export class Gatekeeper {
  /** Requests that a process of this window waits on. */
  readonly live = new Set<Digest>();
  private readonly running = new Map<number, { readonly desk: Approvals; readonly digest: Digest }>();

  constructor(private readonly ports: GatekeeperPorts) {}

  /** Whether the waiting process may go on. Anything but a clear yes is a no. */
  async decide(guard: GuardAsk, say: (lines: readonly string[]) => void, signal: AbortSignal): Promise<boolean> {
    const names = await this.ports.identify(guard);
    const ask: Ask = { ...guard, label: names?.label, labels: names?.labels ?? [], actor: 'person' };
    const { judged, desk, problem, blind } = await ruleOn(ask, () => this.ports.desksFor(guard.cwd), this.ports.home);
    const { action, reasons } = judged.verdict;
    this.ports.log(`${action}: ${guard.kind} ${plain(names?.label ?? guard.text)}`);
    if (problem && blind && (ask.labels.length > 0 || judged.assessment.effect !== 'read')) throw problem;
    switch (action) {
      case 'allow':
      case 'warn':
        return true;
      case 'confirm':
        return this.ports.confirm(plain(reasons.join(' ')), signal);
      case 'deny':
        say([`Countersign: ${plain(reasons[0] ?? 'The policy denies it.')} Nothing was run.`]);
        return false;
      case 'approve':
        if (problem) throw problem;
        if (!desk) throw new CountersignError('git', `${plain(reasons[0] ?? 'This needs approval.')} There is no git repository here to approve it in: run it from inside one.`);
        return this.hold(ask, judged, desk, guard.pid, say, signal);
    }
  }

  private async hold(ask: Ask, judged: Judged, desk: Approvals, pid: number, say: (lines: readonly string[]) => void, signal: AbortSignal): Promise<boolean> {
    const context: HoldContext = { approvals: desk, home: this.ports.home, now: this.ports.now, live: this.live };
    let announced = false;
    const result = await hold(ask, judged, context, {
      reason: '',
      agent: null,
      signal,
      onUpdate: (view, quorum) => {
        if (!announced) say(heldLines(view, quorum, judged));
        announced = true;
      },
    });
    if (!result.run) {
      say([`Countersign: ${sentence(inert(result.reason))} Nothing was run.`]);
      return false;
    }
    // The process that waited may have gone away while the use was being recorded: then nothing runs.
    if (signal.aborted) return false;
    this.running.set(pid, { desk, digest: result.view.digest });
    say([`Countersign: approved by ${result.view.approvals.map((approval) => plain(approval.person)).join(', ')}. Running it now, once.`]);
    return true;
  }

  /** A process ended. When it was one that had been held, its outcome goes into the ledger. */
  async ended(pid: number, exitCode: number | null): Promise<void> {
    const held = this.running.get(pid);
    this.running.delete(pid);
    await held?.desk.recordOutcome(held.digest, exitCode);
  }
}
