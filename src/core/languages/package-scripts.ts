import { findNodeAtLocation, parseTree } from 'jsonc-parser';
import { isTooDeep } from '../files/depth.js';
import { pathOf, readText, unknownMaterial } from './material.js';
import type { Follow, Piece } from './material.js';
import { quote } from '../shell/command.js';
import { parentOf, resolvePath } from '../shell/paths.js';
import type { Span } from '../assess/assessment.js';
import type { World } from '../world.js';
import type { Invocation } from '../shell/program.js';
import { sentence } from '../say.js';

interface Script {
  readonly text: string;
  readonly at: Span;
}

const SHORTHANDS: ReadonlyMap<string, string> = new Map([
  ['test', 'test'], ['t', 'test'], ['tst', 'test'], ['start', 'start'], ['stop', 'stop'], ['restart', 'restart'],
]);
const RUNS = new Set(['run', 'run-script', 'rum', 'urn']);
const VALUES = new Set(['--prefix', '-C', '--dir', '--cwd', '-w', '--workspace', '--filter', '-F', '--loglevel', '--script-shell']);
/** Sub-commands that run life-cycle scripts of the package itself. */
const LIFE_CYCLE: ReadonlyMap<string, readonly string[]> = new Map([
  ['publish', ['prepublishOnly', 'prepack', 'prepare', 'postpack', 'publish', 'postpublish']],
  ['pack', ['prepack', 'prepare', 'postpack']],
  ['version', ['preversion', 'version', 'postversion']],
  ['install', ['preinstall', 'install', 'postinstall', 'prepare']],
  ['i', ['preinstall', 'install', 'postinstall', 'prepare']],
  ['ci', ['preinstall', 'install', 'postinstall', 'prepare']],
]);

/** `npm run deploy` with its pre and post hooks, for npm, pnpm, yarn and bun. */
export const followNodeScript: Follow = (invocation, world) => {
  const { names, rest, directory } = scriptNames(invocation);
  if (names.length === 0) return undefined;
  const start = directory === undefined ? invocation.cwd : pathOf(invocation, directory);
  const found = start === undefined ? undefined : findManifest(start, world);
  if (!found) return RUNS.has(invocation.args.find((word) => !word.text.startsWith('-'))?.text ?? '') ? unknownMaterial(sentence('There is no package.json that can be read.')) : undefined;
  const known = names.filter((name) => found.scripts.has(name));
  if (known.length === 0) return undefined;
  const pieces = names.flatMap((name) => {
    const script = found.scripts.get(name);
    if (script === undefined) return [];
    const isMain = !/^(pre|post)/.test(name) || names.length === 1;
    const piece: Piece = {
      kind: 'shell',
      text: isMain && rest.length > 0 ? `${script.text} ${rest.map(quote).join(' ')}` : script.text,
      at: script.at,
      args: [],
      file: found.path,
      via: `${invocation.program} run ${name}`,
      cwd: parentOf(found.path),
    };
    return [piece];
  });
  return { pieces, files: [found.path], unknown: [], complete: LIFE_CYCLE.get(invocation.args[0]?.text ?? '') === undefined };
};

function scriptNames({ args, program }: Invocation): { names: readonly string[]; rest: readonly string[]; directory: string | undefined } {
  let directory: string | undefined;
  const operands: string[] = [];
  let rest: readonly string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const text = args[index]?.text ?? '';
    if (text === '--') {
      rest = args.slice(index + 1).map((word) => word.text);
      break;
    }
    if (!text.startsWith('-')) operands.push(text);
    else if (/^(--prefix|-C|--dir|--cwd)(=|$)/.test(text)) {
      directory = text.includes('=') ? text.slice(text.indexOf('=') + 1) : args[(index += 1)]?.text;
    } else if (VALUES.has(text)) index += 1;
  }
  const [first = '', second, ...more] = operands;
  const hooks = (name: string): readonly string[] => [`pre${name}`, name, `post${name}`];
  if (RUNS.has(first)) return { names: second === undefined ? [] : hooks(second), rest: [...more, ...rest], directory };
  const life = LIFE_CYCLE.get(first);
  if (life) return { names: life, rest: [], directory };
  const short = SHORTHANDS.get(first);
  if (short !== undefined) return { names: hooks(short), rest: operands.slice(1), directory };
  // yarn, pnpm and bun run a script by its bare name.
  if (program !== 'npm' && first !== '') return { names: hooks(first), rest: [...operands.slice(1), ...rest], directory };
  return { names: [], rest: [], directory };
}

/** The nearest package.json at or above a directory, with its scripts. */
function findManifest(directory: string, world: World): { path: string; scripts: ReadonlyMap<string, Script> } | undefined {
  for (let at = directory, left = 32; left > 0; at = parentOf(at), left -= 1) {
    const path = resolvePath(at, 'package.json');
    const read = readText(path, world);
    if ('text' in read) return { path, scripts: scriptsOf(read.text) };
    if (at === '/' || !at.startsWith('/')) return undefined;
  }
  return undefined;
}

function scriptsOf(text: string): ReadonlyMap<string, Script> {
  const scripts = new Map<string, Script>();
  const tree = isTooDeep(text) ? undefined : parseTree(text);
  const table = tree && findNodeAtLocation(tree, ['scripts']);
  for (const property of table?.children ?? []) {
    const [key, value] = property.children ?? [];
    if (typeof key?.value !== 'string' || typeof value?.value !== 'string') continue;
    scripts.set(key.value, { text: value.value, at: { start: value.offset, end: value.offset + value.length } });
  }
  return scripts;
}
