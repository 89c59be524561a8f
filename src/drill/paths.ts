import { posixLine } from '../guards/quoting.js';
import type { FoundShell } from '../world/programs.js';
import { throughGate, type Canary, type End, type Outcome } from './canary.js';
import type { Plot } from './ground.js';

/** How to start things in the place that is drilled: a terminal of the editor, or the one that the drill runs in. */
export interface Starter {
  readonly shells: readonly FoundShell[];
  /** Absolute path of a program, or undefined when this machine does not have it. */
  program(name: string): string | undefined;
  /** Runs a program with the terminal's environment; `bin` is searched after everything else on its PATH. */
  run(argv: readonly string[], cwd: string, bin: string, signal: AbortSignal): Promise<End>;
  /** Types a line into an interactive shell. Ends when the shell does. */
  type(shell: FoundShell, line: string, cwd: string, signal: AbortSignal): Promise<End>;
}

const STRICT = 'Turn on strict mode (Linux): it asks before any program starts, however it was found.';
const BEYOND = 'No gate on this machine survives a cleared environment: let the job that holds the credential run “countersign verify”.';
const SHIMS = 'Let PATH begin with ~/.countersign/gate/shims, as in every new terminal of the editor.';

/** Every path that a terminal offers. */
export function terminalPaths(starter: Starter): readonly Canary[] {
  return [...starter.shells.flatMap((shell) => shellPaths(shell, starter)), ...programPaths(starter)];
}

function shellPaths(shell: FoundShell, starter: Starter): readonly Canary[] {
  const { name, path } = shell;
  const shown = shell.really === name ? name : `${name} (${shell.really})`;
  const guarded = name !== 'sh' || shell.really === 'bash' || shell.really === 'zsh';
  const loader = guarded ? `Open a new terminal, so that ${name} loads its guard; a start file that replaces what the guard set removes it.` : STRICT;
  const gate = guarded ? `the guard of ${name}` : 'strict mode';
  const run = (id: string, title: string, argv: (plot: Plot) => readonly string[], how: { readonly gate: string; readonly fix: string } = { gate, fix: loader }): Canary => ({
    id: `${name}/${id}`, group: 'shells', title: `${shown}: ${title}`, ...how,
    play: (stage) => throughGate(stage, `${name}-${id}`, (plot, signal) => starter.run(argv(plot), plot.directory, stage.ground.bin, signal)),
  });
  const command = name === 'pwsh' ? ['-NoLogo', '-NonInteractive', '-Command'] : ['-c'];
  return [
    {
      id: `${name}/typed`, group: 'terminals', title: `${shown}: a line typed at the prompt`, gate, fix: loader,
      play: (stage) => throughGate(stage, `${name}-typed`, (plot, signal) => starter.type(shell, plot.line, plot.directory, signal)),
    },
    run('command', `${name} ${command.join(' ')}, by absolute path`, (plot) => [path, ...command, plot.line]),
    ...(guarded && name !== 'pwsh' ? [run('cleared', 'env -i in a command', (plot) => [path, ...command, `env -i ${plot.line}`])] : []),
    // Where the shell's own guard holds, a name proves nothing about the shims.
    ...(guarded ? [] : [run('by-name', `${name} ${command.join(' ')}, by name`, (plot) => [path, ...command, plot.byName], { gate: 'the PATH shims', fix: SHIMS })]),
    run('script', 'a script', (plot) => [path, plot.write(name === 'pwsh' ? 'script.ps1' : 'script', `${plot.line}\n`)]),
    ...(name === 'pwsh' ? [] : [run('sub-shell', 'a sub-shell', (plot) => [path, ...command, name === 'fish' ? `begin; ${plot.line}; end` : `( ${plot.line} )`])]),
  ];
}

function programPaths(starter: Starter): readonly Canary[] {
  const sh = '/bin/sh';
  const program = (name: string, id: string, title: string, argv: (plot: Plot, file: string) => readonly string[], gate = 'the PATH shims', fix = SHIMS): Canary => ({
    id, group: 'programs', title, gate, fix,
    play: (stage) => withProgram(starter, name, (file) => throughGate(stage, id, (plot, signal) => starter.run(argv(plot, file), plot.directory, stage.ground.bin, signal))),
  });
  return [
    program('env', 'path/program', 'A program found through PATH', (plot, env) => [env, ...plot.byName.split(' ')]),
    program('npm', 'npm/script', 'An npm script', (plot, npm) => {
      plot.write('package.json', JSON.stringify({ private: true, scripts: { canary: plot.byName } }));
      return [npm, 'run', '--silent', 'canary'];
    }),
    program('make', 'make/target', 'A make target', (plot, make) => {
      plot.write('Makefile', `canary:\n\t${plot.byName}\n`);
      return [make, '--silent', 'canary'];
    }),
    program('sh', 'script/executable', 'An executable script', (plot) => [plot.write('deploy', `#!${sh}\n${plot.byName}\n`, true)]),
    program('python3', 'python/child', 'A Python program that starts another', (plot, python) => [python, '-c', 'import subprocess, sys; sys.exit(subprocess.call(sys.argv[1:]))', ...plot.byName.split(' ')]),
    program('node', 'node/child', 'A Node program that starts another', (plot, node) => [node, '-e', 'process.exit(require("node:child_process").spawnSync(process.argv[1], process.argv.slice(2)).status ?? 1)', ...plot.byName.split(' ')]),
    program('env', 'path/absolute', 'A program by its absolute path', (plot, env) => [env, ...plot.argv], 'strict mode', STRICT),
    program('env', 'env/cleared', 'A program that clears its environment (env -i)', (plot, env) => [env, '-i', sh, '-c', posixLine(plot.argv)], 'nothing on this machine', BEYOND),
  ];
}

async function withProgram(starter: Starter, name: string, play: (file: string) => Promise<Outcome>): Promise<Outcome> {
  const file = starter.program(name);
  return file === undefined ? { result: 'absent', detail: `This machine has no ${name}.` } : play(file);
}
