import { quote } from './gate-shell.js';

/** Options of bash and zsh that take the next argument as their value. */
const WITH_VALUE = /^[-+][A-Za-z]*[oO]$|^--(init-file|rcfile)$/;

/**
 * The command text in a shell's arguments, or undefined when the shell would read its commands from a person.
 * With `-c` it is the first argument that is no option (bash(1), INVOCATION); what follows it, and a script
 * file with its arguments, are given back as a command line that says the same.
 */
export function commandText(args: readonly string[]): string | undefined {
  let command = false;
  let at = 0;
  for (; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    if (arg === '--' || arg === '-') {
      at += 1;
      break;
    }
    if (!/^[-+]./.test(arg)) break;
    if (/^-[A-Za-z]*c[A-Za-z]*$/.test(arg)) command = true;
    if (WITH_VALUE.test(arg)) at += 1;
  }
  const [first, ...rest] = args.slice(at);
  if (first === undefined) return undefined;
  if (command && rest.length === 0) return first;
  return [...(command ? ['sh', '-c'] : ['sh']), first, ...rest].map(quote).join(' ');
}
