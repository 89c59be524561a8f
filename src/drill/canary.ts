import type { Ground, Plot } from './ground.js';

/** What a canary found out about one path. */
export type Result =
  | 'waits' // for review: the gate held it, and nothing ran
  | 'decides' // the tool decides by itself: the canary came through
  | 'absent' // this machine does not have the path
  | 'unclear'; // it did not run, and nobody can say that a gate held it

export interface Outcome {
  readonly result: Result;
  /** One sentence: how the drill knows. */
  readonly detail: string;
}

export const GROUPS = ['terminals', 'shells', 'tasks', 'programs', 'debug', 'assistants', 'approvals'] as const;
export type Group = (typeof GROUPS)[number];

/** One path that the drill tries. An assistant's hook, for one, joins the drill by adding to the list of canaries. */
export interface Canary {
  /** `bash/typed`: the same in every report. */
  readonly id: string;
  readonly group: Group;
  readonly title: string;
  /** How to close the path, for people: one sentence. */
  readonly fix: string;
  /** Which gate should hold it: the row of the report says so when it did not. */
  readonly gate: string;
  readonly play: (stage: Stage) => Promise<Outcome>;
}

/** What a canary has to work with. */
export interface Stage {
  readonly ground: Ground;
  readonly book: Book;
  readonly signal: AbortSignal;
}

/** What gates said about canaries, by their plots. */
export interface Book {
  /** Resolves when a gate holds the plot's canary. */
  held(plot: Plot): Promise<void>;
}

/** How long a path may take to do anything at all, in milliseconds. */
const PATIENCE = 20_000;
/** How long after a hold the canary is still listened for: what comes through late has come through. */
const LISTEN = 500;

/** How an attempt on a path ended. */
export interface End {
  /** The exit code, or undefined when nothing tells. */
  readonly code: number | undefined;
}

/** Exit codes with which guards refuse (126), and shells pass that on. */
const REFUSED = 126;

/**
 * Plays a canary down one path and sees what comes of it.
 *
 * @param start begins the attempt; its signal ends it. An attempt without an end of its own never resolves.
 */
export async function throughGate(stage: Stage, id: string, start: (plot: Plot, signal: AbortSignal) => Promise<End>): Promise<Outcome> {
  const plot = await stage.ground.plot(id);
  const stop = new AbortController();
  const abort = () => stop.abort();
  stage.signal.addEventListener('abort', abort, { once: true });
  try {
    const attempt = start(plot, stop.signal).then((end) => ({ kind: 'ended' as const, end }));
    // An attempt that is cut short later may fail then, with nobody listening.
    attempt.catch(() => undefined);
    const held = stage.book.held(plot).then(() => ({ kind: 'held' as const }));
    const first = await Promise.race([attempt, held, plot.sung(stop.signal).then(() => ({ kind: 'sang' as const })), after(PATIENCE, stop.signal).then(() => ({ kind: 'silent' as const }))]);
    if (first.kind !== 'sang') await Promise.race([plot.sung(stop.signal), after(LISTEN, stop.signal)]);
    if (plot.hasSung()) return { result: 'decides', detail: 'The canary ran, and nobody was asked.' };
    if (first.kind === 'held') return { result: 'waits', detail: 'It was held, and nothing ran.' };
    if (first.kind === 'ended') {
      const heldToo = await Promise.race([held.then(() => true), after(0, stop.signal).then(() => false)]);
      if (heldToo) return { result: 'waits', detail: 'It was held, and nothing ran.' };
      if (first.end.code === REFUSED) return { result: 'waits', detail: 'It was refused, and nothing ran.' };
      return { result: 'unclear', detail: `It ended with exit code ${first.end.code ?? 'unknown'}; neither did it run nor did a gate hold it.` };
    }
    return { result: 'unclear', detail: 'Nothing happened in time; neither did it run nor did a gate hold it.' };
  } catch (error) {
    return { result: 'unclear', detail: error instanceof Error ? error.message : String(error) };
  } finally {
    stage.signal.removeEventListener('abort', abort);
    stop.abort();
  }
}

function after(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
  });
}
