import { posixQuote as quote } from './quoting.js';

/**
 * The command text in a shell's arguments, or undefined when the shell would read its commands from a person.
 * With `-c` it is the first argument that is no option (bash(1), INVOCATION). What follows it, a script file with
 * its arguments, and a start file that the shell is told to read are given as a command line that says the same.
 */
export function commandText(args: readonly string[]): string | undefined {
  const { startFiles, own } = readArguments(args);
  const lines = [...startFiles.map((file) => `. ${quote(file)}`), ...(own === undefined ? [] : [own])];
  return lines.length === 0 ? undefined : lines.join('\n');
}

/** Whether the shell gets no command, so that a person types them; VS Code gives such a shell a start file of its own. */
export function isTypedInto(args: readonly string[]): boolean {
  return readArguments(args).own === undefined;
}

function readArguments(args: readonly string[]): { readonly startFiles: readonly string[]; readonly own: string | undefined } {
  let command = false;
  const startFiles: string[] = [];
  let at = 0;
  for (; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    if (arg === '--' || arg === '-') {
      at += 1;
      break;
    }
    if (!/^[-+]./.test(arg)) break;
    if (arg === '--rcfile' || arg === '--init-file') startFiles.push(args[(at += 1)] ?? '');
    else if (!arg.startsWith('--')) {
      if (arg.startsWith('-') && arg.includes('c')) command = true;
      // Each o or O of a cluster takes a name from the arguments that follow.
      at += [...arg.matchAll(/o/gi)].length;
    }
  }
  return { startFiles, own: ownText(args.slice(at), command) };
}

function ownText([first, ...rest]: readonly string[], command: boolean): string | undefined {
  if (first === undefined) return undefined;
  if (command && rest.length === 0) return first;
  return [...(command ? ['sh', '-c'] : ['sh']), first, ...rest].map(quote).join(' ');
}
