// The slow question. The gate shell runs it before a task: gate.js --shell SHELL --pid PID -- ARGUMENTS, and the
// other guards for what the quick question did not settle: gate.js --kind KIND --shell SHELL --pid PID -- TEXT. Its
// exit status is the answer. It is a program of its own because it stands in front of every task: it holds the
// question and nothing of the engine, which the window has loaded already.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { PROTOCOL_VERSION, type GuardAsk } from '../broker/protocol.js';
import { WINDOW_VARIABLE } from '../broker/windows.js';
import { askWindows, WindowLost } from './ask-windows.js';
import { REFUSED_STATUS, RUN_STATUS } from './gate-shell.js';
import { ownEnvironment } from './own-environment.js';
import { commandText, isTypedInto } from './shell-arguments.js';
import { tell } from './tell.js';

const KINDS = ['line', 'shell', 'program'] as const;

/** What this program was started with. */
interface Question {
  readonly kind: GuardAsk['kind'];
  readonly shell: string;
  readonly pid: number;
  /** Undefined when the shell would read its commands from a person: there is nothing to judge yet. */
  readonly text: string | undefined;
}

function readQuestion(argv: readonly string[]): Question {
  const { values, positionals } = parseArgs({ args: [...argv], allowPositionals: true, options: { kind: { type: 'string' }, shell: { type: 'string' }, pid: { type: 'string' } } });
  const kind = KINDS.find((candidate) => candidate === values.kind);
  const common = { shell: values.shell ?? '', pid: Number(values.pid) };
  // The gate shell hands over the arguments it got in a shell's place. A terminal that is opened belongs to no task:
  // nobody has to find out which.
  if (values.kind === undefined) return { ...common, kind: isTypedInto(positionals) ? 'shell' : 'task', text: commandText(positionals) };
  if (kind === undefined) throw new Error('This kind of question is unknown.');
  // An argument cannot be longer than 128 KB; what comes in can.
  return { ...common, kind, text: positionals[0] === '-' ? readFileSync(0, 'utf8') : (positionals[0] ?? '') };
}

async function main(argv: readonly string[]): Promise<number> {
  const { text, ...question } = readQuestion(argv);
  if (text === undefined) return RUN_STATUS;
  const ask: GuardAsk = { v: PROTOCOL_VERSION, ...question, text, cwd: process.cwd(), env: ownEnvironment(process.env) };
  const stop = new AbortController();
  process.on('SIGINT', () => {
    // The terminal wrote ^C on the line.
    process.stderr.write('\n');
    stop.abort();
  });
  // Ctrl+Z would leave the question behind, open, as a job that nobody asked for.
  process.on('SIGTSTP', () => undefined);
  try {
    return (await askWindows(homedir(), process.env[WINDOW_VARIABLE], ask, tell, stop.signal)) ? RUN_STATUS : REFUSED_STATUS;
  } catch (error) {
    if (stop.signal.aborted) tell(['Countersign: Cancelled. Nothing was run.']);
    else if (error instanceof WindowLost) tell([`Countersign: ${error.message}`]);
    else return withoutWindow(ask, error instanceof Error ? error.message : String(error));
    return REFUSED_STATUS;
  }
}

/** The command line decides with the engine of its own. */
function withoutWindow(ask: GuardAsk, problem: string): number {
  const cli = path.join(__dirname, 'cli.js');
  const { status } = spawnSync(process.execPath, [cli, 'gate', '--kind', ask.kind, '--shell', ask.shell, '--problem', problem, '--', '-'], { cwd: ask.cwd, input: ask.text, stdio: ['pipe', 'inherit', 'inherit'] });
  return status ?? REFUSED_STATUS;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    tell([`Countersign: ${error instanceof Error ? error.message : String(error)} Nothing was run.`]);
    process.exit(REFUSED_STATUS);
  },
);
