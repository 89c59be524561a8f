import type { Span } from '../assess/assessment.js';

/** One thing that a task does: a command with its place in the file, or another task of the same file. */
export type TaskStep =
  | { readonly kind: 'command'; readonly text: string; readonly at: Span; /** Relative to the file. */ readonly directory?: string }
  | { readonly kind: 'task'; readonly name: string };

/** The tasks that a file names, in the order in which it names them. */
export type NamedTasks = ReadonlyMap<string, readonly TaskStep[]>;

const MOST_TASKS = 256;

/** A command of a task, and the task it belongs to. */
export interface Planned {
  readonly task: string;
  readonly step: Extract<TaskStep, { kind: 'command' }>;
}

/** Everything that some tasks would run, each task once, in order; and the names that are no task of the file. */
export function plan(tasks: NamedTasks, goals: readonly string[]): { readonly commands: readonly Planned[]; readonly missing: readonly string[] } {
  const commands: Planned[] = [];
  const missing: string[] = [];
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name) || seen.size >= MOST_TASKS) return;
    seen.add(name);
    const steps = tasks.get(name);
    if (!steps) missing.push(name);
    for (const step of steps ?? []) {
      if (step.kind === 'task') visit(step.name);
      else commands.push({ task: name, step });
    }
  };
  for (const goal of goals) visit(goal);
  return { commands, missing };
}
