import { FishRun } from './fish-run.js';
import type { Scope } from './scope.js';
import type { Frame, Stream, Walk } from './walk.js';

/** Reads a fish text into the calls it would make, and returns what it would print. See {@link parseFish}. */
export function readFish(walk: Walk, text: string, scope: Scope, frame: Frame, stdin: Stream | undefined): string {
  const run = new FishRun(walk, scope);
  const output = run.text(text, frame, stdin);
  run.rest();
  return output;
}
