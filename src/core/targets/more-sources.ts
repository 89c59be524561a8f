import { readText } from '../languages/material.js';
import { isKnown } from '../shell/program.js';
import type { World } from '../world.js';
import type { Clue, Source } from './place.js';
import { fromEnv, fromOptions } from './sources.js';

/** The AWS profile with the account role behind it, and the region is no environment. */
export const aws: Source = (around) => {
  const given = [...fromOptions('--profile --aws-profile', 'AWS profile')(around)];
  const clues = given.length > 0 ? given : [...fromEnv('AWS_PROFILE AWS_VAULT AWS_DEFAULT_PROFILE', 'AWS profile')(around)];
  const [first] = clues;
  const { world } = around;
  const read = readText(world.env('AWS_CONFIG_FILE') ?? `${world.home}/.aws/config`, world);
  if ('text' in read) {
    const settings = section(read.text, first === undefined || first.name === 'default' ? 'default' : `profile ${first.name}`);
    for (const key of ['role_arn', 'sso_account_name', 'sso_role_name', 'source_profile']) {
      const name = settings.get(key);
      if (name !== undefined) clues.push({ kind: 'AWS profile', name, evidence: `${key} of the profile ${first?.name ?? 'default'} in ~/.aws/config` });
    }
  }
  return clues;
};

/** The active gcloud configuration and its project. */
export const gcloud: Source = (around) => {
  const { world, env } = around;
  const clues = [...fromOptions('--project', 'Google Cloud project')(around), ...fromEnv('CLOUDSDK_CORE_PROJECT GOOGLE_CLOUD_PROJECT GCLOUD_PROJECT', 'Google Cloud project')(around)];
  const directory = env('CLOUDSDK_CONFIG') ?? `${world.home}/.config/gcloud`;
  const active = around.use.value('--configuration') ?? env('CLOUDSDK_ACTIVE_CONFIG_NAME') ?? trimmed(readText(`${directory}/active_config`, world));
  if (active === undefined) return clues;
  clues.push({ kind: 'gcloud configuration', name: active, evidence: `the active gcloud configuration is ${active}` });
  if (clues.length > 1) return clues;
  const read = readText(`${directory}/configurations/config_${active}`, world);
  const project = 'text' in read ? section(read.text, 'core').get('project') : undefined;
  if (project !== undefined) clues.push({ kind: 'Google Cloud project', name: project, evidence: `project of the gcloud configuration ${active}` });
  return clues;
};

/** The engine that docker talks to. */
export const docker: Source = (around) => {
  const { world, use, env } = around;
  const clues = [...fromOptions('-H --host', 'docker host')(around), ...fromOptions('--context', 'docker context')(around), ...fromEnv('DOCKER_HOST', 'docker host')(around), ...fromEnv('DOCKER_CONTEXT', 'docker context')(around), ...fromOptions('--file --env-file', 'compose file')(around)];
  for (const option of ['-f', '-p', '--project-name']) for (const name of use.values(option)) clues.push({ kind: 'compose project', name, evidence: `${option} ${name}` });
  if (use.value('--context') !== undefined || env('DOCKER_CONTEXT') !== undefined || env('DOCKER_HOST') !== undefined) return clues;
  const read = readText(`${world.home}/.docker/config.json`, world);
  const current = 'text' in read ? /"currentContext"\s*:\s*"([^"]{1,200})"/.exec(read.text)?.[1] : undefined;
  if (current !== undefined && current !== 'default') clues.push({ kind: 'docker context', name: current, evidence: 'current context of ~/.docker/config.json' });
  return clues;
};

/** The host and database of a database client: options, connection strings, the environment. */
export const sqlServer: Source = ({ use }) => {
  const clues: Clue[] = [];
  const add = (kind: string, name: string): void => void clues.push({ kind, name, evidence: `${kind} given on the command line` });
  for (const value of use.invocation.args.map((word) => word.text)) {
    const url = /^(?:--\w[\w-]*=)?(?:[a-z][a-z\d+.-]*):\/\/(?:[^@/\s]*@)?([^/?\s]*)(?:\/([\w.-]*))?/i.exec(value);
    if (url) {
      if (url[1]) add('database host', url[1].replace(/:\d+$/, ''));
      if (url[2]) add('database', url[2]);
    }
    const keys = /\bhost=([^\s;]+)/.exec(value)?.[1];
    if (keys !== undefined && !url) add('database host', keys);
    const name = /\b(?:dbname|database)=([^\s;]+)/.exec(value)?.[1];
    if (name !== undefined && !url) add('database', name);
  }
  const { args } = use.invocation;
  args.forEach((word, at) => {
    const next = args[at + 1]?.text;
    if (/^(-h|--host|-S|--server)$/.test(word.text) && next !== undefined) add('database host', next);
    if (/^(-d|--dbname|-D|--database|-s|--service)$/.test(word.text) && next !== undefined && !next.includes('://')) add('database', next);
    const attached = /^(?:--host|--server|--dbname|--database)=(.+)$/.exec(word.text)?.[1] ?? /^-h(?!elp)(.+)$/.exec(word.text)?.[1];
    if (attached !== undefined) add('database host', attached);
  });
  for (const operand of use.rest(0).slice(0, 3)) if (/^[\w.-]{1,128}$/.test(operand)) clues.push({ kind: 'database', name: operand, evidence: `names ${operand}` });
  return clues;
};

/** Hosts that a call talks to, behind their aliases in ~/.ssh/config. */
export const host: Source = ({ use, world }) => {
  const clues: Clue[] = [];
  for (const text of use.rest(0)) {
    const url = /^[a-z][a-z\d+.-]*:\/\/(?:[^@/\s]*@)?([^/:?\s]+)(?:[^/\s]*)(\/[^?\s]*)?/i.exec(text);
    const name = url?.[1] ?? (/^(?:[^@\s/]+@)?([\w.-]+)(?::.*)?$/s.exec(text)?.[1] || undefined);
    if (name === undefined || !isKnown(name) || (url === null && !text.includes(':') && use.invocation.program !== 'ssh')) continue;
    clues.push({ kind: 'host', name, evidence: `talks to ${name}` });
    const real = url ? undefined : sshHost(name, world);
    if (real !== undefined) clues.push({ kind: 'host', name: real, evidence: `${name} is ${real} in ~/.ssh/config` });
    if (use.invocation.program === 'ssh') break;
  }
  return clues;
};

/** What an alias of ~/.ssh/config stands for. */
export function sshHost(alias: string, world: World): string | undefined {
  const read = readText(`${world.home}/.ssh/config`, world);
  if (!('text' in read)) return undefined;
  let inside = false;
  for (const line of read.text.split('\n')) {
    const [key = '', ...values] = line.trim().split(/[\s=]+/);
    if (/^host$/i.test(key)) inside = values.includes(alias);
    else if (inside && /^hostname$/i.test(key)) return values[0];
  }
  return undefined;
}

/** The inventory and the hosts of Ansible and its relatives. */
export const inventory: Source = (around) => {
  const { use } = around;
  const clues = [...fromOptions('-i --inventory --inventory-file', 'inventory')(around), ...fromEnv('ANSIBLE_INVENTORY', 'inventory')(around)];
  for (const operand of use.rest(0).slice(0, 3)) clues.push({ kind: 'hosts or playbook', name: operand, evidence: `names ${operand}` });
  return clues;
};

/** The stack of Pulumi. */
export const pulumi: Source = (around) => [...fromOptions('-s --stack', 'Pulumi stack')(around), ...fromEnv('PULUMI_STACK', 'Pulumi stack')(around), ...around.use.rest(2).map((name) => ({ kind: 'Pulumi stack', name, evidence: `names ${name}` }))];

/** The app or remote of Heroku. */
export const heroku: Source = (around) => {
  const clues = [...fromOptions('-a --app -r --remote', 'Heroku app')(around), ...fromEnv('HEROKU_APP', 'Heroku app')(around)];
  if (clues.length > 0) return clues;
  const place = isKnown(around.use.invocation.cwd) ? around.world.git(around.use.invocation.cwd) : undefined;
  const url = place?.remotes.get('heroku');
  return url === undefined ? [] : [{ kind: 'Heroku app', name: url.replace(/^.*\/|\.git$/g, ''), evidence: 'the git remote heroku' }];
};

function trimmed(read: ReturnType<typeof readText>): string | undefined {
  const text = 'text' in read ? read.text.trim() : '';
  return text === '' ? undefined : text;
}

/** One section of an INI file. */
function section(text: string, name: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let inside = false;
  for (const line of text.split('\n')) {
    const head = /^\s*\[([^\]]{1,200})\]/.exec(line)?.[1]?.trim();
    if (head !== undefined) inside = head === name;
    else if (inside) {
      const equals = line.indexOf('=');
      if (equals > 0) values.set(line.slice(0, equals).trim(), line.slice(equals + 1).trim());
    }
  }
  return values;
}
