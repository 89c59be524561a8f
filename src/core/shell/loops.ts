import type { CompoundList } from './parse.js';
import type { Invocation, Marker } from './program.js';
import type { Frame } from './walk.js';
import type { Span } from '../assess/assessment.js';

/** A loop that never ends: `while true`, `until false`, `while ((1))`. */
export function isEndless(kind: 'while' | 'until', clause: CompoundList): boolean {
  const [statement] = clause.commands;
  const command = statement?.command;
  if (clause.commands.length !== 1 || !command) return false;
  if (command.type === 'ArithmeticCommand') return /^\s*[1-9]\d*\s*$/.test(command.body) === (kind === 'while');
  if (command.type !== 'Command' || command.args.length > 0) return false;
  const name = command.name?.value.replace(/^.*\//, '');
  return kind === 'while' ? name === 'true' || name === ':' : name === 'false';
}

/** Whether a loop's body starts something in the background that nothing waits for. */
export function startsMore(body: CompoundList): boolean {
  let background = false;
  for (const { background: own, command } of body.commands) {
    if (command.type === 'Command' && command.name?.value === 'wait' && !background) return false;
    if (own) background = true;
    else if (command.type === 'Command' && command.name?.value === 'wait') return false;
    else if (command.type === 'Subshell' && command.body.commands.some((inner) => inner.background)) return true;
  }
  return background;
}

/** A call that stands for something that no program call shows: what it is about is the call's name. */
export function markerOf(marker: Marker, text: string, span: Span, frame: Frame, cwd: string): Invocation {
  const name = { text, span, glob: false, quoted: false };
  return { program: marker, name, args: [], env: new Map(), redirects: [], stdin: undefined, cwd, span, via: frame.via, place: frame.place, fed: false };
}
