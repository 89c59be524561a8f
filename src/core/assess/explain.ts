import { asSentence, sentence, type Sentence } from '../say.js';
import { HOLE } from '../shell/program.js';
import type { Invocation } from '../shell/program.js';
import { parseShell } from '../shell/shell.js';
import type { World } from '../world.js';
import type { Assessment, Step, Subject } from './assessment.js';

/** One line of the whole explanation. */
export interface Explained {
  readonly stage: Step['stage'] | 'safer' | 'verdict';
  readonly text: Sentence;
}

const MOST_CALLS = 40;
const LONGEST = 200;

/**
 * How an assessment came about, in the order in which it did: what the text was parsed into, which wrappers were
 * opened, which files were followed, which rules spoke, what would be safer, where it lands, and what that means.
 *
 * @param verdict one sentence, and the reasons for it
 */
export function explain(subject: Subject, { findings, steps }: Assessment, verdict: readonly Sentence[], world: World): readonly Explained[] {
  const safer = new Map(findings.flatMap(({ rule, safer: way }) => (way === undefined ? [] : [[`${rule}: ${way}`, sentence('{0}: {1}', rule, way.endsWith('.') ? asSentence(way) : way)] as const])));
  return [
    ...parsed(subject, world),
    ...steps.filter(({ stage }) => stage !== 'target'),
    ...[...safer.values()].map((text) => ({ stage: 'safer' as const, text })),
    ...steps.filter(({ stage }) => stage === 'target'),
    ...verdict.map((text) => ({ stage: 'verdict' as const, text })),
  ];
}

/** The calls of the text itself, word by word as each program would be given them, with a {@link HOLE} for what is only known when it runs. */
export function callsOf(subject: Subject, world: World): readonly (readonly string[])[] {
  return read(subject, world).invocations.map(({ name, args }) => [name, ...args].map(({ text }) => text));
}

/** The calls of the text itself. The parser is asked again: nobody explains what nobody looks at. */
function parsed(subject: Subject, world: World): readonly Explained[] {
  const { shell } = subject;
  const { invocations, opaque } = read(subject, world);
  const shown = invocations.slice(0, MOST_CALLS);
  const left = invocations.length - shown.length;
  return [
    { stage: 'parse', text: readAs(shell, invocations.length, opaque.length) },
    ...shown.flatMap((invocation): readonly Explained[] => [
      { stage: 'parse', text: placed(invocation) },
      ...(invocation.via.length === 0 ? [] : [{ stage: 'unwrap' as const, text: sentence('{0} is reached through {1}.', callOf(invocation), invocation.via.join(', ')) }]),
    ]),
    ...(left === 0 ? [] : [{ stage: 'parse' as const, text: sentence('And {0} more calls.', left) }]),
  ];
}

function read({ text, shell, cwd }: Subject, world: World): ReturnType<typeof parseShell> {
  return parseShell(text, shell, { cwd, home: world.home, env: (name) => world.env(name) });
}

function callOf({ name, args }: Invocation): string {
  const text = [name, ...args].map((word) => (word.text === '' || /\s/.test(word.text) ? `'${word.text}'` : word.text)).join(' ');
  return (text.length > LONGEST ? `${text.slice(0, LONGEST)} …` : text).replaceAll(HOLE, '…');
}

function readAs(shell: string, calls: number, unread: number): Sentence {
  if (unread > 0) return calls === 1 ? sentence('Read as {0}: 1 call, and {1} that could not be read.', shell, unread) : sentence('Read as {0}: {1} calls, and {2} that could not be read.', shell, calls, unread);
  return calls === 1 ? sentence('Read as {0}: 1 call.', shell) : sentence('Read as {0}: {1} calls.', shell, calls);
}

function placed(invocation: Invocation): Sentence {
  const { place, cwd, env } = invocation;
  const call = callOf(invocation);
  const names = [...env.keys()].slice(0, 8).join(', ').replaceAll(HOLE, '…');
  const where = (place?.name ?? cwd).replaceAll(HOLE, '…');
  if (place) return names === '' ? sentence('{0} on the {1} {2}.', call, place.kind, where) : sentence('{0} on the {1} {2}, with {3} set.', call, place.kind, where, names);
  return names === '' ? sentence('{0} in {1}.', call, where) : sentence('{0} in {1}, with {2} set.', call, where, names);
}
