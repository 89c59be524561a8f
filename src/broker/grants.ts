import { isNoWorse } from '../core/assess/findings.js';
import type { Assessment } from '../core/assess/assessment.js';
import { ancestry, identity, processes, type ProcessInfo } from '../world/process-tree.js';
import type { GuardAsk } from './protocol.js';

/** How something ended that was let run; null when nobody saw its exit code. */
export type Outcome = (exitCode: number | null) => Promise<void>;

interface Grant {
  readonly kind: GuardAsk['kind'];
  readonly holder: ProcessInfo;
  /** What ran when it was given: none of it is part of what was approved. */
  readonly others: ReadonlySet<string>;
  readonly assessment: Assessment;
  readonly ended: Outcome;
  /** It was seen to be gone, and whoever knows its exit code has had no time yet to say so. */
  isGone?: boolean;
}

/** How long what an approved line left running may still ask, in milliseconds. */
const AFTER_PROMPT = 2_000;
/** How often it is looked whether processes are gone, in milliseconds. */
const LOOK = 5_000;

/**
 * What was approved is asked for once: the hook, the guard, the gate shell and the shims below it belong to one
 * operation. A grant is bound to the process that was let run and to what the approvers saw. Nothing about it is in an
 * environment variable, which anybody could set.
 */
export class Grants {
  private readonly grants = new Set<Grant>();
  private readonly timers = new Map<Grant, NodeJS.Timeout>();
  private watch: NodeJS.Timeout | undefined;

  /** Lets a process and what it starts from now on do what was approved. Nothing happens when it is gone. */
  async give(ask: Pick<GuardAsk, 'kind' | 'pid'>, assessment: Assessment, ended: Outcome): Promise<void> {
    const all = await processes();
    const holder = all.get(ask.pid);
    if (!holder) return;
    const others = new Set([...all.values()].map(identity));
    others.delete(identity(holder));
    this.grants.add({ kind: ask.kind, holder, others, assessment, ended });
    this.watch ??= setInterval(() => void this.look(), LOOK).unref();
  }

  /** Whether a process asks for a part of what was approved: the same targets, or fewer, and nothing worse. */
  async cover(pid: number, assessments: readonly Assessment[]): Promise<boolean> {
    if (this.grants.size === 0) return false;
    const chain = await ancestry(pid);
    return [...this.grants].some((grant) => {
      const at = chain.findIndex((info) => identity(info) === identity(grant.holder));
      // A background job from before would slip in under the holder's name.
      const isBelow = at >= 0 && chain.slice(0, at).every((info) => !grant.others.has(identity(info)));
      return isBelow && assessments.every((assessment) => isPart(assessment, grant.assessment));
    });
  }

  /** The approved line of a shell has ended: what it left behind has a moment. */
  prompted(pid: number): void {
    for (const grant of this.of(pid, 'line')) {
      if (!this.timers.has(grant)) this.timers.set(grant, setTimeout(() => void this.end(grant, null), AFTER_PROMPT).unref());
    }
  }

  /** A shell asks for its next line: the one before has ended. */
  next(pid: number): void {
    for (const grant of this.of(pid, 'line')) void this.end(grant, null);
  }

  /** A process ended, or the line that a shell was running. */
  async ended(pid: number, exitCode: number | null): Promise<void> {
    await Promise.all(this.of(pid).map((grant) => this.end(grant, exitCode)));
  }

  private of(pid: number, kind?: GuardAsk['kind']): readonly Grant[] {
    return [...this.grants].filter((grant) => grant.holder.pid === pid && (kind === undefined || grant.kind === kind));
  }

  private async end(grant: Grant, exitCode: number | null): Promise<void> {
    clearTimeout(this.timers.get(grant));
    this.timers.delete(grant);
    if (!this.grants.delete(grant)) return;
    if (this.grants.size === 0) {
      clearInterval(this.watch);
      this.watch = undefined;
    }
    await grant.ended(exitCode);
  }

  private async look(): Promise<void> {
    const all = await processes();
    for (const grant of this.grants) {
      const now = all.get(grant.holder.pid);
      if (now && identity(now) === identity(grant.holder)) continue;
      if (grant.isGone) void this.end(grant, null);
      grant.isGone = true;
    }
  }
}

export function isPart(part: Assessment, whole: Assessment): boolean {
  const known = new Set(whole.targets.map(targetKey));
  return isNoWorse(part, whole) && part.targets.every((target) => known.has(targetKey(target)));
}

function targetKey({ environment, kind, name }: Assessment['targets'][number]): string {
  return JSON.stringify([environment, kind, name]);
}
