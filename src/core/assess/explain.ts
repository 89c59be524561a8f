import { spoken, type Sentence } from '../say.js';
import { HOLE } from '../shell/program.js';
import type { Invocation } from '../shell/program.js';
import { parseShell } from '../shell/shell.js';
import type { World } from '../world.js';
import type { Assessment, Step, Subject } from './assessment.js';

/** One line of the whole explanation. */
export interface Explained {
  readonly stage: Step['stage'] | 'safer' | 'verdict';
  readonly text: string;
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
  const safer = new Set(findings.flatMap(({ rule, safer: way }) => (way === undefined ? [] : [`${rule}: ${way}`])));
  return [
    ...parsed(subject, world),
    ...steps.filter(({ stage }) => stage !== 'target'),
    ...[...safer].map((text) => ({ stage: 'safer' as const, text })),
    ...steps.filter(({ stage }) => stage === 'target'),
    ...verdict.map((line) => ({ stage: 'verdict' as const, text: spoken(line) })),
  ];
}

/** The calls of the text itself. The parser is asked again: nobody explains what nobody looks at. */
function parsed({ text, shell, cwd }: Subject, world: World): readonly Explained[] {
  const { invocations, opaque } = parseShell(text, shell, { cwd, home: world.home, env: (name) => world.env(name) });
  const shown = invocations.slice(0, MOST_CALLS);
  const left = invocations.length - shown.length;
  return [
    { stage: 'parse', text: `Read as ${shell}: ${invocations.length} ${invocations.length === 1 ? 'call' : 'calls'}${opaque.length === 0 ? '' : `, and ${opaque.length} that could not be read`}.` },
    ...shown.flatMap((invocation): readonly Explained[] => [
      { stage: 'parse', text: `${callOf(invocation)}${placeOf(invocation)}.` },
      ...(invocation.via.length === 0 ? [] : [{ stage: 'unwrap' as const, text: `${callOf(invocation)} is reached through ${invocation.via.join(', ')}.` }]),
    ]),
    ...(left === 0 ? [] : [{ stage: 'parse' as const, text: `And ${left} more calls.` }]),
  ];
}

function callOf({ name, args }: Invocation): string {
  const text = [name, ...args].map((word) => (word.text === '' || /\s/.test(word.text) ? `'${word.text}'` : word.text)).join(' ');
  return (text.length > LONGEST ? `${text.slice(0, LONGEST)} …` : text).replaceAll(HOLE, '…');
}

function placeOf({ place, cwd, env }: Invocation): string {
  const where = place === undefined ? ` in ${cwd}` : ` on the ${place.kind} ${place.name}`;
  const names = [...env.keys()].slice(0, 8);
  return `${where}${names.length === 0 ? '' : `, with ${names.join(', ')} set`}`.replaceAll(HOLE, '…');
}
