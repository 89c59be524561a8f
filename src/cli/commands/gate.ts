import { readFileSync } from 'node:fs';
import path from 'node:path';
import { judgeAsk } from '../../broker/assessing.js';
import { askBroker, BrokerGone } from '../../broker/client.js';
import { PROTOCOL_VERSION, type GuardAsk } from '../../broker/protocol.js';
import { findWindow, WINDOW_VARIABLE } from '../../broker/windows.js';
import { couldBe, parseTasksJson, type TaskDefinition } from '../../core/languages/tasks-json.js';
import { guardedEnvironment, type Policy } from '../../core/policy/policy.js';
import { messageOf } from '../../core/errors.js';
import { REFUSED_STATUS, RUN_STATUS } from '../../guards/gate-shell.js';
import { commandText } from '../../guards/shell-arguments.js';
import { rulesAt, type Context } from '../context.js';
import { tell } from '../terminal.js';
import { plain } from '../../core/approval/display.js';

/** `countersign gate`: what the gate shell runs before a task. Its exit status is the answer. */
export async function gate(context: Context, args: readonly string[], options: { readonly shell: string; readonly pid: number }): Promise<number> {
  const text = commandText(args);
  // A shell that reads from a person has nothing to judge yet.
  if (text === undefined) return RUN_STATUS;
  const env = Object.fromEntries(Object.entries(context.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  const ask: GuardAsk = { v: PROTOCOL_VERSION, kind: 'task', text, shell: options.shell, cwd: context.cwd, pid: options.pid, env };
  const window = findWindow(context.home, context.cwd, context.env[WINDOW_VARIABLE]);
  const stop = new AbortController();
  process.on('SIGINT', () => stop.abort());
  try {
    if (!window) throw new BrokerGone('No window has this folder open.');
    const run = await askBroker(window, ask, tell, stop.signal);
    return run ? RUN_STATUS : REFUSED_STATUS;
  } catch (error) {
    if (stop.signal.aborted) {
      tell(['Countersign: cancelled. Nothing was run.']);
      return REFUSED_STATUS;
    }
    return alone(ask, context, error);
  }
}

/** Decides without the window: only what cannot be production may start. */
async function alone(ask: GuardAsk, context: Context, problem: unknown): Promise<number> {
  try {
    const { trust, root } = await rulesAt(context, ask.cwd);
    const judged = await judgeAsk({ ...ask, label: undefined, labels: [], actor: 'person' }, trust, root, context.home);
    const named = productionTask(ask.text, root ?? ask.cwd, trust.policy);
    const { action } = judged.verdict;
    if ((action === 'allow' || action === 'warn') && !named) return RUN_STATUS;
    const why = named ? `It may be the task "${plain(named.label)}".` : plain(judged.verdict.reasons[0] ?? 'It needs approval.');
    tell([`Countersign holds this task. ${why}`, `The editor window that would ask for approval cannot be reached: ${messageOf(problem)}`]);
  } catch (error) {
    tell([`Countersign cannot tell what this task would do: ${messageOf(error)}`]);
  }
  tell(['Nothing was run. Reload the window and run the task again, or use "countersign run -- COMMAND" in a terminal.']);
  return REFUSED_STATUS;
}

/** A task of this folder that is called production and that this command line could be. */
function productionTask(text: string, root: string, policy: Policy): TaskDefinition | undefined {
  let file: string;
  try {
    file = readFileSync(path.join(root, '.vscode', 'tasks.json'), 'utf8');
  } catch {
    return undefined;
  }
  return parseTasksJson(file).find((task) => guardedEnvironment(policy, task.label) && couldBe(text, task));
}
