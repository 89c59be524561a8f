import { scanCode } from '../languages/calls.js';
import { readText } from '../languages/material.js';
import type { Material } from '../languages/material.js';
import { functionsIn } from '../shell/functions.js';
import { wordOf } from '../shell/program.js';
import type { Invocation } from '../shell/program.js';
import { hasFile } from '../world.js';
import type { World } from '../world.js';
import type { Span } from './assessment.js';
import type { Carried } from './carried.js';
import { isStartFile, standingOf } from './standing.js';
import type { Ground } from './standing.js';
import { sentence } from '../say.js';

const NOTHING: Material = { pieces: [], files: [], unknown: [], complete: true };

/** What a variable carries, as something that runs. */
export function materialOf(name: string, carried: Carried, world: World): Material {
  switch (carried.kind) {
    case 'opaque':
      return { ...NOTHING, unknown: [carried.reason] };
    case 'command':
      return { ...NOTHING, pieces: [{ kind: 'shell', text: carried.text, args: [], file: undefined, via: name }] };
    case 'code':
      return { ...NOTHING, ...scanCode(carried.text, carried.language, undefined) };
    case 'shell file':
    case 'code file': {
      const { path } = carried;
      // Bound into the operation also when it is not there yet.
      if (!hasFile(world, path)) return 'optional' in carried ? NOTHING : { ...NOTHING, files: [path] };
      const read = readText(path, world);
      if ('reason' in read) return { ...NOTHING, files: [path], unknown: [sentence('{0} makes programs run {1} first: {2}', name, path, read.reason)] };
      if (carried.kind === 'code file') return { ...NOTHING, files: [path], ...scanCode(read.text, carried.language, path) };
      return { ...NOTHING, files: [path], pieces: [{ kind: 'shell', text: read.text, args: [], file: path, via: name }] };
    }
  }
}

/** The functions that a start file gives to every shell that reads it, by name. */
export function definedBy({ pieces }: Material): ReadonlyMap<string, string> {
  return new Map(pieces.flatMap((piece) => (piece.kind === 'shell' && piece.file !== undefined ? [...functionsIn(piece.text)] : [])));
}

/**
 * Whether only what is certainly dangerous counts: the user's own start files and helpers do much that cannot be known,
 * and they were there before the operation. What the operation could have put there has no such excuse.
 */
export function isTrusted(carried: Carried, ground: Ground): boolean {
  if (carried.kind === 'shell file') return isStartFile(carried.path, ground);
  if (carried.kind !== 'command') return false;
  const program = /^\s*'?([^\s']*)/.exec(carried.text)?.[1] ?? '';
  return !program.includes('/') || standingOf(program.replace(/^~(?=\/)/, ground.home), ground) !== 'foreign';
}

/** A call that stands for a variable, so that what it carries has something to be told by. */
export function callOf(name: string, cwd: string, span: Span): Invocation {
  return { program: name, name: wordOf(name, span), args: [], env: new Map(), redirects: [], stdin: undefined, cwd, span, via: [], place: undefined, fed: false };
}
