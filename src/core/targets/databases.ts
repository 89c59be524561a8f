import { isKnown } from '../shell/program.js';
import { resolvePath } from '../shell/paths.js';
import { LOADED_FILE } from '../shell/wrappers.js';
import type { World } from '../world.js';
import { sectionOf, shownPath, textAt } from './ini.js';
import type { Clue, Source, Surrounding } from './place.js';
import { fileOf } from './sources.js';
import { sentence } from '../say.js';
import { kindWords } from './kinds.js';

/** The host and database of a database client: options, connection strings, service files. */
export const sqlServer: Source = (around) => {
  const { use } = around;
  const clues: Clue[] = [];
  const add = (kind: string, name: string): void => void clues.push({ kind, name, evidence: sentence('{0} given on the command line', kindWords(kind)) });
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
    const service = /(?:^|\s)service=([^\s;]+)/.exec(value)?.[1];
    if (service !== undefined) clues.push(...serviceClues(service, around));
  }
  const { args } = use.invocation;
  args.forEach((word, at) => {
    const next = args[at + 1]?.text;
    if (/^(-h|--host|-S|--server)$/.test(word.text) && next !== undefined) add('database host', next);
    if (/^(-d|--dbname|-D|--database|-s|--service)$/.test(word.text) && next !== undefined && !next.includes('://')) add('database', next);
    const attached = /^(?:--host|--server|--dbname|--database)=(.+)$/.exec(word.text)?.[1] ?? /^-h(?!elp)(.+)$/.exec(word.text)?.[1];
    if (attached !== undefined) add('database host', attached);
  });
  for (const operand of use.rest(0).slice(0, 3)) if (/^[\w.-]{1,128}$/.test(operand)) clues.push({ kind: 'database', name: operand, evidence: sentence('names {0}', operand) });
  return clues;
};

/** The service that PGSERVICE names. */
export const postgresService: Source = (around) => {
  const service = around.env('PGSERVICE');
  return service === undefined ? [] : [{ kind: 'database setting', name: service, evidence: sentence('database setting from PGSERVICE') }, ...serviceClues(service, around)];
};

/** What a service of PostgreSQL stands for. https://www.postgresql.org/docs/current/libpq-pgservice.html */
function serviceClues(service: string, { env, world }: Surrounding): readonly Clue[] {
  const path = env('PGSERVICEFILE') ?? `${world.home}/.pg_service.conf`;
  const settings = sectionOf(textAt(path, world) ?? '', service);
  const found = ['host', 'hostaddr', 'dbname'].flatMap((key) => {
    const name = settings.get(key);
    return name === undefined ? [] : [{ kind: key === 'dbname' ? 'database' : 'database host', name, evidence: sentence('{0} of the service {1} in {2}', key, service, shownPath(path, world.home)) }];
  });
  return [{ kind: 'database service', name: service, evidence: sentence('service {0}', service) }, ...found];
}

/** Variables that say which environment, host or database an application means. */
const TELLING = 'RAILS_ENV RACK_ENV NODE_ENV APP_ENV FLASK_ENV DJANGO_SETTINGS_MODULE DJANGO_CONFIGURATION MIX_ENV SYMFONY_ENV ENVIRONMENT ENV STAGE DATABASE_URL DATABASE_URI DIRECT_URL SQLALCHEMY_DATABASE_URI DB_HOST DB_NAME DB_DATABASE PGHOST PGDATABASE MYSQL_HOST MONGO_URL MONGODB_URI REDIS_URL REDIS_HOST APP_NAME'.split(' ');
/** Files that the tools themselves, or their usual helpers, load from where they run. */
const USUAL = ['.env', '.env.local', '.flaskenv'];
const MOST_LINE = 2048;

/** The environment of an application: its variables, else those of the `.env` file that it loads. */
export const application: Source = (around) => {
  const { use, env, world } = around;
  const clues: Clue[] = [];
  const set = new Set<string>();
  for (const name of TELLING) {
    const value = env(name);
    if (value === undefined || value === '') continue;
    set.add(name);
    clues.push({ kind: 'environment variable', name: withoutSecrets(value), evidence: sentence('environment variable from {0}', name) });
  }
  const settings = use.invocation.args.flatMap(({ text }, at) => /^--settings=(.+)$/.exec(text)?.[1] ?? (text === '--settings' ? (use.invocation.args[at + 1]?.text ?? []) : []));
  for (const name of settings) clues.push({ kind: 'settings', name, evidence: sentence('settings {0}', name) });
  const loaded = env(LOADED_FILE);
  const asked = use.invocation.args.flatMap(({ text }) => /^--env-file(?:-if-exists)?=(.+)$/.exec(text)?.[1] ?? []);
  for (const file of [...(loaded === undefined ? [] : [loaded]), ...asked]) clues.push({ kind: 'environment file', name: file, evidence: sentence('loads {0}', file), ...fileOf(file, use.invocation.cwd) });
  if (!isKnown(use.invocation.cwd)) return clues;
  for (const file of [...(loaded === undefined ? [] : [loaded]), ...asked, ...USUAL]) if (isKnown(file)) clues.push(...fileClues(resolvePath(use.invocation.cwd, file), file, set, world));
  return clues;
};

/** What a `.env` file says; what the environment already says wins, and of several files the first. */
function fileClues(path: string, shown: string, set: Set<string>, world: World): readonly Clue[] {
  return (textAt(path, world) ?? '').split('\n').flatMap((line) => {
    const match = /^\s*(?:export\s+)?([A-Z_]+)\s*=\s*(.*)$/.exec(line.slice(0, MOST_LINE));
    const name = match?.[1] ?? '';
    const value = (match?.[2] ?? '').trim().replace(/^(["'])(.*)\1.*$/, '$2');
    if (!TELLING.includes(name) || set.has(name) || value === '') return [];
    set.add(name);
    return [{ kind: 'environment file', name: withoutSecrets(value), evidence: sentence('{0} in {1}', name, shown), file: path }];
  });
}

/** A connection string without its password, for it is shown and signed. */
export function withoutSecrets(value: string): string {
  return value.replace(/:\/\/[^@/\s]*@/, '://').replace(/\?.*$/s, '');
}
