import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { CountersignError } from '../core/errors.js';
import { run } from '../world/process.js';
import { findProgram } from '../world/programs.js';
import { REFUSED_STATUS, RUN_STATUS } from './gate-shell.js';
import hold from './shells/hold.sh';
import { SHIMMED } from './shimmed.js';
import { bashOn, fillAsking } from './shims.js';
import source from './strict/countersign.c';
import { writeScript } from './write-script.js';

/** The name of the variable by which the loader is told of the library (ld.so(8)). */
export const PRELOAD = 'LD_PRELOAD';

/** Milliseconds a compiler may take. */
const PATIENCE = 60_000;

/**
 * Compiles strict mode's library, when it is not there yet, and tries it.
 *
 * @param gate the gate's directory
 * @param search where to look for a compiler and bash
 * @returns the library's absolute path, for {@link PRELOAD}
 * @throws CountersignError `refused` when this machine cannot have it
 */
export async function installStrict(gate: string, search: string): Promise<string> {
  if (process.platform !== 'linux') throw new CountersignError('refused', 'Strict mode exists on Linux only.');
  // The loader takes blanks and colons for the end of a name, and has no way to quote them.
  if (/[\s:]/.test(gate)) throw new CountersignError('refused', `Strict mode cannot be loaded from “${gate}”, because there is a blank or a colon in it.`);
  const bash = bashOn(search);
  if (bash === undefined) throw new CountersignError('refused', 'Strict mode needs bash, and there is none on this machine.');
  const library = strictLibrary(gate);
  writeScript(path.join(gate, 'strict', 'hold'), holdText(gate, bash));
  if (existsSync(library)) return library;
  const compiler = ['cc', 'gcc', 'clang'].map((name) => findProgram(name, search)).find((file) => file !== undefined);
  if (compiler === undefined) throw new CountersignError('refused', 'Strict mode needs a C compiler (cc, gcc or clang), and there is none on this machine.');
  await compile(compiler, library, librarySource(gate), { PATH: search, LC_ALL: 'C' });
  return library;
}

/** Where the library of this version lies once it is built; the name says what is in it. */
export function strictLibrary(gate: string): string {
  const digest = createHash('sha256').update(librarySource(gate)).digest('hex');
  return path.join(gate, 'strict', `${digest.slice(0, 16)}.so`);
}

/** Whether the library of this version is there. */
export function isStrictInstalled(gate: string): boolean {
  return existsSync(strictLibrary(gate));
}

/**
 * Takes strict mode away. In a terminal that still loads the library every program would complain that it is gone, so
 * this is for when no terminal does.
 *
 * @param but a library to keep
 */
export function removeStrict(gate: string, but?: string): void {
  const directory = path.join(gate, 'strict');
  if (!existsSync(directory)) return;
  for (const name of readdirSync(directory)) {
    const file = path.join(directory, name);
    if (file !== but && (but === undefined || name !== 'hold')) rmSync(file, { force: true });
  }
}

function librarySource(gate: string): string {
  const names = SHIMMED.toSorted((a, b) => (a < b ? -1 : 1));
  const values: Readonly<Record<string, string>> = { GATE: literal(gate), RUN: String(RUN_STATUS), REFUSED: String(REFUSED_STATUS), TOOLS: names.map(literal).join(', ') };
  return source.replace(/@([A-Z]+)@/g, (_, name: string) => values[name] ?? '');
}

/** A string of C: every byte that is not a plain character by its number (C99 6.4.4.4). */
function literal(text: string): string {
  const bytes = [...Buffer.from(text, 'utf8')].map((byte) => (/[\w./-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`));
  return `"${bytes.join('')}"`;
}

function holdText(gate: string, bash: string): string {
  return fillAsking(hold, gate, bash, {});
}

async function compile(compiler: string, library: string, text: string, env: NodeJS.ProcessEnv): Promise<void> {
  mkdirSync(path.dirname(library), { recursive: true, mode: 0o700 });
  const fresh = `${library}.${process.pid}`;
  try {
    const { code, stderr } = await run(compiler, ['-shared', '-fPIC', '-O2', '-fvisibility=hidden', '-x', 'c', '-o', fresh, '-', '-ldl'], { input: text, env, timeout: PATIENCE });
    if (code !== 0) throw new CountersignError('refused', `Strict mode could not be compiled by ${compiler}: ${firstLine(stderr)}`);
    await tryOut(fresh);
    renameSync(fresh, library);
  } finally {
    rmSync(fresh, { force: true });
  }
}

/** A library that cannot be loaded would make every program complain. */
async function tryOut(library: string): Promise<void> {
  const shell = ['/bin/sh', '/usr/bin/sh'].find(isExecutable) ?? 'sh';
  const { code, stderr } = await run(shell, ['-c', 'exit 7'], { env: { [PRELOAD]: library }, timeout: PATIENCE });
  if (code !== 7 || stderr !== '') throw new CountersignError('refused', `Strict mode does not work on this machine: ${firstLine(stderr)}`);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function firstLine(text: string): string {
  return text.split('\n').find((line) => line.trim() !== '') ?? 'it gave no reason';
}
