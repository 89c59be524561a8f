import { insideWord } from './command.js';
import type { Call } from './command.js';
import { FishRun } from './fish-run.js';
import type { Scope } from './scope.js';
import type { Frame, Stream, Walk } from './walk.js';

/** Reads a fish text into the calls it would make, and returns what it would print. See {@link parseFish}. */
export function readFish(walk: Walk, text: string, scope: Scope, frame: Frame, stdin: Stream | undefined): string {
  const run = new FishRun(walk, scope);
  const output = run.variables.inside('block', () => run.text(text, frame, stdin));
  run.rest();
  return output;
}

/** `fish --command=TEXT` and `fish -C TEXT`: what runs beside `-c`. */
export function runFishOptions(walk: Walk, call: Call): void {
  call.words.forEach((word, at) => {
    const attached = /^--(?:init-)?command=([^]+)$/.exec(word.text)?.[1];
    const given = /^(?:-C|--init-command)$/.test(call.words[at - 1]?.text ?? '') ? word.text : attached;
    if (given !== undefined) readFish(walk, given, call.scope.process(call.env, [], false), insideWord(call, word, ['fish -C']), undefined);
  });
}
