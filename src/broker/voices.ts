import { speaksForPerson } from '../core/shell/consent.js';
import type { Invocation } from '../core/shell/program.js';
import { parseShell } from '../core/shell/shell.js';
import { shellName, type Ask } from './assessing.js';

/** Why an assistant may not make these calls, as a sentence for it; undefined when none of them speaks in a person's name. */
export function objectionTo(invocations: readonly Invocation[]): string | undefined {
  const voice = speaksForPerson(invocations);
  return voice && `This would speak in a person’s name with ${voice}. An assistant is never the second person: tell yours what is waiting, and they decide in the editor or in a terminal of their own.`;
}

/** The same for what a guard met. */
export function objectionAtGuard({ text, shell, cwd, env, actor }: Ask, home: string): string | undefined {
  return actor === 'agent' ? objectionTo(parseShell(text, shellName(shell), { cwd, home, env: (name) => env[name] }).invocations) : undefined;
}
