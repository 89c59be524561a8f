import { parsePosix } from './parse.js';
import type { Command, ParsedScript } from './parse.js';

type Node = ParsedScript['commands'][number] | ParsedScript['commands'][number]['command'];

/**
 * Whether a text does nothing with another one but run it as it stands, at most once. Assistants do not run a command
 * as it is: Claude Code has `source … && eval 'COMMAND' \< /dev/null && pwd …` for it, Gemini CLI `{ COMMAND; }; …`.
 * Only these forms count. Within a loop, a function, a pipe or a job in the background nobody could say how often it
 * runs and what becomes of it. What else the text does is for the caller to judge.
 */
export function wraps(text: string, inner: string): boolean {
  const parsed = parsePosix(text);
  if ('opaque' in parsed || (parsed.tree.errors?.length ?? 0) > 0 || inner.trim() === '') return false;
  return timesIn(parsed.tree.commands, text, inner.trim()) === 1;
}

/** How often the text is among these statements. */
function timesIn(nodes: readonly Node[], text: string, inner: string): number {
  const [first] = nodes;
  const last = nodes.at(-1);
  if (first && last && text.slice(first.pos, last.end).trim() === inner) return 1;
  return nodes.reduce((sum, node) => sum + timesAt(node, text, inner), 0);
}

function timesAt(node: Node, text: string, inner: string): number {
  if (text.slice(node.pos, node.end).trim() === inner) return node.type === 'Statement' && node.background ? 2 : 1;
  switch (node.type) {
    case 'Statement':
      return node.background ? 0 : timesAt(node.command, text, inner);
    case 'AndOr':
      return node.commands.reduce((sum, command) => sum + timesAt(command, text, inner), 0);
    case 'BraceGroup':
    case 'Subshell':
      return timesIn(node.body.commands, text, inner);
    case 'Command':
      return evaluates(node, inner) ? 1 : 0;
    default:
      return 0;
  }
}

/** `eval 'COMMAND'`, with or without an input that holds nothing. `eval` puts its arguments together with blanks. */
function evaluates({ name, prefix, args }: Command, inner: string): boolean {
  if (name?.text !== 'eval' || prefix.length > 0) return false;
  const words = args.map((arg) => (arg.type === 'Word' && isLiteral(arg.parts) ? arg.value : undefined));
  if (words.includes(undefined)) return false;
  const line = words.join(' ').trim();
  return line === inner || line === `${inner} < /dev/null`;
}

function isLiteral(parts: Extract<Command['args'][number], { type: 'Word' }>['parts']): boolean {
  return (parts ?? []).every((part) => part.type === 'Literal' || part.type === 'SingleQuoted' || part.type === 'AnsiCQuoted' || (part.type === 'DoubleQuoted' && isLiteral(part.parts)));
}
