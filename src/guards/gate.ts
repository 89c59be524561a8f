// What the gate shell runs before a task: gate.js --shell SHELL --pid PID -- ARGUMENTS. Its exit status is the
// answer. It is a program of its own because it stands in front of every task: it holds the question and
// nothing of the engine, which the window has loaded already.
import { spawnSync } from 'node:child_process';
import { homedir } from 'node:os';
import path from 'node:path';
import { askBroker, BrokerGone } from '../broker/client.js';
import { PROTOCOL_VERSION, type GuardAsk } from '../broker/protocol.js';
import { findWindow, WINDOW_VARIABLE } from '../broker/windows.js';
import { REFUSED_STATUS, RUN_STATUS } from './gate-shell.js';
import { commandText } from './shell-arguments.js';
import { tell } from './tell.js';

async function main([, shell = '', , pid = '', , ...args]: readonly string[]): Promise<number> {
  const text = commandText(args);
  // A shell that reads from a person has nothing to judge yet.
  if (text === undefined) return RUN_STATUS;
  const ask: GuardAsk = { v: PROTOCOL_VERSION, kind: 'task', text, shell, cwd: process.cwd(), pid: Number(pid), env: taskEnvironment() };
  const stop = new AbortController();
  process.on('SIGINT', () => {
    // The terminal wrote ^C on the line.
    process.stderr.write('\n');
    stop.abort();
  });
  try {
    const window = findWindow(homedir(), ask.cwd, process.env[WINDOW_VARIABLE]);
    if (!window) throw new BrokerGone('No window has this folder open.');
    return (await askBroker(window, ask, tell, stop.signal)) ? RUN_STATUS : REFUSED_STATUS;
  } catch (error) {
    if (stop.signal.aborted) {
      tell(['Countersign: Cancelled. Nothing was run.']);
      return REFUSED_STATUS;
    }
    return withoutWindow(ask, error instanceof Error ? error.message : String(error));
  }
}

/** The environment as the task will have it, without what the gate shell set for this program alone. */
function taskEnvironment(): Record<string, string> {
  const nodeOptions = process.env['COUNTERSIGN_NODE_OPTIONS'] ?? '';
  const own = new Set(['ELECTRON_RUN_AS_NODE', 'COUNTERSIGN_NODE_OPTIONS', 'NODE_OPTIONS']);
  const env = Object.entries(process.env).flatMap(([name, value]) => (value === undefined || own.has(name) ? [] : [[name, value] as const]));
  return Object.fromEntries(nodeOptions === '' ? env : [...env, ['NODE_OPTIONS', nodeOptions]]);
}

/** The command line decides with the engine of its own. */
function withoutWindow(ask: GuardAsk, problem: string): number {
  const cli = path.join(__dirname, 'cli.js');
  const { status } = spawnSync(process.execPath, [cli, 'gate', '--shell', ask.shell, '--problem', problem, '--', ask.text], { cwd: ask.cwd, stdio: 'inherit' });
  return status ?? REFUSED_STATUS;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    tell([`Countersign: ${error instanceof Error ? error.message : String(error)} Nothing was run.`]);
    process.exit(REFUSED_STATUS);
  },
);
