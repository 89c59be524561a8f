import { createHash } from 'node:crypto';
import { jsonAt, shownPath, stringAt } from './ini.js';
import type { Clue, Source, Surrounding } from './place.js';
import { fileOf, fromEnv, fromOptions } from './sources.js';
import { sentence } from '../say.js';

const DOCKER_HOST_OPTIONS = fromOptions('-H --host', 'docker host');
const DOCKER_CONTEXT_OPTIONS = fromOptions('--context', 'docker context');
const DOCKER_HOST_VARIABLES = fromEnv('DOCKER_HOST', 'docker host');
const DOCKER_CONTEXT_VARIABLES = fromEnv('DOCKER_CONTEXT', 'docker context');
const COMPOSE_FILE_OPTIONS = fromOptions('--file --env-file', 'compose file');
const COMPOSE_PROJECT_VARIABLES = fromEnv('COMPOSE_FILE COMPOSE_PROJECT_NAME', 'compose project');

/** The engine that docker talks to: a host, or a context with the host behind it. */
export const docker: Source = (around) => {
  const { use, env } = around;
  const clues: Clue[] = [
    ...DOCKER_HOST_OPTIONS(around),
    ...DOCKER_CONTEXT_OPTIONS(around),
    ...DOCKER_HOST_VARIABLES(around),
    ...DOCKER_CONTEXT_VARIABLES(around),
    ...COMPOSE_FILE_OPTIONS(around),
    ...COMPOSE_PROJECT_VARIABLES(around),
  ];
  for (const option of ['-f', '-p', '--project-name']) for (const name of use.values(option)) clues.push({ kind: 'compose project', name, evidence: sentence('{0} {1}', option, name), ...(option === '-f' && fileOf(name, use.invocation.cwd)) });
  if (use.value('-H --host') !== undefined || env('DOCKER_HOST') !== undefined) return clues;
  return [...clues, ...contextClues(around)];
};

function contextClues({ world, use, env }: Surrounding): readonly Clue[] {
  const directory = use.value('--config') ?? env('DOCKER_CONFIG') ?? `${world.home}/.docker`;
  const file = `${directory}/config.json`;
  const asked = use.value('--context') ?? env('DOCKER_CONTEXT');
  const name = asked ?? stringAt(jsonAt(file, world), 'currentContext');
  if (name === undefined || name === 'default') return [];
  // Docker names the folder of a context by the digest of its name.
  const meta = `${directory}/contexts/meta/${createHash('sha256').update(name).digest('hex')}/meta.json`;
  const host = stringAt(jsonAt(meta, world), 'Endpoints', 'docker', 'Host');
  return [
    ...(asked === undefined ? [{ kind: 'docker context', name, evidence: sentence('current context of {0}', shownPath(file, world.home)) }] : []),
    ...(host === undefined ? [] : [{ kind: 'docker host', name: host, evidence: sentence('host of the docker context {0} in {1}', name, shownPath(meta, world.home)) }]),
  ];
}
