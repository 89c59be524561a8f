import { parse } from 'yaml';
import { isTooDeep } from '../files/depth.js';
import { isKnown } from '../shell/program.js';
import { parentOf, resolvePath } from '../shell/paths.js';
import type { World } from '../world.js';
import { field, jsonAt, sectionOf, stringAt, textAt } from './ini.js';
import type { Clue, Source, Surrounding } from './place.js';
import { fromEnv, fromOptions } from './sources.js';
import { sentence } from '../say.js';

const HEROKU_APP_OPTIONS = fromOptions('-a --app -r --remote', 'Heroku app');
const HEROKU_APP_VARIABLES = fromEnv('HEROKU_APP', 'Heroku app');

/** The app or remote of Heroku. */
export const heroku: Source = (around) => {
  const clues = [...HEROKU_APP_OPTIONS(around), ...HEROKU_APP_VARIABLES(around)];
  if (clues.length > 0) return clues;
  const place = isKnown(around.use.invocation.cwd) ? around.world.git(around.use.invocation.cwd) : undefined;
  const url = place?.remotes.get('heroku');
  return url === undefined ? [] : [{ kind: 'Heroku app', name: url.replace(/^.*\/|\.git$/g, ''), evidence: sentence('the git remote heroku') }];
};

/** `--prod`, where a platform's own option names production. */
export const productionFlag: Source = ({ use }) => (use.invocation.args.some(({ text }) => /^--prod(uction)?$/.test(text)) ? [{ kind: 'option', name: 'production', evidence: sentence('--prod given on the command line') }] : []);

/** Names that stand behind the sub-command: `cdk destroy ProdStack`, `fly apps destroy shop-prod`. */
export const operands: Source = ({ use }) => use.rest(1).slice(0, 8).map((name) => ({ kind: 'name', name, evidence: sentence('names {0}', name) }));

/** Options that name what is acted on, and the buckets that stand among the arguments. */
const NAMING = /^--(?:[\w-]{0,64}-)?(?:name|identifier|cluster|bucket|vault|server|instance|resource-group|namespace)s?$/;

/** What a cloud's command line calls the thing that it acts on. */
export const resources: Source = ({ use }) => {
  const texts = use.invocation.args.map((word) => word.text);
  return texts.slice(0, 64).flatMap((text, at) => {
    const bucket = /^(?:s3|gs|abfss?|wasbs?):\/\/([\w.-]{1,128})/.exec(text)?.[1];
    if (bucket !== undefined) return [{ kind: 'bucket', name: bucket, evidence: sentence('names the bucket {0}', bucket) }];
    const equals = text.indexOf('=');
    const name = NAMING.test(equals < 0 ? text : text.slice(0, equals)) ? (equals < 0 ? texts[at + 1] : text.slice(equals + 1)) : undefined;
    return name === undefined ? [] : [{ kind: 'resource', name, evidence: sentence('{0} {1}', equals < 0 ? text : text.slice(0, equals), name) }];
  });
};

/** One file of a project that says where a platform's tool acts. */
interface ProjectFile {
  readonly programs: RegExp;
  readonly file: string;
  /** The option that names another file, and the one that names the target itself. */
  readonly option?: string;
  readonly unless: string;
  readonly read: (text: string, around: Surrounding) => readonly (readonly [key: string, name: string | undefined])[];
}

const plainToml = (text: string, key: string): string | undefined => new RegExp(`^${key}[ \\t]{0,8}=[ \\t]{0,8}["']([^"'\\n]{1,200})["']`, 'm').exec(text.split(/^\[/m, 1)[0] ?? '')?.[1];
const json = (text: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\s*\/\/.*$/gm, '')) as unknown;
  } catch {
    return undefined;
  }
};
const yaml = (text: string): unknown => {
  try {
    return isTooDeep(text) ? undefined : (parse(text, { logLevel: 'silent' }) as unknown);
  } catch {
    return undefined;
  }
};

const FILES: readonly ProjectFile[] = [
  { programs: /^(fly|flyctl)$/, file: 'fly.toml', option: '-c --config', unless: '-a --app', read: (text) => [['app', plainToml(text, 'app')]] },
  { programs: /^wrangler$/, file: 'wrangler.toml', option: '-c --config', unless: '-e --env --name', read: (text) => [['name', plainToml(text, 'name')]] },
  { programs: /^wrangler$/, file: 'wrangler.jsonc', option: '-c --config', unless: '-e --env --name', read: (text) => [['name', stringAt(json(text), 'name')]] },
  { programs: /^wrangler$/, file: 'wrangler.json', option: '-c --config', unless: '-e --env --name', read: (text) => [['name', stringAt(json(text), 'name')]] },
  { programs: /^(vercel|vc|now)$/, file: '.vercel/project.json', unless: '--scope --project', read: (text) => [['projectName', stringAt(json(text), 'projectName')]] },
  { programs: /^(netlify|ntl)$/, file: '.netlify/state.json', unless: '-s --site', read: (text) => [['siteId', stringAt(json(text), 'siteId')], ['siteName', stringAt(json(text), 'siteName')]] },
  { programs: /^(serverless|sls|sst)$/, file: 'serverless.yml', option: '-c --config', unless: '--stage -s', read: (text) => [['stage', stageOf(stringAt(yaml(text), 'provider', 'stage'))], ['service', stringAt(yaml(text), 'service')]] },
  { programs: /^(serverless|sls|sst)$/, file: 'serverless.yaml', unless: '--stage -s', read: (text) => [['stage', stageOf(stringAt(yaml(text), 'provider', 'stage'))], ['service', stringAt(yaml(text), 'service')]] },
  { programs: /^sam$/, file: 'samconfig.toml', unless: '--stack-name', read: (text) => [['stack_name', /^stack_name\s{0,8}=\s{0,8}["']([^"'\n]{1,200})["']/m.exec(text)?.[1]]] },
  { programs: /^firebase$/, file: '.firebaserc', unless: '', read: (text, { use, world }) => { const alias = use.value('-P --project') ?? activeFirebase(use.invocation.cwd, world) ?? 'default'; return [[`projects.${alias}`, stringAt(json(text), 'projects', alias)]]; } },
  { programs: /^doppler$/, file: 'doppler.yaml', unless: '-c --config', read: (text) => [['setup.config', stringAt(yaml(text), 'setup', 'config')], ['setup.project', stringAt(yaml(text), 'setup', 'project')]] },
  { programs: /^(cap|kamal)$/, file: 'config/deploy.yml', unless: '-d --destination', read: (text) => [['service', stringAt(yaml(text), 'service')]] },
  { programs: /^alembic$/, file: 'alembic.ini', option: '-c --config', unless: '-x', read: (text) => [['sqlalchemy.url', hostIn(sectionOf(text, 'alembic').get('sqlalchemy.url'))]] },
  { programs: /^flyway$/, file: 'flyway.conf', option: '-configFiles', unless: '-url', read: (text) => [['flyway.url', hostIn(/^flyway\.url\s{0,8}=\s{0,8}(\S+)/m.exec(text)?.[1])]] },
  { programs: /^flyway$/, file: 'flyway.toml', unless: '-url', read: (text) => [['url', hostIn(/^\s{0,8}url\s{0,8}=\s{0,8}["'](\S+)["']/m.exec(text)?.[1])]] },
  { programs: /^liquibase$/, file: 'liquibase.properties', option: '--defaults-file', unless: '--url', read: (text) => [['url', hostIn(/^(?:liquibase\.command\.)?url\s{0,8}[:=]\s{0,8}(\S+)/m.exec(text)?.[1])]] },
];

/** Only programs that have a place are asked about, so there are few. */
const FILES_OF = new Map<string, typeof FILES>();

function filesOf(program: string): typeof FILES {
  let files = FILES_OF.get(program);
  if (!files) {
    files = FILES.filter(({ programs }) => programs.test(program));
    FILES_OF.set(program, files);
  }
  return files;
}

/** What a platform's own project file says, where the command line says nothing. */
export const projectFile: Source = (around) => {
  const { use, world } = around;
  const { program, cwd } = use.invocation;
  const clues: Clue[] = [];
  for (const { file, option, unless, read } of filesOf(program)) {
    if ((unless !== '' && use.value(unless) !== undefined) || !isKnown(cwd)) continue;
    const asked = option === undefined ? undefined : use.value(option);
    if (asked !== undefined && !isKnown(asked)) continue;
    const at = found(asked ?? file, cwd, asked === undefined, world);
    if (!at) continue;
    for (const [key, name] of read(at.text, around)) if (name !== undefined) clues.push({ kind: 'project', name, evidence: sentence('{0} in {1}', key, asked ?? file), file: at.path });
  }
  if (program === 'firebase') clues.push(...firebase(around));
  if (program === 'railway') clues.push(...railway(around));
  return clues;
};

/** The file in the directory itself, or in one above it. */
function found(file: string, cwd: string, climbs: boolean, world: World): { readonly path: string; readonly text: string } | undefined {
  for (let at = cwd, left = climbs ? 16 : 1; left > 0; at = parentOf(at), left -= 1) {
    const path = resolvePath(at, file);
    const text = textAt(path, world);
    if (text !== undefined) return { path, text };
    if (at === '/' || !at.startsWith('/')) break;
  }
  return undefined;
}

/** `${opt:stage, 'prod'}` stands for what is said last in it. */
function stageOf(value: string | undefined): string | undefined {
  return value?.includes('${') ? /['"]([\w-]{1,64})['"]\s*\}\s*$/.exec(value)?.[1] : value;
}

/** The host and database of a connection string. */
function hostIn(url: string | undefined): string | undefined {
  return url === undefined ? undefined : /:\/\/(?:[^@/\s]*@)?([^?;\s]{1,200})/.exec(url)?.[1];
}

/** What `firebase use` chose for this directory or one above it. */
function activeFirebase(cwd: string, world: World): string | undefined {
  const chosen = field(jsonAt(`${world.home}/.config/configstore/firebase-tools.json`, world), 'activeProjects');
  for (let at = cwd, left = 16; left > 0; at = parentOf(at), left -= 1) {
    const name = stringAt(chosen, at);
    if (name !== undefined) return name;
    if (at === '/' || !at.startsWith('/')) break;
  }
  return undefined;
}

function firebase({ use, world }: Surrounding): readonly Clue[] {
  const name = use.value('-P --project') === undefined ? activeFirebase(use.invocation.cwd, world) : undefined;
  return name === undefined ? [] : [{ kind: 'project', name, evidence: sentence('the project that firebase use chose, in ~/.config/configstore/firebase-tools.json') }];
}

function railway({ use, world }: Surrounding): readonly Clue[] {
  const linked = field(jsonAt(`${world.home}/.railway/config.json`, world), 'projects', use.invocation.cwd);
  return (['environmentName', 'name'] as const).flatMap((key) => {
    const name = stringAt(linked, key);
    return name === undefined ? [] : [{ kind: 'project', name, evidence: sentence('{0} in ~/.railway/config.json', key) }];
  });
}
