import { messageOf } from '../core/errors.js';
import type { DrillBook } from './book.js';
import type { Canary, Outcome, Stage } from './canary.js';
import { evasions } from './evasions.js';
import { Ground } from './ground.js';
import { findingOf, reportOf, type Finding, type Report } from './report.js';

export interface DrillOptions {
  readonly book: DrillBook;
  /** The paths of the place that is drilled; an assistant's hook joins here. */
  readonly canaries: readonly Canary[];
  readonly where: string;
  /** Runs a program without any gate: the proof that a canary can sing. */
  readonly runBare: (argv: readonly string[], cwd: string) => Promise<unknown>;
  /** Unix seconds. */
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Beginnings of the ids of the paths to play; every path without. */
  readonly only?: readonly string[];
  /** Called before each path. */
  readonly onProgress: (title: string, done: number, all: number) => void;
  /** Called when the ground is there and before anything is played on it. */
  readonly onGround?: (ground: Ground) => Promise<void>;
}

/**
 * Plays every canary, one after the other, and tells what came of each.
 *
 * @throws Error when the drill cannot prove anything here
 */
export async function runDrill(options: DrillOptions): Promise<Report> {
  const { book, signal } = options;
  const ground = await Ground.make();
  const takeBack = book.announce(ground);
  try {
    const stage: Stage = { ground, book, signal };
    await proveControl(stage, options);
    await options.onGround?.(ground);
    const canaries = [...options.canaries, ...evasions()].filter(({ id }) => options.only?.some((beginning) => id.startsWith(beginning)) ?? true);
    const findings: Finding[] = [];
    for (const canary of canaries) {
      if (signal.aborted) break;
      options.onProgress(canary.title, findings.length, canaries.length);
      findings.push(findingOf(canary, await played(canary, stage)));
    }
    return reportOf(options.now(), options.where, findings, findings.length === canaries.length && !signal.aborted);
  } finally {
    takeBack();
    ground.dispose();
  }
}

async function played(canary: Canary, stage: Stage): Promise<Outcome> {
  try {
    return await canary.play(stage);
  } catch (error) {
    return { result: 'unclear', detail: messageOf(error) };
  }
}

/** Without any gate a canary has to sing, or its silence would say nothing. */
async function proveControl({ ground }: Stage, { runBare }: DrillOptions): Promise<void> {
  const plot = await ground.plot('control');
  // By its shell, for strict mode would hold the program itself even here.
  await runBare(['/bin/sh', ...plot.argv], plot.directory);
  if (!plot.hasSung()) throw new Error('The drill cannot play here: a canary does not run even where no gate is. Is the temporary directory mounted without the right to execute?');
}
