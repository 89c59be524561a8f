import path from 'node:path';
import { applyChange } from '../assistants/apply.js';
import type { Act, FileChange, ToolCall } from '../assistants/call.js';
import { parsePatch } from '../assistants/patch.js';
import { toolText } from '../core/assess/tool-use.js';
import type { Edit } from '../core/edits/compare.js';
import { awaitsTyping } from '../core/shell/awaiting.js';
import type { Invocation } from '../core/shell/program.js';
import { parseShell } from '../core/shell/shell.js';
import type { FileWorld } from '../world/file-world.js';
import { physical } from '../world/physical.js';
import { shellName, type Ask } from './assessing.js';
import { askOfEdits } from './edit-asks.js';
import { objectionTo } from './voices.js';

/** What an assistant's tool call comes to. */
export interface CallAsks {
  /** What it would do, each to be judged. */
  readonly asks: readonly Ask[];
  /** Why it may not be made whatever the rules say, as a sentence for the assistant; undefined when nothing is in the way. */
  readonly objection: string | undefined;
}

/**
 * Turns a tool call into what the engine judges. Files are read as they are now.
 *
 * @param cwd where it is made, absolute
 */
export function asksOf(call: ToolCall, cwd: string, world: FileWorld, env: Readonly<Record<string, string>>): CallAsks {
  const asks: Ask[] = [];
  const common = { env, label: undefined, labels: [], actor: 'agent' } as const;
  let objection: string | undefined;
  for (const act of joined(call.acts)) {
    if (act.kind === 'unclear') objection ??= `${act.reason} What cannot be judged is not run.`;
    else if (act.kind === 'tool') asks.push({ ...common, kind: 'tool', text: toolText(act), shell: '', cwd, tool: { name: act.name, input: act.input } });
    else if (act.kind === 'edit') asks.push(editAsk(act.changes, cwd, world));
    else {
      const place = path.resolve(cwd, act.cwd ?? '.');
      const { invocations } = parseShell(act.text, shellName(act.shell), { cwd: place, home: world.home, env: (name) => env[name] });
      const waiting = awaitsTyping(invocations);
      if (waiting !== undefined) objection ??= `This starts ${waiting} with nothing to do, so that what is typed into it later would be seen by no gate. Give it its commands at once, or as a script.`;
      objection ??= objectionTo(invocations);
      asks.push({ ...common, kind: 'command', text: act.text, shell: act.shell, cwd: place });
      const patches = patchesIn(invocations);
      if (patches.length > 0) asks.push(editAsk(patches, place, world));
    }
  }
  return { asks, objection };
}

/** Commands of one call that go to the same shell in the same place are one text, so that one approval is for all of them. */
function joined(acts: readonly Act[]): readonly Act[] {
  return acts.reduce<readonly Act[]>((found, act) => {
    const last = found.at(-1);
    if (act.kind !== 'command' || last?.kind !== 'command' || last.cwd !== act.cwd || last.shell !== act.shell) return [...found, act];
    return [...found.slice(0, -1), { ...last, text: `${last.text}\n${act.text}` }];
  }, []);
}

/** Codex and others give their patch tool to the shell as well. */
function patchesIn(invocations: readonly Invocation[]): readonly FileChange[] {
  return invocations.filter(({ program }) => program === 'apply_patch' || program === 'applypatch').flatMap(({ args: [first], stdin }) => parsePatch(first?.text ?? stdin ?? '') ?? []);
}

function editAsk(changes: readonly FileChange[], cwd: string, world: FileWorld): Ask {
  return askOfEdits(editsOf(changes, cwd, world), cwd, () => world.git(cwd)?.root);
}

function editsOf(changes: readonly FileChange[], cwd: string, world: FileWorld): readonly Edit[] {
  const now = new Map<string, string | undefined>();
  const before = new Map<string, string | undefined>();
  const textOf = (file: string): string | undefined => {
    if (!before.has(file)) {
      const bytes = world.readFile(file);
      const text = bytes ? Buffer.from(bytes).toString('utf8') : world.isFile(file) ? '' : undefined;
      before.set(file, text);
      now.set(file, text);
    }
    return now.get(file);
  };
  for (const { path: name, from, change } of changes) {
    const file = physical(path.resolve(cwd, homely(name, world.home)));
    textOf(file);
    now.set(file, applyChange(textOf(from === undefined ? file : physical(path.resolve(cwd, homely(from, world.home)))), change).after);
  }
  return [...now].map(([file, after]) => ({ path: file, before: before.get(file), after }));
}

function homely(name: string, home: string): string {
  return name.startsWith('~/') ? path.join(home, name.slice(2)) : name;
}
