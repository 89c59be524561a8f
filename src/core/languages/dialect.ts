import type { ShellName } from '../assess/assessment.js';
import { languageOf } from './inline.js';

const EXTENSIONS: Readonly<Record<string, ShellName>> = { sh: 'bash', bash: 'bash', zsh: 'zsh', ksh: 'bash', dash: 'sh', command: 'bash', bats: 'bash', fish: 'fish', ps1: 'powershell', psm1: 'powershell', bat: 'cmd', cmd: 'cmd' };

/** The shell that would run a file, by its first line and its name; undefined when neither says one. */
export function dialectOf(path: string, text: string): ShellName | undefined {
  const line = text.startsWith('#!') ? text.slice(2, 130) : '';
  if (/^[^\n]*\b(pwsh|powershell)\b/.test(line)) return 'powershell';
  if (line !== '' && languageOf(text, path) === 'shell') return /^[^\n]*\bfish\b/.test(line) ? 'fish' : /^[^\n]*\bzsh\b/.test(line) ? 'zsh' : 'bash';
  return line === '' ? EXTENSIONS[/\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? ''] : undefined;
}
