import type { SourceFile } from './gather.js';
import { kindOf } from './kinds.js';
import type { PlacedFinding } from './report.js';
import { shellOf } from './shell-files.js';

/** Files whose commands run at this keyboard, letter by letter as they stand there. */
const RUN_HERE = /^(?:shell|makefile|justfile|taskfile|package\.json|vscode tasks)$/;

/** The command that a finding is about, when it stands in the file as it would be typed into a POSIX shell. */
export function commandAt({ path, text }: SourceFile, { span, rule }: Pick<PlacedFinding, 'span' | 'rule'>): string | undefined {
  const kind = kindOf(path, text);
  if (kind === undefined || !RUN_HERE.test(kind) || /^(?:file|windows|powershell)\//.test(rule)) return undefined;
  if (kind === 'shell' && !/^(?:bash|sh|zsh)$/.test(shellOf(path, text) ?? '')) return undefined;
  const command = text.slice(span.start, span.end).trim();
  // What JSON or make would change first is not what would run.
  const changed = kind === 'shell' ? command === '' : /["\\$]/.test(command) || command === '';
  return changed ? undefined : command;
}
