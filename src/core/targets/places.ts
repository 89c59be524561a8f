import type { Source } from './place.js';
import { fromDirectory, fromEnv, fromOptions, gitPush, kubernetes, terraform } from './sources.js';

interface ToolPlace {
  readonly sources: readonly Source[];
  /** Where the tool lands when no name says more. */
  readonly otherwise: 'shared' | 'local';
}

/** Where each tool gets its target from. */
export const PLACES: ReadonlyMap<string, ToolPlace> = index([
  ['kubectl oc k', { sources: [kubernetes], otherwise: 'shared' }],
  ['helm', { sources: [kubernetes, fromOptions('-f --values', 'Helm values file')], otherwise: 'shared' }],
  ['terraform tofu terragrunt tf', { sources: [terraform], otherwise: 'shared' }],
  ['git', { sources: [gitPush], otherwise: 'local' }],
  ['aws', { sources: [fromOptions('--profile', 'AWS profile'), fromEnv('AWS_PROFILE AWS_VAULT', 'AWS profile'), fromDirectory], otherwise: 'shared' }],
]);

function index(entries: readonly (readonly [string, ToolPlace])[]): ReadonlyMap<string, ToolPlace> {
  return new Map(entries.flatMap(([names, place]) => names.split(' ').map((name) => [name, place] as const)));
}
