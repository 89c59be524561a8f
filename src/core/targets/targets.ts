import type { Target } from '../assess/assessment.js';
import type { Use } from '../rules/use.js';
import type { World } from '../world.js';
import { isKnown } from '../shell/program.js';
import { locate } from './place.js';
import type { Environments } from './environments.js';
import type { Clue, Source } from './place.js';
import { PLACES } from './places.js';

/** Where one invocation lands: its machine or container first, then what its tool says. */
export function targetsOf(use: Use, world: World, environments: Environments): readonly Target[] {
  const { invocation } = use;
  const env = (name: string): string | undefined => invocation.env.get(name) ?? (invocation.place ? undefined : world.env(name));
  const around = { use, world, environments, env };
  const found: Target[] = [];
  if (invocation.place) found.push(...placeTargets(invocation.place, environments));
  const place = PLACES.get(invocation.program);
  if (place) found.push(...locate(place.sources.flatMap((source: Source) => source(around)), environments, invocation.place ? undefined : place.otherwise));
  if (found.length === 0 && place?.otherwise === 'shared' && !invocation.place) {
    found.push({ environment: 'shared', kind: 'tool', name: invocation.program, evidence: `${invocation.program} acts on something that others share` });
  }
  return found;
}

function placeTargets(place: { readonly kind: string; readonly name: string }, environments: Environments): readonly Target[] {
  const name = place.name.replace(/^[^@\s]*@/, '');
  const clue: Clue = { kind: place.kind, name: isKnown(name) ? name : 'unknown', evidence: `runs on the ${place.kind} ${isKnown(place.name) ? place.name : '(not known before it runs)'}` };
  return locate([clue], environments, place.kind === 'container' ? 'local' : 'shared');
}

/** Targets that a task's own names give: they hold for whatever it runs. */
export function labelTargets(labels: readonly string[], environments: Environments): readonly Target[] {
  return locate(labels.map((name) => ({ kind: 'task label', name, evidence: `the task is called “${name}”` })), environments, undefined);
}
