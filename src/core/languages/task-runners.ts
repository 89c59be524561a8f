import { scanCode } from './calls.js';
import { parseComposer, parseDeno, parseNodeScripts, parseNxProject } from './json-tasks.js';
import { pathOf, readText, unknownMaterial } from './material.js';
import type { Follow, Material } from './material.js';
import { plan } from './named-tasks.js';
import type { NamedTasks } from './named-tasks.js';
import { parseTaskfile } from './taskfile.js';
import { parsePyproject, parseTox } from './toml-tasks.js';
import { quote } from '../shell/command.js';
import { parentOf, resolvePath } from '../shell/paths.js';
import type { Invocation } from '../shell/program.js';
import type { World } from '../world.js';
import { sentence, type Sentence } from '../say.js';

/** The words of a call, sorted. */
interface Asked {
  readonly words: readonly string[];
  readonly options: ReadonlyMap<string, string>;
  readonly variables: ReadonlyMap<string, string>;
  /** What stands behind `--`. */
  readonly rest: readonly string[];
}

/** What a call wants to run, and where that is written. */
interface Wanted {
  readonly goals: readonly string[];
  readonly files: readonly string[];
  readonly parse: (text: string) => NamedTasks;
  /** Hooks that run only where they exist, beside what the program itself does. */
  readonly hooks?: true;
  /** Where the same name may be a program: only what is in the file is followed. */
  readonly maybe?: true;
  /** What stands behind the task's name and goes to its command. */
  readonly arguments?: readonly string[];
  /** Why this is not all. */
  readonly unknown?: Sentence;
}

interface Runner {
  readonly programs: string;
  /** Options that take a value. */
  readonly values: string;
  /** Options that say that nothing is run. */
  readonly rehearsal: RegExp;
  readonly directory?: string;
  readonly file?: string;
  /** The file is looked for in the directories above as well. */
  readonly climbs: boolean;
  readonly want: (asked: Asked, program: string) => Wanted | undefined;
}

const PACKAGES = sentence('The scripts of the other packages of the workspace are not read.');
const pyproject = (goals: readonly string[], more: readonly string[], maybe: boolean): Wanted | undefined => (goals.length === 0 ? undefined : { goals, arguments: more, files: ['pyproject.toml'], parse: parsePyproject, ...(maybe && { maybe: true }) });

const RUNNERS: readonly Runner[] = [
  {
    programs: 'task go-task', values: '-t --taskfile -d --dir -o --output -C --concurrency -I --interval', climbs: true, directory: '-d --dir', file: '-t --taskfile',
    rehearsal: /^(-n|--dry|-l|--list|-a|--list-all|--summary|--status|--init|-i|--version|-h|--help|--completion)$/,
    want: ({ words, variables, rest }) => ({ goals: words.length > 0 ? words : ['default'], files: ['Taskfile.yml', 'taskfile.yml', 'Taskfile.yaml', 'taskfile.yaml', 'Taskfile.dist.yml', 'taskfile.dist.yml', 'Taskfile.dist.yaml'], parse: (text) => parseTaskfile(text, new Map([...variables, ['CLI_ARGS', rest.map(quote).join(' ')]])) }),
  },
  {
    programs: 'composer', values: '-d --working-dir --timeout', climbs: false, directory: '-d --working-dir', rehearsal: /^(--no-scripts|--dry-run|-h|--help|-V|--version|-l|--list)$/,
    want: ({ words: [first = '', second], rest }) => {
      const event = /^(install|i|update|u|upgrade|require|remove|create-project|dump-autoload)$/.test(first) ? (/^i/.test(first) ? 'install' : first.startsWith('d') ? 'autoload' : 'update') : undefined;
      const goals = event === undefined ? (/^(run|run-script)$/.test(first) ? (second === undefined ? [] : [second]) : [first]) : [`pre-${event}-cmd`, `post-${event}-cmd`, 'pre-autoload-dump', 'post-autoload-dump'];
      return { goals, arguments: rest, files: ['composer.json'], parse: parseComposer, ...(event === undefined ? { maybe: true as const } : { hooks: true as const }) };
    },
  },
  {
    programs: 'deno', values: '--cwd -c --config', climbs: true, directory: '--cwd', file: '-c --config', rehearsal: /^(-h|--help)$/,
    want: ({ words: [first, name, ...more], rest }) => (first !== 'task' || name === undefined ? undefined : { goals: [name], arguments: [...more, ...rest], files: ['deno.json', 'deno.jsonc', 'package.json'], parse: (text) => new Map([...parseNodeScripts(text), ...parseDeno(text)]) }),
  },
  { programs: 'poe', values: '-C --root --directory -e --executor', climbs: true, directory: '-C --root --directory', rehearsal: /^(-h|--help|--version|-d|--dry-run|--help=.*)$/, want: ({ words: [name, ...more], rest }) => pyproject(name === undefined ? [] : [name], [...more, ...rest], false) },
  { programs: 'pdm hatch rye pixi', values: '-p --project -e --env --manifest-path', climbs: true, directory: '-p --project', rehearsal: /^(-h|--help|--version|-l|--list)$/, want: ({ words: [first, name, ...more], rest }) => (first === 'run' && name !== undefined ? pyproject([name.replace(/^[\w.-]+:(?=\w)/, ''), name], [...more, ...rest], true) : undefined) },
  {
    programs: 'tox', values: '-e -c --conf --workdir --root -m -x -p', climbs: true, file: '-c --conf', rehearsal: /^(-l|--listenvs|-a|--listenvs-all|-h|--help|--version|--notest|-n)$/,
    want: ({ words: [first], options }) => {
      if (first !== undefined && /^(list|l|config|c|quickstart|depends|legacy)$/.test(first)) return undefined;
      const named = options.get('-e')?.split(',') ?? [];
      // An environment without commands of its own takes those of `[testenv]`.
      return { goals: [...named, 'testenv'], files: ['tox.ini'], parse: parseTox, hooks: true };
    },
  },
  { programs: 'turbo lerna', values: '--filter -F --scope --ignore --concurrency --cwd --since', climbs: true, directory: '--cwd', rehearsal: /^(--dry|--dry-run|--dry=.*|--graph.*|-h|--help|--version)$/, want: ({ words: [first, ...names] }, program) => (first === 'run' ? { goals: names, files: ['package.json'], parse: parseNodeScripts, hooks: true, unknown: PACKAGES } : program === 'turbo' && first !== undefined && !/^(login|logout|link|unlink|prune|gen|generate|daemon|ls|query|watch|telemetry|bin|scan|info)$/.test(first) ? { goals: [first, ...names], files: ['package.json'], parse: parseNodeScripts, hooks: true, unknown: PACKAGES } : undefined) },
  {
    programs: 'nx', values: '-t --target --targets -p --projects -c --configuration --parallel', climbs: true, rehearsal: /^(--graph.*|-h|--help|--version|--dry-run|-d)$/,
    want: ({ words: [first = '', second = ''], options }) => {
      if (/^(run-many|affected)$/.test(first)) return { goals: (options.get('-t') ?? options.get('--target') ?? options.get('--targets') ?? '').split(','), files: ['package.json'], parse: parseNodeScripts, hooks: true, unknown: PACKAGES };
      const [project = '', target = ''] = first === 'run' ? second.split(':') : [second, first];
      if (!/^[\w./@-]+$/.test(project) || target === '') return undefined;
      return { goals: [target], files: ['', 'apps/', 'packages/', 'libs/'].map((folder) => `${folder}${project}/project.json`), parse: parseNxProject, maybe: true };
    },
  },
];

const BY_PROGRAM: ReadonlyMap<string, Runner> = new Map(RUNNERS.flatMap((runner) => runner.programs.split(' ').map((name) => [name, runner] as const)));

/** The programs that {@link followTaskRunner} knows. */
export const RUNNING: readonly string[] = [...BY_PROGRAM.keys(), 'nox'];

/** `task x`, `composer x`, `deno task x`, `poe x` and their like: the commands that the task's file names. */
export const followTaskRunner: Follow = (invocation, world) => {
  if (invocation.program === 'nox') return followNox(invocation, world);
  const runner = BY_PROGRAM.get(invocation.program);
  if (!runner) return undefined;
  const asked = readArguments(invocation, runner);
  if (!asked) return { pieces: [], files: [], unknown: [], complete: true };
  const wanted = runner.want(asked, invocation.program);
  if (!wanted) return undefined;
  const directory = valueOf(asked, runner.directory);
  const start = directory === undefined ? invocation.cwd : pathOf(invocation, directory);
  if (start === undefined) return unknownMaterial(sentence('The directory in which {0} looks cannot be known.', invocation.program));
  const file = valueOf(asked, runner.file);
  const found = findFile(start, file === undefined ? wanted.files : [file], runner.climbs && file === undefined, world);
  if (!found) return wanted.maybe || wanted.hooks ? undefined : unknownMaterial(sentence('There is no {0} that can be read.', wanted.files[0] ?? sentence('file')));
  return materialOf(invocation, found, wanted);
};

function materialOf(invocation: Invocation, found: { readonly path: string; readonly text: string }, wanted: Wanted): Material | undefined {
  const { path } = found;
  const more = (wanted.arguments ?? []).map(quote).join(' ');
  const tasks = wanted.parse(found.text);
  const goals = wanted.hooks || wanted.maybe ? wanted.goals.filter((name) => tasks.has(name)) : wanted.goals;
  if (goals.length === 0 && wanted.unknown === undefined) return undefined;
  const { commands, missing } = plan(tasks, goals);
  const pieces = commands.map(({ task, step }) => ({
    kind: 'shell' as const,
    text: more !== '' && goals.includes(task) ? `${step.text} ${more}` : step.text,
    at: step.at,
    args: [],
    file: path,
    via: `${invocation.program} ${task}`,
    cwd: resolvePath(parentOf(path), step.directory ?? '.'),
  }));
  const unknown = [...missing.map((name) => sentence('{0} has no task {1}.', path, name)), ...(wanted.unknown === undefined ? [] : [wanted.unknown])];
  return { pieces, files: [path], unknown, complete: !wanted.hooks || wanted.unknown !== undefined };
}

/** The sorted words of a call; undefined when it only rehearses or lists. */
function readArguments({ args }: Invocation, runner: Runner): Asked | undefined {
  const values = new Set(runner.values.split(' '));
  const words: string[] = [];
  const options = new Map<string, string>();
  const variables = new Map<string, string>();
  for (let index = 0; index < args.length; index += 1) {
    const text = args[index]?.text ?? '';
    if (text === '--') return { words, options, variables, rest: args.slice(index + 1).map((word) => word.text) };
    if (runner.rehearsal.test(text)) return undefined;
    const equals = text.indexOf('=');
    if (text.startsWith('-') && equals > 0) options.set(text.slice(0, equals), text.slice(equals + 1));
    else if (values.has(text)) options.set(text, args[(index += 1)]?.text ?? '');
    else if (equals > 0 && /^[A-Za-z_]\w*$/.test(text.slice(0, equals))) variables.set(text.slice(0, equals), text.slice(equals + 1));
    else if (!text.startsWith('-')) words.push(text);
  }
  return { words, options, variables, rest: [] };
}

function valueOf({ options }: Asked, names: string | undefined): string | undefined {
  return names?.split(' ').map((name) => options.get(name)).find((value) => value !== undefined);
}

function findFile(directory: string, names: readonly string[], climbs: boolean, world: World): { readonly path: string; readonly text: string } | undefined {
  for (let at = directory, left = climbs ? 32 : 1; left > 0; at = parentOf(at), left -= 1) {
    for (const name of names) {
      const path = resolvePath(at, name);
      const read = readText(path, world);
      if ('text' in read) return { path, text: read.text };
    }
    if (at === '/' || !at.startsWith('/')) return undefined;
  }
  return undefined;
}

/** `nox`: the Python of its sessions. Which of them runs is not told apart. */
function followNox(invocation: Invocation, world: World): Material | undefined {
  const texts = invocation.args.map((word) => word.text);
  if (texts.some((text) => /^(-l|--list|-h|--help|--version)$/.test(text))) return { pieces: [], files: [], unknown: [], complete: true };
  const at = texts.findIndex((text) => /^(-f|--noxfile)$/.test(text));
  const path = pathOf(invocation, at < 0 ? 'noxfile.py' : (texts[at + 1] ?? ''));
  const read = path === undefined ? undefined : readText(path, world);
  if (path === undefined || read === undefined || 'reason' in read) return undefined;
  const { pieces, unknown } = scanCode(read.text, 'python', path);
  return { pieces, files: [path], unknown, complete: false };
}
