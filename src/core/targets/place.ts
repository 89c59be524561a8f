import type { Environments } from './environments.js';
import type { Target } from '../assess/assessment.js';
import type { Use } from '../rules/use.js';
import type { World } from '../world.js';
import type { Sentence } from '../say.js';

/** What a target source may look at. */
export interface Surrounding {
  readonly use: Use;
  readonly world: World;
  readonly environments: Environments;
  /** An environment variable as this invocation would see it, with its assignments first. */
  readonly env: (name: string) => string | undefined;
}

/** A name that may tell where an invocation lands. */
export interface Clue {
  readonly kind: string;
  readonly name: string;
  readonly evidence: Sentence;
  /** As in {@link Target}. */
  readonly file?: string;
}

/** One place where a tool gets its target from. */
export type Source = (around: Surrounding) => readonly Clue[];

/** The target that clues point to: those that name an environment; else where the tool lands by its nature. */
export function locate(clues: readonly Clue[], environments: Environments, otherwise: 'shared' | 'local' | undefined): readonly Target[] {
  const named: Target[] = [];
  for (const clue of clues) {
    const environment = environments.of(clue.name);
    if (environment !== undefined) named.push({ environment, ...clue });
  }
  if (named.length > 0) return named;
  if (otherwise === undefined) return [];
  const [first] = clues;
  return first ? [{ environment: isLocalName(first.name) ? 'local' : otherwise, ...first }] : [];
}

/** Names that tools themselves give to something on this machine. */
export function isLocalName(name: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?|0\.0\.0\.0|minikube|docker-desktop|docker-for-desktop|rancher-desktop|orbstack|colima|kind-.*|k3d-.*|microk8s|host\.docker\.internal|local|.*\.local|.*\.localhost|\/.*|unix:\/\/.*)$/i.test(name);
}
