import type { Target } from '../assess/assessment.js';
import type { Grammar, Use } from '../rules/use.js';
import { readUse } from '../rules/use.js';
import { isKnown } from '../shell/program.js';
import type { Invocation, Place } from '../shell/program.js';
import type { World } from '../world.js';
import { sshClues } from './hosts.js';
import { locate } from './place.js';
import type { Environments } from './environments.js';
import type { Clue } from './place.js';
import { PLACES } from './places.js';
import { directoryClues } from './sources.js';
import { sentence } from '../say.js';
import { kindWords } from './kinds.js';

/** The grammar with which a wrapping call's own options are read. */
const WRAPPING: Grammar = { values: '-n --namespace --context --kubeconfig --cluster -H --host -c --container -l -p -i -F -a --app --project --profile' };

/** Where one invocation lands: its machine or container first, then what its tool says. */
export function targetsOf(use: Use, world: World, environments: Environments): readonly Target[] {
  const { invocation } = use;
  const inner = toolTargets(use, world, environments);
  if (!invocation.place) return inner;
  const { through } = invocation.place;
  const outer = [...(through ? toolTargets(readUse(through, WRAPPING), world, environments) : []), ...placeTargets(invocation.place, world, environments)];
  const certain = outer.filter(({ environment }) => environment !== 'local' && environment !== 'shared');
  return [...(certain.length > 0 ? certain : outer), ...inner];
}

function toolTargets(use: Use, world: World, environments: Environments): readonly Target[] {
  const { invocation } = use;
  const place = PLACES.get(invocation.program);
  if (!place) return [];
  const env = (name: string): string | undefined => invocation.env.get(name) ?? (invocation.place ? undefined : world.env(name));
  const around = { use, world: invocation.place ? elsewhere(world) : world, environments, env };
  const clues: Clue[] = [];
  for (const source of place.sources) for (const clue of source(around)) if (isKnown(clue.name)) clues.push(clue);
  const found = locate(clues, environments, invocation.place || invocation.program === 'git' ? undefined : place.otherwise);
  if (found.length > 0 || invocation.place || place.otherwise === 'local') return found.length > 0 ? found : pushed(use);
  return [{ environment: 'shared', kind: 'tool', name: invocation.program, evidence: sentence('{0} acts on something that others share', invocation.program) }];
}

/** Whatever git pushes to is shared, and so is a registry. */
function pushed(use: Use): readonly Target[] {
  const { program } = use.invocation;
  if (program === 'git' && use.operand(0) === 'push') return [{ environment: 'shared', kind: 'git remote', name: use.operand(1) ?? 'origin', evidence: sentence('pushes to a remote that others use') }];
  if (use.rest(0).some((word) => /^(publish|unpublish|deprecate|upload|push|yank)$/.test(word))) return [{ environment: 'shared', kind: 'registry', name: use.invocation.program, evidence: sentence('{0} changes a registry that others use', use.invocation.program) }];
  return [];
}

/** Another machine has none of this machine's files. */
function elsewhere(world: World): World {
  return { home: world.home, env: () => undefined, readFile: () => undefined, git: () => undefined };
}

function placeTargets(place: Place, world: World, environments: Environments): readonly Target[] {
  const name = place.name.replace(/^[^@\s]*@/, '');
  const known = isKnown(name);
  const clues: Clue[] = [{ kind: place.kind, name: known ? name : 'unknown', evidence: known ? sentence('runs on the {0} {1}', kindWords(place.kind), name) : sentence('runs on the {0} (not known before it runs)', kindWords(place.kind)) }];
  if (place.kind === 'host' && known) clues.push(...sshClues(name, world));
  return locate(clues, environments, place.kind === 'container' ? 'local' : 'shared');
}

/** Targets that a task's own names give: they hold for whatever it runs. */
export function labelTargets(labels: readonly string[], environments: Environments): readonly Target[] {
  return labels.length === 0 ? [] : locate(labels.map((name) => ({ kind: 'task label', name, evidence: sentence('the task is called "{0}"', name) })), environments, undefined);
}

/** Targets of a call nobody knows: the names in it and around it may still say production. */
export function unknownTargets({ args, cwd, name }: Invocation, world: World, environments: Environments): readonly Target[] {
  const clues: Clue[] = [name, ...args].slice(0, 32).filter((word) => isKnown(word.text)).map((word) => ({ kind: 'argument', name: word.text, evidence: sentence('is told "{0}"', word.text.slice(0, 80)) }));
  if (isKnown(cwd)) clues.push(...directoryClues(cwd, world));
  return locate(clues, environments, undefined);
}

/** One program of each tool. */
const TOOLS: readonly string[] = [...new Map([...PLACES].map(([program, place]) => [place, program])).values()];

/** The environments in which each tool would land that is told nothing: what cannot be read may call any of them. */
export function ambientTargets(invocation: Invocation, world: World, environments: Environments): readonly Target[] {
  const bare = TOOLS.flatMap((program) => toolTargets(readUse({ ...invocation, program, args: [], place: undefined }, {}), world, environments));
  return bare.filter(({ environment }) => environment !== 'local' && environment !== 'shared');
}

/** Targets of a text that nobody can read to its end, so that length alone leads round no gate: every name in it counts. */
export function mentionedTargets(text: string, environments: Environments): readonly Target[] {
  const words = new Set(text.split(/[^\w.-]+/).filter((word) => word.length > 2 && word.length < 80));
  return locate([...words].map((name) => ({ kind: 'word', name, evidence: sentence('the text cannot be read to its end and says "{0}"', name) })), environments, undefined).slice(0, 8);
}
