import { realpathSync } from 'node:fs';
import { wraps } from '../core/shell/wrapping.js';
import { ancestry, identity } from '../world/process-tree.js';
import type { GuardAsk, Pass } from './protocol.js';

/** How long a command that its hook let go may take to start: its client may still ask the person. Milliseconds. */
const LIFETIME = 10 * 60_000;
/** No assistant has more under way. */
const MOST = 16;

interface Waiting {
  readonly pass: Pass;
  /** Where it runs, without symbolic links, as guards say it. */
  readonly cwd: string;
  /** The hook and all processes above it, its assistant among them. */
  readonly assistants: ReadonlySet<string>;
  readonly until: number;
}

/**
 * What an assistant's hook used an approval up for, and the assistant has not started yet. A pass only says which
 * process to look at: whether the approval is there, was used by the hook and still fits is looked up when it is taken.
 */
export class Passes {
  private waiting: readonly Waiting[] = [];

  async add(pass: Pass): Promise<void> {
    const assistants = new Set((await ancestry(pass.ask.pid)).map(identity));
    this.waiting = [...this.alive().filter((other) => other.pass.request !== pass.request), { pass, cwd: realpathSync(pass.ask.cwd), assistants, until: Date.now() + LIFETIME }].slice(-MOST);
  }

  /** The pass that fits what a guard reports, which is gone then. Of two that fit the older one. */
  async take(guard: GuardAsk): Promise<Pass | undefined> {
    if (this.alive().length === 0) return undefined;
    const [, parent] = await ancestry(guard.pid);
    // Only what the assistant itself starts may be its own wrapping: nobody else's is known to be harmless.
    const isWrapped = ({ pass, assistants }: Waiting) => parent !== undefined && assistants.has(identity(parent)) && wraps(guard.text, pass.ask.text);
    const found = this.alive().find((each) => each.cwd === guard.cwd && (each.pass.ask.text.trim() === guard.text.trim() || isWrapped(each)));
    this.waiting = this.waiting.filter((each) => each !== found);
    return found?.pass;
  }

  private alive(): readonly Waiting[] {
    return (this.waiting = this.waiting.filter(({ until }) => until > Date.now()));
  }
}
