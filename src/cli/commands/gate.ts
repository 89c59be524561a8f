import { readFileSync } from 'node:fs';
import path from 'node:path';
import { withFullStop } from '../../broker/review.js';
import { ruleAtGuard } from '../../broker/rules.js';
import { plain } from '../../core/approval/display.js';
import { messageOf } from '../../core/errors.js';
import { couldBe, labelsAround, parseTasksJson, type TaskDefinition } from '../../core/languages/tasks-json.js';
import { guardedEnvironment, type Policy } from '../../core/policy/policy.js';
import { REFUSED_STATUS, RUN_STATUS } from '../../guards/gate-shell.js';
import { ownEnvironment } from '../../guards/own-environment.js';
import { tell } from '../../guards/tell.js';
import { askFor, desksAround, type Context } from '../context.js';
import { firstReason } from '../../core/policy/words.js';

/** What a guard calls the thing that it holds. */
const KINDS = { task: 'task', line: 'command', shell: 'command', program: 'command' } as const;

type GateKind = keyof typeof KINDS;

export function isGateKind(text: string): text is GateKind {
  return Object.hasOwn(KINDS, text);
}

interface GateOptions {
  readonly kind: GateKind;
  readonly shell: string | undefined;
  /** Why the window could not be asked. */
  readonly problem: string;
}

/**
 * `countersign gate`: decides on something whose window cannot be asked. Only what cannot be production may start.
 *
 * @param given the text, or `-` when it comes on standard input, for arguments have a longest length
 */
export async function gate(context: Context, given: string, options: GateOptions): Promise<number> {
  const text = given === '-' ? readFileSync(0, 'utf8') : given;
  const kind = KINDS[options.kind];
  const ask = { ...askFor({ ...context, env: ownEnvironment(context.env) }, [text], options.shell), kind };
  const { judged, desk, problem, blind } = await ruleAtGuard(ask, () => desksAround(context), context.home);
  const { action } = judged.verdict;
  const named = kind === 'task' ? productionTask(text, desk?.repository.root ?? context.cwd, judged.policies[0]) : undefined;
  const understood = !blind || judged.assessment.effect === 'read';
  if ((action === 'allow' || action === 'warn') && !named && understood) return RUN_STATUS;
  const why = named ? `It may be the task "${plain(named.label)}".` : firstReason(judged.verdict, 'It needs approval.');
  tell([
    `Countersign holds this ${kind}. ${why}`,
    ...(problem ? [withFullStop(messageOf(problem))] : []),
    `The editor window that would ask for approval cannot be reached: ${withFullStop(options.problem)}`,
    `Nothing was run. Reload the window and run ${kind === 'task' ? 'the task' : 'it'} again, or use "countersign run -- COMMAND" in a terminal.`,
  ]);
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
  const tasks = parseTasksJson(file);
  const names = (task: TaskDefinition) => [...labelsAround(task.label, tasks), ...(task.group === undefined ? [] : [task.group])];
  return tasks.find((task) => couldBe(text, task) && names(task).some((name) => guardedEnvironment(policy, name)));
}
