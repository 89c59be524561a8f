import { homedir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import * as vscode from 'vscode';
import { plain, plainly } from '../core/approval/display.js';
import { assess } from '../core/assess/assess.js';
import { remembered } from '../core/assess/remembered.js';
import { judgeStart, type JudgedStart } from '../core/files/judge-start.js';
import { withoutVariables } from '../core/files/json-files.js';
import type { Start } from '../core/files/starts.js';
import { guardedEnvironment, type Policies } from '../core/policy/policy.js';
import type { World } from '../core/world.js';
import { clock } from '../world/clock.js';
import { FileWorld } from '../world/file-world.js';
import { folderOf, namesOf, tasksIn, writtenText } from './task-names.js';

/** Why a task counts as one that changes production, fit to be shown. */
export interface Aim {
  readonly environment: string;
  /** One sentence. */
  readonly reason: string;
}

/** Under how many rules and commands at once an assessment is remembered; enough for the scripts of a repository of packages. */
const MOST_REMEMBERED = 1_000;
const assessOnce = remembered(assess, MOST_REMEMBERED);

/** Where a task would run. */
interface Place {
  /** Absolute. */
  readonly cwd: string;
  readonly policies: Policies;
  readonly world: World;
}

/** Why a task changes an environment that a policy guards: what it would run, or else what it is called; undefined when neither says so. */
export function aimOf(start: Pick<Start, 'labels' | 'commands'>, place: Place): Aim | undefined {
  const verdict = verdictOn(start, place);
  const [reason] = verdict?.reasons ?? [];
  if (verdict?.action === 'approve' && reason) return { environment: plain(verdict.environment ?? ''), reason: plainly(reason, vscode.l10n.t) };
  for (const label of start.labels) {
    const environment = place.policies.map((policy) => guardedEnvironment(policy, label)).find((guarded) => guarded !== undefined);
    if (environment) return { environment: plain(environment.name), reason: vscode.l10n.t('Its name says so: {0}', plain(label)) };
  }
  return undefined;
}

function verdictOn(start: Pick<Start, 'labels' | 'commands'>, place: Place): JudgedStart['verdict'] | undefined {
  if (start.commands.length === 0) return undefined;
  try {
    return judgeStart(start, { ...place, assess: assessOnce, now: clock() }).verdict;
  } catch {
    // One task that cannot be judged hides no other; its name still counts.
    return undefined;
  }
}

/** Those of some tasks that change an environment that a policy guards, and why. Nothing is started for it. */
export async function productionTasks(tasks: readonly vscode.Task[], policies: Policies): Promise<ReadonlyMap<vscode.Task, Aim>> {
  const folders = [...new Set(tasks.map(folderOf))];
  const definitions = new Map(await Promise.all(folders.map(async (folder) => [folder, await tasksIn(folder)] as const)));
  const world = new FileWorld(homedir(), process.env);
  const found = new Map<vscode.Task, Aim>();
  for (const task of tasks) {
    const { labels } = namesOf(task, definitions.get(folderOf(task)) ?? []);
    const command = withoutVariables(writtenText(task));
    const { cwd, env } = optionsOf(task);
    const own = env ? new FileWorld(homedir(), { ...process.env, ...env }) : world;
    const aim = aimOf({ labels, commands: command === '' ? [] : [command] }, { cwd: path.resolve(folderOf(task)?.uri.fsPath ?? homedir(), withoutVariables(cwd ?? '')), policies, world: own });
    if (aim) found.set(task, aim);
    await setImmediate();
  }
  return found;
}

function optionsOf({ execution }: vscode.Task): Pick<vscode.ProcessExecutionOptions, 'cwd' | 'env'> {
  return execution instanceof vscode.ShellExecution || execution instanceof vscode.ProcessExecution ? (execution.options ?? {}) : {};
}
