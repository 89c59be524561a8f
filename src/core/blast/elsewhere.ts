import type { Use } from '../rules/use.js';
import { HOLE, isKnown } from '../shell/program.js';
import { sentence } from '../say.js';
import type { Look } from './look.js';

/** The call as people write it, with a sign for what is only known when it runs; short enough for a heading. */
export function calledAs({ invocation: { program, args } }: Use): string {
  const text = [program, ...args.map((word) => word.text)].join(' ').replaceAll(HOLE, '…');
  return text.length > LONGEST ? `${text.slice(0, LONGEST)} …` : text;
}

const LONGEST = 80;

/** Why nothing can be looked at for a call: it runs on another machine, or where it runs is only known then. */
export function elsewhere(use: Use): Look | undefined {
  const { place, cwd, fed } = use.invocation;
  const why = place
    ? sentence('it happens on {0}, which nobody asks', place.name.replaceAll(HOLE, '…'))
    : !isKnown(cwd)
      ? sentence('the directory it runs in is only known when it runs')
      : fed
        ? sentence('what it is handed is only known when it runs')
        : undefined;
  return why === undefined ? undefined : { kind: 'unknown', about: calledAs(use), why };
}

/** Looks of a call that acts on this machine, in a directory that is known; else the reason why there is none. */
export function here(looks: (use: Use, home: string) => readonly Look[]): (use: Use, home: string) => readonly Look[] {
  return (use, home) => {
    const reason = elsewhere(use);
    return reason ? [reason] : looks(use, home);
  };
}

/** Text of a file name in a call, or the reason why it is not known. */
export function unknownPath(use: Use): Look {
  return { kind: 'unknown', about: calledAs(use), why: sentence('which path it means is only known when it runs') };
}
