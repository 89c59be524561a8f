import { spawn, type ChildProcess } from 'node:child_process';
import { findProgram, findShells, type FoundShell } from '../world/programs.js';
import type { End } from './canary.js';
import type { Starter } from './paths.js';

/** How long a prompt stays as it is before somebody types, in milliseconds. */
const QUIET = 400;
/** A shell whose prompt never comes is typed at all the same, after this long. Milliseconds. */
const LONG_START = 5_000;

/** Says and hears a pseudo-terminal: what is written to the program below is typed, what it prints is read. */
const PTY = 'import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)';

/**
 * Starts things as the terminal around this process would: with its environment, and nothing added.
 *
 * @param shims directory of the PATH shims, which are no programs of their own
 */
export function starterHere(env: Readonly<Record<string, string>>, shims: string): Starter {
  const searchPath = env['PATH'] ?? '/usr/bin:/bin';
  return {
    shells: findShells(searchPath, shims),
    program: (name) => findProgram(name, searchPath, shims),
    run: (argv, cwd, bin, signal) => run(argv, cwd, { ...env, PATH: `${searchPath}:${bin}` }, signal),
    type: (shell, line, cwd, signal) => type(shell, line, cwd, env, searchPath, signal),
  };
}

function run([program = '', ...args]: readonly string[], cwd: string, env: Readonly<Record<string, string>>, signal: AbortSignal): Promise<End> {
  const child = spawn(program, args, { cwd, env, stdio: 'ignore', detached: true });
  return ended(child, signal);
}

/** Types a line at the prompt of an interactive shell behind a pseudo-terminal. */
function type(shell: FoundShell, line: string, cwd: string, env: Readonly<Record<string, string>>, searchPath: string, signal: AbortSignal): Promise<End> {
  const argv = terminalFor([shell.path, '-i'], searchPath);
  if (!argv) throw new Error('Neither python3 nor script is here to make a terminal with.');
  const [program = '', ...args] = argv;
  const child = spawn(program, args, { cwd, env: { TERM: 'xterm-256color', ...env }, stdio: ['pipe', 'pipe', 'ignore'], detached: true });
  let timer = setTimeout(typeIt, LONG_START);
  let typed = false;
  child.stdout.on('data', () => {
    if (typed) return;
    clearTimeout(timer);
    timer = setTimeout(typeIt, QUIET);
  });
  child.stdin.on('error', () => undefined);
  function typeIt(): void {
    typed = true;
    child.stdin.write(`${line}\r`);
  }
  return ended(child, signal).finally(() => clearTimeout(timer));
}

function terminalFor(argv: readonly string[], searchPath: string): readonly string[] | undefined {
  const python = findProgram('python3', searchPath);
  if (python !== undefined) return [python, '-c', PTY, ...argv];
  const script = findProgram('script', searchPath);
  if (script === undefined) return undefined;
  // util-linux takes the command as one text, BSD as words behind the file.
  return process.platform === 'linux' ? [script, '--quiet', '--return', '--command', argv.join(' '), '/dev/null'] : [script, '-q', '/dev/null', ...argv];
}

/** The end of a process; the signal ends it with everything it started. */
function ended(child: ChildProcess, signal: AbortSignal): Promise<End> {
  return new Promise((resolve, reject) => {
    const stop = () => endGroup(child);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    child.on('error', reject);
    child.on('close', (code) => {
      signal.removeEventListener('abort', stop);
      resolve({ code: code ?? undefined });
    });
  });
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
