import type { AskHandler } from '../broker/server.js';
import type { Action } from '../core/policy/decide.js';
import type { Book } from './canary.js';
import type { Ground, Plot } from './ground.js';

/** Verdicts after which nothing runs by itself. */
const HOLDS: ReadonlySet<Action> = new Set(['confirm', 'approve', 'deny']);

/** The drills that are played in this process, and what gates said about their canaries. */
export class DrillBook implements Book {
  private readonly grounds = new Set<Ground>();
  private readonly heldPlots = new Set<string>();
  private readonly listeners = new Set<() => void>();

  /** Announces a drill: until it is taken back, what lies on its ground is a canary and nothing else. */
  announce(ground: Ground): () => void {
    this.grounds.add(ground);
    return () => this.grounds.delete(ground);
  }

  /** Whether a command is a canary: it runs on announced ground, or names something there. */
  covers(text: string, directory: string): boolean {
    return [...this.grounds].some((ground) => ground.covers(directory) || text.includes(ground.directory));
  }

  note(text: string, directory: string): void {
    this.heldPlots.add(`${directory}\0${text}`);
    for (const listener of this.listeners) listener();
  }

  held(plot: Plot): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        const found = [...this.heldPlots].some((entry) => entry.includes(plot.directory));
        if (!found) return;
        this.listeners.delete(look);
        resolve();
      };
      this.listeners.add(look);
      look();
    });
  }
}

/**
 * A gate that knows about drills: what would have been held is said to have been held, at once and without a request,
 * so that nobody is notified and nothing stands in the team's store. It only ever refuses more than the gate alone.
 *
 * @param rule what the rules say about an ask
 */
export function drillGate(decide: AskHandler, book: DrillBook, rule: (ask: Parameters<AskHandler>[0]) => Promise<Action>): AskHandler {
  return async (ask, say, signal) => {
    if (!book.covers(ask.text, ask.cwd)) return decide(ask, say, signal);
    // A task may be held for its name alone: then it is no canary's business.
    if (!HOLDS.has(await rule(ask))) return decide(ask, say, signal);
    book.note(ask.text, ask.cwd);
    say(['Countersign holds this canary of the drill. Nothing was run.']);
    return false;
  };
}
